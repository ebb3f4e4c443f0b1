"""Going through a sequence step by step, with steps that do not count. Pure functions; no layer is known here."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from glassnet.foundation.observing import is_observed, unobserved
from glassnet.foundation.types import Array

Step = Callable[[Any, Any], tuple[Array, Any]]
"""``step(x_t, states) -> (y_t, new states)``."""


def over_time(
    step: Step, x: Array, states: Any, counts: Array | None, *, whole: bool, unroll: bool
) -> tuple[Array | None, Array, Any]:
    """y_t, s_t = step(x_t, s_{t-1}) for t = 1 ... T; where a step does not count, y_t = y_{t-1} and s_t = s_{t-1}.

    Args:
        step: one step.
        x: the sequence, time first, (T, B, ...).
        states: s_0, arrays in a nest.
        counts: True where a step counts, (T, B); all count where None.
        whole: whether all outputs are wanted.
        unroll: whether the steps are compiled one by one, rather than as a loop.

    Returns:
        (y_1 ... y_T) as (T, B, ...) or None where not wanted, y_T, and s_T.

    Example:
        >>> x = jnp.array([[1.0], [2.0], [4.0]])
        >>> add = lambda x, s: (x + s, x + s)
        >>> every, last, state = over_time(add, x, jnp.zeros(1), None, whole=True, unroll=False)
        >>> every.ravel().tolist(), last.tolist(), state.tolist()
        ([1.0, 3.0, 7.0], [7.0], [7.0])
    """
    with unobserved():
        y_like, states_like = jax.eval_shape(step, jax.ShapeDtypeStruct(x.shape[1:], x.dtype), states)
    states = jax.tree.map(lambda s, like: s.astype(like.dtype), states, states_like)
    first = _first_output(states, y_like)

    def one(carry: tuple[Any, Any], now: tuple[Array, Array | None]) -> tuple[tuple[Any, Any], Any]:
        states, before = carry
        x_t, counts_t = now
        y, new = step(x_t, states)
        if counts_t is not None:
            y, new = jax.tree.map(lambda a, b: keep(counts_t, a, b), (y, new), (before, states))
        return (new, y if carries else None), (y if whole else None)

    carries = counts is not None or not whole
    through = _one_by_one if is_observed() else partial(lax.scan, unroll=unroll)
    (states, last), every = through(one, (states, first if carries else None), (x, counts))
    return every, every[-1] if last is None else last, states


def _one_by_one(one: Any, carry: Any, now: Any) -> tuple[Any, Any]:
    """`lax.scan` as a loop of Python, in which somebody may look at every step."""
    every: list[Any] = []
    for t in range(len(now[0])):
        carry, y = one(carry, jax.tree.map(lambda part, t=t: part[t], now))
        every.append(y)
    return carry, jax.tree.map(lambda *parts: jnp.stack(parts), *every)


def keep(counts: Array, new: Array, old: Array) -> Array:
    """`new` in the rows that count, `old` in the others; counts (B,), arrays (B, ...)."""
    return jnp.where(counts.reshape(-1, *[1] * (new.ndim - 1)), new, old)


def _first_output(states: Any, like: Any) -> Array:
    """What is put out before any step has counted: the state that outputs come from, as in Keras, or zeros."""
    last = states[-1] if isinstance(states[0], list | tuple) else states
    found = jax.tree.leaves(last)[0]
    return found.astype(like.dtype) if found.shape == like.shape else jnp.zeros(like.shape, like.dtype)
