"""The whole way from a table to a judged network: load, split, prepare, build, train, evaluate, predict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from glassnet import data
from glassnet.callbacks import EarlyStopping, History
from glassnet.data import SampleTable, Split, Table, TablePreparation, TargetPlan
from glassnet.diagnosis import Health, Verdict, verdict
from glassnet.foundation.errors import DataError, DivergedError
from glassnet.foundation.types import HostArray
from glassnet.models import Sequential
from glassnet.workbench import judging
from glassnet.workbench.judging import Evaluation
from glassnet.workbench.network import check_names, network_for
from glassnet.workbench.predictor import Predictor, truths
from glassnet.workbench.rates import AppliedRate, rate_for
from glassnet.workbench.settings import Settings
from glassnet.workbench.source import table_of

if TYPE_CHECKING:
    from glassnet.workbench.runs import RunFolder

Watch = Callable[[str, Any], None]
"""Called with the name of each step and its result, as soon as it is there."""


@dataclass(frozen=True)
class Loaded:
    """Step 1: the table and what is predicted from it."""

    name: str
    table: Table
    plan: TargetPlan


@dataclass(frozen=True)
class Parts:
    """Steps 2 and 3: the rows, parted and prepared, by part: ``"train"``, ``"validation"``, ``"test"``."""

    split: Split
    preparation: TablePreparation
    tables: dict[str, Table]
    x: dict[str, HostArray]
    y: dict[str, HostArray]


@dataclass(frozen=True)
class Result:
    """Everything a run gave.

    Args:
        loaded: the table and the task.
        parts: its rows, parted and prepared.
        settings: what was chosen.
        model: the trained network, with the weights of its best validation epoch.
        history: the numbers of each epoch.
        best_epoch: the epoch whose weights were kept, from 1.
        evaluation: the judgement on the test rows, beside a linear model and a guess.
        rival_names: what these two are called.
        verdict: what curves and rows say.
        notes: sentences on the data that a user should know.
        rate: what ``learning_rate="auto"`` came to; None where a rate was given.
        health: the `diagnosis.Health` among the callbacks; None where there was none.

    Example:
        >>> result = train("iris", settings=Settings(epochs=2))
        >>> result.history.epoch, result.rival_names["linear"]
        ([0, 1], 'logistic regression')

    Reference:
        Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning* (2009), section 7.2: rows to train on, to
        choose by, and to judge by.
    """

    loaded: Loaded
    parts: Parts
    settings: Settings
    model: Sequential
    history: History
    best_epoch: int
    evaluation: Evaluation
    rival_names: dict[str, str]
    verdict: Verdict
    notes: tuple[str, ...]
    rate: AppliedRate | None = None
    health: Health | None = None

    @property
    def predictor(self) -> Predictor:
        """The network with its preparation, for raw rows."""
        return Predictor(self.parts.preparation, self.model)

    @property
    def diverged(self) -> bool:
        """Whether training broke down, finite though its numbers were, and no epoch was better than a guess."""
        lowest = self.history.history["val_loss"][self.best_epoch - 1]
        return self.verdict.kind == "diverged" and not lowest < guessed(self.parts)


def train(
    source: Any,
    target: str | None = None,
    *,
    settings: Settings | None = None,
    name: str | None = None,
    watch: Watch = lambda step, result: None,
    callbacks: Sequence[Any] = (),
    run: "RunFolder | None" = None,
) -> Result:
    """Train and judge a network on a table.

    The rows are split, the preparation is fitted on the training rows alone, the network keeps the weights of the epoch
    with the smallest validation loss, and the test rows are looked at once, at the end.

    Args:
        source: the path of a .csv, .tsv or .parquet file, the name of a built-in table, a `Table`, a data frame or a
            dictionary of columns.
        target: the column to predict; a built-in table has its own.
        settings: what is chosen; the defaults are `Settings()`.
        name: what the data are called; a file's name by default.
        watch: told of each step: ``"load"``, ``"split"``, ``"prepare"``, ``"network"``, ``"rate"`` where a learning rate was
            to be found, ``"train"``, ``"evaluate"``.
        callbacks: callbacks for training.
        run: a run folder, which then keeps checkpoints: the same call with the same folder goes on where a training was cut
            off, and ends with the same weights. Call its `finish` with the result.

    Raises:
        ConfigError: an optimizer or activation that does not exist.
        DataError: the table cannot be learned from; the message says why.
        DivergedError: training produced numbers that are not finite; a network passed on by `watch` has the weights of
            its best epoch back.

    Example:
        >>> result = train("iris", settings=Settings(epochs=2))
        >>> print(result.parts.split.sentence())
        train 96, validation 24, test 30 rows; stratified on species; seed 0
        >>> result.evaluation.value("accuracy") > 0
        True

    Reference:
        Chollet, *Deep Learning with Python* (2021), chapter 6.
    """
    settings = settings or Settings()
    loaded, parts, model = prepared(source, target, settings, name, watch)
    rate = _settle_rate(model, parts, settings, run)
    if rate is not None:
        watch("rate", rate)
    history, best_epoch = fit(model, parts, settings, callbacks, run)
    watch("train", (model, history, best_epoch))
    said = verdict(history, columns=parts.preparation.feature_names)
    evaluation, rival_names = evaluate(model, parts, settings)
    notes = tuple(note for note in parts.preparation.notes() if note != loaded.plan.reason)
    if loaded.plan.dropped:
        notes = (f"{loaded.plan.dropped:,} rows without {loaded.plan.name} left out", *notes)
    health = next((callback for callback in callbacks if isinstance(callback, Health)), None)
    judged = (evaluation, rival_names, said, notes, rate, health)
    result = Result(loaded, parts, settings, model, history, best_epoch, *judged)
    watch("evaluate", result)
    return result


def prepared(
    source: Any,
    target: str | None,
    settings: Settings,
    name: str | None = None,
    watch: Watch = lambda step, result: None,
) -> tuple[Loaded, Parts, Sequential]:
    """Steps 1 to 4: everything up to a network that waits for training."""
    check_names(settings)
    loaded = load(source, target, settings, name)
    watch("load", loaded)
    parts = part(loaded, settings)
    watch("split", parts)
    watch("prepare", parts)
    model = network_for(loaded.plan.task, parts.x["train"].shape[1], len(parts.preparation.classes), settings)
    watch("network", model)
    return loaded, parts, model


def _settle_rate(model: Sequential, parts: Parts, settings: Settings, run: "RunFolder | None") -> AppliedRate | None:
    """The learning rate that was to be found, found or known from the cut-off part of the run, and in the optimizer."""
    if settings.learning_rate != "auto":
        return None
    rate = None if run is None else run.rate
    if rate is None:
        rate = rate_for(model, parts.x["train"], parts.y["train"], settings.epochs, settings.batch_size)
        if run is not None:
            run.rate = rate
    model.optimizer.learning_rate = rate.rate
    return rate


def load(source: Any, target: str | None, settings: Settings, name: str | None = None) -> Loaded:
    """Step 1: the table, and whether it asks for a classification or a regression."""
    table = table_of(source)
    target = target or (table.target if isinstance(table, SampleTable) else None)
    if target is None:
        raise DataError(
            f"Expected the name of the column to predict in {table.name}. Received none. Give --target (target=...) one "
            f"of: {', '.join(table.names[:20])}{' ...' if len(table.names) > 20 else ''}."
        )
    called = name or (Path(source).name if isinstance(source, str | PathLike) else table.name)
    return Loaded(called, table, data.plan_target(table, target, settings.task))


def part(loaded: Loaded, settings: Settings) -> Parts:
    """Steps 2 and 3: split the rows, fit the preparation on the training rows alone, prepare all three parts."""
    plan = loaded.plan
    known = loaded.table.select(plan.rows)
    split = data.split_rows(
        known.rows,
        plan.labels,
        test=settings.test,
        validation=settings.validation,
        seed=settings.seed,
        target=plan.name,
    )
    rows = {"train": split.train, "validation": split.validation, "test": split.test}
    tables = {name: known.select(index) for name, index in rows.items()}
    preparation = TablePreparation.fit(tables["train"], plan)
    return Parts(
        split,
        preparation,
        tables,
        {name: preparation.transform(table) for name, table in tables.items()},
        {name: preparation.encode_target(table) for name, table in tables.items()},
    )


def fit(
    model: Sequential,
    parts: Parts,
    settings: Settings,
    callbacks: Sequence[Any] = (),
    run: "RunFolder | None" = None,
) -> tuple[History, int]:
    """Step 5: train for all epochs and keep the weights of the one with the smallest validation loss."""
    best = EarlyStopping("val_loss", patience=settings.epochs, restore_best_weights=True)
    checkpoints = None if run is None else run.begin()
    try:
        history = model.fit(
            parts.x["train"],
            parts.y["train"],
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            validation_data=(parts.x["validation"], parts.y["validation"]),
            callbacks=[best, *([] if run is None else [run]), *callbacks],
            verbose=0,
            resume=checkpoints,
        )
    except DivergedError as error:
        raise BrokenTrainingError(str(error), _go_back(model, best, parts), error.finding) from error
    return history, best.best_epoch + 1


class BrokenTrainingError(DivergedError):
    """Training diverged.

    Args:
        message: what happened.
        best_epoch: the epoch, from 1, whose weights the network has back; None when no epoch was better than a guess.
        finding: where and why the numbers broke, where that was looked for.
    """

    def __init__(self, message: str, best_epoch: int | None, finding: object = None) -> None:
        super().__init__(message, finding=finding)
        self.best_epoch = best_epoch


def _go_back(model: Sequential, best: EarlyStopping, parts: Parts) -> int | None:
    """Give the network the weights of its best epoch, and return its number, if that was better than a guess."""
    if best.best is None or best.best_weights is None or not best.best < guessed(parts):
        return None
    model.set_weights(best.best_weights)
    return best.best_epoch + 1


def guessed(parts: Parts) -> float:
    """The validation loss of a guess that knows only the training rows' targets."""
    return judging.guess_loss(parts.preparation.task, parts.y["train"], parts.y["validation"])


def evaluate(model: Sequential, parts: Parts, settings: Settings) -> tuple[Evaluation, dict[str, str]]:
    """Step 6: the one look at the test rows, for the network, a linear model and a guess."""
    preparation = parts.preparation
    task, classes = preparation.task, preparation.classes
    said, names = judging.rivals(task, parts.x["train"], parts.y["train"], parts.x["test"], classes)
    if task == "regression":
        said = {name: preparation.decode(value) for name, value in said.items()}
    raw = model.predict(parts.x["test"])
    outputs = {"network": Predictor(preparation, model).readable(np.asarray(raw)), **said}
    return judging.evaluate_predictions(
        task, truths(preparation, parts.tables["test"]), outputs, classes, settings.seed
    ), names
