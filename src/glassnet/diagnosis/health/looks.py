"""What was seen, when, of which rows, and at what price."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import jax
import numpy as np

from glassnet.inspection import LayerVitals, Vitals
from glassnet.training.rows import Rows
from glassnet.training.step import Batch


@dataclass(frozen=True)
class HealthLook:
    """The vital signs at one moment of a training.

    Args:
        epoch: how many epochs were done.
        step: how many steps.
        seconds: after how much time, in seconds.
        rate: the learning rate then; None where the optimizer has a schedule.
        vitals: what was seen.

    Example:
        >>> look = HealthLook(0, 0, 0.0, 0.001, Vitals((), 0.7, 128, 0.1, 0.5))
        >>> look.vitals.loss
        0.7
    """

    epoch: int
    step: int
    seconds: float
    rate: float | None
    vitals: Vitals

    @property
    def layers(self) -> tuple[LayerVitals, ...]:
        """Each layer's vital signs."""
        return self.vitals.layers

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        when = {"epoch": self.epoch, "step": self.step, "seconds": self.seconds, "rate": self.rate}
        return {**when, **self.vitals.to_dict()}


@dataclass
class Price:
    """What looking cost, in seconds of the clock on the wall.

    Args:
        looks: how many looks were taken.
        training: how long the training itself took, compiling left out.
        inside: how much of that was spent here, on keeping states and on looks taken meanwhile.
        after: spent on looks after training, when the result was asked for.
        compiling: how much of both was compiling.

    Example:
        >>> Price(looks=2, training=0.02, inside=0.0002, after=0.6, compiling=0.59).sentence()
        '2 looks; 0.2 ms while training (1 % of 20 ms), 0.6 s afterwards, 0.59 s of it for compiling'
    """

    looks: int = 0
    training: float = 0.0
    inside: float = 0.0
    after: float = 0.0
    compiling: float = 0.0

    def sentence(self) -> str:
        """The price in words."""
        share = f" ({100 * self.inside / self.training:.2g} % of {_time(self.training)})" if self.training else ""
        after = f", {_time(self.after)} afterwards" if self.after else ""
        compiled = f", {_time(self.compiling)} of it for compiling" if self.compiling else ""
        return (
            f"{self.looks} look{'s' * (self.looks != 1)}; {_time(self.inside)} while training{share}{after}{compiled}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return asdict(self)


def _time(seconds: float) -> str:
    return (
        f"{seconds * 1e3:.2g} ms" if seconds < 0.0995 else f"{seconds:.2g} s" if seconds < 99.5 else f"{seconds:,.0f} s"
    )


class Probe:
    """The rows that are looked at, always the same.

    Args:
        rows: them.
    """

    def __init__(self, rows: Rows) -> None:
        self.batch: Batch = jax.tree.map(np.array, rows.as_batch())

    @cached_property
    def input_size(self) -> float:
        """√mean(x²) of the largest input; 0 where there are whole numbers only."""
        return max(map(_size, jax.tree.leaves(self.batch.x)), default=0.0)

    @cached_property
    def target_size(self) -> float:
        """√mean(y²) of the largest real-valued target."""
        return max(map(_size, jax.tree.leaves(self.batch.y)), default=0.0)

    @cached_property
    def target_spread(self) -> float:
        """The largest standard deviation of a real-valued target; 1 for classes; 0 where all targets are the same."""
        return max(map(_spread, jax.tree.leaves(self.batch.y)), default=0.0)


def _size(array: Any) -> float:
    return (
        float(np.sqrt(np.mean(np.square(array, dtype=np.float64)))) if array.dtype.kind == "f" and array.size else 0.0
    )


def _spread(array: Any) -> float:
    if array.dtype.kind != "f":
        return float(np.ptp(array) > 0) if array.size else 0.0
    return float(np.std(array.astype(np.float64), axis=0).max()) if array.size else 0.0
