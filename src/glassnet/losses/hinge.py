"""Hinge losses: an output on the right side of a margin costs nothing, as in support vector machines."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.base import FormulaLoss, loss_registry
from glassnet.losses.pairing import pair
from glassnet.losses.reduction import DEFAULT_REDUCTION


def hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = meanₖ max(1 - yₖ ŷₖ, 0)``: outputs should lie beyond 1 on the side of their target.

    Args:
        y_true: targets -1 or 1, (B, ..., K); a target of 0 is read as -1.
        y_pred: outputs from a linear layer or `tanh`, the same shape.

    Returns:
        (B, ...), at least 0.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> hinge([[1.0], [-1.0]], [[2.0], [0.5]]).tolist()
        [0.0, 1.5]

    Reference:
        Cortes & Vapnik (1995), Support-vector networks.
    """
    return jnp.mean(_margin(y_true, y_pred, "Loss hinge"), axis=-1)


def squared_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = meanₖ max(1 - yₖ ŷₖ, 0)²``: the hinge squared, whose slope grows with the error.

    Args:
        y_true: targets -1 or 1, (B, ..., K); a target of 0 is read as -1.
        y_pred: outputs from a linear layer or `tanh`, the same shape.

    Returns:
        (B, ...), at least 0.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> squared_hinge([[1.0], [-1.0]], [[2.0], [0.5]]).tolist()
        [0.0, 2.25]

    Reference:
        Tang (2013), Deep learning using linear support vector machines.
    """
    return jnp.mean(jnp.square(_margin(y_true, y_pred, "Loss squared_hinge")), axis=-1)


def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = max(maxₖ (1 - yₖ) ŷₖ - Σₖ yₖ ŷₖ + 1, 0)``: the right class should score 1 more than the best other.

    Args:
        y_true: one-hot targets, (B, ..., K).
        y_pred: scores, the same shape.

    Returns:
        (B, ...), at least 0.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> categorical_hinge([[0.0, 1.0]], [[0.5, 1.0]]).tolist()
        [0.5]

    Reference:
        Crammer & Singer (2001), On the algorithmic implementation of multiclass kernel-based vector machines.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss categorical_hinge")
    right = jnp.sum(y_true * y_pred, axis=-1)
    best_other = jnp.max((1.0 - y_true) * y_pred, axis=-1)
    return jnp.maximum(best_other - right + 1.0, 0.0)


def _margin(y_true: ArrayLike, y_pred: ArrayLike, who: str) -> Array:
    y_true, y_pred = pair(y_true, y_pred, who)
    return jnp.maximum(1.0 - jnp.where(y_true == 0, -1.0, y_true) * y_pred, 0.0)


@loss_registry.register()
class Hinge(FormulaLoss):
    """``ℓ = meanₖ max(1 - yₖ ŷₖ, 0)``; see `hinge`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> float(Hinge()([[1.0], [-1.0]], [[2.0], [0.5]]))
        0.75

    Reference:
        Cortes & Vapnik (1995), Support-vector networks.
    """

    formula = staticmethod(hinge)

    def __init__(self, reduction: str | None = DEFAULT_REDUCTION, name: str = "hinge", dtype: Any = "float32") -> None:
        super().__init__(name, reduction, dtype)


@loss_registry.register()
class SquaredHinge(FormulaLoss):
    """``ℓ = meanₖ max(1 - yₖ ŷₖ, 0)²``; see `squared_hinge`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> float(SquaredHinge()([[1.0], [-1.0]], [[2.0], [0.5]]))
        1.125

    Reference:
        Tang (2013), Deep learning using linear support vector machines.
    """

    formula = staticmethod(squared_hinge)

    def __init__(
        self, reduction: str | None = DEFAULT_REDUCTION, name: str = "squared_hinge", dtype: Any = "float32"
    ) -> None:
        super().__init__(name, reduction, dtype)


@loss_registry.register()
class CategoricalHinge(FormulaLoss):
    """``ℓ = max(maxₖ (1 - yₖ) ŷₖ - Σₖ yₖ ŷₖ + 1, 0)``; see `categorical_hinge`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 1.0]]))
        0.5

    Reference:
        Crammer & Singer (2001), On the algorithmic implementation of multiclass kernel-based vector machines.
    """

    formula = staticmethod(categorical_hinge)
    by_element = False

    def __init__(
        self, reduction: str | None = DEFAULT_REDUCTION, name: str = "categorical_hinge", dtype: Any = "float32"
    ) -> None:
        super().__init__(name, reduction, dtype)
