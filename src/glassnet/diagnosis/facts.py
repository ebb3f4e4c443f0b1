"""What is known about a training before it is judged: its curves, its yardsticks, and how sure its numbers are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.diagnosis.course import Course, course_of
from glassnet.diagnosis.verdict import Evidence
from glassnet.foundation.readable import numbers, short

_LOWER_IS_BETTER = ("loss", "error", "entropy", "mse", "mae", "rmse", "perplexity", "brier")


@dataclass(frozen=True)
class Facts:
    """The finite curves of one training and what to hold them against.

    Args:
        train: the training loss.
        val: the validation loss, None without validation.
        epochs: how many epochs were run.
        hand: the epoch whose weights the network has now, counted from 1.
        restored: whether those are weights of an earlier epoch, put back.
        rows: rows of the validation set, None when not known.
        baseline: validation loss of a constant answer, None when not known.
        beaten: by how many standard errors the metric beats its baseline, None when not known.
        train_metric: the last training value of the metric, None when not known.
        measured_error: the standard error of the validation loss in hand, from its rows; None when not known.
    """

    train: Course
    val: Course | None
    epochs: int
    hand: int
    restored: bool
    rows: int | None
    baseline: float | None
    beaten: float | None
    train_metric: float | None
    measured_error: float | None = None

    @property
    def scale(self) -> float:
        """The size of a loss that has learned nothing: the baseline's, or else where training began."""
        return max(abs(self.baseline if self.baseline is not None else self.train.start), 1e-12)

    @property
    def train_level(self) -> float:
        return self.train.at(self.hand)

    @property
    def val_level(self) -> float | None:
        return None if self.val is None else self.val.at(self.hand)

    @property
    def learned(self) -> float:
        """The share of the scale by which training loss has come down: 0 for nothing, 1 for all there is."""
        return 1 - self.train_level / self.scale

    @property
    def never_better(self) -> bool:
        """Whether validation loss was not once clearly under a constant answer's."""
        if self.val is None or self.baseline is None:
            return False
        return float(self.val.level.min()) >= self.baseline - 0.02 * abs(self.baseline)

    @property
    def sampling_error(self) -> float:
        """How far the luck of drawing these validation rows moves their mean loss; 0 when their number is not known.

        One row's loss has a standard deviation of about √(2 m · max(m, scale)) around a mean of m: a good classifier's
        loss sits in few rows, which makes its mean less certain than its size suggests. Of values, the rows themselves tell.
        """
        if self.measured_error is not None:
            return self.measured_error
        if self.rows is None or self.val_level is None:
            return 0.0
        mean = abs(self.val_level)
        return math.sqrt(2 * mean * max(mean, self.scale) / max(self.rows, 1))

    @property
    def gap(self) -> float | None:
        return None if self.val_level is None else self.val_level - self.train_level

    @property
    def gap_error(self) -> float:
        noise = self.val.error if self.val else 0.0
        return math.hypot(noise, self.train.error, self.sampling_error)

    def evidence(self) -> tuple[Evidence, ...]:
        """The numbers every verdict carries."""
        train = self.train.measured(self.hand)
        found = [Evidence("train_loss", train, f"training loss {short(train)}")]
        if self.val is not None and self.gap is not None:
            val, best = self.val.measured(self.hand), self.val.measured(self.val.best_epoch)
            found += [
                Evidence("val_loss", val, f"validation loss {short(val)}"),
                Evidence("best_val_loss", best, f"best validation loss {short(best)}, epoch {self.val.best_epoch}"),
                Evidence("gap", self.gap, f"gap between them, smoothed, {short(self.gap)} ± {short(self.gap_error)}"),
                Evidence("val_noise", self.val.noise, f"noise from epoch to epoch {short(self.val.noise)}"),
            ]
        if self.baseline is not None:
            found.append(Evidence("baseline_loss", self.baseline, f"loss of a constant answer {short(self.baseline)}"))
        return tuple(found)


def gather(
    history: Mapping[str, Sequence[float]],
    rows: int | None,
    baseline_loss: float | None,
    metric: str | None,
    baseline_metric: float | None,
    restored_epoch: int | None,
    measured_error: float | None = None,
) -> Facts:
    """The facts of a history whose losses are all finite and not empty."""
    train = numbers(history.get("loss"))
    checked = numbers(history.get("val_loss"))
    epochs = len(train)
    hand = min(max(int(restored_epoch), 1), epochs) if restored_epoch else epochs
    usable = baseline_loss is not None and math.isfinite(baseline_loss)
    own = numbers(history.get(metric)) if metric else np.zeros(0)
    return Facts(
        train=course_of(train),
        val=course_of(checked, epochs) if len(checked) else None,
        epochs=epochs,
        hand=hand,
        restored=hand < epochs,
        rows=rows,
        baseline=baseline_loss if usable else None,
        beaten=_beaten(history, metric, baseline_metric, rows, hand),
        train_metric=float(own[-1]) if len(own) and np.isfinite(own[-1]) else None,
        measured_error=measured_error,
    )


def _beaten(
    history: Mapping[str, Sequence[float]], metric: str | None, baseline: float | None, rows: int | None, hand: int
) -> float | None:
    values: Any = numbers(history.get(f"val_{metric}")) if metric else ()
    if not len(values) or baseline is None or not np.isfinite(values).all() or not math.isfinite(baseline):
        return None
    course = course_of(values)
    level = course.at(hand)
    lead = level - baseline
    if any(word in str(metric).lower() for word in _LOWER_IS_BETTER):
        lead = -lead
    share = min(max(level, 0.0), 1.0)
    luck = math.sqrt(max(share * (1 - share), 0.01) / max(rows or 100, 1))
    return lead / math.hypot(course.error, luck)
