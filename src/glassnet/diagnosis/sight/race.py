"""The same training again with other learning rates: whether the rate, and not the epochs or the network, was to blame."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.diagnosis.sight.again import anew
from glassnet.foundation.errors import GlassnetError
from glassnet.models import Model, fit_together

FACTORS = (0.01, 0.1, 1.0, 10.0, 100.0)
MOST_WORK = 1e10
"""Multiplications a race may take: a few seconds on one core."""

_MOST_STEPS = 8_000
_MOST_ROWS = 4000


@dataclass(frozen=True)
class Race:
    """Where training loss ended with other rates.

    Args:
        factors: times the rate that was used.
        levels: the mean training loss over the last tenth of the epochs, infinite where the numbers broke.
        epochs: how many epochs were run again.
        rate: the rate that was used.
        rescue: the lowest level of the same network with Adam at rates of 0.001 to 0.01; None where not tried.
    """

    factors: tuple[float, ...]
    levels: tuple[float, ...]
    epochs: int
    rate: float
    rescue: float | None = None

    def level(self, factor: float) -> float:
        """The level at this factor."""
        return self.levels[self.factors.index(factor)]

    @property
    def best(self) -> float:
        """The factor with the lowest level."""
        return self.factors[int(np.argmin(self.levels))]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; None for infinite."""
        levels = [float(f"{level:.4g}") if math.isfinite(level) else None for level in self.levels]
        rescue = None if self.rescue is None else float(f"{self.rescue:.4g}")
        return {
            "factors": list(self.factors),
            "levels": levels,
            "epochs": self.epochs,
            "rate": self.rate,
            "rescue": rescue,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Race":
        """The race that `to_dict` described."""
        levels = tuple(math.inf if level is None else level for level in data["levels"])
        return cls(tuple(data["factors"]), levels, data["epochs"], data["rate"], data["rescue"])


def race_of(trained: Any, epochs: int) -> Race | None:
    """Train networks like the one of `trained`, each with another rate; None where that is impossible or too much work.

    Fresh weights are drawn, so this says nothing of a training that went on from other ones.
    """
    if trained is None or not trained.fresh or not isinstance(trained.model, Model):
        return None
    rate = first_rate(trained.rate)
    rows = trained.train.sample(_MOST_ROWS)
    steps = math.ceil(rows.count / trained.batch_size)
    work = 6.0 * trained.model.count_params() * rows.count * (len(FACTORS) + 3) * _positions(rows.x)
    epochs = min(epochs, _MOST_STEPS // max(steps, 1), int(MOST_WORK / max(work, 1)))
    if rate is None or epochs < 1:
        return None
    try:
        levels = _levels([_again(trained.model, rate * factor) for factor in FACTORS], rows, trained, epochs)
        rescue = _levels([_again(trained.model, r, "adam") for r in (0.001, 0.003, 0.01)], rows, trained, epochs)
    except (
        GlassnetError,
        TypeError,
        NotImplementedError,
    ):  # a network that cannot describe itself cannot be made again
        return None
    return Race(FACTORS, tuple(levels), epochs, rate, min(rescue) if math.isfinite(min(rescue)) else None)


def first_rate(rate: Any) -> float | None:
    """A schedule's rate at its first step, or the number itself."""
    try:
        value: Any = rate(0) if callable(rate) else rate
        return float(value)
    except (TypeError, ValueError):
        return None


def _positions(x: Any) -> int:
    """How often weights are used in a row, roughly: once for a row of columns, once a place in pictures and texts."""
    leaf = next(iter(x.values())) if isinstance(x, dict) else x[0] if isinstance(x, list) else x
    return int(np.prod(leaf.shape[1:-1])) if leaf.ndim > 2 else 1


def _again(model: Any, rate: float, optimizer: Any = None) -> Any:
    made = anew(model, model.seed, optimizer=optimizer)
    made.optimizer.learning_rate = rate
    return made


def _levels(models: list[Any], rows: Any, trained: Any, epochs: int) -> list[float]:
    size = min(trained.batch_size, rows.count)
    histories = fit_together(models, rows.x, rows.y, epochs=epochs, batch_size=size, sample_weight=rows.weights)
    levels = []
    for history in histories:
        losses = history.history.get("loss", [])
        whole = len(losses) == epochs and np.isfinite(losses).all()
        levels.append(float(np.mean(losses[-max(1, epochs // 10) :])) if whole else math.inf)
    return levels
