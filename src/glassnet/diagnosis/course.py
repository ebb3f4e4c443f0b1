"""The course of one learning curve: its level freed from noise, how large that noise is, and where it is heading."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

MOST_POINTS = 1000


@dataclass(frozen=True)
class Course:
    """One curve, summed up.

    Args:
        values: finite numbers in order, at least one.
        epochs: the epoch of each, counted from 1.

    Example:
        >>> course = course_of([4.0, 3.0, 2.0, 1.0, 2.0, 3.0])
        >>> course.best_epoch
        4

    Reference:
        W. S. Cleveland, Robust Locally Weighted Regression and Smoothing Scatterplots, 1979.
    """

    values: np.ndarray
    epochs: np.ndarray

    @cached_property
    def level(self) -> np.ndarray:
        """The smoothed values."""
        return smooth(self.values)

    @cached_property
    def noise(self) -> float:
        """The standard deviation of one epoch's value about its level."""
        return max(noise(self.values), _spread(self._settled))

    @property
    def _settled(self) -> np.ndarray:
        """What smoothing left over, without the fast start that no smoother follows."""
        return (self.values - self.level)[len(self.values) // 3 :]

    @cached_property
    def error(self) -> float:
        """The standard error of the last point of `level`: the least certain, with neighbours on one side only."""
        count = len(self.values)
        if count < 4:
            return self.noise
        place, weight = _window(count - 1, count)
        return self.noise * float(np.sqrt(np.sum(_pull(place, weight) ** 2)))

    @property
    def start(self) -> float:
        return float(self.values[0])

    @property
    def end(self) -> float:
        return float(self.level[-1])

    @property
    def best(self) -> int:
        """The index of the lowest level."""
        return int(np.argmin(self.level))

    @property
    def best_epoch(self) -> int:
        return int(self.epochs[self.best])

    @property
    def fall(self) -> float:
        """From the start to the lowest level, at least 0."""
        return max(self.start - float(self.level.min()), 0.0)

    def at(self, epoch: int) -> float:
        """The level at the nearest epoch that has a value."""
        return float(self.level[int(np.argmin(np.abs(self.epochs - epoch)))])

    def measured(self, epoch: int) -> float:
        """The value itself at the nearest epoch that has one: what the user saw scroll by."""
        return float(self.values[int(np.argmin(np.abs(self.epochs - epoch)))])

    def tail(self, share: float = 0.2) -> tuple[float, float]:
        """By how much the curve falls over its last `share` (at least three epochs), and the standard error of that."""
        count = min(len(self.values), max(3, int(len(self.values) * share)))
        part = self.values[-count:]
        place = np.arange(count) - (count - 1) / 2
        if count < 3:
            return 0.0, np.inf
        slope = float(place @ part / (place @ place))
        left = part - part.mean() - slope * place
        sigma = max(self.noise, float(np.sqrt(left @ left / (count - 2))))
        return -slope * (count - 1), sigma * (count - 1) / float(np.sqrt(place @ place))


def course_of(values: list[float] | np.ndarray, epochs: int | None = None) -> Course:
    """The course of `values`, spread evenly over `epochs` epochs; beyond a thousand points it is averaged in stretches.

    Args:
        values: finite numbers in order, at least one.
        epochs: how many epochs they span, when not one each.
    """
    array = np.asarray(values, dtype=np.float64)
    spanned = epochs or len(array)
    at = np.maximum(1, np.round(np.arange(1, len(array) + 1) * spanned / len(array))).astype(int)
    if len(array) > MOST_POINTS:
        pieces = np.array_split(np.arange(len(array)), MOST_POINTS // 2)
        array, at = np.array([array[piece].mean() for piece in pieces]), at[[piece[-1] for piece in pieces]]
    return Course(array, at)


def noise(values: np.ndarray) -> float:
    """σ ≈ the 68th percentile of |Δ²x| / √6: from second differences, which a steady trend does not touch.

    The first third is left out, of a short curve the first half: there a curve bends by itself.

    Args:
        values: finite numbers in order; with fewer than three the answer is 0.

    Example:
        >>> noise(np.array([5.0, 4.0, 3.0, 2.0]))
        0.0

    Reference:
        T. Gasser, L. Sroka and C. Jennen-Steinmetz, Residual variance and residual pattern in nonlinear regression,
        1986.
    """
    if len(values) < 3:
        return 0.0
    bends = np.abs(np.diff(values, n=2))
    bends = bends[len(bends) // (3 if len(bends) >= 6 else 2) :]
    return float(np.quantile(bends, 0.68) / np.sqrt(6))


def _spread(left: np.ndarray) -> float:
    """A standard deviation that a few spikes do not move."""
    return float(np.quantile(np.abs(left - np.median(left)), 0.68)) if len(left) >= 6 else 0.0


def _half_width(count: int) -> int:
    return max(2, round(0.12 * count))


def smooth(values: np.ndarray) -> np.ndarray:
    """Local linear fits with tricube weights over a quarter of the curve, after single spikes were taken off.

    A fit by lines, unlike a mean, does not lag at the two ends, and the end is what a verdict looks at.

    Args:
        values: finite numbers in order.

    Returns:
        As many smoothed numbers.

    Example:
        >>> smooth(np.array([4.0, 3.0, 2.0, 1.0])).round(6).tolist()
        [4.0, 3.0, 2.0, 1.0]
    """
    count = len(values)
    if count < 4:
        return values.copy()
    calm = _without_spikes(values)
    level = np.empty(count)
    for i in range(count):
        place, weight = _window(i, count)
        level[i] = _pull(place, weight) @ calm[place + i]
    return level


def _window(i: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The neighbours of point `i` as distances from it, and their tricube weights."""
    half = _half_width(count)
    place = np.arange(max(0, i - half), min(count, i + half + 1)) - i
    return place, (1 - (np.abs(place) / (half + 1)) ** 3) ** 3


def _pull(place: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How much each neighbour counts in the value at 0 of the weighted line through them all."""
    middle = weight @ place / weight.sum()
    off = place - middle
    return weight / weight.sum() - middle * weight * off / (weight @ off**2)


def _without_spikes(values: np.ndarray) -> np.ndarray:
    if len(values) < 7:
        return values
    calm = values.copy()
    calm[1:-1] = np.median(np.stack([values[:-2], values[1:-1], values[2:]]), axis=0)
    return calm
