"""Searching for settings: random search and successive halving, networks of one structure trained together."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from glassnet.callbacks.monitor import better_when_higher
from glassnet.data import stratified_validation_rows
from glassnet.data.split import Split
from glassnet.foundation.errors import ConfigError, DivergedError
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.shapes import positive_int
from glassnet.models import fit_together
from glassnet.training.rows import Rows, collect
from glassnet.tuning.members import checked_model, fresh_copy, seed_list, structure
from glassnet.tuning.searching_found import Search, Trial
from glassnet.tuning.searching_optuna import Job, search_with_optuna
from glassnet.tuning.spaces import draw_settings

METHODS = ("random", "halving", "optuna")


def search(
    build: Callable[..., Any],
    space: Mapping[str, Any],
    x: Any,
    y: Any,
    *,
    method: str = "random",
    trials: int = 20,
    epochs: int = 20,
    seeds: int | Sequence[int] = 1,
    factor: int = 3,
    monitor: str = "val_loss",
    validation_split: float = 0.2,
    batch_size: int = 32,
    refit: bool = False,
    seed: int = 0,
    storage: Any = None,
    study_name: str = "search",
) -> Search:
    """argmin over settings drawn from `space` of the validation loss: random search, successive halving, or Optuna.

    ``"random"`` trains every setting for `epochs`. ``"halving"`` trains all of them briefly, keeps the best 1/`factor`, goes on
    with those for `factor` times as long, and so on, the last for `epochs` in all: the same time looks at several times as
    many settings, at the risk of dropping one that starts slowly. Settings whose networks have one structure (they differ in
    learning rate, dropout or strength of a penalty, say) are trained together as one program. ``"optuna"`` trains one setting
    after the other, each drawn near those that did well, and gives up those that fall behind the median of the others. It
    keeps what it found in `storage`: the same call made again goes on, and so do other processes and machines that are given
    the same database. It needs ``pip install 'glassnet[optuna]'``.

    Args:
        build: makes a compiled network: ``build(units=8, rate=0.01)``.
        space: for each argument a `Uniform`, `LogUniform`, `Integer` or `Choice`, or a plain value.
        x: inputs, (n, ...).
        y: targets, (n, ...).
        method: ``"random"``, ``"halving"`` or ``"optuna"``.
        trials: how many settings are drawn; with ``"optuna"`` in all processes together, those of an earlier call included.
        epochs: how long the longest training is.
        seeds: how many networks each setting has (their seeds are 0, 1, ...), or the seeds themselves.
        factor: with ``"halving"``, 1/`factor` of the settings go on, from 2 on; with ``"optuna"``, none is given up before
            1/`factor` of its epochs.
        monitor: the number that decides, such as ``"val_loss"`` or ``"val_accuracy"``.
        validation_split: the share of the rows that judges, above 0 and below 1.
        batch_size: rows a step.
        refit: whether the best setting's network is trained anew on all rows.
        seed: fixes the settings and which rows judge; the same seed gives the same search, but for one that was cut off or
            shared.
        storage: with ``"optuna"``, a file, ``"runs/search.db"`` by default, or a database for several machines:
            ``"postgresql://..."``, or a storage of Optuna's.
        study_name: with ``"optuna"``, what the search is called there.

    Returns:
        A `Search`.

    Raises:
        ConfigError: a number is out of range, `build` gives no compiled model, Optuna is not installed, or the search in
            the storage is another one.
        DivergedError: no setting kept finite numbers.
        DataError: as `fit`.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> from glassnet.optimizers import SGD
        >>> from glassnet.tuning import Choice, LogUniform
        >>> x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
        >>> def build(rate, units):
        ...     model = Sequential([Input((2,)), Dense(units, activation="tanh"), Dense(1)])
        ...     model.compile(SGD(rate), "mse")
        ...     return model
        >>> found = search(build, {"rate": LogUniform(1e-4, 0.1), "units": Choice([2, 4])}, x, x[:, :1], trials=6, epochs=4)
        >>> len(found.trials), found.programs, sorted(found.best_params)
        (6, 2, ['rate', 'units'])
        >>> found.best_score == min(trial.score for trial in found.trials)
        True

    Reference:
        K. Jamieson and A. Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016.
    """
    started = time.perf_counter()
    _check(method, trials, epochs, factor, validation_split)
    chosen = seed_list(seeds, "search")
    rows = collect(x, y)
    labels = rows.y if isinstance(rows.y, np.ndarray) else np.arange(rows.count) + 0.5
    split = stratified_validation_rows(labels, validation_split, seed)
    if method == "optuna":
        job = Job(build, dict(space), rows, split, trials, epochs, chosen, factor, monitor, batch_size, seed)
        found, model, programs = search_with_optuna(job, storage, study_name)
        if refit:
            model = _refitted(model, chosen[0], rows, epochs, batch_size)
        return Search(found, monitor, model, programs, time.perf_counter() - started)
    entries = [_Entry(params, build, chosen, rows) for params in draw_settings(space, trials, seed)]
    programs = len({entry.structure for entry in entries})
    rungs = _rungs(len(entries), epochs, factor) if method == "halving" else [(len(entries), epochs)]
    alive, dropped = entries, []
    for rung, (count, until) in enumerate(rungs):
        alive, rest = alive[:count], alive[count:]
        dropped = [*rest, *dropped]
        _train(alive, rows, split, until, batch_size, rung)
        for entry in alive:
            entry.judge(monitor)
        alive.sort(key=lambda entry: entry.rank)
    if not np.isfinite(alive[0].rank):
        raise DivergedError(
            f"search expected a setting that keeps finite numbers. Received none among {len(entries)}. Search lower learning "
            f"rates, or scale inputs and targets to about one."
        )
    model = _refitted(alive[0].best_member(), chosen[0], rows, epochs, batch_size) if refit else alive[0].best_member()
    found = [Trial(entry.params, entry.scores, entry.epochs) for entry in (*alive, *dropped)]
    return Search(found, monitor, model, programs, time.perf_counter() - started)


class _Entry:
    """One setting while it is searched: its networks, and what they have shown so far."""

    def __init__(self, params: dict[str, Any], build: Callable[..., Any], seeds: list[int], rows: Rows) -> None:
        self.params = params
        template = checked_model(build(**params), "search")
        self.members = [fresh_copy(template, one, x=rows.x) for one in seeds]
        self.structure = structure(self.members[0])
        self.seeds, self.epochs = seeds, 0
        self.broken = [False] * len(seeds)
        self.scores = np.zeros(len(seeds))
        self.rank = math.inf

    def judge(self, monitor: str) -> None:
        """Read what is monitored from the members' last epoch."""
        sign = -1.0 if better_when_higher(monitor) else 1.0
        scores = []
        for member, broke in zip(self.members, self.broken, strict=True):
            numbers = member.history.history
            if numbers and monitor not in numbers:
                raise ConfigError(
                    f"search expected `monitor` to be one of {', '.join(numbers)}. Received {monitor!r}"
                    f"{did_you_mean(monitor, list(numbers)) or '.'} Name one of these."
                )
            last = numbers[monitor][-1] if numbers and not broke else math.nan
            scores.append(last if np.isfinite(last) else sign * math.inf)
        self.scores = np.array(scores)
        self.rank = sign * float(self.scores.mean())

    def best_member(self) -> Any:
        """The network of the best seed."""
        best = np.argmin(self.scores if self.rank == self.scores.mean() else -self.scores)
        return self.members[int(best)]


