"""The whole way from a table to a judged network: load, split, prepare, build, train, evaluate, predict."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet import data
from glassnet.callbacks import EarlyStopping, History
from glassnet.data import SampleTable, Split, Table, TablePreparation
from glassnet.diagnosis import Verdict, judge_curves
from glassnet.foundation.errors import DataError
from glassnet.foundation.types import HostArray
from glassnet.models import Sequential
from glassnet.workbench.judging import Evaluation, evaluate_predictions, guess_loss, rivals
from glassnet.workbench.network import network_for
from glassnet.workbench.predictor import Predictor
from glassnet.workbench.settings import Settings

Watch = Callable[[str, Any], None]
"""Called with the name of each step and its result, as soon as it is there."""


@dataclass(frozen=True)
class Loaded:
    """Step 1: the table and what is predicted from it."""

    name: str
    table: Table
    plan: Any


@dataclass(frozen=True)
class Parts:
    """Steps 2 and 3: the rows, parted and prepared."""

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
        verdict: what the curves say.
        notes: sentences on the data that a user should know.
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

    @property
    def predictor(self) -> Predictor:
        """The network with its preparation, for raw rows."""
        return Predictor(self.parts.preparation, self.model)


def train(
    source: Any,
    target: str | None = None,
    *,
    settings: Settings | None = None,
    name: str | None = None,
    watch: Watch = lambda step, result: None,
    callbacks: tuple[Any, ...] = (),
) -> Result:
    """Train and judge a network on a table.

    Args:
        source: a `Table`, such as a built-in sample, or a data frame.
        target: the column to predict; a sample has its own.
        settings: what is chosen; the defaults are `Settings()`.
        name: what the data is called.
        watch: told of each step.
        callbacks: callbacks for training, besides keeping the best epoch's weights.

    Raises:
        DataError: the table cannot be learned from; the message says why.
        DivergedError: training produced numbers that are not finite.

    Example:
        >>> result = train(data.load_sample("iris"), settings=Settings(epochs=2))
        >>> result.evaluation.measured["accuracy"]["network"].value > 0
        True
    """
    settings = settings or Settings()
    loaded = load(source, target, settings, name)
    watch("load", loaded)
    parts = part(loaded, settings)
    watch("split", parts)
    watch("prepare", parts)
    model = network_for(loaded.plan.task, parts.x["train"].shape[1], len(parts.preparation.classes), settings)
    watch("network", model)
    history, best_epoch = fit(model, parts, settings, callbacks)
    watch("train", (model, history, best_epoch))
    verdict = judge(history, parts, loaded.plan.task)
    evaluation, rival_names = evaluate(model, parts, settings)
    notes = tuple(note for note in parts.preparation.notes() if note != loaded.plan.reason)
    result = Result(loaded, parts, settings, model, history, best_epoch, evaluation, rival_names, verdict, notes)
    watch("evaluate", result)
    return result


def load(source: Any, target: str | None, settings: Settings, name: str | None = None) -> Loaded:
    """Step 1: the table, and whether it asks for a classification or a regression."""
    table = Table.from_frame(source)
    target = target or (table.target if isinstance(table, SampleTable) else None)
    if target is None:
        raise DataError(
            f"Expected the name of the column to predict; received none. Give --target (target=...) one of: "
            f"{', '.join(table.names[:20])}."
        )
    return Loaded(name or table.name, table, data.plan_target(table, target, settings.task))


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


def fit(model: Sequential, parts: Parts, settings: Settings, callbacks: tuple[Any, ...] = ()) -> tuple[History, int]:
    """Step 5: train for all epochs and keep the weights of the one with the smallest validation loss."""
    best = EarlyStopping("val_loss", patience=settings.epochs, restore_best_weights=True)
    history = model.fit(
        parts.x["train"],
        parts.y["train"],
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        validation_data=(parts.x["validation"], parts.y["validation"]),
        callbacks=[best, *callbacks],
        verbose=0,
    )
    return history, best.best_epoch + 1


def judge(history: History, parts: Parts, task: str) -> Verdict:
    """What the curves say, beside the loss of a guess."""
    return judge_curves(
        history.history,
        validation_rows=len(parts.y["validation"]),
        baseline_loss=guess_loss(task, parts.y["train"], parts.y["validation"]),
    )


def evaluate(model: Sequential, parts: Parts, settings: Settings) -> tuple[Evaluation, dict[str, str]]:
    """Step 6: the one look at the test rows, for the network, a linear model and a guess."""
    preparation = parts.preparation
    task, classes = preparation.task, preparation.classes
    said, names = rivals(task, parts.x["train"], parts.y["train"], parts.x["test"], classes)
    truth = parts.y["test"]
    if task == "regression":
        truth = preparation.decode(truth)
        said = {name: preparation.decode(value) for name, value in said.items()}
    raw = model.predict(parts.x["test"])
    outputs = {"network": Predictor(preparation, model).readable(np.asarray(raw)), **said}
    return evaluate_predictions(task, truth, outputs, classes, settings.seed), names
