"""Going on with a text, token by token, in one compiled program that works on windows as long as the context."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.types import Array, HostArray, Weights
from glassnet.models.language.decoding import Kept, advance, embedded, nothing, rows_up
from glassnet.models.language.sampling import Choice, choose

_READ_AT_ONCE = 32
_NO_STOP = -1


class Task(NamedTuple):
    """What is asked of the program for one window; all of it traced numbers.

    The window (B, context + 1) begins with `known` tokens of the text and is to hold `until`. The texts that have `ended`
    stay as they are, and one ends with the token `stop`. The draws follow from `seed` and `start`, the window's place.
    """

    window: Any
    known: Any
    until: Any
    ended: Any
    stop: Any
    seed: Any
    start: Any
    choice: Choice


def write(model: Any, prompt: HostArray, length: int, choice: Choice, seed: int, stop: int | None) -> HostArray:
    """The texts (B, T) with `length` more tokens each, or fewer where all have come to `stop`."""
    rows, given = prompt.shape
    text = np.concatenate([prompt, np.zeros((rows_up(rows) - rows, given), np.int32)])
    program, (params, rest) = writing_program(model.blueprint()), model.arrays()
    end = _NO_STOP if stop is None else stop
    ended = np.arange(len(text)) >= rows
    while text.shape[1] < given + length and not ended.all():
        start = window_start(text.shape[1], model.context)
        known = text.shape[1] - start
        until = min(given + length - start, model.context + 1)
        window = np.zeros((len(text), model.context + 1), np.int32)
        window[:, :known] = text[:, start:]
        numbers = (np.int32(known), np.int32(until), ended, np.int32(end), np.uint32(seed), np.int32(start))
        written, count = program(params, rest, Task(window, *numbers, choice))
        text = np.concatenate([text[:, :start], np.asarray(written)[:, : int(count)]], 1)
        ended = ended | (text[:, given:] == end).any(1)
    return text[:rows]


def window_start(tokens: int, context: int) -> int:
    """Where the window begins for a text of so many tokens.

    A text longer than the context is read from a later token on, always a multiple of half the context: all positions
    change then, and what was kept of them is worth nothing. So the window jumps, and seldom.
    """
    half = max(1, context // 2)
    return max(0, -(-(tokens - context) // half) * half)


@lru_cache(maxsize=32)
def writing_program(blueprint: Blueprint) -> Callable[[Weights, Weights, Task], tuple[Array, Array]]:
    """(params, rest, task) -> the window filled, and how many of its tokens there are now."""

    def run(params: Weights, rest: Weights, task: Task) -> tuple[Array, Array]:
        with context.entered(context.Call(training=False)):
            return _fill(blueprint.assemble(params, rest), task)

    return jax.jit(run)


def _fill(model: Any, task: Task) -> tuple[Array, Array]:
    rows, room = task.window.shape
    draws = jax.random.uniform(jax.random.fold_in(jax.random.key(task.seed), task.start), (room, rows))

    def more(state: tuple[Array, Array, list[Kept], Array]) -> Array:
        return (state[0] < task.until) & ~jnp.all(state[3])

    def step(state: tuple[Array, Array, list[Kept], Array]) -> tuple[Array, Array, list[Kept], Array]:
        count, window, kept, ended = state
        last = count - 1
        h = embedded(model.embedding, lax.dynamic_slice_in_dim(window, last, 1, 1), last)
        h, kept = advance(model.blocks, h, kept, last)
        new = choose(model.logits(h)[:, 0], draws[count], task.choice).astype(window.dtype)
        new = jnp.where(ended, task.stop, new)
        window = lax.dynamic_update_slice_in_dim(window, new[:, None], count, 1)
        return count + 1, window, kept, ended | (new == task.stop)

    state = (task.known, task.window, _read(model, task), task.ended)
    count, window, _, _ = lax.while_loop(more, step, state)
    return window, count


def _read(model: Any, task: Task) -> list[Kept]:
    """What is kept of the known tokens but the last, some of which are read at once.

    Beyond them it holds nonsense, which is written over before any position looks at it.
    """
    size = max(n for n in range(1, _READ_AT_ONCE + 1) if model.context % n == 0)

    def step(turn: Array, kept: list[Kept]) -> list[Kept]:
        first = turn * size
        h = embedded(model.embedding, lax.dynamic_slice_in_dim(task.window, first, size, 1), first)
        return advance(model.blocks, h, kept, first)[1]

    turns = (task.known - 2 + size) // size
    return lax.fori_loop(0, turns, step, nothing(model.blocks, len(task.window), model.context))
