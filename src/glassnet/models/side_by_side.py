"""Members of a population while they are trained: side by side as one program, a chunk of epochs a call."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import numpy as np

from glassnet import data
from glassnet.callbacks import EarlyStopping, History
from glassnet.callbacks.monitor import Monitor
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.types import HostArray, Weights
from glassnet.foundation.upward import upward
from glassnet.training import ways
from glassnet.training.loop import current_rate
from glassnet.training.population import Best, Watch, nothing_yet, population_program
from glassnet.training.programs import FINITE
from glassnet.training.rows import Rows
from glassnet.training.step import Batch, Recipe, TrainState, left_behind, packed, unpacked

_CALL_SECONDS, _MOST_EPOCHS = 0.2, 64
_ORDER_BYTES = 32 << 20
_HELD_OUT_BATCH = 1024


@dataclass
class Member:
    """One model with its rows and what is compiled for it.

    Args:
        model: the model.
        recipe: what is compiled.
        rows: the numbers of the rows it learns from.
        held: the numbers of those it is judged on, or None.
        whole: whether its batches must not be filled up.
        by_step: whether it is faster alone, a call a step.
        own: the numbers that were taken out of its structure, by their names in `rest`.
        history: its history.
    """

    model: Any
    recipe: Recipe
    rows: HostArray
    held: HostArray | None
    whole: bool
    by_step: bool
    own: Weights = field(default_factory=dict)
    history: History = field(default_factory=History)

    def state(self) -> TrainState:
        """What its training starts from, on the host and laid out for its recipe."""
        state = jax.tree.map(np.asarray, self.model.train_state())
        return packed(self.recipe, state._replace(rest={**state.rest, **self.own}))

    @property
    def state_bytes(self) -> int:
        """The size of weights and optimizer."""
        return sum(leaf.nbytes for leaf in jax.tree.leaves(self.state()))


class Population:
    """Members of one recipe, trained side by side.

    Args:
        members: who is trained.
        everything: all rows, of which each member has some.
        size: rows a step.
        shuffle: whether each epoch has an order of its own.
        stop: when each member stops.
    """

    def __init__(
        self, members: list[Member], everything: Rows, size: int, shuffle: bool, stop: EarlyStopping | None
    ) -> None:
        self.members = members
        self.everything = everything
        self.shuffle = shuffle
        self.size = size
        self.whole = members[0].whole
        self.recipe = members[0].recipe
        names = self.recipe.objective.names
        judged = [f"val_{name}" for name in names] if members[0].held is not None else []
        self.watch = _watch(stop, [*names, *judged])
        self.restores = stop is not None and stop.restore_best_weights
        self.rows = jax.device_put(everything.as_batch())
        self.held = jax.device_put(_held(members))
        self.clock = ways.Clock()
        counts = [len(member.rows) for member in members]
        ragged = -(-min(counts) // size) < -(-max(counts) // size)
        self.program = population_program(self.recipe, self.watch, ragged)
        self.room = max(1, min(_MOST_EPOCHS, _ORDER_BYTES // (4 * max(counts) * len(members))))
        self._drawn: dict[int, dict[tuple[int, int], HostArray]] = {}

    def run(self, epochs: int) -> None:
        """Train for up to `epochs` epochs and hand weights and histories to the models."""
        states = jax.tree.map(lambda *leaves: np.stack(leaves), *(member.state() for member in self.members))
        bests = None if self.watch is None else jax.vmap(partial(nothing_yet, watch=self.watch))(states)
        seeds = np.array([m.model.seed for m in self.members], np.uint32)
        rates, alive = _rates(self.members), np.ones(len(self.members), bool)
        done, ahead = 0, 1
        while done < epochs:
            count = min(ahead, epochs - done, self.room)
            orders, tails = self._orders(done, count)
            rows = (self.rows, orders, tails, self.held)
            args = (states, alive, bests, seeds, rates, *rows, np.int32(done), np.int32(count))
            executable = self.clock.compiled(self.program, *args)
            started = time.perf_counter()
            logs, states, alive, bests = executable(*args)
            for epoch in range(done + count, min(epochs, done + count + min(self.room, 16 * count))):
                self._permutations(epoch)  # while the device is at work
            logs = {name: np.asarray(values) for name, values in logs.items()}
            seconds = time.perf_counter() - started
            self.clock.training += seconds
            self._note(logs, done, count)
            done += count
            ahead = max(1, min(self.room, int(_CALL_SECONDS * count / max(seconds, 1e-6)), 16 * count))
            if bests is not None and (np.asarray(bests.stopped) >= 0).all():
                break
        self._hand_over(states, bests)

    def _permutations(self, epoch: int) -> dict[tuple[int, int], HostArray]:
        """An epoch's orders by number of rows and seed: the folds of one seed have one in common."""
        if epoch not in self._drawn:
            kinds = {(len(member.rows), member.model.seed) for member in self.members}
            self._drawn[epoch] = {kind: data.epoch_order(*kind, epoch, self.shuffle) for kind in kinds}
        return self._drawn[epoch]

    def _orders(self, first: int, count: int) -> tuple[HostArray, HostArray]:
        """Row numbers of each batch: (M, K, batches, B), and (M, K, R) of a last, smaller one."""
        number = len(self.members[0].rows)
        full = number // self.size if self.whole else -(-max(len(m.rows) for m in self.members) // self.size)
        rest = number - full * self.size if self.whole else 0
        orders = np.full((len(self.members), self.room, full * self.size), -1, np.int32)
        tails = np.full((len(self.members), self.room, rest), -1, np.int32)
        for epoch in range(count):
            permutations = self._permutations(first + epoch)
            for index, member in enumerate(self.members):
                drawn = member.rows[permutations[len(member.rows), member.model.seed]]
                head = drawn[: full * self.size]
                orders[index, epoch, : len(head)] = head
                if rest:
                    tails[index, epoch] = drawn[full * self.size :]
            del self._drawn[first + epoch]
        return orders.reshape(len(self.members), self.room, full, self.size), tails

    def _note(self, logs: dict[str, HostArray], first: int, count: int) -> None:
        """Write the numbers of `count` epochs into the histories, each as far as they are finite."""
        objective = self.recipe.objective
        names = [prefix + name for prefix in ("", "val_") for name in objective.names if prefix + name in logs]
        good = logs[FINITE][:count].sum(axis=0)  # who has broken stays so
        for index, member in enumerate(self.members):
            history, epochs = member.history, int(good[index])
            if epochs < count and not history.notes:
                history.diverged_epoch = first + epochs + 1
                history.notes.append(f"ended: the numbers of epoch {first + epochs + 1} are not finite")
            history.epoch.extend(range(first, first + epochs))
            for name in names if epochs else ():
                values = logs[name][:epochs, index]
                history.history.setdefault(name, []).extend(values.tolist() if values.ndim == 1 else values)

    def _restored(self, history: History) -> int | None:
        """The epoch, from 1, whose weights are given back."""
        values = history.history.get(self.watch.monitor) if self.watch is not None and self.restores else None
        if not values or self.watch is None:
            return None
        return 1 + int(np.argmax(values) if self.watch.higher else np.argmin(values))

    def _hand_over(self, states: TrainState, bests: Best | None) -> None:
        chosen = bests.state if bests is not None and self.restores else states
        chosen = jax.tree.map(np.asarray, chosen)
        stopped = None if bests is None else np.asarray(bests.stopped)
        ends = []
        for index, member in enumerate(self.members):
            state = unpacked(self.recipe, jax.tree.map(lambda a, i=index: a[i], chosen))
            rest = {path: array for path, array in state.rest.items() if path not in member.own}
            ends.append(left_behind(member.model.optimizer, state._replace(rest=rest)))
        placed = jax.device_put([(state.params, state.rest) for state in ends])
        for index, (member, state, arrays) in enumerate(zip(self.members, ends, placed, strict=True)):
            member.model.blueprint().restore(member.model, *arrays)
            member.model.keep_progress(state)
            member.model.history = member.history
            if stopped is not None and stopped[index] >= 0:
                _shorten(member.history, int(stopped[index]) + 1)
            if member.history.diverged_epoch is not None:
                last = unpacked(self.recipe, jax.tree.map(lambda a, i=index: np.asarray(a[i]), states))
                member.history.search = partial(self._first_bad_number, member, last)
            member.history.seconds = self.clock.training / len(self.members)
            member.history.compile_seconds = self.clock.compiling
            member.history.rows = len(member.rows)
            member.history.restored_epoch = self._restored(member.history)

    def _first_bad_number(self, member: Member, last: TrainState) -> Any:
        """Where and why a member's numbers broke, from its last good state."""
        epoch, rate = (member.history.diverged_epoch or 1) - 1, current_rate(member.model.optimizer)
        return upward("first_bad_number")(_Again(member, self), last, epoch, rate, first_rate=rate)


