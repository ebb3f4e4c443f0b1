"""Rates that rise and fall: the cyclical learning rate, and one cycle over the whole training."""

import math
from dataclasses import dataclass
from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.schedules.base import LearningRateSchedule, schedule_registry
from glassnet.schedules.parts import checked_number, checked_rate, checked_steps, keep


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class CyclicalLearningRate(LearningRateSchedule):
    """α_t = low + (high - low) · max(0, 1 - x) · scale, x = |t/s - 2c + 1|, c = ⌊1 + t/(2s)⌋ the number of the cycle.

    The rate goes up in s steps and down in s steps, again and again. The scale is 1 (``"triangular"``), 1 / 2^(c-1), so
    that each cycle is half as high as the one before (``"triangular2"``), or γ^t (``"exp_range"``).

    Args:
        initial_learning_rate: low, of at least 0.
        maximal_learning_rate: high, of at least 0.
        step_size: s, above 0: half a cycle; 2 to 10 epochs are usual.
        mode: ``"triangular"``, ``"triangular2"`` or ``"exp_range"``.
        gamma: γ, above 0 and at most 1; for ``"exp_range"``.
        name: a name for your own use.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> schedule = CyclicalLearningRate(0.0, 1.0, step_size=2, mode="triangular2")
        >>> print(schedule(np.arange(9)))
        [0.   0.5  1.   0.5  0.   0.25 0.5  0.25 0.  ]

    Reference:
        Smith (2017), Cyclical learning rates for training neural networks.
    """

    initial_learning_rate: float
    maximal_learning_rate: float
    step_size: float
    mode: str = "triangular"
    gamma: float = 1.0
    name: str = "CyclicalLearningRate"

    def __post_init__(self) -> None:
        _check_choice(self, "mode", ("triangular", "triangular2", "exp_range"))
        keep(
            self,
            initial_learning_rate=checked_rate("initial_learning_rate", self.initial_learning_rate, owner=self),
            maximal_learning_rate=checked_rate("maximal_learning_rate", self.maximal_learning_rate, owner=self),
            step_size=checked_steps("step_size", self.step_size, owner=self),
            gamma=checked_number("gamma", self.gamma, owner=self, above=0),
        )
        if self.gamma > 1:
            raise ConfigError(
                f"CyclicalLearningRate expected `gamma` above 0 and at most 1. Received {self.gamma!r}. Pass 0.9999, say."
            )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        cycle = xp.floor(1 + t / (2 * self.step_size))
        height = xp.maximum(0.0, 1 - xp.abs(t / self.step_size - 2 * cycle + 1))
        scale = {"triangular": 1.0, "triangular2": 0.5 ** (cycle - 1), "exp_range": self.gamma**t}[self.mode]
        return self.initial_learning_rate + (self.maximal_learning_rate - self.initial_learning_rate) * height * scale


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class OneCycle(LearningRateSchedule):
    """α: from max/d up to max in the first share of the steps, then down to max/(d·D), where it stays.

    A rate that would be too high for long carries the weights far, and a long descent settles them: often the fastest
    way to a good network. `momentum` is the counterpart for the momentum, which falls while the rate rises.

    Args:
        maximal_learning_rate: max, of at least 0: the largest rate at which the loss still falls.
        total_steps: update steps of the whole training: epochs · `steps_per_epoch`.
        warmup_share: the share of the steps in which the rate rises, above 0 and below 1.
        initial_divisor: d, at least 1: the first rate is max/d.
        final_divisor: D, at least 1: the last rate is max/(d·D).
        shape: ``"cos"`` for halves of a cosine, ``"linear"`` for straight lines as in the paper.
        three_phases: whether the rate first falls as it rose, back to max/d, and only then to its end, as in the paper.
        name: a name for your own use.

    Raises:
        ConfigError: an argument is out of range, or the rise would take less than a step.

    Example:
        >>> from glassnet.optimizers import SGD
        >>> cycle = OneCycle(0.5, total_steps=101, warmup_share=0.5)
        >>> print(f"{cycle(0):.2f} {cycle(49.5):.2f} {cycle(100):.6f}")
        0.02 0.50 0.000002
        >>> optimizer = SGD(cycle, momentum=cycle.momentum())

    Reference:
        Smith & Topin (2018), Super-convergence: very fast training of neural networks using large learning rates.
    """

    maximal_learning_rate: float
    total_steps: float
    warmup_share: float = 0.3
    initial_divisor: float = 25.0
    final_divisor: float = 10000.0
    shape: str = "cos"
    three_phases: bool = False
    name: str = "OneCycle"

    def __post_init__(self) -> None:
        _check_cycle(self)
        keep(
            self,
            maximal_learning_rate=checked_rate("maximal_learning_rate", self.maximal_learning_rate, owner=self),
            initial_divisor=checked_number("initial_divisor", self.initial_divisor, owner=self, least=1),
            final_divisor=checked_number("final_divisor", self.final_divisor, owner=self, least=1),
        )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        top = self.maximal_learning_rate
        first = top / self.initial_divisor
        between = [first] if self.three_phases else []
        return _course(self, t, [first, top, *between, first / self.final_divisor], xp)

    def momentum(self, maximal: float = 0.95, minimal: float = 0.85) -> "OneCycleMomentum":
        """The momentum that goes with this rate: from `maximal` down to `minimal` while the rate rises, and back.

        Args:
            maximal: the momentum where the rate is low, from 0 to 1.
            minimal: the momentum where the rate is highest, from 0 to 1.

        Raises:
            ConfigError: an argument is out of range.
        """
        return OneCycleMomentum(self.total_steps, maximal, minimal, self.warmup_share, self.shape, self.three_phases)


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class OneCycleMomentum(LearningRateSchedule):
    """μ: maximal, down to minimal while `OneCycle`'s rate rises, and back up while it falls.

    `OneCycle.momentum` makes the one that fits a cycle. Give it as `momentum` to `SGD` or `RMSprop`, or as `beta_1` to
    `Adam` and its kin.

    Args:
        total_steps: update steps of the whole training.
        maximal: the momentum where the rate is low, from 0 to 1.
        minimal: the momentum where the rate is highest, from 0 to 1.
        warmup_share: the share of the steps in which the rate rises, above 0 and below 1.
        shape: ``"cos"`` or ``"linear"``.
        three_phases: whether the cycle has the paper's third phase, in which the momentum stays at `maximal`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> OneCycleMomentum(100)(0)
        0.95

    Reference:
        Smith (2018), A disciplined approach to neural network hyper-parameters, section 4.2.
    """

    total_steps: float
    maximal: float = 0.95
    minimal: float = 0.85
    warmup_share: float = 0.3
    shape: str = "cos"
    three_phases: bool = False

    def __post_init__(self) -> None:
        _check_cycle(self)
        for name in ("maximal", "minimal"):
            value = checked_number(name, getattr(self, name), owner=self, least=0)
            if value > 1:
                raise ConfigError(f"OneCycleMomentum expected `{name}` from 0 to 1. Received {value!r}. Pass 0.9, say.")
            keep(self, **{name: value})

    def rate(self, t: Any, xp: Any) -> Any:
        """The momentum after t steps."""
        high, low = self.maximal, self.minimal
        return _course(self, t, [high, low, high, *([high] if self.three_phases else [])], xp)


