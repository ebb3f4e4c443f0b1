"""Comparing optimizers: the same networks, the same rows, every optimizer at several learning rates."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet import optimizers as optimizer_room
from glassnet import plots
from glassnet.data import stratified_validation_rows
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.models import fit_together
from glassnet.optimizers import SGD, Optimizer
from glassnet.training.rows import collect
from glassnet.tuning.members import checked_model, fresh_copy, seed_list
from glassnet.tuning.races import Race, at_the_edge, best_of_each, level_for, verdict
from glassnet.tuning.words import number, table

USUAL = ("sgd", "momentum", "rmsprop", "adagrad", "adam")
RATES = (0.001, 0.01, 0.1)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What `compare` found; as text, a table of the races, the lowest loss first, and what it allows to say.

    Args:
        races: one for each optimizer and rate, the lowest mean of the last validation loss first.
        level: the validation loss whose reaching is timed.
        verdict: what the seeds' spread allows to say, in words.
        seconds: how long it all took.

    Example:
        >>> import numpy as np
        >>> race = Race("sgd", 0.1, np.array([[0.9, 0.5], [0.9, 0.7]]), 0.01)
        >>> print(Comparison([race], 0.66, "sgd (0.1) ran alone.", 0.2))
        optimizer  rate  validation loss      sd  epochs to 0.66  seconds
        sgd         0.1              0.6   0.141               2     0.01
        sgd (0.1) ran alone.
    """

    races: Sequence[Race]
    level: float
    verdict: str
    seconds: float

    @property
    def best(self) -> Race:
        """The race that ended lowest."""
        return self.races[0]

    def picture(self, *, log: bool = False) -> plots.Picture:
        """The validation loss epoch by epoch, each optimizer at its best rate, with a band over the seeds.

        Args:
            log: powers of ten on the vertical axis.
        """
        drawn = best_of_each(self.races)
        return plots.races(
            {race.name: race.losses for race in drawn},
            title="Optimizers, each at its best rate",
            y_label=f"validation loss; band: lowest to highest of {len(drawn[0].losses)} seeds",
            log=log,
        )

    def __repr__(self) -> str:
        rows = [
            [
                race.optimizer,
                number(race.rate),
                f"broke in {race.broken}" if race.broken else number(race.mean),
                number(race.spread) if np.isfinite(race.spread) else "-",
                race.epochs_to(self.level) or "-",
                f"{race.seconds:.2f}",
            ]
            for race in self.races
        ]
        head = ["optimizer", "rate", "validation loss", "sd", f"epochs to {number(self.level)}", "seconds"]
        return f"{table(head, rows)}\n{self.verdict}"