class _Again:
    """One member's batches once more, as its part of the population had them."""

    def __init__(self, member: Member, population: Population) -> None:
        self.recipe, self.seed = member.recipe, member.model.seed
        self._rows, self._everything, self._size = member.rows, population.everything, population.size
        self._shuffle, self._whole = population.shuffle, member.whole

    def replay(self, epoch: int) -> Iterator[tuple[Batch, HostArray]]:
        """The batches of an epoch, each with its rows' numbers."""
        drawn = self._rows[data.epoch_order(len(self._rows), self.seed, epoch, self._shuffle)]
        for start in range(0, len(drawn), self._size):
            part = drawn[start : start + self._size]
            fill = 0 if self._whole else self._size - len(part)
            order = np.concatenate([part, np.full(fill, -1, part.dtype)])
            yield self._everything.batch(order), order


def _watch(stop: EarlyStopping | None, known: list[str]) -> Watch | None:
    if stop is None:
        return None
    if stop.monitor not in known:
        raise ConfigError(
            f"fit_together expected an EarlyStopping that watches one of {', '.join(known)}. Received {stop.monitor!r}"
            f"{did_you_mean(stop.monitor, known) or '.'} Name one of these, or pass validation_rows."
        )
    if stop.baseline is not None or stop.start_from_epoch:
        raise ConfigError(
            f"fit_together expected an EarlyStopping without baseline and start_from_epoch. Received baseline="
            f"{stop.baseline!r}, start_from_epoch={stop.start_from_epoch}. Leave them out."
        )
    monitor = Monitor("fit_together", stop.monitor, stop.mode, stop.min_delta)
    return Watch(monitor.name, monitor.higher, monitor.min_delta, stop.patience)


def _held(members: list[Member]) -> HostArray | None:
    """The rows to validate on, (M, batches, V), filled up with -1."""
    found = [member.held for member in members]
    longest = max((len(held) for held in found if held is not None), default=0)
    if not longest:
        return None
    size = min(_HELD_OUT_BATCH, longest)
    filled = np.full((len(members), -(-longest // size) * size), -1, np.int32)
    for index, held in enumerate(found):
        if held is not None:
            filled[index, : len(held)] = held
    return filled.reshape(len(members), -1, size)


def _rates(members: list[Member]) -> HostArray | None:
    rates = [current_rate(member.model.optimizer) for member in members]
    return None if rates[0] is None else np.array(rates, np.float32)


def _shorten(history: History, epochs: int) -> None:
    history.epoch = history.epoch[:epochs]
    history.history = {name: values[:epochs] for name, values in history.history.items()}