def _check_choice(schedule: Any, name: str, known: tuple[str, ...]) -> None:
    value = getattr(schedule, name)
    if value not in known:
        raise ConfigError(
            f"{type(schedule).__name__} expected `{name}` as one of {', '.join(map(repr, known))}. Received {value!r}. Pass "
            f"{known[0]!r}."
        )


def _check_cycle(cycle: Any) -> None:
    """Check the arguments that say when one cycle turns."""
    _check_choice(cycle, "shape", ("cos", "linear"))
    keep(
        cycle,
        total_steps=checked_steps("total_steps", cycle.total_steps, owner=cycle),
        warmup_share=checked_number("warmup_share", cycle.warmup_share, owner=cycle, above=0),
        three_phases=bool(cycle.three_phases),
    )
    turns = _turns(cycle)
    if sorted({0, *turns}) != [0, *turns]:
        most = "0.5" if cycle.three_phases else "1"
        raise ConfigError(
            f"{type(cycle).__name__} expected a rise of more than 1 step and of a share below {most} of all. Received "
            f"warmup_share={cycle.warmup_share} of total_steps={cycle.total_steps}. Pass 0.3 and a few hundred steps."
        )


def _turns(cycle: Any) -> list[float]:
    """The numbers of the steps at which the phases of one cycle end."""
    top, last = cycle.warmup_share * cycle.total_steps - 1, cycle.total_steps - 1
    return [top, 2 * top, last] if cycle.three_phases else [top, last]


def _course(cycle: Any, t: Any, values: list[float], xp: Any) -> Any:
    """From values[0] to values[1] in the first phase, on to values[2] in the second, and so on."""
    course, start = xp.full(t.shape, values[0]), 0.0
    for end, low, high in zip(_turns(cycle), values, values[1:], strict=False):
        share = xp.clip((t - start) / (end - start), 0.0, 1.0)
        eased = 0.5 * (1 - xp.cos(math.pi * share)) if cycle.shape == "cos" else share
        course, start = xp.where(t <= start, course, low + (high - low) * eased), end
    return course
