"""A sweep of learning rates: one short training in which the rate grows step by step, for several seeds as one program."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from glassnet import data
from glassnet.foundation.types import Array, HostArray
from glassnet.models import readiness
from glassnet.training import programs
from glassnet.training.objective import Objective
from glassnet.training.programs import Program, options_for, take
from glassnet.training.rows import Rows
from glassnet.training.step import Batch, Recipe, TrainState, eval_step, packed, train_step


def sweep(members: list[Any], rows: Rows, rates: HostArray, batch_size: int, probe: HostArray) -> HostArray:
    """The loss on the probe rows before the first step and after each: (members, steps + 1).

    Args:
        members: compiled models of one structure, which are left as they are.
        rows: the rows to learn from.
        rates: the learning rate of each step, (steps,).
        batch_size: rows a step.
        probe: the numbers of the rows that the loss is measured on.
    """
    recipe = _bare(readiness.ready(members[0], rows.x, rows.y))
    for member in members[1:]:
        readiness.ready(member, rows.x, rows.y)
    orders = np.stack([_order(rows.count, member.seed, len(rates), batch_size) for member in members])
    states = [packed(recipe, jax.tree.map(np.asarray, member.train_state())) for member in members]
    seeds = np.array([member.seed for member in members], np.uint32)
    if readiness.prefers_steps(members[0]):
        return np.stack([_by_step(recipe, *one, rates, rows, probe) for one in zip(states, seeds, orders, strict=True)])
    stacked = jax.tree.map(lambda *leaves: np.stack(leaves), *states)
    args = (stacked, seeds, rates, jax.device_put(rows.as_batch()), orders, probe.astype(np.int32))
    return np.asarray(sweep_program(recipe).compiled_for(*args)[0](*args))


@lru_cache(maxsize=32)
def sweep_program(recipe: Recipe) -> Program:
    """(states, seeds, rates, rows, orders, probe) -> losses (M, steps + 1); the first axis of all but rates, rows, probe is M."""

    def run(states: TrainState, seeds: Array, rates: Array, rows: Batch, orders: Array, probe: Array) -> Array:
        seen = take(rows, probe)

        def one(state: TrainState, seed: Array, order: Array) -> Array:
            def step(state: TrainState, drawn: tuple[Array, Array]) -> tuple[TrainState, Array]:
                rate, numbers = drawn
                after, _ = train_step(recipe, state, recipe.objective.start(), seed, rate, take(rows, numbers))
                return after, _loss(recipe, after, seen)

            losses = lax.scan(step, state, (rates, order))[1]
            return jnp.concatenate([_loss(recipe, state, seen)[None], losses])

        return jax.vmap(one)(states, seeds, orders)

    return Program(run, options=options_for(recipe.blueprint, small=bool(recipe.layout.places)))


def _by_step(
    recipe: Recipe, state: TrainState, seed: Any, order: HostArray, rates: HostArray, rows: Rows, probe: HostArray
) -> HostArray:
    """One member's sweep with a call a step, where a loop inside a program would be slower (convolutions)."""
    step, start = programs.step_program(recipe), programs.start_program(recipe)
    judge = programs.eval_step_program(Recipe(recipe.blueprint, recipe.objective, whole=recipe.whole))
    seen, state = rows.batch(probe), jax.tree.map(jnp.array, state)

    def loss() -> float:
        sums, params = _call(start), recipe.layout.unpack(state.params)
        return float(recipe.objective.results(_call(judge, params, state.rest, sums, seen))["loss"])

    losses = [loss()]
    for rate, numbers in zip(rates, order, strict=True):
        state, _ = _call(step, state, _call(start), seed, rate, rows.batch(numbers))
        losses.append(loss())
    return np.array(losses)


def _call(program: Program, *args: Any) -> Any:
    return program.compiled_for(*args)[0](*args)


def _loss(recipe: Recipe, state: TrainState, batch: Batch) -> Array:
    sums = eval_step(recipe, recipe.layout.unpack(state.params), state.rest, recipe.objective.start(), batch)
    return recipe.objective.results(sums)["loss"]


def _bare(recipe: Recipe) -> Recipe:
    """The recipe without metrics, which a sweep does not look at."""
    heads = (replace(head, metrics=(), weighted=()) for head in recipe.objective.heads if head.loss is not None)
    return recipe._replace(objective=Objective(tuple(heads)))


def _order(count: int, seed: int, steps: int, batch_size: int) -> HostArray:
    """The row numbers of each step, (steps, B): epoch after epoch, whole batches only."""
    a_pass = max(1, count // batch_size)
    drawn = [data.epoch_order(count, seed, epoch, True)[: a_pass * batch_size] for epoch in range(-(-steps // a_pass))]
    return np.concatenate(drawn).astype(np.int32)[: steps * batch_size].reshape(steps, batch_size)
