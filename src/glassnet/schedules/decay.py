"""Rates that fall by a formula: constant, in steps, exponentially, inversely with time, as a polynomial, piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.schedules.base import LearningRateSchedule, schedule_registry
from glassnet.schedules.parts import checked_number, checked_rate, checked_steps, keep, periods


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class Constant(LearningRateSchedule):
    """α_t = α: the same rate at every step.

    Args:
        learning_rate: α, of at least 0.

    Raises:
        ConfigError: `learning_rate` is out of range.

    Example:
        >>> Constant(0.1)(1000)
        0.1

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 8.3.1.
    """

    learning_rate: float

    def __post_init__(self) -> None:
        keep(self, learning_rate=checked_rate("learning_rate", self.learning_rate, owner=self))

    def rate(self, t: Any, xp: Any) -> Any:
        """α for each of the steps t."""
        return xp.full(t.shape, self.learning_rate)


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class StepDecay(LearningRateSchedule):
    """α_t = α₀ · drop^⌊t / every⌋: constant for a while, then multiplied by `drop`, again and again.

    Args:
        initial_learning_rate: α₀, of at least 0.
        drop: what the rate is multiplied by each time, of at least 0; 0.5 halves it.
        every: steps from one drop to the next, above 0; in epochs under `PerEpoch`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> schedule = StepDecay(0.1, drop=0.5, every=10)
        >>> schedule(9), schedule(10), schedule(20)
        (0.1, 0.05, 0.025)

    Reference:
        He, Zhang, Ren & Sun (2016), Deep residual learning for image recognition, section 3.4.
    """

    initial_learning_rate: float
    drop: float = 0.5
    every: float = 1000

    def __post_init__(self) -> None:
        keep(
            self,
            initial_learning_rate=checked_rate("initial_learning_rate", self.initial_learning_rate, owner=self),
            drop=checked_number("drop", self.drop, owner=self, least=0),
            every=checked_steps("every", self.every, owner=self),
        )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        return self.initial_learning_rate * self.drop ** periods(t, self.every, whole=True)


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class ExponentialDecay(LearningRateSchedule):
    """α_t = α₀ · ρ^(t / s): multiplied by ρ every s steps, smoothly, or in whole drops with `staircase`.

    Args:
        initial_learning_rate: α₀, of at least 0.
        decay_steps: s, above 0, in update steps.
        decay_rate: ρ, of at least 0; above 1 the rate grows, as in a search for the largest one that works.
        staircase: whether t / s is rounded down.
        name: a name for your own use.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> ExponentialDecay(0.5, decay_steps=100, decay_rate=0.25)(50)
        0.25
        >>> ExponentialDecay(0.5, decay_steps=100, decay_rate=0.25, staircase=True)(50)
        0.5

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 8.3.1.
    """

    initial_learning_rate: float
    decay_steps: float
    decay_rate: float
    staircase: bool = False
    name: str = "ExponentialDecay"

    def __post_init__(self) -> None:
        _keep_decay(self)

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        return self.initial_learning_rate * self.decay_rate ** periods(t, self.decay_steps, whole=self.staircase)


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class NaturalExponentialDecay(LearningRateSchedule):
    """α_t = α₀ · e^(-λ t): the exponential decay of textbooks, falling by the share λ a step (for small λ).

    The same curve as ``ExponentialDecay(α₀, 1, e^-λ)``; half the rate is left after ln 2 / λ steps.

    Args:
        initial_learning_rate: α₀, of at least 0.
        decay_rate: λ, of at least 0, for one step; for one epoch under `PerEpoch`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> print(f"{NaturalExponentialDecay(0.1, decay_rate=0.01)(100):.4f}")
        0.0368

    Reference:
        Bottou (2012), Stochastic gradient descent tricks, section 5, for choosing such rates.
    """

    initial_learning_rate: float
    decay_rate: float

    def __post_init__(self) -> None:
        keep(
            self,
            initial_learning_rate=checked_rate("initial_learning_rate", self.initial_learning_rate, owner=self),
            decay_rate=checked_number("decay_rate", self.decay_rate, owner=self, least=0),
        )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        return self.initial_learning_rate * xp.exp(-self.decay_rate * t)


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class InverseTimeDecay(LearningRateSchedule):
    """α_t = α₀ / (1 + λ t / s): fast at first, then ever slower; never 0.

    With s left out this is the textbook's α₀ / (1 + λ t): ``InverseTimeDecay(0.1, decay_rate=0.01)``.

    Args:
        initial_learning_rate: α₀, of at least 0.
        decay_steps: s, above 0, in update steps; 1 by default.
        decay_rate: λ, of at least 0: with λ = 1 the rate is halved after s steps.
        staircase: whether t / s is rounded down.
        name: a name for your own use.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> InverseTimeDecay(0.5, decay_rate=0.01)(100)
        0.25
        >>> InverseTimeDecay(0.5, decay_steps=50, decay_rate=0.5)(100)
        0.25

    Reference:
        Robbins & Monro (1951), A stochastic approximation method: rates that fall as 1/t are summed without bound, their
        squares are not.
    """

    initial_learning_rate: float
    decay_steps: float = 1
    decay_rate: float = 1.0
    staircase: bool = False
    name: str = "InverseTimeDecay"

    def __post_init__(self) -> None:
        _keep_decay(self)

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        return self.initial_learning_rate / (1 + self.decay_rate * periods(t, self.decay_steps, whole=self.staircase))


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class PolynomialDecay(LearningRateSchedule):
    """α_t = (α₀ - α₁) (1 - min(t, s) / s)^p + α₁: from α₀ down to α₁ in s steps; a straight line with p = 1.

    With `cycle`, whenever the end is reached s is doubled, tripled and so on: the rate jumps up and falls again, each
    time from lower and more slowly.

    Args:
        initial_learning_rate: α₀, of at least 0.
        decay_steps: s, above 0, in update steps.
        end_learning_rate: α₁, of at least 0.
        power: p, above 0.
        cycle: whether to go on beyond s steps with a larger s.
        name: a name for your own use.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> schedule = PolynomialDecay(0.5, decay_steps=100, end_learning_rate=0.0)
        >>> schedule(50), schedule(1000)
        (0.25, 0.0)

    Reference:
        Chen, Papandreou, Kokkinos, Murphy & Yuille (2017), DeepLab, section 4.1 ("poly").
    """

    initial_learning_rate: float
    decay_steps: float
    end_learning_rate: float = 0.0001
    power: float = 1.0
    cycle: bool = False
    name: str = "PolynomialDecay"

    def __post_init__(self) -> None:
        keep(
            self,
            initial_learning_rate=checked_rate("initial_learning_rate", self.initial_learning_rate, owner=self),
            decay_steps=checked_steps("decay_steps", self.decay_steps, owner=self),
            end_learning_rate=checked_rate("end_learning_rate", self.end_learning_rate, owner=self),
            power=checked_number("power", self.power, owner=self, above=0),
        )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        rounds = xp.maximum(-(-t // self.decay_steps), 1) if self.cycle else 1
        length = self.decay_steps * rounds
        left = xp.maximum(length - t, 0) / length  # exactly 0 at the end, and never below, where a power may not exist
        return (self.initial_learning_rate - self.end_learning_rate) * left**self.power + self.end_learning_rate


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class PiecewiseConstantDecay(LearningRateSchedule):
    """α_t = values[i] with i the number of boundaries below t: a rate for each stretch of the training.

    As in Keras, the step at a boundary still has the rate before it.

    Args:
        boundaries: n numbers of steps, rising.
        values: n + 1 rates, of at least 0: up to the first boundary, up to the second, and so on.
        name: a name for your own use.

    Raises:
        ConfigError: the boundaries do not rise, or there is not one value more than boundaries.

    Example:
        >>> schedule = PiecewiseConstantDecay([100, 200], [0.1, 0.01, 0.001])
        >>> schedule(100), schedule(101), schedule(1000)
        (0.1, 0.01, 0.001)

    Reference:
        He, Zhang, Ren & Sun (2016), Deep residual learning for image recognition, section 4.2.
    """

    boundaries: Sequence[float]
    values: Sequence[float]
    name: str = "PiecewiseConstant"

    def __post_init__(self) -> None:
        boundaries = tuple(checked_steps("boundaries", b, owner=self, least=0) for b in self.boundaries)
        values = tuple(checked_rate("values", v, owner=self) for v in self.values)
        if len(values) != len(boundaries) + 1 or list(boundaries) != sorted(set(boundaries)):
            raise ConfigError(
                f"PiecewiseConstantDecay expected rising boundaries and one value more than boundaries. Received "
                f"boundaries={self.boundaries!r} and values={self.values!r}. Pass for example [100, 200] and [0.1, 0.01, 0.001]."
            )
        keep(self, boundaries=boundaries, values=values)

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        passed = sum((t > boundary).astype("int32") for boundary in self.boundaries)
        return xp.asarray(self.values)[passed] if self.boundaries else xp.full(t.shape, self.values[0])


def _keep_decay(schedule: Any) -> None:
    """Check the arguments that the exponential and the inverse decay share."""
    keep(
        schedule,
        initial_learning_rate=checked_rate("initial_learning_rate", schedule.initial_learning_rate, owner=schedule),
        decay_steps=checked_steps("decay_steps", schedule.decay_steps, owner=schedule),
        decay_rate=checked_number("decay_rate", schedule.decay_rate, owner=schedule, least=0),
        staircase=bool(schedule.staircase),
    )
