"""Losses between distributions, and for counts."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.base import FormulaLoss, loss_registry
from glassnet.losses.pairing import EPSILON, pair
from glassnet.losses.reduction import DEFAULT_REDUCTION


def kl_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = Σₖ yₖ log(yₖ / ŷₖ)``: how much is lost by taking distribution ŷ for y. Shares are clipped to [1e-7, 1].

    Args:
        y_true: distributions, (B, ..., K), each row summing to 1.
        y_pred: distributions, the same shape.

    Returns:
        (B, ...), in nats; 0 where they are equal.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> [round(value, 4) for value in kl_divergence([[0.5, 0.5], [1.0, 0.0]], [[0.5, 0.5], [0.5, 0.5]]).tolist()]
        [0.0, 0.6931]

    Reference:
        Kullback & Leibler (1951), On information and sufficiency.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss kl_divergence")
    y_true, y_pred = jnp.clip(y_true, EPSILON, 1.0), jnp.clip(y_pred, EPSILON, 1.0)
    return jnp.sum(y_true * jnp.log(y_true / y_pred), axis=-1)


def poisson(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = meanₖ (ŷₖ - yₖ log(ŷₖ + 1e-7))``: counts y whose expected number is ŷ.

    Args:
        y_true: counts from 0 up, (B, ..., K).
        y_pred: expected counts from 0 up, such as from `softplus` or `exponential`, the same shape.

    Returns:
        (B, ...); least where ŷ = y. It may be below 0.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> [round(value, 4) for value in poisson([[1.0], [0.0]], [[1.0], [3.0]]).tolist()]
        [1.0, 3.0]

    Reference:
        Nelder & Wedderburn (1972), Generalized linear models.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss poisson")
    return jnp.mean(y_pred - y_true * jnp.log(y_pred + EPSILON), axis=-1)


@loss_registry.register("kld", "KLD", "kullback_leibler_divergence")
class KLDivergence(FormulaLoss):
    """``ℓ = Σₖ yₖ log(yₖ / ŷₖ)``; see `kl_divergence`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> round(float(KLDivergence()([[1.0, 0.0]], [[0.5, 0.5]])), 4)
        0.6931

    Reference:
        Kullback & Leibler (1951), On information and sufficiency.
    """

    formula = staticmethod(kl_divergence)
    by_element = False

    def __init__(
        self, reduction: str | None = DEFAULT_REDUCTION, name: str = "kl_divergence", dtype: Any = "float32"
    ) -> None:
        super().__init__(name, reduction, dtype)


@loss_registry.register()
class Poisson(FormulaLoss):
    """``ℓ = meanₖ (ŷₖ - yₖ log(ŷₖ + 1e-7))``; see `poisson`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> round(float(Poisson()([[1.0]], [[1.0]])), 4)
        1.0

    Reference:
        Nelder & Wedderburn (1972), Generalized linear models.
    """

    formula = staticmethod(poisson)

    def __init__(
        self, reduction: str | None = DEFAULT_REDUCTION, name: str = "poisson", dtype: Any = "float32"
    ) -> None:
        super().__init__(name, reduction, dtype)
