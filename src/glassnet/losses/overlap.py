"""Losses on overlap, for segmentation: how much of what is marked was meant, over the whole batch or by axis."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp

from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.base import FormulaLoss, loss_registry
from glassnet.losses.pairing import EPSILON, pair
from glassnet.losses.reduction import DEFAULT_REDUCTION

Axis = int | Sequence[int] | None


def dice(y_true: ArrayLike, y_pred: ArrayLike, axis: Axis = None) -> Array:
    """``ℓ = 1 - 2 Σ yŷ / (Σ y + Σ ŷ)``: 0 for a perfect overlap, 1 for none, however small the region.

    Args:
        y_true: masks of 0 and 1, (B, ...).
        y_pred: probabilities, the same shape.
        axis: the axes summed over; all, the batch too, by default. ``axis=(1, 2, 3)`` gives one value for each image.

    Returns:
        A scalar, or the shape left by `axis`, from 0 to 1.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> round(float(dice([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])), 4)
        0.3333

    Reference:
        Milletari, Navab & Ahmadi (2016), V-Net: fully convolutional neural networks for volumetric segmentation.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss dice")
    axis = _axes(axis)
    both = jnp.sum(y_true * y_pred, axis)
    return 1.0 - 2.0 * both / (jnp.sum(y_true, axis) + jnp.sum(y_pred, axis) + EPSILON)


def tversky(y_true: ArrayLike, y_pred: ArrayLike, alpha: float = 0.5, beta: float = 0.5, axis: Axis = None) -> Array:
    """``ℓ = 1 - Σ yŷ / (Σ yŷ + α Σ y(1 - ŷ) + β Σ (1 - y)ŷ)``: `dice` with a price for each kind of error.

    As in Keras, α weighs what was missed and β what was marked wrongly. With α = β = 1/2 it is `dice`.

    Args:
        y_true: masks of 0 and 1, (B, ...).
        y_pred: probabilities, the same shape.
        alpha: α, from 0 up: the price of a missed part.
        beta: β, from 0 up: the price of a wrongly marked part.
        axis: the axes summed over; all, the batch too, by default.

    Returns:
        A scalar, or the shape left by `axis`, from 0 to 1.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> round(float(tversky([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]], alpha=1.0, beta=0.0)), 4)
        0.5

    Reference:
        Salehi, Erdogmus & Gholipour (2017), Tversky loss function for image segmentation using 3D fully convolutional
        deep networks.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss tversky")
    axis = _axes(axis)
    both = jnp.sum(y_true * y_pred, axis)
    missed = jnp.sum(y_true * (1.0 - y_pred), axis)
    wrong = jnp.sum((1.0 - y_true) * y_pred, axis)
    return 1.0 - both / (both + alpha * missed + beta * wrong + EPSILON)


def _axes(axis: Axis) -> int | tuple[int, ...] | None:
    return axis if axis is None or isinstance(axis, int) else tuple(axis)


class _OverlapLoss(FormulaLoss):
    """An overlap summed over `axis`."""

    by_element = False
    axis: Axis

    @property
    def mixes_rows(self) -> bool:
        """Whether the sums run over the batch."""
        axes = _axes(self.axis)
        return axes is None or 0 in (axes if isinstance(axes, tuple) else (axes,))


@loss_registry.register()
class Dice(_OverlapLoss):
    """``ℓ = 1 - 2 Σ yŷ / (Σ y + Σ ŷ)``; see `dice`.

    Args:
        reduction: how values become one number, see `Loss`.
        name: its name.
        axis: the axes summed over; all, the batch too, by default.
        dtype: the type it computes in.

    Example:
        >>> round(float(Dice()([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])), 4)
        0.3333

    Reference:
        Milletari, Navab & Ahmadi (2016), V-Net: fully convolutional neural networks for volumetric segmentation.
    """

    formula = staticmethod(dice)

    def __init__(
        self,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "dice",
        axis: Axis = None,
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis


@loss_registry.register()
class Tversky(_OverlapLoss):
    """``ℓ = 1 - Σ yŷ / (Σ yŷ + α Σ y(1 - ŷ) + β Σ (1 - y)ŷ)``; see `tversky`.

    Args:
        alpha: α, from 0 up: the price of a missed part.
        beta: β, from 0 up: the price of a wrongly marked part.
        reduction: how values become one number, see `Loss`.
        name: its name.
        axis: the axes summed over; all, the batch too, by default.
        dtype: the type it computes in.

    Example:
        >>> round(float(Tversky(alpha=1.0, beta=0.0)([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])), 4)
        0.5

    Reference:
        Salehi, Erdogmus & Gholipour (2017), Tversky loss function for image segmentation using 3D fully convolutional
        deep networks.
    """

    formula = staticmethod(tversky)

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "tversky",
        axis: Axis = None,
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha = alpha
        self.beta = beta
        self.axis = axis
