"""Cross-entropies that weigh rows by how well they are known: focal ones, and one for noisy labels."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
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
    power,
    smooth,
    smoothing,
    softmax_logits,
)
from glassnet.losses.pairing import pair, pair_labels
from glassnet.losses.reduction import DEFAULT_REDUCTION


def binary_focal_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """``ℓ = meanₖ -(1 - qₖ)ᵞ log qₖ``, q the probability given to the truth: easy rows hardly count.

    Args:
        y_true: 0 or 1, (B, ..., K).
        y_pred: probabilities, or logits where `from_logits` says so, the same shape.
        apply_class_balancing: whether class 1 is weighed by α and class 0 by 1 - α.
        alpha: α, from 0 to 1.
        gamma: γ, from 0 up: how little easy rows count; 0 is `binary_crossentropy`.
        from_logits: whether `y_pred` is before the sigmoid.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/2.
        axis: the axis of the mean.

    Returns:
        (B, ...), at least 0.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> [round(value, 4) for value in binary_focal_crossentropy([[1.0], [1.0]], [[0.5], [0.9]]).tolist()]
        [0.1733, 0.0011]

    Reference:
        Lin, Goyal, Girshick, He & Dollár (2017), Focal loss for dense object detection.
    """
    logits = jnp.asarray(y_pred) if from_logits else logits_under(y_pred, "sigmoid")
    y_true, y_pred = pair(y_true, y_pred, "Loss binary_focal_crossentropy")
    y_true = smooth(y_true, label_smoothing, 2)
    if logits is None:
        missed = y_true * (1.0 - y_pred) + (1.0 - y_true) * y_pred
    else:
        z = jnp.reshape(logits, y_pred.shape).astype(y_pred.dtype)
        missed = y_true * jax.nn.sigmoid(-z) + (1.0 - y_true) * jax.nn.sigmoid(z)
    values = power(missed, gamma) * binary(y_true, y_pred, logits)
    if apply_class_balancing:
        values = values * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return jnp.mean(values, axis=axis_number("binary_focal_crossentropy", axis))


def categorical_focal_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    alpha: ArrayLike = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """``ℓ = -α Σₖ yₖ (1 - pₖ)ᵞ log pₖ``: cross-entropy in which rows that are already right hardly count.

    Args:
        y_true: one-hot rows, (B, ..., K).
        y_pred: probabilities, scaled here to sum to 1, or logits where `from_logits` says so, the same shape.
        alpha: α, above 0, for all classes, or K numbers.
        gamma: γ, from 0 up: how little easy rows count.
        from_logits: whether `y_pred` is before the softmax.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/K.
        axis: the axis of the classes.

    Returns:
        (B, ...), at least 0.

    Raises:
        ShapeError: the shapes differ, or there is one class only.

    Example:
        >>> [round(value, 4) for value in categorical_focal_crossentropy([[0, 1]], [[0.5, 0.5]]).tolist()]
        [0.0433]

    Reference:
        Lin, Goyal, Girshick, He & Dollár (2017), Focal loss for dense object detection.
    """
    y_true, log_p = categorical(y_true, y_pred, from_logits, label_smoothing, axis, "categorical_focal_crossentropy")
    weight = jnp.asarray(alpha, log_p.dtype) * power(-jnp.expm1(log_p), gamma)
    return -jnp.sum(weight * y_true * log_p, axis)


def categorical_generalized_cross_entropy(y_true: ArrayLike, y_pred: ArrayLike, q: float) -> Array:
    """``ℓ = (1 - p_y^q) / q``: between cross-entropy (q near 0) and the mean absolute error (q near 1).

    Rows whose label the network finds absurd have a small slope, so wrong labels do less harm.

    Args:
        y_true: whole numbers from 0 to K - 1, (B, ...) or (B, ..., 1).
        y_pred: probabilities, (B, ..., K).
        q: between 0 and 1.

    Returns:
        (B, ...), from 0 to 1/q.

    Raises:
        ShapeError: not one label for each row of scores, or there is one class only.
        DataError: a label that is no class.

    Example:
        >>> [round(value, 4) for value in categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5).tolist()]
        [1.0]

    Reference:
        Zhang & Sabuncu (2018), Generalized cross entropy loss for training deep neural networks with noisy labels.
    """
    logits = softmax_logits(y_pred, -1)
    labels, y_pred = pair_labels(y_true, y_pred, "Loss categorical_generalized_cross_entropy")
    check_labels(y_true, y_pred.shape[-1], None)
    if logits is not None:
        return -jnp.expm1(q * pick(log_probabilities(y_pred, logits, -1), labels, -1)) / q
    return (1.0 - power(pick(y_pred, labels, -1), q)) / q


@loss_registry.register()
class BinaryFocalCrossentropy(FormulaLoss):
    """``ℓ = meanₖ -(1 - qₖ)ᵞ log qₖ``, q the probability given to the truth; see `binary_focal_crossentropy`.

    Args:
        apply_class_balancing: whether class 1 is weighed by α and class 0 by 1 - α.
        alpha: α, from 0 to 1.
        gamma: γ, from 0 up: how little easy rows count.
        from_logits: whether outputs are before the sigmoid. After a final sigmoid leave it False: the logits are found.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/2.
        axis: the axis of the mean.
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(BinaryFocalCrossentropy()([[1.0]], [[0.5]])), 4)
        0.1733

    Reference:
        Lin, Goyal, Girshick, He & Dollár (2017), Focal loss for dense object detection.
    """

    formula = staticmethod(binary_focal_crossentropy)

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "binary_focal_crossentropy",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.apply_class_balancing = bool(apply_class_balancing)
        self.alpha = alpha
        self.gamma = _focus(name, gamma)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing(name, label_smoothing)
        self.axis = axis_number(name, axis)


@loss_registry.register()
class CategoricalFocalCrossentropy(FormulaLoss):
    """``ℓ = -α Σₖ yₖ (1 - pₖ)ᵞ log pₖ``; see `categorical_focal_crossentropy`.

    Args:
        alpha: α, above 0, for all classes, or K numbers.
        gamma: γ, from 0 up: how little easy rows count.
        from_logits: whether outputs are before the softmax. After a final softmax leave it False: the logits are found.
        label_smoothing: s, from 0 to 1: targets are drawn to 1/K.
        axis: the axis of the classes.
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(CategoricalFocalCrossentropy()([[0, 1]], [[0.5, 0.5]])), 4)
        0.0433

    Reference:
        Lin, Goyal, Girshick, He & Dollár (2017), Focal loss for dense object detection.
    """

    formula = staticmethod(categorical_focal_crossentropy)
    by_element = False

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "categorical_focal_crossentropy",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha = alpha
        self.gamma = _focus(name, gamma)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing(name, label_smoothing)
        self.axis = axis_number(name, axis)


@loss_registry.register()
class CategoricalGeneralizedCrossEntropy(FormulaLoss):
    """``ℓ = (1 - p_y^q) / q``: for labels that are partly wrong; see `categorical_generalized_cross_entropy`.

    Args:
        q: between 0 (cross-entropy) and 1 (the mean absolute error).
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Raises:
        ConfigError: q is not between 0 and 1.

    Example:
        >>> float(CategoricalGeneralizedCrossEntropy(q=0.5)([1], [[0.75, 0.25]]))
        1.0

    Reference:
        Zhang & Sabuncu (2018), Generalized cross entropy loss for training deep neural networks with noisy labels.
    """

    formula = staticmethod(categorical_generalized_cross_entropy)
    by_element = False
    target_kind = "label"

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "categorical_generalized_cross_entropy",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        if not 0 < q < 1:
            raise ConfigError(
                f"Loss {name} expected `q` between 0 and 1. Received {q!r}. Pass 0.5, or 0.7 as in the paper."
            )
        self.q = q


def _focus(owner: str, gamma: float) -> float:
    if not gamma >= 0:
        raise ConfigError(f"Loss {owner} expected `gamma` from 0 up. Received {gamma!r}. Pass 2.0, the paper's choice.")
    return gamma
