"""The two ways to run the one step: whole epochs in a compiled call, or batch by batch. Both give the same numbers."""

import contextlib
import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import jax
import numpy as np

from glassnet import data
from glassnet.foundation.types import HostArray
from glassnet.training import programs
from glassnet.training.objective import Objective
from glassnet.training.rows import Rows
from glassnet.training.step import Batch, Recipe, TrainState, packed, unpacked

_CALL_SECONDS = 0.15
_IN_FLIGHT_BYTES = 16 << 20
_LOOK_SECONDS = 0.2
_KEPT_BYTES = 256 << 20


@dataclass
class Outcome:
    """One epoch that was run: its numbers, the state it ended with (fetched only when asked for), and is that finite."""

    logs: dict[str, float]
    fetch: Callable[[], TrainState]
    finite: bool = True


@dataclass
class Clock:
    """Where the time went, in seconds, and how many rows were trained on in it."""

    training: float = 0.0
    compiling: float = 0.0
    rows: float = 0.0

    def run(self, program: programs.Program, *args: Any) -> Any:
        """The program's result, the compiling counted."""
        return self.compiled(program, *args)(*args)

    def compiled(self, program: programs.Program, *args: Any) -> Callable[..., Any]:
        """The executable for these arguments, the compiling counted."""
        executable, seconds = program.compiled_for(*args)
        self.compiling += seconds
        return executable


class Way(Protocol):
    """How epochs are run."""

    clock: Clock
    recipe: Recipe
    seed: int

    def advance(self, state: TrainState, epoch: int, limit: int, rate: np.float32 | None) -> list[Outcome]:
        """Run from 1 to `limit` epochs, the first being number `epoch`, from `state`."""
        ...

    def slow_down(self) -> None:
        """Some epochs were run in vain, because a callback changed something: run fewer ahead."""
        ...


class EpochWay:
    """Whole epochs in one compiled call.

    Args:
        recipe: what is compiled.
        rows: the training rows.
        held_out: the validation batches, folded, or None.
        batch_size: rows a step.
        shuffle: whether each epoch has an order of its own.
        seed: the model's seed.
        room: the most epochs a call.
        whole_batches: whether rows must not be padded, because layers mix them.
        numbers: the number that each row has for the user; counted from 0 by default.
        held_numbers: likewise for the validation rows.
        order: called with the epoch's number, gives the n rows to take, in their order; a permutation by default.
    """

    def __init__(
        self,
        recipe: Recipe,
        rows: Rows,
        held_out: Batch | None,
        *,
        batch_size: int,
        shuffle: bool,
        seed: int,
        room: int,
        whole_batches: bool,
        numbers: HostArray | None = None,
        held_numbers: HostArray | None = None,
        order: Callable[[int], HostArray] | None = None,
    ) -> None:
        self.clock = Clock()
        self.recipe = recipe
        self.seed = seed
        self._order = order or partial(_shuffled, rows.count, seed, shuffle)
        self._program = programs.epochs_program(recipe)
        self._recipe = recipe
        self._at_hand = rows
        self._numbers = numbers
        self._held_numbers = held_numbers
        self._rows = jax.device_put(rows.as_batch())
        self._held_out = jax.device_put(held_out)
        self._count = rows.count
        self._batch_size = min(batch_size, rows.count)
        self._seed = seed
        self._room = room
        self._whole = whole_batches
        self._ahead = 1

    def advance(self, state: TrainState, epoch: int, limit: int, rate: np.float32 | None) -> list[Outcome]:
        """Run as many epochs as fit into about 0.15 seconds, at most `limit`."""
        count = max(1, min(self._ahead, limit, self._room))
        state = packed(self._recipe, jax.tree.map(np.asarray, state)) if self._recipe.layout.places else state
        orders, tails = self._orders(epoch, count)
        args = (state, np.uint32(self._seed), rate, self._rows, orders, tails, np.int32(count), self._held_out)
        executable = self.clock.compiled(self._program, *args)
        started = time.perf_counter()
        logs, last, kept = executable(*args)
        logs = {name: np.asarray(values) for name, values in logs.items()}
        seconds = time.perf_counter() - started
        self.clock.training += seconds
        self.clock.rows += count * self._count
        self._ahead = min(self._room, max(1, int(_CALL_SECONDS * count / max(seconds, 1e-6))), 16 * count)
        kept = jax.tree.map(np.asarray, kept)
        if self._recipe.layout.places:
            last = jax.tree.map(np.asarray, last)  # sliced on the host, where it costs no dispatch
        states: list[Callable[[], TrainState]] = [partial(_nth, self._recipe, kept, i) for i in range(count - 1)]
        states.append(partial(unpacked, self._recipe, last))
        finite = logs[programs.FINITE]
        objective = self._recipe.objective
        return [Outcome(plain(objective, logs, i), fetch, bool(finite[i])) for i, fetch in enumerate(states)]

    def slow_down(self) -> None:
        """Run one epoch next."""
        self._ahead = 1

    def replay(self, epoch: int) -> Iterator[tuple[Batch, HostArray | None]]:
        """The batches of an epoch once more, each with its rows' numbers."""
        orders, tails = self._orders(epoch, 1)
        for order in [*orders[0], *([tails[0]] if tails.shape[1] else [])]:
            yield self._at_hand.batch(order), numbered(order, self._numbers)

    def replay_held_out(self) -> Iterator[tuple[Batch, HostArray | None]]:
        """The validation batches, each with its rows' numbers."""
        if self._held_out is not None:
            held: Any = jax.tree.map(np.asarray, self._held_out)
            parts = (jax.tree.map(lambda a, i=i: a[i], held) for i in range(len(held.real)))
            yield from counted(parts, self._held_numbers)

    def _orders(self, epoch: int, count: int) -> tuple[HostArray, HostArray]:
        size = self._batch_size
        full = self._count // size if self._whole else -(-self._count // size)
        rest = self._count - full * size if self._whole else 0
        orders = np.full((self._room, full * size), -1, np.int32)
        tails = np.full((self._room, rest), -1, np.int32)
        for index in range(count):
            order = self._order(epoch + index)
            orders[index, : min(self._count, full * size)] = order[: full * size]
            tails[index] = order[full * size :] if rest else tails[index]
        return orders.reshape(self._room, full, size), tails


