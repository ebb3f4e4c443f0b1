"""The learning rate that a run applied when it was asked to find one, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from glassnet.foundation.readable import short
from glassnet.models.automatic import own_rate
from glassnet.tuning import LearningRate
from glassnet.tuning.automatic import automatic_learning_rate

_DIGITS = 5


@dataclass(frozen=True)
class AppliedRate:
    """What ``learning_rate="auto"`` came to.

    Args:
        rate: the learning rate that was applied.
        found: whether it was found; else it is the optimizer's own.
        low: the lower quartile of what single seeds would have chosen; None where nothing was found.
        high: the upper one.
        reason: why this rate, or why none was found.
        rates: the rates of the range test.
        losses: its losses, a list for each seed.
        trial_rates: the rates that whole trainings tried.
        trial_losses: their validation losses, a list for each rate; None where one broke.

    Example:
        >>> AppliedRate(0.001, False, None, None, "There are 9 rows.").sentence
        'none found; 0.001 is taken, the optimizer’s own'
    """

    rate: float
    found: bool
    low: float | None
    high: float | None
    reason: str
    rates: list[float] | None = None
    losses: list[list[float | None]] | None = None
    trial_rates: list[float] | None = None
    trial_losses: list[list[float | None]] | None = None

    @classmethod
    def of(cls, found: LearningRate, own: float) -> Self:
        """What was found, or the optimizer's own rate where nothing was."""
        rate = own if found.rate is None else found.rate
        curves = (found.rates, found.losses, found.trial_rates, found.trial_losses)
        return cls(rate, found.rate is not None, found.low, found.high, found.reason, *map(_plain, curves))

    @property
    def sentence(self) -> str:
        """The rate with its band."""
        if not self.found:
            return f"none found; {short(self.rate)} is taken, the optimizer’s own"
        band = f"{short(self.low)} to {short(self.high)} for the middle half of the seeds"
        return f"{short(self.rate)} ({band})"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for ``run.json``."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """What `to_dict` gave."""
        values: dict[str, Any] = {field.name: given.get(field.name) for field in fields(cls)}
        return cls(**values)


def rate_for(model: Any, x: Any, y: Any, epochs: int, batch_size: int) -> AppliedRate:
    """The learning rate for a training of `model`, found on these rows; the model is left as it was."""
    found = automatic_learning_rate(model, x, y, epochs=epochs, batch_size=batch_size)
    return AppliedRate.of(found, own_rate(model.optimizer))


def _plain(values: Any) -> list[Any]:
    """An array as lists of numbers with a few digits; None where a training broke."""
    array = np.asarray(values, np.float64)
    if array.ndim > 1:
        return [_plain(row) for row in array]
    return [float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None for value in array]
