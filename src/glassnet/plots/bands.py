"""Lines with bands: how a number goes on the whole, and how far it was from that in single runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.plots.axes import (
    Scale,
    counting,
    empty,
    feet,
    grid,
    heading,
    line,
    linear,
    logarithmic,
    spread,
    text,
    text_width,
    tick_room,
)
from glassnet.plots.markup import coordinate, escape, shorten, tag
from glassnet.plots.readable import LARGEST, SMALLEST, short
from glassnet.plots.theme import SERIES_COLOURS, frame, paint

MOST_SERIES = 6
DASHES = (None, "7 4", "2 3", "11 3 2 3", "11 4", "5 2 1 2")


@dataclass(frozen=True)
class _Band:
    name: str
    colour: str
    dash: str | None
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        return np.flatnonzero(np.isfinite(self.middle))


def bands(
    series: Mapping[str, Any],
    *,
    title: str,
    y_label: str,
    x: Any = None,
    x_label: str = "epoch",
    mark: float | None = None,
    mark_label: str = "",
    log_x: bool = False,
    log_y: bool = False,
    width: int = 560,
    height: int = 320,
) -> str:
    """An SVG line chart of runs told together: each line is a mean, each band goes from the lowest run to the highest.

    Lines have colours and dashes of their own and are named at their ends. Where a run has no finite number, that point is
    left out of line and band alike, so that a mean is always over all runs.

    Args:
        series: the runs by name, each (runs, points); at most six names are drawn.
        title: a few words above the chart.
        y_label: what is measured, and its unit.
        x: where the points are along the bottom, rising; 1, 2, ... by default.
        x_label: what is counted along the bottom.
        mark: a place along the bottom to mark with a vertical line.
        mark_label: what is said at that line.
        log_x: powers of ten along the bottom; `x` is then above 0.
        log_y: powers of ten on the vertical axis; points at or under 0 are then left out.
        width: in pixels at full size.
        height: in pixels at full size.

    Returns:
        One SVG document, safe to place in a page.

    Raises:
        ShapeError: runs of another length than `x`.

    Example:
        >>> svg = bands({"adam": [[0.9, 0.3], [0.7, 0.5]]}, title="Validation loss", y_label="cross-entropy")
        >>> "adam 0.4" in svg, "fill-opacity" in svg
        (True, True)

    Reference:
        W. S. Cleveland, The Elements of Graphing Data, 1985: label lines directly, show how sure a line is.
    """
    made = _bands(series, log_y)
    longest = max((len(band.middle) for band in made), default=0)
    places = np.arange(1.0, longest + 1) if x is None else np.asarray(x, np.float64)
    if any(len(band.middle) > len(places) for band in made):
        raise ShapeError(
            f"Expected a place along the bottom for each of {longest} points. Received {len(places)}. Pass an `x` as long as "
            f"the runs."
        )
    described = " ".join(_told(band, places, x_label) for band in made) or "There are no runs to draw."
    if len(series) > len(made):
        described += f" {len(series) - len(made)} more series are not drawn."
    if mark is not None:
        described += f" Marked as {mark_label}: {x_label} {short(mark)}."
    body = heading(title, y_label)
    if not any(len(band.seen) for band in made):
        body += empty(width, height, "no finite values")
    else:
        across, up, bottom = _scales(made, places, x is None, log_x, log_y, width, height)
        body += grid(up, across.start, across.end) + bottom
        body += text(x_label, (across.start + across.end) / 2, height - 6.0, anchor="middle", look="gn-muted")
        body += _mark(mark, mark_label, across, up)
        body += "".join(_area(band, places, across, up) for band in made)
        body += "".join(_line(band, places, across, up) for band in made) + _names(made, across, up)
    return frame(body, width=width, height=height, title=title, description=described)


def _bands(series: Mapping[str, Any], log: bool) -> list[_Band]:
    made = []
    for index, (name, runs) in enumerate(list(series.items())[:MOST_SERIES]):
        table = np.clip(np.atleast_2d(np.asarray(runs, np.float64)), -LARGEST, LARGEST)
        fine = np.isfinite(np.atleast_2d(np.asarray(runs, np.float64)))
        if log:
            fine &= table > SMALLEST
        table = np.where(fine.all(axis=0), table, np.nan)
        middle = table.mean(axis=0)
        made.append(
            _Band(str(name), SERIES_COLOURS[index], DASHES[index], middle, table.min(axis=0), table.max(axis=0))
        )
    return made


def _told(band: _Band, places: np.ndarray, x_label: str) -> str:
    if not len(band.seen):
        return f"{band.name}: no finite values."
    first, last = int(band.seen[0]), int(band.seen[-1])
    lowest = int(band.seen[np.argmin(band.middle[band.seen])])
    return (
        f"{band.name}: mean {short(float(band.middle[first]))} at {x_label} {short(places[first])}, "
        f"{short(float(band.middle[last]))} at {short(places[last])} (runs from {short(float(band.low[last]))} to "
        f"{short(float(band.high[last]))}); lowest {short(float(band.middle[lowest]))} at {short(places[lowest])}."
    )


def _label(band: _Band) -> str:
    end = float(band.middle[-1]) if len(band.middle) else np.nan
    return shorten(f"{band.name} {short(end) if np.isfinite(end) else 'not finite'}", 30)


def _scales(
    made: list[_Band], places: np.ndarray, counted: bool, log_x: bool, log_y: bool, width: int, height: int
) -> tuple[Scale, Scale, str]:
    low = min(float(band.low[band.seen].min()) for band in made if len(band.seen))
    high = max(float(band.high[band.seen].max()) for band in made if len(band.seen))
    bottom, top = height - 38.0, 68.0
    if log_y:
        up = logarithmic(low, high, bottom, top)
    else:
        up = linear(0.0 if 0 <= low < 0.5 * high else low, high, bottom, top, count=4)
    room = 22 + max(text_width(_label(band)) for band in made)
    start, end = 8 + max(24.0, tick_room(up)), width - min(room, 0.45 * width)
    if counted:
        across, marks = counting(len(places), start, end)
        return across, up, feet(across, marks, [f"{at:,}" for at in marks], bottom)
    ends = float(places[0]), float(places[-1])
    across = logarithmic(*ends, start, end) if log_x else linear(*ends, start, end)
    return across, up, feet(across, across.ticks, [short(tick) for tick in across.ticks], bottom)


def _area(band: _Band, places: np.ndarray, across: Scale, up: Scale) -> str:
    """The band between the lowest and the highest run, one shape for each stretch without a gap."""
    shapes = []
    for stretch in _stretches(band.seen):
        over = [f"{coordinate(across(float(places[i])))} {coordinate(up(float(band.high[i])))}" for i in stretch]
        under = [f"{coordinate(across(float(places[i])))} {coordinate(up(float(band.low[i])))}" for i in stretch[::-1]]
        shapes.append("M" + "L".join([*over, *under]) + "Z")
    style = f"fill:{paint(band.colour)};fill-opacity:0.16;stroke:none"
    return tag("path", d="".join(shapes), style=style) if shapes else ""


def _line(band: _Band, places: np.ndarray, across: Scale, up: Scale) -> str:
    path = "".join(
        "M"
        + "L".join(f"{coordinate(across(float(places[i])))} {coordinate(up(float(band.middle[i])))}" for i in stretch)
        for stretch in _stretches(band.seen)
    )
    style = f"stroke:{paint(band.colour)};fill:none;stroke-width:2;stroke-linejoin:round"
    return tag("path", d=path, style=style, stroke_dasharray=band.dash) if path else ""


def _stretches(seen: np.ndarray) -> list[np.ndarray]:
    return np.split(seen, np.flatnonzero(np.diff(seen) > 1) + 1) if len(seen) else []


def _names(made: list[_Band], across: Scale, up: Scale) -> str:
    ends = [up(float(band.middle[band.seen[-1]])) if len(band.seen) else up.end for band in made]
    return "".join(
        tag("text", escape(_label(band)), x=across.end + 14, y=y + 4.5, style=f"fill:{paint(band.colour)}")
        for band, y in zip(made, spread(ends, 17, up.end, up.start), strict=True)
    )


def _mark(mark: float | None, words: str, across: Scale, up: Scale) -> str:
    if mark is None or not across.ticks[0] <= mark <= across.ticks[-1]:
        return ""
    x = across(mark)
    left = text_width(words, 12) < x - across.start
    said = text(words, x - 6 if left else x + 6, up.end - 6, anchor="end" if left else None, look="gn-muted")
    return line(x, up.end - 16, x, up.start, "gn-axis") + said
