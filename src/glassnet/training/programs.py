"""Compiled programs, kept by what they compute: a second model of the same architecture compiles nothing."""

import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.precision import widened
from glassnet.foundation.types import Array, Weights
from glassnet.training.compiling import options_for
from glassnet.training.objective import Sums
from glassnet.training.step import Batch, Recipe, TrainState, eval_step, train_step

_KEPT = 128

FINITE = "#finite"
"""Beside the numbers of an epoch: whether its weights and running state are finite."""


class Program:
    """A jitted function that is compiled once for each set of shapes, with the time it took.

    Args:
        function: the function to compile.
        donate: positions of arguments whose memory the result may reuse.
        options: the compiler's options.
    """

    def __init__(
        self, function: Callable[..., Any], donate: tuple[int, ...] = (), options: dict[str, Any] | None = None
    ) -> None:
        self._jit = jax.jit(function, donate_argnums=donate, compiler_options=options)
        self._compiled: dict[Any, Any] = {}

    def compiled_for(self, *args: Any) -> tuple[Callable[..., Any], float]:
        """The executable for arguments of these shapes, and the seconds just spent compiling it (0 when known)."""
        leaves, tree = jax.tree.flatten(args)
        signature = (tree, tuple((leaf.shape, leaf.dtype) for leaf in leaves))
        if signature in self._compiled:
            return self._compiled[signature], 0.0
        started = time.perf_counter()
        executable = self._jit.lower(*args).compile()
        self._compiled[signature] = executable
        return executable, time.perf_counter() - started


def _options(recipe: Recipe) -> dict[str, Any] | None:
    return options_for(recipe.blueprint, small=bool(recipe.layout.places))


@lru_cache(maxsize=_KEPT)
def step_program(recipe: Recipe) -> Program:
    """(state, sums, seed, rate, batch) -> (state, sums): one training step."""
    return Program(partial(train_step, recipe), (0, 1), _options(recipe))


@lru_cache(maxsize=_KEPT)
def start_program(recipe: Recipe) -> Program:
    """() -> empty sums."""
    return Program(recipe.objective.start)


@lru_cache(maxsize=_KEPT)
def results_program(recipe: Recipe) -> Program:
    """(sums) -> numbers by name."""
    return Program(recipe.objective.results)


@lru_cache(maxsize=_KEPT)
def epochs_program(recipe: Recipe) -> Program:
    """(state, seed, rate, rows, orders, tails, count, held_out) -> (numbers, last state, states) of `count` epochs.

    `rows` is the whole training set, `orders` (K, batches, B) the row numbers of each batch of each epoch, -1 where a row
    only fills up, `tails` (K, R) the rows of a last, smaller batch (R is 0 unless layers mix rows), and `held_out` the
    validation batches or None. K is fixed and `count` <= K says how many epochs to run, so that any number of epochs
    runs the same program. The state after every epoch comes back, so that training can go on from any of them.
    """

    def run(
        state: TrainState,
        seed: Array,
        rate: Array | None,
        rows: Batch,
        orders: Array,
        tails: Array,
        count: Array,
        held_out: Batch | None,
    ) -> tuple[dict[str, Array], TrainState, TrainState | None]:
        def step(carry: tuple[TrainState, Sums], order: Array) -> tuple[tuple[TrainState, Sums], None]:
            batch = take(rows, order)
            return train_step(recipe, *carry, seed, rate, batch), None

        def epoch(index: Array, carry: Any) -> Any:
            before, logs, kept = carry
            sums = recipe.objective.start()
            (state, sums), _ = lax.scan(step, (before, sums), orders[index])
            if tails.shape[1]:
                (state, sums), _ = step((state, sums), tails[index])
            numbers = _numbers(recipe, before, state, sums, held_out)
            kept = None if kept is None else _put(kept, state, index)
            return state, _put(logs, numbers, index), kept

        room = orders.shape[0]  # with room for one epoch only, its state is the last one
        shapes = jax.eval_shape(lambda: _numbers(recipe, state, state, recipe.objective.start(), held_out))
        logs = jax.tree.map(lambda s: jnp.zeros((room, *s.shape), s.dtype), shapes)
        kept = jax.tree.map(lambda a: jnp.zeros((room, *jnp.shape(a)), jnp.result_type(a)), state) if room > 1 else None
        state, logs, kept = lax.fori_loop(0, count, epoch, (state, logs, kept))
        return logs, state, kept

    return Program(run, options=_options(recipe))


