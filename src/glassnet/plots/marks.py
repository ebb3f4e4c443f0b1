"""What a picture is made of: a few kinds of marks on panels, known neither to SVG nor to Matplotlib."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from glassnet.foundation.readable import short

DASHES = (None, "7 4", "2 3", "11 3 2 3", "11 4", "5 2 1 2")
"""The dashes of lines, in order: with them lines are told apart where there is no colour."""

SHAPES = ("disc", "diamond", "square", "triangle", "ring", "cross")
"""The shapes of points, in order."""


@dataclass(frozen=True)
class Line:
    """A line through points in order; it breaks where a value is not finite.

    Args:
        x: places along the bottom, (n,).
        y: values, (n,).
        name: what the legend calls it; nothing where empty.
        colour: a colour of the palette.
        dash: strokes and gaps in pixels, such as ``"7 4"``; None for a whole line.
        wide: the stroke's width in pixels.
    """

    x: Any
    y: Any
    name: str = ""
    colour: str = "blue"
    dash: str | None = None
    wide: float = 2.0


@dataclass(frozen=True)
class Area:
    """The area between two values at each place.

    Args:
        x: places along the bottom, (n,).
        low: the lower values, (n,).
        high: the upper ones, (n,).
        colour: a colour of the palette.
        opacity: how strongly it covers what is under it, 0 to 1.
    """

    x: Any
    low: Any
    high: Any
    colour: str = "blue"
    opacity: float = 0.16


@dataclass(frozen=True)
class Points:
    """Single points.

    Args:
        x: places along the bottom, (n,).
        y: values, (n,).
        name: what the legend calls them.
        colour: a colour of the palette.
        shape: one of `SHAPES`.
        size: their radius in pixels.
    """

    x: Any
    y: Any
    name: str = ""
    colour: str = "blue"
    shape: str = "disc"
    size: float = 3.2


@dataclass(frozen=True)
class Bars:
    """Bars from 0, upright or lying, with whiskers where an interval is known.

    Args:
        at: their middles, (n,).
        values: their lengths, (n,).
        wide: how wide one is, in units of the axis they stand on.
        low: the intervals' lower ends, (n,), or None.
        high: the upper ends.
        colour: a colour of the palette.
        lying: whether they lie, names at the left.
    """

    at: Any
    values: Any
    wide: float = 0.7
    low: Any = None
    high: Any = None
    colour: str = "blue"
    lying: bool = False


@dataclass(frozen=True)
class Heat:
    """A table of numbers as shades, its first row at ``y[0]``; or an image where `values` is (rows, columns, 3).

    Args:
        values: (rows, columns), or (rows, columns, 3) from 0 to 1.
        x: where its left and right edges are.
        y: where the edges of its first and last row are.
        ramp: ``"amount"``, ``"signed"`` or ``"grey"``; see `plots.ramps`.
        low: the number that gets the ramp's first shade; the smallest by default.
        high: the one that gets its last; the largest by default.
        written: whether each cell says its number.
        smooth: whether shades run into one another.
        words: what the cells say instead of their numbers, (rows, columns) of strings; lines are parted by ``\n``.
    """

    values: Any
    x: tuple[float, float]
    y: tuple[float, float]
    ramp: str = "amount"
    low: float | None = None
    high: float | None = None
    written: bool = False
    smooth: bool = False
    words: Any = None

    def said(self) -> list[list[str]]:
        """What each cell says, from the first row on."""
        if self.words is not None:
            return [[str(word) for word in row] for row in self.words]
        return [[short(float(v), 2).replace("not known", "–") for v in row] for row in np.asarray(self.values)]


@dataclass(frozen=True)
class Pieces:
    """Straight pieces that need not hang together, such as lines of equal height.

    Args:
        ends: x and y of both ends, (n, 4).
        name: what the legend calls them.
        colour: a colour of the palette.
        wide: the stroke's width in pixels.
        opacity: 0 to 1.
        dash: strokes and gaps in pixels.
    """

    ends: Any
    name: str = ""
    colour: str = "muted"
    wide: float = 1.0
    opacity: float = 1.0
    dash: str | None = None


@dataclass(frozen=True)
class Rule:
    """A line across the whole panel, with a few words at it.

    Args:
        at: where.
        words: what is said at it.
        to: where a stretch ends that begins there; None for a line alone.
        upright: whether it stands at a place along the bottom, rather than at a value.
        colour: a colour of the palette.
        dash: strokes and gaps in pixels.
    """

    at: float
    words: str = ""
    to: float | None = None
    upright: bool = True
    colour: str = "ink"
    dash: str | None = "4 3"


@dataclass(frozen=True)
class Words:
    """A few words at a point, on a scrap of paper so that they are read on any ground.

    Args:
        x: where.
        y: at which value.
        words: what is said.
        colour: a colour of the palette.
        anchor: which part of the words is at the point: ``"start"``, ``"middle"`` or ``"end"``.
        paper: whether paper is laid under them.
    """

    x: float
    y: float
    words: str
    colour: str = "ink"
    anchor: str = "middle"
    paper: bool = False


Mark = Line | Area | Points | Bars | Heat | Pieces | Rule | Words


@dataclass(frozen=True)
class Axis:
    """One axis of a panel.

    Args:
        label: what it measures, with its unit.
        low: its first value; what the marks need by default.
        high: its last value.
        ticks: what is marked on it; round numbers by default.
        labels: what is written at the ticks; the ticks themselves by default.
        log: whether equal distances are equal ratios.
        flip: whether it runs from the top down.
        shown: whether it is drawn.
        exact: whether it ends exactly at `low` and `high`, rather than at round numbers.
    """

    label: str = ""
    low: float | None = None
    high: float | None = None
    ticks: Sequence[float] | None = None
    labels: Sequence[str] | None = None
    log: bool = False
    flip: bool = False
    shown: bool = True
    exact: bool = False


def cells(label: str, size: int, *, flip: bool = False, names: Sequence[Any] | None = None) -> Axis:
    """An axis over the cells of a table: their numbers, or their names, in their middles; at most eight where they are many.

    Example:
        >>> cells("unit", 3).ticks
        [0.5, 1.5, 2.5]
    """
    step = max(1, math.ceil(size / 8))
    marked = list(range(0, size, step))
    labels = [str(at if names is None else names[at]) for at in marked]
    return Axis(label, 0, size, [at + 0.5 for at in marked], labels, flip=flip, exact=True)


@dataclass(frozen=True)
class Panel:
    """Marks on a pair of axes.

    Args:
        marks: from the ground up.
        title: a few words above.
        x: the axis along the bottom.
        y: the axis at the left.
        square: whether a unit is as long on both axes, as in images.
        bar: the first of the marks whose shades a bar at the right explains; None for none.
        bar_label: what the shades measure.
        height: its share of the picture's height.
        stretch: whether a row that is not full shares the whole width.
    """

    marks: Sequence[Mark]
    title: str = ""
    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)
    square: bool = False
    bar: Heat | None = None
    bar_label: str = ""
    height: float = 1.0
    stretch: bool = False


def extent(marks: Sequence[Mark], axis: str, *, log: bool = False) -> tuple[float, float]:
    """The smallest and largest finite value of the marks along ``"x"`` or ``"y"``; (0, 1) where there is none.

    Example:
        >>> extent([Line([1, 2], [3.0, 9.0]), Rule(0.5)], "y")
        (3.0, 9.0)
    """
    found = [np.asarray(values, np.float64).ravel() for mark in marks for values in _values(mark, axis)]
    together = np.concatenate([*found, np.zeros(0)])
    fine = together[np.isfinite(together) & (together > 0 if log else True)]
    return (float(fine.min()), float(fine.max())) if len(fine) else (0.1, 1.0) if log else (0.0, 1.0)


def _values(mark: Mark, axis: str) -> list[Any]:
    across = axis == "x"
    if isinstance(mark, Line | Points):
        return [mark.x if across else mark.y]
    if isinstance(mark, Area):
        return [mark.x] if across else [mark.low, mark.high]
    if isinstance(mark, Heat):
        return [mark.x if across else mark.y]
    if isinstance(mark, Pieces):
        return [np.asarray(mark.ends, np.float64).reshape(-1, 4)[:, 0 if across else 1 :: 2]]
    if isinstance(mark, Bars):
        if across != mark.lying:
            at = np.asarray(mark.at, np.float64)
            return [at - mark.wide / 2, at + mark.wide / 2]
        return [[0.0], mark.values, *(end for end in (mark.low, mark.high) if end is not None)]
    return []


def legend(panels: Sequence[Panel]) -> list[Line | Points | Pieces]:
    """The marks that have a name, each name once."""
    found: dict[str, Line | Points | Pieces] = {}
    for panel in panels:
        for mark in panel.marks:
            if isinstance(mark, Line | Points | Pieces) and mark.name:
                found.setdefault(mark.name, mark)
    return list(found.values())
