"""An LSTM's way through a sequence, with gradients of its own: several times faster than those found step by step.

Three things pay on a CPU. The four gates are one matrix product and one tanh, since σ(z) = ½ + ½ tanh(z / 2). What the way
back needs is kept as one array a gate, so that nothing is cut out of a larger one. And the gradient of the recurrent kernel
is one product over all steps, after the way back, rather than a sum of T small ones.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from glassnet.foundation.types import Array, HostArray
from glassnet.layers.recurrent.sweep import keep

Gates = tuple[Array, Array, Array, Array]
"""i, f, g and o of one step, (B, U) each, or of all, (T, B, U) each."""


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def lstm_sweep(
    whole: bool, unroll: bool, z: Array, kernel: Array, h: Array, c: Array, counts: Array | None, kept: Array | None
) -> tuple[Array | None, Array, Array]:
    """i, f, o = σ(z_t + h R), g = tanh(z_t + h R); c = f · c + i · g; h = o · tanh(c), for t = 1 ... T.

    Args:
        whole: whether h of every step is wanted.
        unroll: whether the steps are compiled one by one.
        z: x_t W + b of all steps, (T, B, 4U), the gates in the order i, f, g, o.
        kernel: R (U, 4U).
        h: h_0 (B, U).
        c: c_0 (B, U).
        counts: True where a step counts, (T, B); h and c stay as they are where it does not.
        kept: what h is multiplied by before R (dropout), (B, U).

    Returns:
        h_1 ... h_T as (T, B, U), or None; h_T; c_T.

    Example:
        >>> z, r, h = jnp.full((2, 1, 4), 30.0), jnp.zeros((1, 4)), jnp.zeros((1, 1))
        >>> [round(float(part[0, 0]), 2) for part in lstm_sweep(False, False, z, r, h, h, None, None)[1:]]
        [0.96, 2.0]

    Reference:
        Appleyard, Kociský & Blunsom (2016), Optimizing performance of recurrent neural networks on GPUs.
    """

    def step(states: tuple[Array, Array], now: Any) -> tuple[Any, Array | None]:
        h, c, _ = _advance(now, states, halved, kept)
        return (h, c), (h if whole else None)

    halved = kernel * _halves(kernel)
    (h, c), every = lax.scan(step, (h, c), (z, counts), unroll=unroll)
    return every, h, c


def _halves(like: Array) -> HostArray:
    """½ for the gates that are a sigmoid, 1 for g; a constant of the program, not something to put together at each step."""
    return np.repeat([0.5, 0.5, 1.0, 0.5], like.shape[-1] // 4).astype(like.dtype)


def _advance(now: Any, states: Any, halved: Array, kept: Array | None) -> tuple[Array, Array, Gates]:
    z, counts = now
    h, c = states
    seen = (h if kept is None else h * kept) @ halved
    i, f, g, o = jnp.split(jnp.tanh(z * _halves(z) + seen), 4, -1)
    i, f, o = 0.5 + 0.5 * i, 0.5 + 0.5 * f, 0.5 + 0.5 * o
    new_c = f * c + i * g
    new_h = o * jnp.tanh(new_c)
    if counts is not None:
        new_h, new_c = keep(counts, new_h, h), keep(counts, new_c, c)
    return new_h, new_c, (i, f, g, o)


def _forward(
    whole: bool, unroll: bool, z: Array, kernel: Array, h: Array, c: Array, counts: Array | None, kept: Array | None
) -> Any:
    def step(states: tuple[Array, Array], now: Any) -> Any:
        h, c, gates = _advance(now, states, halved, kept)
        return (h, c), (*states, gates)  # the states before the step: after it, they are those before the next

    halved = kernel * _halves(kernel)
    (h, c), (before_h, before_c, gates) = lax.scan(step, (h, c), (z, counts), unroll=unroll)
    every = jnp.concatenate([before_h[1:], h[None]]) if whole else None
    return (every, h, c), (kernel, before_h, before_c, gates, counts, kept)


def _backward(whole: bool, unroll: bool, residuals: Any, gradients: Any) -> Any:
    kernel, before_h, before_c, gates, counts, kept = residuals
    d_every, dh, dc = gradients
    transposed = kernel.T

    def step(carry: tuple[Array, Array], now: Any) -> tuple[tuple[Array, Array], Array]:
        dh, dc = carry
        dy, c, (i, f, g, o), counts_t = now
        dh = dh if dy is None else dh + dy
        through_h, through_c = dh, dc
        if counts_t is not None:
            through_h, through_c = (keep(counts_t, a, jnp.zeros_like(a)) for a in (dh, dc))
        squashed = jnp.tanh(f * c + i * g)
        through_c = through_c + through_h * o * (1.0 - squashed * squashed)
        dz = jnp.concatenate(
            [
                through_c * g * i * (1.0 - i),
                through_c * c * f * (1.0 - f),
                through_c * i * (1.0 - g * g),
                through_h * squashed * o * (1.0 - o),
            ],
            -1,
        )
        back_h = dz @ transposed
        back_h, back_c = back_h if kept is None else back_h * kept, through_c * f
        if counts_t is not None:
            back_h, back_c = keep(counts_t, back_h, dh), keep(counts_t, back_c, dc)
        return (back_h, back_c), dz

    (dh, dc), dz = lax.scan(step, (dh, dc), (d_every, before_c, gates, counts), reverse=True, unroll=unroll)
    seen = before_h if kept is None else before_h * kept
    # Laid out anew first: a product along the first axis of both is half as fast.
    seen = lax.optimization_barrier(seen.reshape(-1, seen.shape[-1]).T)
    return dz, seen @ dz.reshape(-1, dz.shape[-1]), dh, dc, None, None


lstm_sweep.defvjp(_forward, _backward)
