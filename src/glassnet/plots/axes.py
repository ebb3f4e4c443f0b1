"""Scales, and the quiet grid behind every chart: from numbers to pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from glassnet.foundation.readable import log_ticks, nice_ticks, short, tick_labels
from glassnet.plots.markup import escape, tag
from glassnet.plots.theme import paint

CHARACTER = 7.6
"""The mean width of a character at 13 pixels; a little generous, since the reader's font is not known."""


@dataclass(frozen=True)
class Scale:
    """pixel = start + (value - low) / (high - low) · (end - start), or the same over log10.

    Args:
        ticks: the marked values, rising; the first and last are the ends of the scale.
        start: pixel of the first tick.
        end: pixel of the last tick.
        log: whether equal distances are equal ratios; all ticks are then above 0.

    Example:
        >>> Scale((0.0, 1.0), 100, 0)(0.25)
        75.0
    """

    ticks: tuple[float, ...]
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        if self.log:
            value, low, high = math.log10(max(value, low)), math.log10(low), math.log10(high)
        return self.start + (value - low) / (high - low) * (self.end - self.start)


def linear(low: float, high: float, start: float, end: float, count: int = 5) -> Scale:
    """A scale over round numbers that covers `low` to `high`."""
    return Scale(tuple(nice_ticks(low, high, count)), start, end)


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """A scale over powers of ten that covers `low` to `high`, both above 0."""
    return Scale(tuple(log_ticks(low, high)), start, end, log=True)


def counting(last: int, start: float, end: float) -> tuple[Scale, list[int]]:
    """A scale from 1 to `last` and the whole numbers worth marking on it: epochs, for instance."""
    last = max(last, 2)
    marks = [int(tick) for tick in nice_ticks(0, last, 6) if float(tick).is_integer() and 1 <= tick <= last]
    if last <= 8:
        marks = list(range(1, last + 1))
    elif 1 not in marks:
        marks = [1, *marks]
    return Scale((1.0, float(last)), start, end), marks


def text(content: object, x: float, y: float, *, anchor: str | None = None, look: str | None = None) -> str:
    """One line of escaped text; `look` is a class of the stylesheet."""
    return tag("text", escape(content), x=float(x), y=float(y), text_anchor=anchor, class_=look)


def line(x1: float, y1: float, x2: float, y2: float, look: str = "gn-axis") -> str:
    """A straight stroke in one of the stylesheet's looks."""
    return tag("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=look)


def grid(scale: Scale, left: float, right: float) -> str:
    """Horizontal lines at the ticks of a vertical scale, and their numbers to the left."""
    parts = []
    for tick, label in zip(scale.ticks, _written(scale), strict=True):
        parts += [
            line(left, scale(tick), right, scale(tick), "gn-grid"),
            text(label, left - 8, scale(tick) + 4, anchor="end", look="gn-muted"),
        ]
    return "".join(parts)


def _written(scale: Scale) -> list[str]:
    return [short(tick) for tick in scale.ticks] if scale.log else tick_labels(scale.ticks)


def feet(scale: Scale, marks: Sequence[float], labels: Sequence[object], y: float) -> str:
    """The horizontal axis at height `y` with small ticks and their labels under it."""
    parts = [line(scale.start, y, scale.end, y)]
    for mark, label in zip(marks, labels, strict=True):
        parts += [
            line(scale(mark), y, scale(mark), y + 4),
            text(label, scale(mark), y + 18, anchor="middle", look="gn-muted"),
        ]
    return "".join(parts)


def heading(title: object, under: object = "", x: float = 16) -> str:
    """The title at the top left, and what the vertical axis measures under it."""
    return text(title, x, 22, look="gn-title") + (text(under, x, 40, look="gn-muted") if under else "")


def text_width(content: str, size: float = 13) -> float:
    """About how wide `content` will be, in pixels, in a proportional font of `size` pixels."""
    return len(content) * CHARACTER * size / 13


def tick_room(scale: Scale) -> float:
    """The room that the widest tick label of a vertical scale needs at its left, in pixels."""
    return 10 + max(text_width(label, 12) for label in _written(scale))


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions moved apart until neighbours are `gap` apart, in the same order and between `low` and `high`.

    Example:
        >>> spread([10, 11, 40], 12, 0, 100)
        [10, 22, 40]
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    moved = list(positions)
    floor = low
    for index in order:
        moved[index] = max(moved[index], floor)
        floor = moved[index] + gap
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved


def empty(width: float, height: float, words: str) -> str:
    """The words that stand where there is nothing to draw."""
    return text(words, width / 2, height / 2 + 12, anchor="middle", look="gn-muted")


def fill(colour: str, opacity: float | None = None) -> str:
    """An inline style that fills with a colour of the palette."""
    return f"fill:{paint(colour)}" + (f";fill-opacity:{opacity:.2f}" if opacity is not None else "")
