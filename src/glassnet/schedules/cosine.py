"""Rates that fall along half a cosine: slowly, then fast, then slowly."""

import math
from dataclasses import dataclass
from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.schedules.base import LearningRateSchedule, schedule_registry
from glassnet.schedules.parts import checked_number, checked_rate, checked_steps, keep


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class CosineDecay(LearningRateSchedule):
    """α_t = α₀ ((1-a) ½ (1 + cos(π t/s)) + a) up to s steps, then a α₀: half a cosine wave.

    With `warmup_target`, the rate first grows along a straight line from α₀ to that target in `warmup_steps` steps, and
    the cosine falls from the target, over the s steps that follow.

    Args:
        initial_learning_rate: α₀, of at least 0: what the decay, or the warm-up, starts from.
        decay_steps: s, above 0: the steps of the decay, without the warm-up.
        alpha: a, the share that is left at the end, of at least 0.
        name: a name for your own use.
        warmup_target: the rate at the end of the warm-up, of at least 0; None for no warm-up.
        warmup_steps: the steps of the warm-up, of at least 0.

    Raises:
        ConfigError: an argument is out of range, or there are steps of a warm-up without a target.

    Example:
        >>> CosineDecay(0.5, decay_steps=100)(50)
        0.25
        >>> CosineDecay(0.0, decay_steps=100, warmup_target=0.5, warmup_steps=10)(5)
        0.25

    Reference:
        Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts; the warm-up: Goyal et al. (2017),
        Accurate, large minibatch SGD.
    """

    initial_learning_rate: float
    decay_steps: float
    alpha: float = 0.0
    name: str = "CosineDecay"
    warmup_target: float | None = None
    warmup_steps: float = 0

    def __post_init__(self) -> None:
        keep(
            self,
            initial_learning_rate=checked_rate("initial_learning_rate", self.initial_learning_rate, owner=self),
            decay_steps=checked_steps("decay_steps", self.decay_steps, owner=self),
            alpha=checked_number("alpha", self.alpha, owner=self, least=0),
            warmup_steps=checked_steps("warmup_steps", self.warmup_steps, owner=self, least=0),
        )
        if self.warmup_target is not None:
            keep(self, warmup_target=checked_rate("warmup_target", self.warmup_target, owner=self))
        elif self.warmup_steps:
            raise ConfigError(
                f"CosineDecay expected `warmup_target` with a warm-up. Received warmup_steps={self.warmup_steps} alone. Pass "
                f"CosineDecay(0.0, steps, warmup_target=0.1, warmup_steps={self.warmup_steps}) for a warm-up from 0 to 0.1."
            )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        start, target = self.initial_learning_rate, self.warmup_target
        if target is None:
            return start * _fall(t / self.decay_steps, self.alpha, xp)
        warm = start + (target - start) * (t / max(self.warmup_steps, 1))
        cool = target * _fall((t - self.warmup_steps) / self.decay_steps, self.alpha, xp)
        return xp.where(t < self.warmup_steps, warm, cool)


@schedule_registry.register()
@dataclass(frozen=True, eq=False, repr=False)
class CosineDecayRestarts(LearningRateSchedule):
    """α_t = α₀ ((1-a) mⁱ ½ (1 + cos(π f)) + a), f the share done of period i, which has s · τⁱ steps.

    The cosine falls in s steps, starts again from the top, falls in τ s steps, and so on. Each new start leaves a
    valley that is narrow, and finds wider ones.

    Args:
        initial_learning_rate: α₀, of at least 0.
        first_decay_steps: s, above 0: the steps of the first period.
        t_mul: τ, of at least 1: how many times as long each period is than the one before.
        m_mul: m, of at least 0: how many times as high each period starts.
        alpha: a, the share of α₀ that is left at the end of a period, of at least 0.
        name: a name for your own use.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> schedule = CosineDecayRestarts(0.5, first_decay_steps=100, t_mul=2.0, m_mul=0.5)
        >>> schedule(50), schedule(100), schedule(200), schedule(300)
        (0.25, 0.25, 0.125, 0.125)

    Reference:
        Loshchilov & Hutter (2017), SGDR: stochastic gradient descent with warm restarts.
    """

    initial_learning_rate: float
    first_decay_steps: float
    t_mul: float = 2.0
    m_mul: float = 1.0
    alpha: float = 0.0
    name: str = "SGDRDecay"

    def __post_init__(self) -> None:
        keep(
            self,
            initial_learning_rate=checked_rate("initial_learning_rate", self.initial_learning_rate, owner=self),
            first_decay_steps=checked_steps("first_decay_steps", self.first_decay_steps, owner=self),
            t_mul=checked_number("t_mul", self.t_mul, owner=self, least=1),
            m_mul=checked_number("m_mul", self.m_mul, owner=self, least=0),
            alpha=checked_number("alpha", self.alpha, owner=self, least=0),
        )

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps."""
        period, done = self._where(t, xp)
        peak = self.m_mul**period * (1 - self.alpha)
        return self.initial_learning_rate * (peak * 0.5 * (1 + xp.cos(math.pi * done)) + self.alpha)

    def _where(self, t: Any, xp: Any) -> tuple[Any, Any]:
        """The number of the period that each step is in, and the share of it that is done."""
        s, tau = self.first_decay_steps, self.t_mul
        if tau == 1:
            return t // s, (t % s) / s
        # The periods before number i take s (τⁱ-1) / (τ-1) steps. The logarithm may be a little off where a period begins.
        guess = xp.floor(xp.log1p(t / s * (tau - 1)) / math.log(tau))
        done = (t / s - (tau**guess - 1) / (tau - 1)) / tau**guess
        begins = done > 1 - 1e-6
        return guess + begins, xp.where(begins, 0.0, xp.maximum(done, 0.0))


def _fall(share: Any, alpha: float, xp: Any) -> Any:
    """Half a cosine from 1 down to alpha."""
    return (1 - alpha) * 0.5 * (1 + xp.cos(math.pi * xp.minimum(share, 1.0))) + alpha
