"""Cross-entropies and other losses on probabilities, averaged over rows."""

from typing import Any

import jax.numpy as jnp

from glassnet import losses
from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.cross_entropy import axis_number, smoothing
from glassnet.losses.reduction import aligned
from glassnet.metrics.base import metric_registry
from glassnet.metrics.mean import FormulaMetric


@metric_registry.register("kld", "KLD", "kullback_leibler_divergence")
class KLDivergence(FormulaMetric):
    """``mean Σₖ yₖ log(yₖ / ŷₖ)``; see `losses.kl_divergence`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> round(float(KLDivergence()([[1.0, 0.0]], [[0.5, 0.5]])), 4)
        0.6931

    Reference:
        Kullback & Leibler (1951), On information and sufficiency.
    """

    direction = "down"
    formula = staticmethod(losses.kl_divergence)
    by_element = False

    def __init__(self, name: str = "kl_divergence", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register()
class Poisson(FormulaMetric):
    """``mean (ŷ - y log(ŷ + 1e-7))``; see `losses.poisson`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> round(float(Poisson()([[1.0]], [[1.0]])), 4)
        1.0

    Reference:
        Nelder & Wedderburn (1972), Generalized linear models.
    """

    direction = "down"
    formula = staticmethod(losses.poisson)

    def __init__(self, name: str = "poisson", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register("bce", "BCE")
class BinaryCrossentropy(FormulaMetric):
    """``mean -(y log p + (1 - y) log(1 - p))``; see `losses.binary_crossentropy`.

    Args:
        name: its name in logs.
        dtype: the type of the state.
        from_logits: whether outputs are before the sigmoid.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/2.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])), 4)
        0.6931

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.2.
    """

    direction = "down"
    formula = staticmethod(losses.binary_crossentropy)

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = "float32",
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(dtype, name)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing(name, label_smoothing)


@metric_registry.register("cce", "CCE")
class CategoricalCrossentropy(FormulaMetric):
    """``mean -Σₖ yₖ log pₖ``; see `losses.categorical_crossentropy`.

    Args:
        name: its name in logs.
        dtype: the type of the state.
        from_logits: whether outputs are before the softmax.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/K.
        axis: the axis of the classes.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(CategoricalCrossentropy()([[0, 1, 0]], [[0.25, 0.5, 0.25]])), 4)
        0.6931

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.4.
    """

    direction = "down"
    formula = staticmethod(losses.categorical_crossentropy)
    by_element = False

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = "float32",
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype, name)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing(name, label_smoothing)
        self.axis = axis_number(name, axis)


@metric_registry.register("scce", "SCCE")
class SparseCategoricalCrossentropy(FormulaMetric):
    """``mean -log p_y``; see `losses.sparse_categorical_crossentropy`.

    Args:
        name: its name in logs.
        dtype: the type of the state.
        from_logits: whether outputs are before the softmax.
        ignore_class: a class number whose rows do not count, in the mean neither.
        axis: the axis of the classes.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4)
        0.6931

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.4.
    """

    direction = "down"
    formula = staticmethod(losses.sparse_categorical_crossentropy)
    by_element = False

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = "float32",
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype, name)
        self.from_logits = bool(from_logits)
        self.ignore_class = ignore_class
        self.axis = axis_number(name, axis)

    def counted(self, y_true: ArrayLike, values: Array, sample_weight: ArrayLike | None) -> ArrayLike | None:
        """The weights of the rows whose label is not `ignore_class`."""
        if self.ignore_class is None:
            return sample_weight
        _, factors = aligned(values, sample_weight)
        return factors * (jnp.asarray(y_true) != self.ignore_class).reshape(values.shape)
