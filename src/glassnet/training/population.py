"""Many networks of one structure trained as one program: a step of all of them is one step with one more axis.

Each member has its own weights, seed, learning rate and rows, and where they differ in them its own rates of dropout and
strengths of penalties (`loosening`); what is compiled is compiled once for all of them.
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from glassnet.foundation.types import Array
from glassnet.training.compiling import options_for
from glassnet.training.objective import Sums
from glassnet.training.programs import FINITE, Program, stays_finite, take
from glassnet.training.step import Batch, Recipe, TrainState, eval_step, train_step


@dataclass(frozen=True)
class Watch:
    """Which number decides on each member's best weights and on when it stops.

    Args:
        monitor: the number's name.
        higher: whether a larger one is better.
        min_delta: the least change that counts as an improvement.
        patience: how many epochs without improvement a member goes on for; None for no early stopping.
    """

    monitor: str
    higher: bool
    min_delta: float = 0.0
    patience: int | None = None


@jax.tree_util.register_dataclass
@dataclass
class Best:
    """What each member's best epoch was, on the device.

    Args:
        value: the monitored number at its best.
        epoch: which epoch that was.
        wait: epochs since.
        stopped: the epoch at which the member stopped, or -1.
        state: weights and optimizer of the best epoch.
    """

    value: Array
    epoch: Array
    wait: Array
    stopped: Array
    state: TrainState


def nothing_yet(state: TrainState, watch: Watch) -> Best:
    """What one member starts from."""
    worst = -jnp.inf if watch.higher else jnp.inf
    return Best(jnp.float32(worst), jnp.int32(-1), jnp.int32(0), jnp.int32(-1), state)


@lru_cache(maxsize=64)
def population_program(recipe: Recipe, watch: Watch | None, ragged: bool = False) -> Program:
    """(states, alive, bests, seeds, rates, rows, orders, tails, held, first, count) -> (numbers, states, alive, bests).

    The first axis of states, alive, bests, seeds, rates, orders, tails and held is the member; `rows` are shared. `alive` is
    False from where a member's numbers broke. `orders` is (M, K, batches, B) of row numbers, `tails` (M, K, R), `held`
    (M, batches, V) of the rows to validate on, or None; `count` of the K epochs are run, the first being number `first`. The
    numbers come back as (K, M). With `ragged`, some members have fewer batches than others: theirs that are all -1 change
    nothing.
    """

    def epoch_of(
        state: TrainState, seed: Array, rate: Array | None, rows: Batch, order: Array, tail: Array, held: Array | None
    ) -> tuple[TrainState, dict[str, Array]]:
        def step(carry: tuple[TrainState, Sums], order: Array) -> tuple[tuple[TrainState, Sums], None]:
            state, sums = carry
            after = train_step(recipe, state, sums, seed, rate, take(rows, order))
            return _chosen(order[0] >= 0, after, (state, sums)) if ragged else after, None

        (state, sums), _ = lax.scan(step, (state, recipe.objective.start()), order)
        if tail.shape[0]:
            (state, sums), _ = step((state, sums), tail)
        return state, {**recipe.objective.results(sums), **_held_out(recipe, state, rows, held)}

    def run(
        states: TrainState,
        alive: Array,
        bests: Best | None,
        seeds: Array,
        rates: Array | None,
        rows: Batch,
        orders: Array,
        tails: Array,
        held: Array | None,
        first: Array,
        count: Array,
    ) -> tuple[dict[str, Array], TrainState, Array, Best | None]:
        in_axes = (0, 0, None if rates is None else 0, None, 0, 0, None if held is None else 0)
        all_members = jax.vmap(epoch_of, in_axes=in_axes)

        def epoch(index: Array, carry: Any) -> Any:
            states, alive, bests, logs = carry
            after, numbers = all_members(states, seeds, rates, rows, orders[:, index], tails[:, index], held)
            alive = alive & jax.vmap(_stays_finite)(states, after) & jnp.isfinite(numbers["loss"])
            numbers[FINITE] = alive
            # A member that has stopped, or whose numbers broke, stays as it was.
            keeps = alive if bests is None else alive & (bests.stopped < 0)
            states = jax.vmap(_chosen)(keeps, after, states)
            if watch is not None and bests is not None:
                looked = jax.vmap(partial(_look, watch), in_axes=(0, 0, 0, None))
                bests = looked(bests, states, numbers[watch.monitor], first + index)
            logs = jax.tree.map(lambda b, v: lax.dynamic_update_index_in_dim(b, v, index, 0), logs, numbers)
            return states, alive, bests, logs

        def shape_of() -> dict[str, Array]:
            numbers = all_members(states, seeds, rates, rows, orders[:, 0], tails[:, 0], held)[1]
            return {**numbers, FINITE: jnp.zeros(seeds.shape, bool)}

        logs = jax.tree.map(lambda s: jnp.zeros((orders.shape[1], *s.shape), s.dtype), jax.eval_shape(shape_of))
        states, alive, bests, logs = lax.fori_loop(0, count, epoch, (states, alive, bests, logs))
        return logs, states, alive, bests

    return Program(run, options=options_for(recipe.blueprint, small=bool(recipe.layout.places)))


def _held_out(recipe: Recipe, state: TrainState, rows: Batch, held: Array | None) -> dict[str, Array]:
    if held is None:
        return {}
    params = recipe.layout.unpack(state.params)

    def step(sums: Any, order: Array) -> tuple[Any, None]:
        return eval_step(recipe, params, state.rest, sums, take(rows, order)), None

    sums, _ = lax.scan(step, recipe.objective.start(), held)
    return {f"val_{name}": value for name, value in recipe.objective.results(sums).items()}


def _look(watch: Watch, best: Best, state: TrainState, value: Array, epoch: Array) -> Best:
    """One member's best after one more epoch; nothing changes once it has stopped."""
    better = value - watch.min_delta > best.value if watch.higher else value + watch.min_delta < best.value
    runs = best.stopped < 0
    better = (better | (best.epoch < 0)) & runs
    wait = jnp.where(better, 0, best.wait + 1)
    patience = watch.patience
    stops = runs & ~better & (wait >= patience) if patience is not None else jnp.zeros((), bool)
    return Best(
        jnp.where(better, value, best.value),
        jnp.where(better, epoch, best.epoch),
        jnp.where(runs, wait, best.wait),
        jnp.where(stops, epoch, best.stopped),
        _chosen(better, state, best.state),
    )


def _chosen(condition: Array, new: Any, old: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), new, old)


def _stays_finite(before: TrainState, after: TrainState) -> Array:
    return stays_finite(after.params, after.rest, before.rest)
