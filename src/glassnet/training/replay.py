"""An epoch that broke, run once more step by step from the last good state, up to the first step that is not finite."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.training import programs
from glassnet.training.step import Batch, Recipe, TrainState, packed, unpacked


@dataclass(frozen=True)
class BadStep:
    """The first step after which the loss, a weight or the running state is not finite.

    Args:
        recipe: what is trained.
        epoch: its epoch, from 0; None for a step that belongs to none.
        number: the step in the epoch, from 0.
        start: the state at the epoch's start, each weight by its path.
        state: the state before the step.
        batch: its rows.
        rows: their numbers among the rows that `fit` was given, -1 for one that only fills up; None where not known.
        seed: the model's seed.
        rate: the learning rate; None where the optimizer has a schedule.
        losses: the losses of the epoch's steps up to this one.
        first_rate: the learning rate that training began with.
        held_out: whether it is a batch of the validation rows: forwards only, and nothing is learned.
    """

    recipe: Recipe
    epoch: int | None
    number: int
    start: TrainState
    state: TrainState
    batch: Batch
    rows: HostArray | None
    seed: int
    rate: Any
    losses: tuple[float, ...]
    first_rate: Any = None
    held_out: bool = False

    def breaks(self, batch: Batch | None = None, state: TrainState | None = None) -> bool:
        """Whether the step breaks on other rows, or from another state."""
        state, batch = self.state if state is None else state, batch or self.batch
        if self.held_out:
            return not np.isfinite(_judged(self.recipe, state, batch))
        _, loss, finite = one_step(self.recipe, state, self.seed, self.rate, batch)
        return not (finite and np.isfinite(loss))


def one_step(recipe: Recipe, state: TrainState, seed: int, rate: Any, batch: Batch) -> tuple[TrainState, float, bool]:
    """The state after one step from `state`, the step's loss, and whether the weights after it are finite."""
    sums = programs.start_program(recipe).compiled_for()[0]()
    args = (packed(recipe, jax.tree.map(np.array, state)), sums, np.uint32(seed), rate, batch)
    after, sums = programs.step_program(recipe).compiled_for(*args)[0](*args)
    loss = float(sums["loss"]) / max(float(sums["rows"]), 1.0)
    after = unpacked(recipe, jax.tree.map(np.array, after))
    return after, loss, bool(programs.stays_finite(after.params, after.rest, state.rest))


def first_bad_step(way: Any, state: TrainState, epoch: int, rate: Any, first_rate: Any = None) -> BadStep | None:
    """Run `epoch` again from `state`; None where its rows cannot be had again, or all its steps are finite this time.

    Args:
        way: how the epoch was run.
        state: what it started from.
        epoch: its number, from 0.
        rate: its learning rate.
        first_rate: the learning rate that training began with.
    """
    start = jax.tree.map(np.array, state)
    losses: list[float] = []
    steps: Iterator[tuple[Batch, HostArray | None]] = way.replay(epoch)
    rates, now = getattr(way, "rates", ()), start
    for number, (batch, rows) in enumerate(steps):
        own = rates[number] if number < len(rates) else rate
        after, loss, finite = one_step(way.recipe, now, way.seed, own, batch)
        losses.append(loss)
        if not finite or not np.isfinite(loss):
            place = (way.recipe, epoch, number, start, now, batch, rows)
            return BadStep(*place, way.seed, own, tuple(losses), first_rate)
        now = after
    return None


def first_bad_validation(
    way: Any, start: TrainState, state: TrainState, epoch: int, rate: Any, first_rate: Any = None
) -> BadStep | None:
    """The first validation batch whose loss is not finite with the weights of `state`; None where there is none.

    Args:
        way: how the epoch was run.
        start: the state that the epoch started from.
        state: the state that it ended with.
        epoch: its number, from 0.
        rate: its learning rate.
        first_rate: the learning rate that training began with.
    """
    start, state = jax.tree.map(np.array, (start, state))
    for number, (batch, rows) in enumerate(way.replay_held_out()):
        loss = _judged(way.recipe, state, batch)
        if not np.isfinite(loss):
            place = (way.recipe, epoch, number, start, state, batch, rows)
            return BadStep(*place, way.seed, rate, (loss,), first_rate, held_out=True)
    return None


def _judged(recipe: Recipe, state: TrainState, batch: Batch) -> float:
    """The loss of a batch that nothing is learned from."""
    recipe = Recipe(recipe.blueprint, recipe.objective, whole=recipe.whole)
    sums = programs.start_program(recipe).compiled_for()[0]()
    args = (state.params, state.rest, sums, batch)
    sums = programs.eval_step_program(recipe).compiled_for(*args)[0](*args)
    return float(sums["loss"]) / max(float(sums["rows"]), 1.0)