def compare(
    model: Any,
    x: Any,
    y: Any,
    optimizers: Sequence[Any] | Mapping[str, Any] = USUAL,
    learning_rates: Sequence[float] | Mapping[str, Sequence[float]] = RATES,
    seeds: int | Sequence[int] = 5,
    *,
    validation_split: float = 0.2,
    epochs: int = 20,
    batch_size: int = 32,
    level: float | None = None,
    sample_weight: Any = None,
    seed: int = 0,
) -> Comparison:
    """Race optimizers on the same network and rows: each from the same initial weights, one set for each seed.

    All rates and seeds of one kind of optimizer are one program. The rows that judge are the same for all, so a race's
    spread is that of the seeds, not that of other rows; and the best rate of each optimizer is chosen on them, so its loss is
    a little too good. Both are the same for every optimizer.

    Args:
        model: a compiled network, the template; it is left as it was. Its own optimizer does not race.
        x: inputs, (n, ...).
        y: targets, (n, ...).
        optimizers: names, with ``"momentum"`` for ``SGD(momentum=0.9)``, or optimizers; or a dict of them by the name they
            are called by in the table.
        learning_rates: the rates that each is tried with, or a dict of them by the optimizer's name.
        seeds: how many networks each race has (their seeds are 0, 1, ...), or the seeds themselves.
        validation_split: the share of the rows that judges, above 0 and below 1.
        epochs: how long each is trained.
        batch_size: rows a step.
        level: the validation loss to reach; by default a tenth above the lowest that was reached.
        sample_weight: a weight for each row, (n,).
        seed: fixes which rows judge.

    Returns:
        A `Comparison`.

    Raises:
        ConfigError: the model is not compiled, or a number is out of range.
        UnknownNameError: no optimizer has that name.
        DataError: as `fit`.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> found = compare(model, x, x[:, :1], ["sgd", "momentum"], [0.001, 0.02], seeds=3, epochs=5)
        >>> [race.name for race in found.races]
        ['momentum (0.02)', 'sgd (0.02)', 'momentum (0.001)', 'sgd (0.001)']
        >>> found.verdict
        "momentum (0.02) and sgd (0.02) do not differ beyond the seeds' spread. The best rate is the highest tried ..."

    Reference:
        Schmidt, Schneider and Hennig, "Descending through a Crowded Valley: Benchmarking Deep Learning Optimizers", ICML
        2021.
    """
    started = time.perf_counter()
    checked_model(model, "compare")
    positive_int("epochs", epochs, owner="compare")
    chosen = seed_list(seeds, "compare")
    kinds = named_optimizers(optimizers)
    rates = {name: _rates_of(name, learning_rates) for name in kinds}
    everything = collect(x, y, sample_weight)
    if not 0 < validation_split < 1:
        raise ConfigError(
            f"compare expected `validation_split` above 0 and below 1. Received {validation_split!r}. Pass 0.2."
        )
    labels = everything.y if isinstance(everything.y, np.ndarray) else np.arange(everything.count) + 0.5
    split = stratified_validation_rows(labels, validation_split, seed)
    entries = [(name, rate) for name in kinds for rate in rates[name]]
    members = [
        fresh_copy(model, one, x=everything.x, optimizer=at_rate(kinds[name], rate))
        for name, rate in entries
        for one in chosen
    ]
    histories = fit_together(
        members,
        everything.x,
        everything.y,
        epochs=epochs,
        batch_size=batch_size,
        sample_weight=everything.weights,
        rows=[split.train] * len(members),
        validation_rows=[split.validation] * len(members),
    )
    races = []
    for place, (name, rate) in enumerate(entries):
        mine = histories[place * len(chosen) : (place + 1) * len(chosen)]
        races.append(Race(name, rate, _losses(mine, epochs), sum(history.seconds for history in mine)))
    races.sort(key=lambda race: race.mean)
    reach = level_for(races) if level is None else float(level)
    return Comparison(races, reach, verdict(races) + at_the_edge(races), time.perf_counter() - started)


def named_optimizers(given: Sequence[Any] | Mapping[str, Any]) -> dict[str, Optimizer]:
    """Optimizers by the name they are called by; ``"momentum"`` is ``SGD(momentum=0.9)``.

    Raises:
        ConfigError: there are none, or two of one name.

    Example:
        >>> named_optimizers(["sgd", "momentum"])
        {'sgd': SGD(), 'momentum': SGD(momentum=0.9)}
    """
    if isinstance(given, str | Optimizer):
        given = [given]
    pairs = list(given.items()) if isinstance(given, Mapping) else [(_name_of(one), one) for one in given]
    found = {name: SGD(momentum=0.9) if one == "momentum" else optimizer_room.get(one) for name, one in pairs}
    if not pairs or len(found) < len(pairs):
        raise ConfigError(
            f"Expected optimizers, each under a name of its own. Received {', '.join(name for name, _ in pairs) or 'none'}. Pass "
            f"names, or a dict by name: {{'adam': Adam(), 'careful adam': Adam(clipnorm=1)}}."
        )
    return found


def at_rate(optimizer: Optimizer, rate: float) -> Optimizer:
    """An optimizer of this kind with this learning rate.

    Example:
        >>> at_rate(SGD(momentum=0.9), 0.5)
        SGD(learning_rate=0.5, momentum=0.9)
    """
    return type(optimizer).from_config({**optimizer.get_config(), "learning_rate": float(rate)})


def _name_of(one: Any) -> str:
    return one if isinstance(one, str) else getattr(one, "name", None) or getattr(one, "__name__", repr(one))


def _rates_of(name: str, given: Sequence[float] | Mapping[str, Sequence[float]]) -> list[float]:
    rates = given.get(name, RATES) if isinstance(given, Mapping) else given
    found = [float(rate) for rate in np.atleast_1d(np.asarray(rates, np.float64))]
    if not found or not all(0 < rate < np.inf for rate in found):
        raise ConfigError(
            f"compare expected `learning_rates` above 0 for {name!r}. Received {rates!r}. Pass a list such as [0.001, 0.01, 0.1]."
        )
    return found


def _losses(histories: Sequence[Any], epochs: int) -> HostArray:
    """The validation losses, (seeds, epochs), NaN from where a run ended early."""
    losses = np.full((len(histories), epochs), np.nan)
    for row, history in zip(losses, histories, strict=True):
        values = history.history.get("val_loss", [])[:epochs]
        row[: len(values)] = values
    return losses