@lru_cache(maxsize=_KEPT)
def eval_program(recipe: Recipe) -> Program:
    """(params, rest, batches) -> numbers; the batches are folded to (batches, B, ...)."""

    def run(params: Weights, rest: Weights, batches: Batch) -> dict[str, Array]:
        return recipe.objective.results(_over(recipe, params, rest, batches))

    return Program(run, options=_options(recipe))


@lru_cache(maxsize=_KEPT)
def eval_step_program(recipe: Recipe) -> Program:
    """(params, rest, sums, batch) -> sums: one step of evaluation."""
    return Program(partial(eval_step, recipe), options=_options(recipe))


@lru_cache(maxsize=_KEPT)
def predict_program(blueprint: Blueprint) -> Callable[[Weights, Weights, Any], Any]:
    """(params, rest, x) -> outputs."""

    def run(params: Weights, rest: Weights, x: Any) -> Any:
        with context.entered(context.Call(training=False)):
            return widened(blueprint.assemble(params, rest)(x))

    return jax.jit(run, compiler_options=options_for(blueprint))


def take(rows: Batch, order: Array) -> Batch:
    """The rows numbered in `order`; -1 stands for one that only fills up (its weight is 0)."""
    real = (order >= 0).astype(jnp.float32)
    index = jnp.maximum(order, 0)
    x, y, weights = jax.tree.map(lambda a: a.at[index].get(mode="promise_in_bounds"), (rows.x, rows.y, rows.weights))
    return Batch(x, y, weights, real)


@jax.jit
def stays_finite(params: Weights, rest: Weights, before: Weights) -> Array:
    """Whether every weight is finite, and so is all of the running state that was so `before`.

    An array of the state that begins with an infinity, as a running maximum does, may keep it.
    """
    told = [_is_finite(w) for w in params.values()]
    told += [_is_finite(now) | ~_is_finite(before[path]) for path, now in rest.items() if _is_float(now)]
    return jnp.all(jnp.stack(told or [jnp.array(True)]))


def _is_finite(array: Array) -> Array:
    return jnp.all(jnp.isfinite(array))


def _is_float(array: Any) -> bool:
    return jnp.issubdtype(array.dtype, jnp.inexact)


def _put(buffers: Any, values: Any, index: Array) -> Any:
    return jax.tree.map(lambda b, v: lax.dynamic_update_index_in_dim(b, v, index, 0), buffers, values)


def _over(recipe: Recipe, params: Weights, rest: Weights, batches: Batch) -> Sums:
    def step(sums: Sums, batch: Batch) -> tuple[Sums, None]:
        return eval_step(recipe, params, rest, sums, batch), None

    if batches.real.shape[0] == 1:  # a loop of one turn only costs compile time
        return step(recipe.objective.start(), jax.tree.map(lambda a: a[0], batches))[0]
    return lax.scan(step, recipe.objective.start(), batches)[0]


def _numbers(
    recipe: Recipe, before: TrainState, state: TrainState, sums: Sums, held_out: Batch | None
) -> dict[str, Array]:
    numbers = {**recipe.objective.results(sums), FINITE: stays_finite(state.params, state.rest, before.rest)}
    if held_out is None:
        return numbers
    validation = recipe.objective.results(_over(recipe, recipe.layout.unpack(state.params), state.rest, held_out))
    return {**numbers, **{f"val_{name}": value for name, value in validation.items()}}


def forget() -> None:
    """Drop every compiled program."""
    for kept in (step_program, start_program, results_program, epochs_program, eval_program, eval_step_program):
        kept.cache_clear()
    predict_program.cache_clear()
