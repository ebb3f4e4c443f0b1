"""What a history remembers of its training, so that a verdict can look at the rows and try other settings later."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.training.rows import Rows

_MOST_BYTES = 64 << 20


@dataclass(frozen=True, eq=False, repr=False)
class Part:
    """Some of the rows at hand; they are cut out only when asked for.

    Args:
        rows: all rows at hand.
        index: the numbers of those meant; None for all.
        count: how many there were in training, which may be more than were kept.
    """

    rows: Rows
    index: HostArray | None
    count: int

    def sample(self, most: int | None = None) -> Rows:
        """The rows in their order, at most so many of them, drawn with a fixed seed."""
        index = np.arange(self.rows.count) if self.index is None else np.asarray(self.index)
        if most is not None and len(index) > most:
            index = index[np.sort(np.random.default_rng(0).choice(len(index), most, replace=False))]
        whole = self.index is None and len(index) == self.rows.count
        return self.rows if whole else self.rows.take(index)


@dataclass(frozen=True, eq=False, repr=False)
class Trained:
    """What was trained, on which rows, and how.

    Args:
        model: the model itself.
        train: the rows it learned from.
        validation: the rows it was judged on after each epoch; None where there were none, or no arrays.
        batch_size: rows a step.
        rate: the learning rate at the start: a number, or a schedule.
        fresh: whether training began from newly drawn weights.
    """

    model: Any
    train: Part
    validation: Part | None
    batch_size: int
    rate: Any
    fresh: bool


def remembered(
    model: Any,
    rows: Rows,
    validation: Any,
    batch_size: int,
    index: HostArray | None = None,
    held: HostArray | None = None,
) -> Trained:
    """What to remember of a training; of more than 64 MiB of rows only some are kept."""
    judged = _part(validation, held) if isinstance(validation, Rows) else None
    rate = getattr(model.optimizer, "learning_rate", None)
    return Trained(model, _part(rows, index), judged, batch_size, rate, model._progress is None)


def _part(rows: Rows, index: HostArray | None) -> Part:
    count = rows.count if index is None else len(index)
    if index is None and rows.bytes > _MOST_BYTES:
        fit = max(1, int(rows.count * _MOST_BYTES / rows.bytes))
        return Part(rows.take(np.sort(np.random.default_rng(0).choice(rows.count, fit, replace=False))), None, count)
    return Part(rows, index, count)
