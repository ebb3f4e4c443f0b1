"""What the rows themselves say of a training, as plain numbers."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from glassnet.diagnosis.sight.leaks import shared_rows, telling_column
from glassnet.diagnosis.sight.rivals import rival
from glassnet.diagnosis.sight.shift import answer_shift, input_shift
from glassnet.diagnosis.sight.task import Task, task_of
from glassnet.foundation.types import HostArray


@dataclass(frozen=True)
class Measured:
    """A mean over rows, with its standard error."""

    mean: float
    error: float

    def __sub__(self, other: "Measured") -> "Measured":
        return Measured(self.mean - other.mean, math.hypot(self.error, other.error))


@dataclass(frozen=True)
class Sight:
    """Numbers from the rows. Losses are ``-log p`` or squared errors in training variances, whatever the loss trained with.

    Args:
        classes: how many; 0 for values.
        rows: training rows.
        val_rows: validation rows.
        columns: input columns.
        base: validation loss of a constant answer.
        train: the network's loss on its training rows, without dropout and penalties.
        val: the network's loss on the validation rows.
        lead: by how much the network beats a constant answer there, row by row.
        train_lead: the same on the training rows.
        hits: the share of rows right, on training and validation rows; None for values.
        base_hits: the share of validation rows that a constant answer has right.
        rival_inner: by how much a simple model beats a constant answer on training rows it was not fitted on.
        rival_excess: by how much the network's validation loss is above the simple model's.
        rival_change: how much worse the simple model does on the validation rows than on such training rows.
        rival_share: the simple model's lead as a share of a constant answer's loss.
        telling: the column that says the target alone, its error, that of all others together, and of the best other alone.
        shared: the share of validation rows found among the training rows, and the share expected by chance.
        inputs: how well inputs tell validation from training rows (AUC), and how many σ.
        answers: how far apart the answers' distributions are, and how many σ.
        cooled: validation loss with the probabilities made less sure; None for values.
        alike: whether all units of a hidden layer have the same weights.
        parameters: how many weights are trained.
    """

    classes: int
    rows: int
    val_rows: int
    columns: int
    base: float
    train: Measured | None
    val: Measured | None
    lead: Measured | None
    train_lead: Measured | None
    hits: tuple[float, float] | None
    base_hits: float | None
    rival_inner: Measured | None
    rival_excess: Measured | None
    rival_change: Measured | None
    rival_share: float | None
    telling: tuple[int, float, float, float] | None
    shared: tuple[float, float]
    inputs: tuple[float, float]
    answers: tuple[float, float]
    cooled: float | None
    alike: bool
    parameters: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data, four digits each."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Sight":
        """The sight that `to_dict` described."""
        return cls(**{name: _read(value) for name, value in data.items()})


def sight_of(trained: Any, *, current: bool) -> Sight | None:
    """Look at the rows of a training; None where there is no validation set at hand.

    Args:
        trained: what a history remembers.
        current: whether the model still has the weights this training ended with.
    """
    task = task_of(trained, current=current)
    if task is None or task.val.count < 2 or task.train.count < 2:
        return None
    simple = rival(task)
    base = task.losses(task.val.truth, task.guesses(task.val.count))
    numbers = {**_network(task, base), **_rival(task, base, simple)}
    return Sight(
        classes=task.classes,
        rows=trained.train.count,
        val_rows=trained.validation.count,
        columns=task.train.x.shape[1],
        base=float(base.mean()),
        base_hits=_hits(task, task.val.truth, task.guesses(task.val.count)),
        telling=telling_column(task),
        shared=shared_rows(task),
        inputs=input_shift(task) if task.val.count >= 8 and task.train.count >= 16 else (0.5, 0.0),
        answers=answer_shift(task),
        cooled=_cooled(task),
        alike=_alike(trained.model),
        parameters=int(trained.model.count_params()),
        **numbers,
    )


def _network(task: Task, base: HostArray) -> dict[str, Any]:
    train, val = task.train, task.val
    if train.said is None or val.said is None:
        return dict.fromkeys(("train", "val", "lead", "train_lead", "hits"))
    losses = [task.losses(side.truth, side.said) for side in (train, val) if side.said is not None]
    known = task.losses(train.truth, task.guesses(train.count))
    hits = (_hits(task, train.truth, train.said), _hits(task, val.truth, val.said)) if task.classes else None
    return {
        "train": _measured(losses[0]),
        "val": _measured(losses[1]),
        "lead": _measured(base - losses[1]),
        "train_lead": _measured(known - losses[0]),
        "hits": hits,
    }


def _rival(task: Task, base: HostArray, simple: Any) -> dict[str, Any]:
    if simple is None:
        return dict.fromkeys(("rival_inner", "rival_excess", "rival_change", "rival_share"))
    said = task.val.said
    excess = None if said is None else _measured(task.losses(task.val.truth, said) - simple.val)
    return {
        "rival_inner": _measured(simple.inner_base - simple.inner),
        "rival_excess": excess,
        "rival_change": _measured(simple.val) - _measured(simple.inner),
        "rival_share": float(1 - simple.inner.mean() / max(simple.inner_base.mean(), 1e-12)),
    }


def _measured(values: HostArray) -> Measured:
    return Measured(float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))))


def _hits(task: Task, truth: HostArray, said: HostArray) -> float | None:
    return float(np.mean(said.argmax(1) == truth)) if task.classes else None


def _cooled(task: Task) -> float | None:
    """Validation loss at the temperature that suits it best."""
    if not task.classes or task.val.said is None:
        return None
    z = np.log(np.clip(task.val.said, 1e-7, 1))
    found = []
    for heat in (1.0, 1.5, 2.0, 3.0, 5.0, 8.0):
        p = np.exp(z / heat - (z / heat).max(1, keepdims=True))
        found.append(float(task.losses(task.val.truth, p / p.sum(1, keepdims=True)).mean()))
    return min(found)


def _alike(model: Any) -> bool:
    """Whether the units of a layer with several, before the last, cannot be told apart."""
    kernels = [np.asarray(w) for w in model.trainable_weights if len(w.shape) == 2]
    hidden = [kernel for kernel in kernels[:-1] if kernel.shape[1] > 1]
    return any(np.ptp(kernel, axis=1).max() <= 1e-6 * max(np.abs(kernel).max(), 1e-12) for kernel in hidden)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float | np.floating) else value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return Measured(**value)
    return tuple(value) if isinstance(value, list) else value
