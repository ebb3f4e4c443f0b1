"""Fitting many models at once: those of one structure run as one program, and end as if each had been fitted alone."""

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import numpy as np

from glassnet import data
from glassnet.callbacks import EarlyStopping, History
from glassnet.callbacks.monitor import Monitor
from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.models import fitting, readiness
from glassnet.models.remembered import remembered
from glassnet.training import ways
from glassnet.training.loop import current_rate
from glassnet.training.population import Best, Watch, nothing_yet, population_program
from glassnet.training.programs import FINITE
from glassnet.training.rows import Rows, collect
from glassnet.training.step import Recipe, TrainState, left_behind, packed, unpacked

_CALL_SECONDS, _MOST_EPOCHS = 0.2, 64
_ORDER_BYTES, _STATE_BYTES = 32 << 20, 1 << 30
_HELD_OUT_BATCH = 1024


def fit_together(
    models: Sequence[Any],
    x: Any,
    y: Any,
    *,
    epochs: int = 1,
    batch_size: int = 32,
    shuffle: bool = True,
    sample_weight: Any = None,
    rows: Sequence[Any] | None = None,
    validation_rows: Sequence[Any] | None = None,
    early_stopping: EarlyStopping | None = None,
) -> list[History]:
    """Train several compiled models on the same data, those of one structure as one program.

    They may differ in seed, learning rate and rows; models that differ otherwise are trained in as many programs as there
    are kinds. Each ends with the weights that `fit` with its rows would have given it, to float32 accuracy. A member whose
    numbers break keeps its last good weights, and its history ends there.

    Args:
        models: built or unbuilt models, each compiled.
        x: inputs, as in `fit`.
        y: targets.
        epochs: how many epochs each is trained for.
        batch_size: rows a step.
        shuffle: whether each epoch has an order of its own, which follows from each model's seed.
        sample_weight: a weight for each row.
        rows: for each model the numbers of the rows it learns from; all rows by default.
        validation_rows: for each model the numbers of the rows it is judged on after each epoch; none by default.
        early_stopping: when each member stops, and whether it gets its best weights back.

    Returns:
        A `History` for each model, which it also keeps as `history`.

    Raises:
        ConfigError: a model is not compiled, appears twice, or the lists are not of one length.
        DataError: as `fit`.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> models = [Sequential([Input((2,)), Dense(1)], seed=seed) for seed in range(3)]
        >>> for model in models:
        ...     model.compile("sgd", "mse")
        >>> histories = fit_together(models, np.ones((8, 2)), np.ones((8, 1)), epochs=2)
        >>> [len(history.epoch) for history in histories]
        [2, 2, 2]

    Reference:
        Bradbury et al. (2018), JAX: composable transformations of Python+NumPy programs (``vmap``).
    """
    engine.start()
    positive_int("epochs", epochs, owner="fit_together")
    positive_int("batch_size", batch_size, owner="fit_together")
    everything = collect(x, y, sample_weight)
    members = _members(models, everything, rows, validation_rows, batch_size)
    groups: dict[Any, list[_Member]] = {}
    for member in members:
        size = min(batch_size, len(member.rows))
        cut = (-(-len(member.rows) // size), size) if not member.whole else (len(member.rows), size)
        held = None if member.held is None else len(member.held)
        groups.setdefault((member.recipe, member.by_step, cut, held is None), []).append(member)
    for (_, by_step, (_, size), _), group in groups.items():
        if by_step:
            for member in group:
                _alone(member, everything, epochs, size, shuffle, early_stopping)
            continue
        most = max(1, _STATE_BYTES // (6 * max(1, group[0].state_bytes)))
        for start in range(0, len(group), most):
            _Population(group[start : start + most], everything, size, shuffle, early_stopping).run(epochs)
    return [member.model.history for member in members]


@dataclass
class _Member:
    """One model with its rows and what is compiled for it."""

    model: Any
    recipe: Recipe
    rows: HostArray
    held: HostArray | None
    whole: bool
    by_step: bool
    history: History = field(default_factory=History)

    @property
    def state_bytes(self) -> int:
        """The size of weights and optimizer."""
        return sum(np.asarray(leaf).nbytes for leaf in jax.tree.leaves(self.model.train_state()))


class _Population:
    """Members of one recipe, trained side by side."""

    def __init__(
        self, members: list[_Member], everything: Rows, size: int, shuffle: bool, stop: EarlyStopping | None
    ) -> None:
        self.members = members
        self.shuffle = shuffle
        self.size = size
        self.whole = members[0].whole
        self.recipe = members[0].recipe
        names = self.recipe.objective.names
        judged = [f"val_{name}" for name in names] if members[0].held is not None else []
        self.watch = _watch(stop, [*names, *judged])
        self.restores = stop is not None and stop.restore_best_weights
        self.rows = jax.device_put(everything.as_batch())
        self.held = _held(members)
        self.clock = ways.Clock()
        self.program = population_program(self.recipe, self.watch)
        longest = max(len(member.rows) for member in members)
        self.room = max(1, min(_MOST_EPOCHS, _ORDER_BYTES // (4 * longest * len(members))))

    def run(self, epochs: int) -> None:
        """Train for up to `epochs` epochs and hand weights and histories to the models."""
        states = _stacked([packed(self.recipe, _plain(m.model.train_state())) for m in self.members])
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
            logs = {name: np.asarray(values) for name, values in logs.items()}
            seconds = time.perf_counter() - started
            self.clock.training += seconds
            self._note(logs, done, count)
            done += count
            ahead = max(1, min(self.room, int(_CALL_SECONDS * count / max(seconds, 1e-6)), 16 * count))
            if bests is not None and (np.asarray(bests.stopped) >= 0).all():
                break
        self._hand_over(states, bests)

    def _orders(self, first: int, count: int) -> tuple[HostArray, HostArray]:
        """Row numbers of each batch: (M, K, batches, B), and (M, K, R) of a last, smaller one."""
        number = len(self.members[0].rows)
        full = number // self.size if self.whole else -(-max(len(m.rows) for m in self.members) // self.size)
        rest = number - full * self.size if self.whole else 0
        orders = np.full((len(self.members), self.room, full * self.size), -1, np.int32)
        tails = np.full((len(self.members), self.room, rest), -1, np.int32)
        for index, member in enumerate(self.members):
            for epoch in range(count):
                order = data.epoch_order(len(member.rows), member.model.seed, first + epoch, self.shuffle)
                drawn = member.rows[order]
                head = drawn[: full * self.size]
                orders[index, epoch, : len(head)] = head
                if rest:
                    tails[index, epoch] = drawn[full * self.size :]
        return orders.reshape(len(self.members), self.room, full, self.size), tails

    def _note(self, logs: dict[str, HostArray], first: int, count: int) -> None:
        for epoch in range(count):
            for index, member in enumerate(self.members):
                if not logs[FINITE][epoch, index]:
                    if not member.history.notes:
                        member.history.diverged_epoch = first + epoch + 1
                        member.history.notes.append(f"ended: the numbers of epoch {first + epoch + 1} are not finite")
                    continue
                numbers = {name: values[epoch, index] for name, values in logs.items()}
                member.history.on_epoch_end(first + epoch, ways.plain(self.recipe.objective, numbers))

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
        for index, member in enumerate(self.members):
            state = unpacked(self.recipe, jax.tree.map(lambda a, i=index: a[i], chosen))
            state = left_behind(member.model.optimizer, state)
            member.model.blueprint().restore(member.model, *jax.device_put((state.params, state.rest)))
            member.model.keep_progress(state)
            member.model.history = member.history
            if stopped is not None and stopped[index] >= 0:
                _shorten(member.history, int(stopped[index]) + 1)
            member.history.seconds = self.clock.training / len(self.members)
            member.history.compile_seconds = self.clock.compiling
            member.history.rows = len(member.rows)
            member.history.restored_epoch = self._restored(member.history)


def _members(models: Sequence[Any], everything: Rows, rows: Any, held: Any, batch_size: int) -> list[_Member]:
    models = list(models)
    if not models or len({id(model) for model in models}) < len(models):
        raise ConfigError(
            f"fit_together expected models, each once. Received {len(models)}, {len({id(m) for m in models})} of them different. "
            f"Make a model for each member."
        )
    for name, given in (("rows", rows), ("validation_rows", held)):
        if given is not None and len(given) != len(models):
            raise ConfigError(
                f"fit_together expected `{name}` for each of the {len(models)} models. Received {len(given)}. Pass one array of "
                f"row numbers a model."
            )
    members = []
    for index, model in enumerate(models):
        recipe = readiness.ready(model, everything.x, everything.y)
        chosen = np.arange(everything.count) if rows is None else _row_numbers(rows[index], everything.count)
        judged = None if held is None else _row_numbers(held[index], everything.count)
        whole = readiness.whole_batches(model, recipe)
        member = _Member(model, recipe, chosen, judged, whole, readiness.prefers_steps(model) or recipe.whole)
        held_out, size = None if judged is None else everything, min(batch_size, len(chosen))
        member.history.trained = remembered(model, everything, held_out, size, chosen, judged)
        members.append(member)
    return members


def _row_numbers(given: Any, count: int) -> HostArray:
    numbers = np.asarray(given)
    numbers = np.flatnonzero(numbers) if numbers.dtype == bool else numbers.astype(np.int64)
    if numbers.ndim != 1 or not len(numbers) or numbers.min() < 0 or numbers.max() >= count:
        raise ConfigError(
            f"fit_together expected row numbers from 0 to {count - 1}. Received {given!r}. Pass an array of them for each model."
        )
    return numbers.astype(np.int32)


def _alone(
    member: _Member, everything: Rows, epochs: int, size: int, shuffle: bool, stop: EarlyStopping | None
) -> None:
    """One model after the other, where one program for all would be slower: convolutions inside a compiled loop."""
    mine = everything.take(member.rows)
    held = None if member.held is None else everything.take(member.held)
    fitting.fit(
        member.model,
        fitting.Job(epochs, batch_size=size, shuffle=shuffle),
        fitting.Source(mine.x, mine.y, mine.weights),
        fitting.HeldOut(data=None if held is None else (held.x, held.y, held.weights)),
        [] if stop is None else [copy.copy(stop)],
        0,
    )


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


def _held(members: list[_Member]) -> HostArray | None:
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


def _rates(members: list[_Member]) -> HostArray | None:
    rates = [current_rate(member.model.optimizer) for member in members]
    return None if rates[0] is None else np.array(rates, np.float32)


def _stacked(states: list[TrainState]) -> TrainState:
    return jax.tree.map(lambda *leaves: np.stack(leaves), *states)


def _plain(state: TrainState) -> TrainState:
    return jax.tree.map(np.asarray, state)


def _shorten(history: History, epochs: int) -> None:
    history.epoch = history.epoch[:epochs]
    history.history = {name: values[:epochs] for name, values in history.history.items()}
