"""Attention as pure functions: weights from queries and keys, and the values' mean by these weights."""

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp

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
    kept = jax.random.bernoulli(key, 1.0 - rate, weights.shape)
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
    batch, queries, heads, depth = query.shape
    # Heads go into the batch, and queries that share a key head stand below each other: two plain batched matmuls,
    # faster on the CPU than one contraction with the heads inside.
    q = _heads_first(query * jnp.asarray(1.0 / math.sqrt(depth), query.dtype))
    k, v = _heads_first(key), _heads_first(value)
    q = q.reshape(k.shape[0], -1, depth)  # (B * G, H / G * T, d)
    scores = q @ jnp.swapaxes(k, 1, 2)  # (B * G, H / G * T, S)
    weights = softmax(scores.reshape(batch, heads, queries, -1), mask)  # (B, H, T, S)
    used = weights if dropped is None else dropped(weights)
    y = used.reshape(scores.shape) @ v  # (B * G, H / G * T, v)
    return jnp.swapaxes(y.reshape(batch, heads, queries, -1), 1, 2), weights


def _heads_first(x: Array) -> Array:
    """(B, T, H, d) -> (B * H, T, d)."""
    batch, length, heads, depth = x.shape
    return jnp.swapaxes(x, 1, 2).reshape(batch * heads, length, depth)
