"""From a panel's axes to pixels: which values they cover, what is marked on them, and how much room that takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.foundation.readable import LARGEST, log_ticks, nice_ticks, short, tick_labels
from glassnet.plots.axes import Scale, text_width
from glassnet.plots.marks import Axis, Panel, extent
from glassnet.plots.markup import shorten

LONGEST = 22
"""Names on an axis are cut after so many characters."""


@dataclass(frozen=True)
class Fitted:
    """An axis that knows its values, without its place on the page.

    Args:
        low: the value at its first end.
        high: the value at its last end.
        ticks: what is marked, in between.
        labels: what is written there.
        log: whether equal distances are equal ratios.
        flip: whether it runs from the top down.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False
    flip: bool = False

    def between(self, start: float, end: float) -> Scale:
        """The scale that reaches from pixel `start` to pixel `end`."""
        start, end = (end, start) if self.flip else (start, end)
        return Scale((self.low, self.high), start, end, self.log)

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Which of these values are finite and on the axis."""
        slack = 1e-9 * (self.high - self.low)
        return np.isfinite(values) & (values >= self.low - slack) & (values <= self.high + slack)

    @property
    def widest(self) -> float:
        """The width of its widest label, in pixels."""
        return max((text_width(label, 12) for label in self.labels), default=0.0)


def fit_axis(axis: Axis, panel: Panel, which: str, count: int) -> Fitted:
    """The values and ticks of one axis of a panel, about `count` steps where it says nothing else."""
    low, high = extent(panel.marks, which, log=axis.log)
    low = low if axis.low is None else axis.low
    high = high if axis.high is None else axis.high
    low, high = max(-LARGEST, low), min(LARGEST, high)
    if axis.log:
        ticks = log_ticks(max(low, 1e-300), max(high, 1e-300))
    else:
        ticks = nice_ticks(low, high, count)
    if axis.exact or axis.ticks is not None:
        if not high > low:
            low, high = ticks[0], ticks[-1]
        ticks = _inside(ticks if axis.ticks is None else axis.ticks, low, high)
        if len(ticks) < 3 and axis.ticks is None and not axis.log:
            ticks = _inside(nice_ticks(low, high, 2 * count), low, high)
    else:
        low, high = ticks[0], ticks[-1]
    if axis.log and which == "x":
        ticks = ticks[:: -(-(len(ticks) - 1) // max(count, 2))]
    return Fitted(low, high, tuple(ticks), _labels(axis, ticks), axis.log, axis.flip)


def _inside(ticks: Sequence[float], low: float, high: float) -> list[float]:
    slack = 1e-9 * (high - low)
    return [tick for tick in ticks if low - slack <= tick <= high + slack]


def _labels(axis: Axis, ticks: Sequence[float]) -> tuple[str, ...]:
    if not axis.shown:
        return ("",) * len(ticks)
    if axis.labels is not None and axis.ticks is not None:
        named = dict(zip(axis.ticks, axis.labels, strict=True))
        return tuple(shorten(named[tick], LONGEST) for tick in ticks)
    return tuple(short(tick) for tick in ticks) if axis.log else tuple(tick_labels(ticks))


@dataclass(frozen=True)
class Box:
    """A panel's place on the page: the frame between its axes, in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    across: Fitted
    up: Fitted
    turned: bool

    @property
    def x(self) -> Scale:
        """From values to pixels along the bottom."""
        return self.across.between(self.left, self.right)

    @property
    def y(self) -> Scale:
        """From values to pixels upwards."""
        return self.up.between(self.bottom, self.top)


def fit_panel(panel: Panel, left: float, top: float, width: float, height: float, *, titled: bool) -> Box:
    """The frame of a panel in a cell of the page, with room left for everything that is written around it."""
    above = (20 if titled and panel.title else 0) + (18 if panel.y.label else 0) + (8 if panel.y.shown else 2)
    up = fit_axis(panel.y, panel, "y", 4 if height < 200 else 5)
    start = left + (14 + min(up.widest, 0.42 * width) if panel.y.shown else 2)
    if any(getattr(mark, "lying", False) for mark in panel.marks):
        start += 2
    end = left + width - (66 if panel.bar is not None else 14 if panel.x.shown else 2)
    across = fit_axis(panel.x, panel, "x", max(2, int((end - start) / 70)))
    gap = (end - start) / max(len(across.ticks) - 1, 1)
    turned = panel.x.shown and panel.x.labels is not None and across.widest > gap - 6
    below = (24 + (0.62 * across.widest if turned else 0) if panel.x.shown else 4) + (18 if panel.x.label else 0)
    first, last = top + above, top + height - below
    if panel.square:
        start, end, first, last = _squared(across, up, start, end, first, last)
    return Box(start, first, end, last, across, up, turned)


def _squared(
    across: Fitted, up: Fitted, left: float, right: float, top: float, bottom: float
) -> tuple[float, float, float, float]:
    unit = min((right - left) / (across.high - across.low), (bottom - top) / (up.high - up.low))
    wide, high = unit * (across.high - across.low), unit * (up.high - up.low)
    return left, left + wide, top, top + high
