"""Reading a range test: where the loss is lowest before it explodes, and whether there is anything to read."""

from dataclasses import dataclass

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.tuning.words import number

_SMOOTHING = 0.8
_EXPLODED = 4.0
_FALL = 0.02
_DIVISOR = 8.0


@dataclass(frozen=True, eq=False)
class Reading:
    """What the curves of a range test say.

    Args:
        highest: the rate at which the smoothed mean loss is lowest; None where there is nothing to read.
        rate: a rate to train with by the range test alone.
        low: the lower quartile of such rates of single seeds.
        high: the upper one.
        reason: what was seen, in words.
        losses: the smoothed losses, (seeds, steps).
    """

    highest: float | None
    rate: float | None
    low: float | None
    high: float | None
    reason: str
    losses: HostArray


def read(rates: HostArray, raw: HostArray) -> Reading:
    """The rate η* at which the loss is lowest before it explodes, and η*/8, which is safe to train with.

    Args:
        rates: the rate of each step, rising, (steps,).
        raw: each seed's loss before the first step and after each, (seeds, steps + 1).

    Returns:
        A `Reading`; its rates are None where the loss is not finite at the start, never falls, or only rises.

    Example:
        >>> import numpy as np
        >>> rates = np.geomspace(1e-4, 10, 51)
        >>> falls = 1 / (1 + 30 * rates) + np.where(rates > 1, rates, 0)
        >>> found = read(rates, np.stack([np.r_[1.0, falls]] * 2))
        >>> 0.5 < found.highest < 1.5, found.rate == found.high
        (True, True)
        >>> read(rates, np.ones((2, 52))).reason
        'The loss stays at 1 at every rate from 0.0001 to 10: nothing that is trained changes it.'

    Reference:
        L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3.
    """
    first = raw[:, 0]
    if not np.isfinite(first).all():
        words = "The loss is not finite before the first step: scale inputs and targets to about one."
        return Reading(None, None, None, None, words, raw[:, 1:])
    start = float(first.mean())
    # The curve is cut off where it explodes, else a single number would hide all others.
    most = start + (_EXPLODED - 1) * max(abs(start), 1e-12)
    losses = smoothed(np.where(np.isfinite(raw), np.minimum(raw, most), most))[:, 1:]
    mean = losses.mean(axis=0)
    place = _lowest_before_explosion(mean)
    fall = start - float(mean[place])
    span = f"at every rate from {number(rates[0])} to {number(rates[-1])}"
    if fall < _FALL * abs(start):
        moved = float(np.abs(losses - first[:, None]).max()) > _FALL * abs(start)
        words = (
            f"The loss rises from {number(start)} {span} that changes it at all: it explodes before it falls. Scale inputs and "
            f"targets to about one, or start from a lower rate."
            if moved
            else f"The loss stays at {number(start)} {span}: nothing that is trained changes it."
        )
        return Reading(None, None, None, None, words, losses)
    alone = np.array([rates[_lowest_before_explosion(curve)] for curve in losses], np.float64)
    star = float(rates[place])
    rate, low, high = (float(f"{value / _DIVISOR:.3g}") for value in (star, *band(star, alone)))
    words = (
        f"In a range test over {len(raw)} seeds the loss fell from {number(start)} to {number(mean[place])} and was lowest at a "
        f"rate of {number(star)}"
        + (", the highest of the test." if place == len(rates) - 1 else ", beyond which it rises.")
    )
    return Reading(star, rate, low, high, words, losses)


def smoothed(curves: HostArray) -> HostArray:
    """m ← β m + (1 - β) v, divided by 1 - βᵗ, along the last axis, with β = 0.8.

    Example:
        >>> import numpy as np
        >>> smoothed(np.array([[1.0, 1.0, 1.0]])).round(6).tolist()
        [[1.0, 1.0, 1.0]]
    """
    out, mean = np.empty_like(curves, dtype=np.float64), np.zeros(curves.shape[:-1])
    for step in range(curves.shape[-1]):
        mean = _SMOOTHING * mean + (1 - _SMOOTHING) * curves[..., step]
        out[..., step] = mean / (1 - _SMOOTHING ** (step + 1))
    return out


def band(rate: float, alone: HostArray) -> tuple[float, float]:
    """The quartiles of the rates that single seeds would choose, widened to hold `rate`: the middle half of the seeds.

    Example:
        >>> import numpy as np
        >>> band(0.1, np.array([0.01, 0.03, 0.03, 0.03, 9.0]))
        (0.03, 0.1)
    """
    low, high = np.quantile(alone, [0.25, 0.75], method="nearest")
    return min(rate, float(low)), max(rate, float(high))


def _lowest_before_explosion(curve: HostArray) -> int:
    """Where the curve is lowest before it first stands at twice its fall above the lowest so far."""
    least = np.minimum.accumulate(curve)
    fallen = curve[0] - least
    exploded = np.flatnonzero((curve - least > np.maximum(2 * fallen, 0)) & (fallen > _FALL * abs(curve[0])))
    return int(np.argmin(curve[: exploded[0]] if len(exploded) else curve))
