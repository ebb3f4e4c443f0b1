"""One training before the judge: its curves, how it was run, and, looked up only when a rule asks, its rows and a second try."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from glassnet.diagnosis.facts import Facts, gather
from glassnet.diagnosis.sight.flow import Flow, flow_of
from glassnet.diagnosis.sight.race import Race, first_rate, race_of
from glassnet.diagnosis.sight.seen import Sight, sight_of
from glassnet.foundation.readable import numbers


@dataclass(frozen=True)
class Told:
    """How a training was run.

    Args:
        optimizer: its class in lower case; empty when not known.
        rate: the learning rate at the start; None when not known.
        steps: steps an epoch; None when not known.
        restored_epoch: the epoch, from 1, whose weights were put back.
        diverged_epoch: the epoch, from 1, in which the numbers broke.
        validation_rows: rows of the validation set.
        baseline_loss: validation loss of a constant answer.
        metric: the name of a metric to weigh too.
        baseline_metric: that metric's value for a constant answer.
        dropout: the largest share of units that is dropped in training.
        penalty: whether weights are penalised.
        columns: the names of the input columns; empty when not known.
    """

    optimizer: str = ""
    rate: float | None = None
    steps: int | None = None
    restored_epoch: int | None = None
    diverged_epoch: int | None = None
    validation_rows: int | None = None
    baseline_loss: float | None = None
    metric: str | None = None
    baseline_metric: float | None = None
    dropout: float = 0.0
    penalty: bool = False
    columns: tuple[str, ...] = ()


@dataclass
class Case:
    """What a judge may look at.

    Args:
        history: numbers by name, one an epoch.
        told: how the training was run.
        trained: what the history remembers of model and rows; None for curves alone.
        current: whether the model still has the weights this training ended with.
        tries: whether the training may be run again with other rates.
    """

    history: Mapping[str, Sequence[float]]
    told: Told = field(default_factory=Told)
    trained: Any = None
    current: bool = True
    tries: bool = True

    @cached_property
    def facts(self) -> Facts:
        """The curves, summed up."""
        told = self.told
        return gather(
            self.history,
            told.validation_rows,
            told.baseline_loss,
            told.metric,
            told.baseline_metric,
            told.restored_epoch,
            self._measured_error,
        )

    @property
    def _measured_error(self) -> float | None:
        """The standard error of the validation loss, from rows of values; those of classes hide rare large losses."""
        sight, base = self.sight, self.told.baseline_loss
        if sight is None or sight.val is None or sight.classes or base is None or sight.base <= 0:
            return None
        return sight.val.error / sight.base * base

    @cached_property
    def sight(self) -> Sight | None:
        """What the rows say."""
        return sight_of(self.trained, current=self.current)

    @cached_property
    def race(self) -> Race | None:
        """What other rates reach."""
        if not self.tries or self.told.diverged_epoch == 1:
            return None
        return race_of(self.trained, len(numbers(self.history.get("loss"))))

    @cached_property
    def flow(self) -> Flow | None:
        """How the error travels back through the network."""
        return flow_of(self.trained, current=self.current)

    def to_dict(self) -> dict[str, Any]:
        """Everything a judge asked for so far, as plain data, so that it can be judged again elsewhere."""
        curves = {name: [_digits(v) for v in numbers(values)] for name, values in self.history.items()}
        told = {name: value for name, value in asdict(self.told).items() if value not in (None, False, "", 0.0, ())}
        seen = {name: known.to_dict() if (known := self.__dict__.get(name)) else None for name in _SEEN}
        return {"history": curves, "told": told, **seen}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Case":
        """The case that `to_dict` described."""
        curves = {name: [math.nan if v is None else v for v in values] for name, values in data["history"].items()}
        case = cls(curves, Told(**data["told"]))
        for name, kind in _SEEN.items():
            case.__dict__[name] = kind(data[name]) if data.get(name) else None
        return case


_SEEN = {"sight": Sight.from_dict, "race": Race.from_dict, "flow": lambda data: Flow(**data)}


def _digits(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None


def case_of(history: Any, *, tries: bool = True, columns: Sequence[str] = ()) -> Case:
    """The case of a `History`."""
    curves, trained = history.history, history.trained
    common = {"restored_epoch": history.restored_epoch, "diverged_epoch": history.diverged_epoch}
    if trained is None:
        return Case(curves, Told(metric=accuracy_in(curves), **common), None, False, tries)
    current = trained.model.history is history
    case = Case(curves, Told(**common), trained, current, tries)
    sight = case.sight
    metric = accuracy_in(curves) if sight and sight.classes else None
    case.told = Told(
        optimizer=type(trained.model.optimizer).__name__.lower(),
        rate=_number(first_rate(trained.rate)),
        steps=math.ceil(trained.train.count / trained.batch_size),
        validation_rows=trained.validation.count if trained.validation is not None else None,
        baseline_loss=_baseline(trained, sight),
        metric=metric,
        baseline_metric=_number(sight.base_hits) if sight and metric else None,
        dropout=max((_share(layer) for layer in trained.model.walk()), default=0.0),
        penalty=any(getattr(layer, "kernel_regularizer", None) is not None for layer in trained.model.walk()),
        columns=tuple(columns),
        **common,
    )
    return case


def accuracy_in(curves: Mapping[str, Sequence[float]]) -> str | None:
    """The name of an accuracy among the curves; None where there is none."""
    return next((name for name in curves if "acc" in name and not name.startswith("val_")), None)


def _share(layer: Any) -> float:
    """The share of units a dropout layer drops; 0 for other layers."""
    rate = getattr(layer, "rate", 0.0) if "Dropout" in type(layer).__name__ else 0.0
    return float(rate) if isinstance(rate, int | float) else 0.0


def _number(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _baseline(trained: Any, sight: Sight | None) -> float | None:
    """The validation loss of a constant answer in the unit of the loss; None where that unit is not one of these."""
    if sight is None:
        return None
    if sight.classes:
        return _number(sight.base)
    loss = trained.model._compiled.loss
    if str(loss if isinstance(loss, str) else type(loss).__name__).lower().replace("_", "") not in (
        "mse",
        "meansquarederror",
    ):
        return None
    known = np.asarray(
        trained.train.rows.y if trained.train.index is None else trained.train.rows.y[trained.train.index]
    )
    return _number(float(sight.base * np.mean(known.reshape(len(known), -1).astype(np.float64).std(0) ** 2)))