class StepWay:
    """Batch by batch: for rows that come from an iterator, data larger than the device, or hooks of single batches.

    Args:
        recipe: what is compiled.
        batches: called with the epoch's number, gives its batches.
        evaluate: called with a state, gives the validation numbers (none without validation rows).
        seed: the model's seed.
        on_batch_begin: called with a batch's number before its step.
        on_batch_end: called with a batch's number, the epoch's numbers so far and the state, or None when nobody listens;
            gives the state and the learning rate to go on with, and whether to stop here.
        rows_of: called with the epoch's number, gives the numbers of each batch's rows; None where they have none.
        again: whether an epoch's batches can be had a second time; if not, those of the running one are kept, up to 256 MiB.
        held_out: gives the validation batches.
        held_numbers: the number that each validation row has for the user; counted from 0 by default.
    """

    def __init__(
        self,
        recipe: Recipe,
        batches: Callable[[int], Iterator[Batch]],
        evaluate: Callable[[TrainState], dict[str, float]],
        *,
        seed: int,
        on_batch_begin: Callable[[int], None] | None = None,
        on_batch_end: Callable[[int, dict[str, float], TrainState], tuple[TrainState, Any, bool]] | None = None,
        rows_of: Callable[[int], Iterator[HostArray]] | None = None,
        again: bool = True,
        held_out: Callable[[], Iterator[Batch]] | None = None,
        held_numbers: HostArray | None = None,
    ) -> None:
        self.clock = Clock()
        #: The learning rate of each step of the last epoch, where callbacks may change it from step to step.
        self.rates: list[Any] = []
        self._kept: list[Batch] | None = []
        self._held = held_out
        self._held_numbers = held_numbers
        self.recipe = recipe
        self.seed = seed
        self._rows_of = rows_of
        self._again = again
        self._recipe = recipe
        self._batches = batches
        self._evaluate = evaluate
        self._seed = np.uint32(seed)
        self._begin = on_batch_begin
        self._end = on_batch_end

    def advance(self, state: TrainState, epoch: int, limit: int, rate: np.float32 | None) -> list[Outcome]:
        """Run one epoch."""
        clock, step, results = self.clock, programs.step_program(self._recipe), programs.results_program(self._recipe)
        sums = clock.run(programs.start_program(self._recipe))
        # A copy: the step reuses the memory of the state it is given.
        state = packed(self._recipe, jax.tree.map(np.array, state))
        before = jax.tree.map(np.array, state.rest)
        compiling, started = clock.compiling, time.perf_counter()
        self._kept, self.rates, looked = [], [], started
        with _closing(self._batches(epoch)) as batches:
            for number, batch in enumerate(batches):
                self._keep(batch)
                if self._begin is not None:
                    self._begin(number)
                state, sums = clock.run(step, state, sums, self._seed, rate, batch)
                if self._end is not None:
                    self.rates.append(rate)
                    logs = plain(self._recipe.objective, clock.run(results, sums))
                    state, rate, stop = self._end(number, logs, state)
                    if stop or not math.isfinite(logs["loss"]):
                        break
                elif number % steps_in_flight(batch) == 0 or time.perf_counter() - looked > _LOOK_SECONDS:
                    looked = time.perf_counter()
                    if not math.isfinite(float(sums["loss"])):  # reading it waits for the step
                        break
        clock.rows += float(sums["rows"])
        logs = plain(self._recipe.objective, clock.run(results, sums))
        clock.training += time.perf_counter() - started - (clock.compiling - compiling)
        finite = bool(programs.stays_finite(state.params, state.rest, before)) and math.isfinite(logs["loss"])
        state = unpacked(self._recipe, state)
        if finite:
            logs |= {f"val_{name}": value for name, value in self._evaluate(state).items()}
        return [Outcome(logs, lambda: state, finite)]

    def slow_down(self) -> None:
        """Epochs are never run ahead here."""

    def replay(self, epoch: int) -> Iterator[tuple[Batch, HostArray | None]]:
        """The batches of an epoch once more, each with its rows' numbers where they have some.

        From a generator those of the epoch that was run last; none where they were too large to be kept.
        """
        numbers = itertools.repeat(None) if self._rows_of is None else self._rows_of(epoch)
        yield from zip(self._batches(epoch) if self._again else self._kept or (), numbers, strict=False)

    def replay_held_out(self) -> Iterator[tuple[Batch, HostArray | None]]:
        """The validation batches, each with its rows' numbers."""
        yield from counted(() if self._held is None else self._held(), self._held_numbers)

    def _keep(self, batch: Batch) -> None:
        if self._again or self._kept is None:
            return
        self._kept.append(batch)
        if len(self._kept) * sum(leaf.nbytes for leaf in jax.tree.leaves(batch)) > _KEPT_BYTES:
            self._kept = None


