"""Cross-entropies: minus the logarithm of the probability that the network gave to what is true.

After a final sigmoid or softmax they are computed from the logits under it, which stays exact where probabilities
round.
"""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.base import FormulaLoss, loss_registry
from glassnet.losses.cross_entropy import (
    axis_number,
    binary,
    categorical,
    check_labels,
    log_probabilities,
    logits_under,
    pick,
    smooth,
    smoothing,
    softmax_logits,
)
from glassnet.losses.pairing import pair, pair_labels
from glassnet.losses.reduction import DEFAULT_REDUCTION


def binary_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """``ℓ = meanₖ -(yₖ log pₖ + (1 - yₖ) log(1 - pₖ))``: K yes-or-no questions, each with its own probability.

    Args:
        y_true: 0 or 1, or a probability between, (B, ..., K).
        y_pred: probabilities, or logits where `from_logits` says so, the same shape.
        from_logits: whether `y_pred` is before the sigmoid: ``p = σ(z)``.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/2, ``y (1 - s) + s/2``.
        axis: the axis of the mean.

    Returns:
        (B, ...), at least 0, in nats.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> [round(value, 4) for value in binary_crossentropy([[1.0], [0.0]], [[0.5], [0.1]]).tolist()]
        [0.6931, 0.1054]
        >>> binary_crossentropy([[1.0]], [[-500.0]], from_logits=True).tolist()
        [500.0]

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.2.
    """
    logits = jnp.asarray(y_pred) if from_logits else logits_under(y_pred, "sigmoid")
    y_true, y_pred = pair(y_true, y_pred, "Loss binary_crossentropy")
    y_true = smooth(y_true, label_smoothing, 2)
    return jnp.mean(binary(y_true, y_pred, logits), axis=axis_number("binary_crossentropy", axis))


def categorical_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """``ℓ = -Σₖ yₖ log pₖ``: one question with K answers, targets as one-hot rows.

    Args:
        y_true: one-hot rows or distributions, (B, ..., K).
        y_pred: probabilities, scaled here to sum to 1, or logits where `from_logits` says so, the same shape.
        from_logits: whether `y_pred` is before the softmax.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/K, ``y (1 - s) + s/K``.
        axis: the axis of the classes.

    Returns:
        (B, ...), at least 0, in nats.

    Raises:
        ShapeError: the shapes differ, or there is one class only.

    Example:
        >>> [round(value, 4) for value in categorical_crossentropy([[0, 1, 0]], [[0.25, 0.5, 0.25]]).tolist()]
        [0.6931]

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.4.
    """
    y_true, log_p = categorical(y_true, y_pred, from_logits, label_smoothing, axis, "categorical_crossentropy")
    return -jnp.sum(y_true * log_p, axis)


def sparse_categorical_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Array:
    """``ℓ = -log p_y``: one question with K answers, targets as class numbers.

    Args:
        y_true: whole numbers from 0 to K - 1, (B, ...) or (B, ..., 1). Inside ``jit``, where numbers cannot be looked
            at, a number that is no class costs 0.
        y_pred: probabilities, scaled here to sum to 1, or logits where `from_logits` says so, (B, ..., K).
        from_logits: whether `y_pred` is before the softmax.
        ignore_class: a class number whose rows cost 0, such as -1 for "unknown".
        axis: the axis of the classes.

    Returns:
        (B, ...), at least 0, in nats.

    Raises:
        ShapeError: not one label for each row of scores, or there is one class only.
        DataError: a label that is no class.

    Example:
        >>> [round(value, 4) for value in sparse_categorical_crossentropy([1, 0], [[0.5, 0.5], [0.9, 0.1]]).tolist()]
        [0.6931, 0.1054]

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.4.
    """
    axis = axis_number("sparse_categorical_crossentropy", axis)
    logits = jnp.asarray(y_pred) if from_logits else softmax_logits(y_pred, axis)
    labels, y_pred = pair_labels(y_true, y_pred, "Loss sparse_categorical_crossentropy", axis)
    check_labels(y_true, y_pred.shape[axis], ignore_class)
    values = -pick(log_probabilities(y_pred, logits, axis), labels, axis)
    return values if ignore_class is None else jnp.where(labels == ignore_class, 0.0, values)


@loss_registry.register("bce", "BCE")
class BinaryCrossentropy(FormulaLoss):
    """``ℓ = meanₖ -(yₖ log pₖ + (1 - yₖ) log(1 - pₖ))``: for yes or no; see `binary_crossentropy`.

    Args:
        from_logits: whether outputs are before the sigmoid. After a final sigmoid leave it False: the logits are found.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/2.
        axis: the axis of the mean.
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])), 4)
        0.6931

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.2.
    """

    formula = staticmethod(binary_crossentropy)

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "binary_crossentropy",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing(name, label_smoothing)
        self.axis = axis_number(name, axis)


@loss_registry.register("cce", "CCE")
class CategoricalCrossentropy(FormulaLoss):
    """``ℓ = -Σₖ yₖ log pₖ``: for one of K classes, targets one-hot; see `categorical_crossentropy`.

    Args:
        from_logits: whether outputs are before the softmax. After a final softmax leave it False: the logits are found.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/K.
        axis: the axis of the classes.
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(CategoricalCrossentropy()([[0, 1, 0]], [[0.25, 0.5, 0.25]])), 4)
        0.6931

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.4.
    """

    formula = staticmethod(categorical_crossentropy)
    by_element = False

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "categorical_crossentropy",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing(name, label_smoothing)
        self.axis = axis_number(name, axis)


@loss_registry.register("scce", "SCCE")
class SparseCategoricalCrossentropy(FormulaLoss):
    """``ℓ = -log p_y``: for one of K classes, targets as class numbers; see `sparse_categorical_crossentropy`.

    Args:
        from_logits: whether outputs are before the softmax. After a final softmax leave it False: the logits are found.
        ignore_class: a class number whose rows do not count, in the mean neither, such as -1 for "unknown".
        reduction: how rows become one number, see `Loss`.
        axis: the axis of the classes.
        name: its name.
        dtype: the type it computes in.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4)
        0.6931
        >>> round(float(SparseCategoricalCrossentropy(ignore_class=-1)([1, -1], [[0.5, 0.5], [0.9, 0.1]])), 4)
        0.6931

    Reference:
        Bishop (2006), Pattern recognition and machine learning, section 4.3.4.
    """

    formula = staticmethod(sparse_categorical_crossentropy)
    by_element = False
    target_kind = "label"

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = DEFAULT_REDUCTION,
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.from_logits = bool(from_logits)
        self.ignore_class = ignore_class
        self.axis = axis_number(name, axis)

    def kept(self, y_true: Any, values: Array) -> Array | None:
        """The rows whose label is not `ignore_class`."""
        return None if self.ignore_class is None else (jnp.asarray(y_true) != self.ignore_class).reshape(values.shape)
