"""Functions of a whole row: scores become shares that sum to 1."""

from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp

from glassnet.activations.support import check_axes, floats
from glassnet.foundation import context
from glassnet.foundation.types import Array, ArrayLike


def softmax(x: ArrayLike, axis: int | Sequence[int] = -1) -> Array:
    """``f(x)_i = exp(x_i) / Σ_j exp(x_j)``: scores become probabilities that sum to 1.

    Only differences count: the same number added to every score changes nothing.
    Derivative: ``∂f_i / ∂x_j = f_i (δ_ij - f_j)``.
    Use it in the last layer where exactly one of several classes is right; where several may be, use `sigmoid`.
    A cross-entropy placed on its result is computed from `x` itself, which stays exact where a share rounds to 0.

    Args:
        x: array of scores, or logits, ``(..., classes)``.
        axis: the axis, or axes, along which the shares sum to 1.

    Returns:
        Numbers from 0 to 1, same shape. A row with +inf, or of -inf alone, has no answer and becomes NaN.

    Raises:
        ShapeError: the axis is not there.

    Example:
        >>> softmax([[0.0, 0.0], [1000.0, 0.0]]).tolist()
        [[0.5, 0.5], [1.0, 0.0]]

    Reference:
        Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """
    x = floats(x)
    axes = check_axes("softmax", x, axis)
    y = jax.nn.softmax(_wide(x), axes).astype(x.dtype)
    # Losses read the classes along the last axis, so only a softmax along it can be undone there.
    return context.note(y, logits=x, link="softmax") if axes == (x.ndim - 1,) else y


def log_softmax(x: ArrayLike, axis: int | Sequence[int] = -1) -> Array:
    """``f(x)_i = x_i - log Σ_j exp(x_j)``: the logarithm of the softmax, exact where the softmax rounds to 0.

    Derivative: ``∂f_i / ∂x_j = δ_ij - softmax(x)_j``.
    Use it to write a loss in log-probabilities.

    Args:
        x: array of scores, ``(..., classes)``.
        axis: the axis, or axes, along which the shares sum to 1.

    Returns:
        Numbers up to 0, same shape.

    Raises:
        ShapeError: the axis is not there.

    Example:
        >>> log_softmax([1000.0, 0.0]).tolist()
        [0.0, -1000.0]

    Reference:
        Blanchard, Higham & Higham (2021), Accurately computing the log-sum-exp and softmax functions.
    """
    x = floats(x)
    return jax.nn.log_softmax(_wide(x), check_axes("log_softmax", x, axis)).astype(x.dtype)


def sparsemax(x: ArrayLike, axis: int = -1) -> Array:
    """``f(x) = argmin_p ‖p - x‖²`` over all p with ``p >= 0`` and ``Σ p = 1``; that is ``max(x_i - τ, 0)``, τ by row.

    Like softmax, but low scores get exactly 0.
    Derivative: ``∂f_i / ∂x_j = δ_ij - 1/k`` for i and j among the k entries above 0, else 0.
    Use it where few classes should share the answer, or an attention should look at few places.

    Args:
        x: array of scores, ``(..., classes)``.
        axis: the axis along which the shares sum to 1.

    Returns:
        Numbers from 0 to 1, same shape.

    Raises:
        ShapeError: the axis is not there.

    Example:
        >>> sparsemax([1.0, 0.5, -2.0]).tolist()
        [0.75, 0.25, 0.0]

    Reference:
        Martins & Astudillo (2016), From softmax to sparsemax, algorithm 1.
    """
    x = floats(x)
    return _sparsemax(x, *check_axes("sparsemax", x, axis))


@partial(jax.jit, static_argnums=1)  # a dozen operations: called by hand, they compile as one program
def _sparsemax(x: Array, axis: int) -> Array:
    # An entry 1 or more below the largest gets nothing, so nothing below -1 needs to be kept apart.
    z = jnp.maximum(x - jax.lax.stop_gradient(jnp.max(x, axis, keepdims=True)), -1.0)
    support = _support(jax.lax.stop_gradient(z), axis)
    tau = (jnp.sum(jnp.where(support, z, 0.0), axis, keepdims=True) - 1.0) / jnp.sum(support, axis, keepdims=True)
    return jnp.where(support, z - tau, jnp.where(jnp.isnan(z), z, 0.0))


def _support(z: Array, axis: int) -> Array:
    """Which entries are above 0: those above τ, found from the sorted scores."""
    ordered = jnp.flip(jnp.sort(z, axis), axis)
    counts = jnp.expand_dims(jnp.arange(1, z.shape[axis] + 1), [i for i in range(z.ndim) if i != axis])
    inside = 1.0 + counts * ordered > jnp.cumsum(ordered, axis)
    k = jnp.sum(inside, axis, keepdims=True)
    tau = (jnp.sum(jnp.where(inside, ordered, 0.0), axis, keepdims=True) - 1.0) / k
    return z > tau


def _wide(x: Array) -> Array:
    """Short numbers as float32: a sum of many exponentials needs it."""
    return x.astype(jnp.promote_types(x.dtype, jnp.float32))