def _train(entries: list[_Entry], rows: Rows, split: Split, until: int, batch_size: int, rung: int) -> None:
    """Train on until each setting has had `until` epochs, with new orders of rows on each rung."""
    members = [member for entry in entries for member in entry.members]
    for entry in entries:
        for member, own in zip(entry.members, entry.seeds, strict=True):
            member.seed = (own + rung * 1_000_003) % 2**32
    more = until - entries[0].epochs
    fit_together(
        members,
        rows.x,
        rows.y,
        epochs=more,
        batch_size=batch_size,
        rows=[split.train] * len(members),
        validation_rows=[split.validation] * len(members),
    )
    for entry in entries:
        for place, (member, own) in enumerate(zip(entry.members, entry.seeds, strict=True)):
            member.seed = own
            entry.broken[place] = entry.broken[place] or len(member.history.epoch) < more
        entry.epochs = until


def _rungs(trials: int, epochs: int, factor: int) -> list[tuple[int, int]]:
    """For each rung how many settings run, and until which epoch: ``[(9, 2), (3, 6), (1, 18)]``."""
    depth = min(int(math.log(trials, factor) + 1e-9), int(math.log(epochs, factor) + 1e-9))
    return [
        (math.ceil(trials / factor**rung), max(1, round(epochs / factor ** (depth - rung))))
        for rung in range(depth + 1)
    ]


def _refitted(model: Any, seed: int, rows: Rows, epochs: int, batch_size: int) -> Any:
    """A network like `model`, trained anew on all rows."""
    model = fresh_copy(model, seed, x=rows.x)
    fit_together([model], rows.x, rows.y, epochs=epochs, batch_size=batch_size)
    return model


def _check(method: str, trials: int, epochs: int, factor: int, validation_split: float) -> None:
    if method not in METHODS:
        raise ConfigError(
            f"search expected `method` to be 'random', 'halving' or 'optuna'. Received {method!r}"
            f"{did_you_mean(str(method), list(METHODS)) or '.'} Pass one of these."
        )
    positive_int("trials", trials, owner="search")
    positive_int("epochs", epochs, owner="search")
    if positive_int("factor", factor, owner="search") < 2:
        raise ConfigError(f"search expected `factor` from 2 on. Received {factor!r}. Pass 3 to keep a third.")
    if not 0 < validation_split < 1:
        raise ConfigError(
            f"search expected `validation_split` above 0 and below 1. Received {validation_split!r}. Pass 0.2."
        )
