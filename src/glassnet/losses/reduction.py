"""From the values of rows to one number: the only place where losses are reduced and weighted."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike

DEFAULT_REDUCTION = "sum_over_batch_size"

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none")


def reduce_values(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    reduction: str | None = DEFAULT_REDUCTION,
    *,
    kept: Any = None,
    count: Any = None,
) -> Array:
    """``Σ wᵢ ℓᵢ``, divided by what `reduction` says.

    Args:
        values: (B, ...); a scalar counts for all rows.
        weights: a number, (B,), (B, 1), or the shape of `values`.
        reduction: see `Loss`.
        kept: which values count, in the shape of `values`; all by default.
        count: the number of real rows, for the mean; all by default.

    Returns:
        A scalar; the weighted values where `reduction` is None.

    Raises:
        ShapeError: weights that do not fit the values.

    Example:
        >>> float(reduce_values([1.0, 3.0], [1.0, 2.0], "sum"))
        7.0

    Reference:
        Chollet et al. (2015), Keras.
    """
    if reduction not in (None, "none", "sum", "mean_with_sample_weight"):
        return weighted_mean(values, weights, count, kept=kept)
    values, factors = aligned(values, weights)
    factors = factors if kept is None else factors * kept
    weighed = weigh(values, factors)
    if reduction is None or reduction == "none":
        return weighed
    total = jnp.sum(weighed)
    return total if reduction == "sum" else _divide(total, jnp.sum(factors))


def weighted_mean(values: ArrayLike, weights: ArrayLike | None = None, count: Any = None, *, kept: Any = None) -> Array:
    """``L = (1/n) Σᵢ meanₜ(wᵢₜ ℓᵢₜ)``: the sum of weighted rows, divided by how many rows there are.

    The weights do not enter the divisor: a row of weight 2 counts twice, and a batch of such rows has twice the loss.
    Where only some values are `kept`, the divisor is their number, among the real rows.

    Args:
        values: (B, ...); a scalar counts for all rows.
        weights: a number, (B,), (B, 1), or the shape of `values`; 0 for padded rows.
        count: n, the number of real rows, which stand first; B by default.
        kept: which values count, in the shape of `values`; all by default.

    Returns:
        A scalar.

    Raises:
        ShapeError: weights that do not fit the values.

    Example:
        >>> float(weighted_mean([3.0, 5.0, 100.0], [1.0, 1.0, 0.0], 2))
        4.0

    Reference:
        Chollet et al. (2015), Keras, whose ``sum_over_batch_size`` this is.
    """
    values, factors = aligned(values, weights)
    if values.ndim == 0:  # a loss of the whole batch, already one number
        return weigh(values, factors)
    rows = values.shape[0]
    width = values.size // max(rows, 1)
    if kept is None:
        return jnp.sum(weigh(values, factors)) / _at_least_one((rows if count is None else count) * width, values.dtype)
    if count is not None:
        real = jnp.arange(rows) < count
        kept = kept & real.reshape(real.shape + (1,) * (kept.ndim - 1))
    return _divide(jnp.sum(weigh(values, factors * kept)), jnp.sum(kept.astype(values.dtype)))


def aligned(values: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """Values, and weights in their shape: weights (B,) count for whole rows of values (B, T), ones where None.

    Raises:
        ShapeError: weights that do not fit the values.
    """
    values = jnp.asarray(values)
    if weights is None:
        return values, jnp.ones_like(values)
    weights = jnp.asarray(weights).astype(values.dtype)
    if values.ndim == 0:
        return jnp.broadcast_to(values, weights.shape), weights
    shape = weights.shape
    if weights.ndim == values.ndim + 1 and shape[-1] == 1:
        weights = weights[..., 0]
    weights = weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim if weights.ndim else 0))
    fits = weights.ndim <= values.ndim and all(w in (1, v) for w, v in zip(weights.shape, values.shape, strict=False))
    if not fits:
        raise ShapeError(
            f"Expected sample weights that fit values of shape {show(values.shape)}: one for each row, "
            f"{show(values.shape[:1])}, or one for each value. Received weights of shape {show(shape)}. Pass one a row."
        )
    return values, jnp.broadcast_to(weights, values.shape)


def weigh(values: Array, weights: Array) -> Array:
    """``w · v``, and 0 where w is 0 whatever v is: a row that does not count cannot spoil a sum."""
    return jnp.where(weights == 0, jnp.zeros_like(values), values * weights)


def _divide(total: Array, divisor: Array) -> Array:
    """``total / divisor``, 0 where nothing counts."""
    return jnp.where(
        divisor == 0, jnp.zeros_like(total), total / jnp.where(divisor == 0, jnp.ones_like(total), divisor)
    )


def _at_least_one(count: Any, dtype: Any) -> Array:
    return jnp.maximum(jnp.asarray(count, dtype), jnp.ones((), dtype))
