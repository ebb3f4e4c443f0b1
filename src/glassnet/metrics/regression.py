"""Metrics for numbers: the losses of `glassnet.losses` averaged over rows, and the root mean squared error."""

from typing import Any

import jax.numpy as jnp

from glassnet import losses
from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.pairing import as_columns, pair
from glassnet.metrics.base import State, metric_registry
from glassnet.metrics.mean import Average, FormulaMetric


@metric_registry.register("mse", "MSE")
class MeanSquaredError(FormulaMetric):
    """``mean (y - ŷ)²``; see `losses.mean_squared_error`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(MeanSquaredError()([[1.0], [2.0]], [[1.0], [4.0]]))
        2.0

    Reference:
        Gauss (1809), Theoria motus corporum coelestium.
    """

    direction = "down"
    formula = staticmethod(losses.mean_squared_error)

    def __init__(self, name: str = "mean_squared_error", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register("rmse", "RMSE")
class RootMeanSquaredError(Average):
    """``√ mean (y - ŷ)²``: the size of a usual error, in the targets' unit.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(RootMeanSquaredError()([[1.0], [2.0]], [[3.0], [0.0]]))
        2.0

    Reference:
        Gauss (1809), Theoria motus corporum coelestium.
    """

    direction = "down"

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Add the squared errors of a batch."""
        y_true, y_pred = pair(*as_columns(y_true, y_pred), f"Metric {self.name}")
        return self.add(state, jnp.square(y_true - y_pred), sample_weight)

    def compute(self, state: State) -> Array:
        """The root of the mean."""
        return jnp.sqrt(super().compute(state))


@metric_registry.register("mae", "MAE")
class MeanAbsoluteError(FormulaMetric):
    """``mean |y - ŷ|``; see `losses.mean_absolute_error`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(MeanAbsoluteError()([[1.0], [2.0]], [[1.0], [4.0]]))
        1.0

    Reference:
        Boscovich (1757), De litteraria expeditione per pontificiam ditionem.
    """

    direction = "down"
    formula = staticmethod(losses.mean_absolute_error)

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register("mape", "MAPE")
class MeanAbsolutePercentageError(FormulaMetric):
    """``100 mean |y - ŷ| / |y|``, in percent; see `losses.mean_absolute_percentage_error`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(MeanAbsolutePercentageError()([[10.0]], [[11.0]]))
        10.0

    Reference:
        Hyndman & Koehler (2006), Another look at measures of forecast accuracy.
    """

    direction = "down"
    formula = staticmethod(losses.mean_absolute_percentage_error)

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register("msle", "MSLE")
class MeanSquaredLogarithmicError(FormulaMetric):
    """``mean (log(1 + y) - log(1 + ŷ))²``; see `losses.mean_squared_logarithmic_error`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(MeanSquaredLogarithmicError()([[3.0]], [[3.0]]))
        0.0

    Reference:
        Hyndman & Koehler (2006), Another look at measures of forecast accuracy.
    """

    direction = "down"
    formula = staticmethod(losses.mean_squared_logarithmic_error)

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register("logcosh", "log_cosh")
class LogCoshError(FormulaMetric):
    """``mean log cosh(ŷ - y)``; see `losses.log_cosh`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> round(float(LogCoshError()([[0.0]], [[2.0]])), 4)
        1.325

    Reference:
        Green (1990), Bayesian reconstructions from emission tomography data using a modified EM algorithm.
    """

    direction = "down"
    formula = staticmethod(losses.log_cosh)

    def __init__(self, name: str = "logcosh", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """``cos = y·ŷ / (|y| |ŷ|)``: the cosine of the angle between target and output.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.
        axis: the axis of the vectors.

    Returns:
        (B, ...), from -1 to 1 (same direction). The loss of this name is minus this.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> cosine_similarity([[2.0, 0.0]], [[5.0, 0.0]]).tolist()
        [1.0]

    Reference:
        Salton, Wong & Yang (1975), A vector space model for automatic indexing.
    """
    return -losses.cosine_similarity(y_true, y_pred, axis)


@metric_registry.register()
class CosineSimilarity(FormulaMetric):
    """``mean y·ŷ / (|y| |ŷ|)``: 1 where all outputs point the way of their targets; see `cosine_similarity`.

    Args:
        name: its name in logs.
        dtype: the type of the state.
        axis: the axis of the vectors.

    Example:
        >>> float(CosineSimilarity()([[2.0, 0.0]], [[5.0, 0.0]]))
        1.0

    Reference:
        Salton, Wong & Yang (1975), A vector space model for automatic indexing.
    """

    direction = "up"
    formula = staticmethod(cosine_similarity)
    by_element = False

    def __init__(self, name: str = "cosine_similarity", dtype: Any = "float32", axis: int = -1) -> None:
        super().__init__(dtype, name)
        self.axis = axis
