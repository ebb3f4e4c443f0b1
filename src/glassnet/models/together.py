"""Fitting many models at once: those of one structure run as one program, and end as if each had been fitted alone."""

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from glassnet.callbacks import EarlyStopping, History
from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.models import fitting, readiness
from glassnet.models.remembered import remembered
from glassnet.models.side_by_side import Member, Population
from glassnet.training.loosening import Place, loose_numbers, loosened
from glassnet.training.rows import Rows, collect

_STATE_BYTES = 1 << 30


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

    They may differ in seed, learning rate, rows, rate of dropout or noise, and strength of L1 and L2 penalties. Models that
    differ otherwise, in their layers or in the kind of optimizer, are trained in as many programs as there are kinds. Each
    ends with the weights that `fit` with its rows would have given it, to float32 accuracy. A member whose numbers break
    keeps its last good weights, and its history ends there.

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
    for group in _groups(members, batch_size):
        size = min(batch_size, len(group[0].rows))
        if group[0].by_step:
            for member in group:
                _alone(member, everything, epochs, size, shuffle, early_stopping)
            continue
        most = max(1, _STATE_BYTES // (6 * max(1, group[0].state_bytes)))
        for start in range(0, len(group), most):
            Population(group[start : start + most], everything, size, shuffle, early_stopping).run(epochs)
    return [member.model.history for member in members]


def _groups(members: Iterable[Member], batch_size: int) -> Iterable[list[Member]]:
    """The members sorted into programs; those that differ in numbers alone are given a structure without these numbers."""
    alike: dict[Any, list[Member]] = {}
    for member in members:
        alike.setdefault((member.recipe, *_shape(member, batch_size)), []).append(member)
    merged: dict[Any, list[list[Member]]] = {}
    for (recipe, *shape), group in alike.items():
        loosest = (
            None if len(alike) == 1 or group[0].by_step else loosened(group[0].model, loose_numbers(group[0].model))
        )
        key = recipe if loosest is None else recipe._replace(blueprint=loosest[0])
        merged.setdefault((loosest is None, key, *shape), []).append(group)
    for groups in merged.values():
        if len({group[0].recipe for group in groups}) > 1:
            _loosen(groups)
    return [[member for group in groups for member in group] for groups in merged.values()]


def _shape(member: Member, batch_size: int) -> tuple[Any, ...]:
    """What else must be the same in one program: whether it runs by step, the batches, and whether rows are held out.

    Members with fewer batches wait in the last ones; from four times as many on that would take longer than two programs.
    """
    count = len(member.rows)
    size = min(batch_size, count)
    batches = count if member.whole else (-(-count // size)).bit_length() // 2
    return member.by_step, batches, size, member.held is None


def _loosen(groups: list[list[Member]]) -> None:
    """Take the numbers in which groups differ out of their structures, so that one program serves all."""
    numbers = [loose_numbers(group[0].model) for group in groups]
    places: list[Place] = [at for at, value in numbers[0].items() if any((n[at] != value).any() for n in numbers)]
    for group in groups:
        found = loosened(group[0].model, places)
        if found is not None:
            for member in group:
                member.recipe, member.own = member.recipe._replace(blueprint=found[0]), found[1]


def _members(models: Sequence[Any], everything: Rows, rows: Any, held: Any, batch_size: int) -> list[Member]:
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
        member = Member(model, recipe, chosen, judged, whole, readiness.prefers_steps(model) or recipe.whole)
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


def _alone(member: Member, everything: Rows, epochs: int, size: int, shuffle: bool, stop: EarlyStopping | None) -> None:
    """One model after the other, where one program for all would be slower: convolutions on the CPU.

    Four networks, conv 16, pool, conv 32, pool, dense 32, on 256 images of 28 × 28, took 0.20 s of processor time an epoch so.
    With one more axis their convolutions are grouped ones, which the compiler runs by a slow loop: 3.1 s. One after the other
    inside one program (``lax.map``), the loop keeps the convolutions from its fast library: 1.45 s. The step is compiled
    once for all that are alike.
    """
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