@contextlib.contextmanager
def _closing(batches: Iterator[Batch]) -> Iterator[Iterator[Batch]]:
    """The batches, and at the end, however it comes, the end of whatever makes them."""
    try:
        yield batches
    finally:
        getattr(batches, "close", lambda: None)()


def steps_in_flight(batch: Batch) -> int:
    """How many steps may be under way at once: steps that wait hold their rows in memory."""
    return max(1, _IN_FLIGHT_BYTES // max(1, sum(leaf.nbytes for leaf in jax.tree.leaves(batch))))


def _shuffled(count: int, seed: int, shuffle: bool, epoch: int) -> HostArray:
    return data.epoch_order(count, seed, epoch, shuffle)


def numbered(order: HostArray, numbers: HostArray | None) -> HostArray:
    """Places among the training rows as the user's row numbers; -1 stays."""
    return order if numbers is None else np.where(order < 0, -1, numbers[order])


def counted(batches: Iterable[Batch], numbers: HostArray | None) -> Iterator[tuple[Batch, HostArray]]:
    """Batches in order, each with its rows' numbers."""
    done = 0
    for batch in batches:
        real = np.asarray(batch.real) > 0
        order = np.where(real, done + np.cumsum(real) - 1, -1)
        done += int(real.sum())
        yield batch, numbered(order, numbers)


def plain(objective: Objective, logs: dict[str, Any], index: int | None = None) -> dict[str, Any]:
    """Numbers fetched from the device, in the objective's order: Python floats, or NumPy arrays where they are arrays."""
    names = [prefix + name for prefix in ("", "val_") for name in objective.names if prefix + name in logs]
    picked = {name: np.asarray(logs[name] if index is None else logs[name][index]) for name in names}
    return {name: float(value) if value.ndim == 0 else value for name, value in picked.items()}


def _nth(recipe: Recipe, states: TrainState, index: int) -> TrainState:
    return unpacked(recipe, jax.tree.map(lambda a: a[index], states))
