"""Around another schedule: a warm-up in front of it, or its time counted in epochs."""

from dataclasses import dataclass
from typing import Any

from glassnet.foundation.shapes import positive_int
from glassnet.schedules.base import LearningRateSchedule, get, schedule_registry
from glassnet.schedules.parts import checked_rate, checked_steps, keep, periods


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class WarmUp(LearningRateSchedule):
    """α_t = start + (α - start) t / s for the first s steps, where α is the schedule's first rate; then the schedule.

    At the start gradients are large and Adam's averages are young: small steps first keep the weights from being thrown
    far away.

    Args:
        schedule: what follows: a schedule, any function of the number of steps, or a number for a constant rate. It
            starts counting when the warm-up is over.
        steps: s, above 0, in update steps.
        start: the rate of the very first step, of at least 0.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> schedule = WarmUp(0.5, steps=4)
        >>> print(schedule(np.arange(6)))
        [0.    0.125 0.25  0.375 0.5   0.5  ]

    Reference:
        Goyal et al. (2017), Accurate, large minibatch SGD, section 2.2.
    """

    schedule: Any
    steps: float
    start: float = 0.0

    def __post_init__(self) -> None:
        keep(
            self,
            schedule=get(self.schedule),
            steps=checked_steps("steps", self.steps, owner=self),
            start=checked_rate("start", self.start, owner=self),
        )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        goal = xp.asarray(self.schedule(xp.maximum(t - self.steps, 0)))
        return xp.where(t < self.steps, self.start + (goal - self.start) * (t / self.steps), goal)


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class PerEpoch(LearningRateSchedule):
    """α_t = schedule(⌊t / n⌋): a schedule whose unit is an epoch of n update steps.

    Args:
        schedule: a schedule, or any function of the number of epochs done.
        steps_per_epoch: n, a whole number above 0: rows / batch size, rounded up; see `steps_per_epoch`.
        whole: whether the rate changes between epochs only; else within them too.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> from glassnet.schedules import StepDecay
        >>> schedule = PerEpoch(StepDecay(0.1, drop=0.5, every=10), steps_per_epoch=15)
        >>> schedule(149), schedule(150)
        (0.1, 0.05)

    Reference:
        He, Zhang, Ren & Sun (2016), Deep residual learning for image recognition, whose schedules count so.
    """

    schedule: Any
    steps_per_epoch: int
    whole: bool = True

    def __post_init__(self) -> None:
        keep(
            self,
            schedule=get(self.schedule),
            steps_per_epoch=positive_int("steps_per_epoch", self.steps_per_epoch, owner="PerEpoch"),
            whole=bool(self.whole),
        )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        return xp.asarray(self.schedule(periods(t, self.steps_per_epoch, whole=self.whole)))


def steps_per_epoch(rows: int, batch_size: int = 32) -> int:
    """⌈rows / batch size⌉: the update steps of one epoch, to say a schedule's length in epochs.

    Args:
        rows: rows to train on, above 0; without those held out for validation.
        batch_size: rows a step, above 0; 32 is `fit`'s default.

    Raises:
        ConfigError: an argument is not a whole number above 0.

    Example:
        >>> steps_per_epoch(455)
        15
        >>> from glassnet.schedules import CosineDecay
        >>> CosineDecay(0.1, decay_steps=20 * steps_per_epoch(455))
        CosineDecay(initial_learning_rate=0.1, decay_steps=300)

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 8.1.3.
    """
    rows = positive_int("rows", rows, owner="steps_per_epoch")
    return -(-rows // positive_int("batch_size", batch_size, owner="steps_per_epoch"))
