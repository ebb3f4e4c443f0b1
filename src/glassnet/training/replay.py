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
    """The first step after which the loss or a weight is not finite.

    Args:
        recipe: what is trained.
        epoch: its epoch, from 0.
        number: the step in the epoch, from 0.
        start: the state at the epoch's start, each weight by its path.
        state: the state before the step.
        batch: its rows.
        rows: their numbers among the rows that `fit` was given, -1 for one that only fills up; None where not known.
        seed: the model's seed.
        rate: the learning rate; None where the optimizer has a schedule.
        losses: the losses of the epoch's steps up to this one.
    """

    recipe: Recipe
    epoch: int
    number: int
    start: TrainState
    state: TrainState
    batch: Batch
    rows: HostArray | None
    seed: int
    rate: Any
    losses: tuple[float, ...]

    def breaks(self, batch: Batch | None = None, state: TrainState | None = None) -> bool:
        """Whether the step breaks on other rows, or from another state."""
        _, loss, finite = one_step(
            self.recipe, self.state if state is None else state, self.seed, self.rate, batch or self.batch
        )
        return not (finite and np.isfinite(loss))


def one_step(recipe: Recipe, state: TrainState, seed: int, rate: Any, batch: Batch) -> tuple[TrainState, float, bool]:
    """The state after one step from `state`, the step's loss, and whether the weights after it are finite."""
    sums = programs.start_program(recipe).compiled_for()[0]()
    args = (packed(recipe, jax.tree.map(np.array, state)), sums, np.uint32(seed), rate, batch)
    after, sums = programs.step_program(recipe).compiled_for(*args)[0](*args)
    loss = float(sums["loss"]) / max(float(sums["rows"]), 1.0)
    after = jax.tree.map(np.array, after)
    return unpacked(recipe, after), loss, all_finite(after.params) and all_finite(after.rest)


def all_finite(tree: Any) -> bool:
    """Whether every number of every float array is finite."""
    leaves = (np.asarray(leaf) for leaf in jax.tree.leaves(tree) if jax.numpy.issubdtype(leaf.dtype, np.inexact))
    return all(bool(np.isfinite(leaf.astype(np.float32)).all()) for leaf in leaves)


def first_bad_step(way: Any, state: TrainState, epoch: int, rate: Any) -> BadStep | None:
    """Run `epoch` again from `state`; None where its rows cannot be had again, or all its steps are finite this time.

    Args:
        way: how the epoch was run.
        state: what it started from.
        epoch: its number, from 0.
        rate: its learning rate.
    """
    start = jax.tree.map(np.array, state)
    losses: list[float] = []
    steps: Iterator[tuple[Batch, HostArray | None]] = way.replay(epoch)
    now = start
    for number, (batch, rows) in enumerate(steps):
        after, loss, finite = one_step(way.recipe, now, way.seed, rate, batch)
        losses.append(loss)
        if not finite or not np.isfinite(loss):
            return BadStep(way.recipe, epoch, number, start, now, batch, rows, way.seed, rate, tuple(losses))
        now = after
    return None
