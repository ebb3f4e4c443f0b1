"""Attention as pure functions: weights from queries and keys, and the values' mean by these weights."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from glassnet.foundation.observing import is_observed, seen
from glassnet.foundation.types import Array

#: The score of what is masked: its share is 0 in float32, and where all is masked every share is the same.
MASKED = -1e9


def softmax(scores: Array, mask: Array | None = None) -> Array:
    """w_ts = exp(s_ts) / sum_u exp(s_tu), in float32 or wider, 0 where the mask is False.

    Args:
        scores: s, (..., T, S).
        mask: True where a key may be looked at; its shape broadcasts to that of the scores. A row that may look at
            nothing weighs all keys the same.

    Shapes:
        output as the scores.

    Example:
        >>> import jax.numpy as jnp
        >>> softmax(jnp.zeros((1, 4)), jnp.array([True, True, False, False])).tolist()
        [[0.5, 0.5, 0.0, 0.0]]

    Reference:
        Vaswani et al. (2017), Attention is all you need, section 3.2.
    """
    wide = scores.astype(jnp.promote_types(scores.dtype, jnp.float32))
    if mask is not None:
        wide = jnp.where(mask, wide, MASKED)
    return jax.nn.softmax(wide, axis=-1).astype(scores.dtype)


def drop(weights: Array, rate: float, key: Array) -> Array:
    """w * m / (1 - rate), m_ts = 0 with probability `rate`, else 1: dropout of attention weights.

    Args:
        weights: w, any shape.
        rate: the share that is dropped, from 0 to below 1.
        key: a random key.

    Shapes:
        output as the weights.

    Example:
        >>> import jax
        >>> drop(jax.numpy.ones((2, 2)), 0.0, jax.random.key(0)).tolist()
        [[1.0, 1.0], [1.0, 1.0]]

    Reference:
        Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting.
    """
    kept = jax.random.bernoulli(key, np.float32(1.0 - rate), weights.shape)
    return jnp.where(kept, weights / (1.0 - rate), 0).astype(weights.dtype)


def causal_mask(queries: int, keys: int) -> Array:
    """m_ts = (s <= t): no position looks at a later one.

    Args:
        queries: T, the number of queries, 0 or more.
        keys: S, the number of keys, 0 or more.

    Shapes:
        output (T, S).

    Example:
        >>> causal_mask(2, 3).astype(int).tolist()
        [[1, 0, 0], [1, 1, 0]]

    Reference:
        Vaswani et al. (2017), Attention is all you need, section 3.2.3.
    """
    return jnp.arange(queries)[:, None] >= jnp.arange(keys)


def window_mask(queries: int, keys: int, width: int) -> Array:
    """m_ts = (|s - t| < width): a position looks only at its neighbours.

    Args:
        queries: T, the number of queries, 0 or more.
        keys: S, the number of keys, 0 or more.
        width: how far it sees to either side, itself included, 1 or more.

    Shapes:
        output (T, S).

    Example:
        >>> window_mask(3, 3, 2).astype(int).tolist()
        [[1, 1, 0], [1, 1, 1], [0, 1, 1]]

    Reference:
        Beltagy, Peters & Cohan (2020), Longformer: the long-document transformer.
    """
    return jnp.abs(jnp.arange(queries)[:, None] - jnp.arange(keys)) < width


def scaled_dot(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None = None,
    dropped: Callable[[Array], Array] | None = None,
) -> tuple[Array, Array]:
    """softmax(Q K' / sqrt(d)) V for each head.

    Where there are fewer key heads than query heads, as many neighbouring query heads as fit share one of them.

    Args:
        query: Q, (B, T, H, d).
        key: K, (B, S, G, d), G a divisor of H.
        value: V, (B, S, G, v).
        mask: True where a query may look at a key; broadcasts to (B, H, T, S).
        dropped: what becomes of the weights before they meet the values, such as `drop`; the weights returned are those
            before it.

    Shapes:
        output (B, T, H, v) and weights (B, H, T, S).

    Example:
        >>> import jax.numpy as jnp
        >>> x = jnp.ones((1, 3, 2, 4))
        >>> y, weights = scaled_dot(x, x, x)
        >>> y.shape, weights.shape
        ((1, 3, 2, 4), (1, 2, 3, 3))

    Reference:
        Vaswani et al. (2017), Attention is all you need, equation 1; Ainslie et al. (2023), GQA.
    """
    return to_heads(query, heads_first(key), heads_first(value), mask, dropped)


def to_heads(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None = None,
    dropped: Callable[[Array], Array] | None = None,
) -> tuple[Array, Array]:
    """`scaled_dot` for keys and values that lie as `heads_first` lays them: a text's can be kept so while it is written.

    Args:
        query: Q, (B, T, H, d).
        key: K, (B G, S, d), G a divisor of H.
        value: V, (B G, S, v).
        mask: as in `scaled_dot`.
        dropped: as in `scaled_dot`.

    Shapes:
        output (B, T, H, v) and weights (B, H, T, S).

    Example:
        >>> import jax.numpy as jnp
        >>> x = jnp.ones((1, 3, 2, 4))
        >>> to_heads(x, heads_first(x), heads_first(x))[0].shape
        (1, 3, 2, 4)

    Reference:
        Vaswani et al. (2017), Attention is all you need, equation 1.
    """
    batch, queries, heads, depth = query.shape
    # Queries that share a key head stand below each other: two plain batched matmuls, faster on the CPU than one
    # contraction with the heads inside.
    q = heads_first(query * jnp.asarray(1.0 / math.sqrt(depth), query.dtype))
    q = q.reshape(key.shape[0], -1, depth)  # (B * G, H / G * T, d)
    shape = (batch, heads, queries, key.shape[1])
    factors = None if dropped is None else dropped(jnp.ones(shape, value.dtype))
    y, weights = (_shown if is_observed() else _mixture)(q, key, value, mask, factors, shape)
    return jnp.swapaxes(y.reshape(batch, heads, queries, -1), 1, 2), weights


@partial(jax.custom_jvp, nondiff_argnums=(5,))
def _mixture(
    q: Array, k: Array, v: Array, mask: Array | None, factors: Array | None, shape: tuple[int, ...]
) -> tuple[Array, Array]:
    """y = (f * w) v and w = softmax(q k'): heads in the batch, w as (B, H, T, S)."""
    weights = softmax((q @ jnp.swapaxes(k, 1, 2)).reshape(shape), mask)
    used = weights if factors is None else weights * factors
    return used.reshape(*q.shape[:2], -1) @ v, weights


def _shown(
    q: Array, k: Array, v: Array, mask: Array | None, factors: Array | None, shape: tuple[int, ...]
) -> tuple[Array, Array]:
    """`_mixture` while somebody looks on."""
    scores = seen("scores", (q @ jnp.swapaxes(k, 1, 2)).reshape(shape))
    if mask is not None:
        seen("mask", jnp.broadcast_to(mask, shape))
    weights = seen("weights", softmax(scores, mask))
    used = weights if factors is None else weights * factors
    return used.reshape(*q.shape[:2], -1) @ seen("values", v), weights


@_mixture.defjvp
def _mixture_slopes(shape: tuple[int, ...], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """dy = (f * a) v - sum(a) y + (f * w) dv, a = w * ds, s = q k'.

    JAX's own rule sums over all pairs of positions on the way back, one more pass over the largest array there is. In this
    form that sum is one of y * dL/dy, which is much smaller.
    """
    (q, k, v, mask, factors), (dq, dk, dv, *_) = primals, tangents  # the factors are drawn, and have no slopes
    y, weights = _mixture(q, k, v, mask, factors, shape)
    # Barriers, so that on the way back the small arrays are turned around and not the large one.
    turned = partial(jnp.swapaxes, axis1=1, axis2=2)
    ds = dq @ turned(k) + q @ lax.optimization_barrier(turned(dk))
    a = weights * ds.reshape(shape)
    a = a if mask is None else jnp.where(mask, a, 0)
    total = jnp.sum(a, -1, keepdims=True)
    flat = (*q.shape[:2], -1)
    used, moved = (weights, a) if factors is None else (weights * factors, a * factors)
    dy = moved.reshape(flat) @ v - total.reshape(flat) * y
    dy = dy + turned(lax.optimization_barrier(turned(dv)) @ turned(used.reshape(flat)))
    return (y, weights), (dy, a - weights * total)


def heads_first(x: Array) -> Array:
    """y_(bH+h),t = x_b,t,h: the heads go into the batch, where a plain batched matmul treats each by itself.

    Args:
        x: (B, T, H, d).

    Shapes:
        output (B H, T, d).

    Example:
        >>> import jax.numpy as jnp
        >>> heads_first(jnp.ones((2, 3, 4, 5))).shape
        (8, 3, 5)

    Reference:
        Vaswani et al. (2017), Attention is all you need, section 3.2.2.
    """
    batch, length, heads, depth = x.shape
    return jnp.swapaxes(x, 1, 2).reshape(batch * heads, length, depth)
