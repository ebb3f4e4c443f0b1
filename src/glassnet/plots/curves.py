"""Learning curves: one line a series, named at its end, validation dashed and with its own marker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from glassnet.foundation.readable import SMALLEST, numbers, short
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
from glassnet.plots.theme import SERIES_COLOURS, frame, paint

MOST_SERIES = 10
MOST_POINTS = 600


@dataclass(frozen=True)
class _Look:
    colour: str
    dash: str | None
    marker: str


@dataclass(frozen=True)
class _Curve:
    name: str
    values: np.ndarray
    look: _Look

    @property
    def finite(self) -> np.ndarray:
        return np.flatnonzero(np.isfinite(self.values))

    @property
    def label(self) -> str:
        end = self.values[-1] if len(self.values) else np.nan
        return shorten(f"{self.name} {short(float(end)) if np.isfinite(end) else 'not finite'}", 26)


def is_validation(name: str) -> bool:
    """Whether a series is drawn as validation: its name starts with ``val_`` or ``validation``.

    Example:
        >>> is_validation("val_loss"), is_validation("values")
        (True, False)
    """
    return name == "val" or name.startswith(("val_", "validation"))


def curves(
    series: Mapping[str, Sequence[float]],
    *,
    title: str,
    y_label: str,
    x_label: str = "epoch",
    mark: int | None = None,
    mark_label: str = "best",
    log: bool = False,
    width: int = 480,
    height: int = 300,
) -> str:
    """An SVG line chart of numbers that came one an epoch.

    Validation series (`is_validation`) are dashed with diamonds, all others solid with a disc at the end, so that the
    chart reads without colour. Values that are not finite break the line; the label says when the last one is not, and
    the description since when. Long series are thinned so that every peak stays.

    Args:
        series: values by name, the first belonging to epoch 1; at most ten are drawn.
        title: a few words above the chart.
        y_label: what is measured, and its unit.
        x_label: what is counted along the bottom.
        mark: the epoch to mark with a vertical line, counted from 1.
        mark_label: what is said at that line.
        log: powers of ten on the vertical axis; values at or under 0 are then left out.
        width: in pixels at full size.
        height: in pixels at full size.

    Returns:
        One SVG document, safe to place in a page.

    Example:
        >>> svg = curves({"training": [0.7, 0.3], "validation": [0.7, 0.4]}, title="Loss", y_label="cross-entropy")
        >>> "training 0.3" in svg, "stroke-dasharray" in svg
        (True, True)

    Reference:
        W. S. Cleveland, The Elements of Graphing Data, 1985: label lines directly, keep the grid quiet.
    """
    drawn = _curves(series, log)
    described = " ".join(_describe(curve, x_label) for curve in drawn) or "There are no values to draw."
    if len(series) > len(drawn):
        described += f" {len(series) - len(drawn)} more series are not drawn."
    if mark is not None:
        described += f" Marked as {mark_label}: {x_label} {mark}."
    body = heading(title, y_label)
    if not any(len(curve.finite) for curve in drawn):
        body += empty(width, height, "no finite values")
    else:
        across, up, marks = _scales(drawn, log, width, height)
        body += grid(up, across.start, across.end) + feet(across, marks, [f"{at:,}" for at in marks], up.start)
        body += text(x_label, (across.start + across.end) / 2, height - 6.0, anchor="middle", look="gn-muted")
        body += _marked(drawn, mark, f"{mark_label}: {x_label} {mark}", across, up)
        body += "".join(_drawn(curve, across, up) for curve in drawn) + _named(drawn, across, up)
    return frame(body, width=width, height=height, title=title, description=described)


def _curves(series: Mapping[str, Sequence[float]], log: bool) -> list[_Curve]:
    made: list[_Curve] = []
    plain = checked = 0
    for name, given in list(series.items())[:MOST_SERIES]:
        values = numbers(given)
        if log:
            values = np.where(values > SMALLEST, values, np.nan)
        if is_validation(str(name)):
            colour, dash = ("orange", *SERIES_COLOURS[1:])[checked % len(SERIES_COLOURS)], "7 4"
            look, checked = _Look(colour, dash, "diamond"), checked + 1
        else:
            dashes = (None, "2 3", "11 4", "11 3 2 3")
            look = _Look(
                SERIES_COLOURS[plain % len(SERIES_COLOURS)], dashes[plain // 2 % 4], ("disc", "square")[plain % 2]
            )
            plain += 1
        made.append(_Curve(str(name), values, look))
    return made


def _describe(curve: _Curve, x_label: str) -> str:
    where = curve.finite
    if not len(where):
        return f"{curve.name}: no finite values."
    first, last = int(where[0]), int(where[-1])
    low, high = where[np.argmin(curve.values[where])], where[np.argmax(curve.values[where])]
    words = (
        f"{curve.name}: {short(float(curve.values[first]))} at {x_label} {first + 1}, "
        f"{short(float(curve.values[last]))} at {x_label} {last + 1}; "
        f"lowest {short(float(curve.values[low]))} at {low + 1}, "
        f"highest {short(float(curve.values[high]))} at {high + 1}."
    )
    broken = np.flatnonzero(~np.isfinite(curve.values))
    return words + (f" Not finite from {x_label} {broken[0] + 1}." if len(broken) else "")


def _scales(drawn: list[_Curve], log: bool, width: int, height: int) -> tuple[Scale, Scale, list[int]]:
    points = np.concatenate([curve.values[curve.finite] for curve in drawn])
    low, high = float(points.min()), float(points.max())
    bottom, top = height - 38.0, 68.0
    if log:
        up = logarithmic(low, high, bottom, top)
    else:
        up = linear(0.0 if 0 <= low < 0.5 * high else low, high, bottom, top, count=4)
    room = 22 + max(text_width(curve.label) for curve in drawn)
    last = max(len(curve.values) for curve in drawn)
    across, marks = counting(last, 8 + max(24.0, tick_room(up)), width - min(room, 0.45 * width))
    return across, up, marks


def _thinned(values: np.ndarray) -> np.ndarray:
    """Which points to draw: all, or the lowest and highest of each stretch, so that no peak is lost."""
    if len(values) <= MOST_POINTS:
        return np.arange(len(values))
    kept: list[int] = [0, len(values) - 1]
    for stretch in np.array_split(np.arange(len(values)), MOST_POINTS // 2):
        part = values[stretch]
        if np.isfinite(part).all():
            kept += [int(stretch[part.argmin()]), int(stretch[part.argmax()])]
        else:
            kept += [int(index) for index in stretch[:2]]
    return np.unique(kept)


def _drawn(curve: _Curve, across: Scale, up: Scale) -> str:
    path, pen = [], "M"
    for index in _thinned(curve.values):
        value = float(curve.values[index])
        if not np.isfinite(value):
            pen = "M"
            continue
        path.append(f"{pen}{coordinate(across(index + 1))} {coordinate(up(value))}")
        pen = "L"
    stroke = f"stroke:{paint(curve.look.colour)};fill:none;stroke-width:2;stroke-linejoin:round"
    drawn = tag("path", d="".join(path), style=stroke, stroke_dasharray=curve.look.dash) if path else ""
    return drawn + "".join(
        _marker(curve.look, across(i + 1), up(float(curve.values[i]))) for i in _marker_places(curve)
    )


def _marker_places(curve: _Curve) -> list[int]:
    """A disc at the end of a plain line; about eight diamonds along a validation line."""
    where = curve.finite
    if curve.look.marker != "diamond":
        return [int(index) for index in where[-1:]]
    step = max(1, round(len(where) / 8))
    return [int(index) for index in where[::-1][::step]]


def _marker(look: _Look, x: float, y: float) -> str:
    style = f"fill:{paint(look.colour)};stroke:{paint('paper')};stroke-width:1.5"
    if look.marker == "diamond":
        corners = ((x, y - 5.5), (x + 5.5, y), (x, y + 5.5), (x - 5.5, y))
        return tag("polygon", points=" ".join(f"{coordinate(a)},{coordinate(b)}" for a, b in corners), style=style)
    if look.marker == "square":
        return tag("rect", x=x - 4, y=y - 4, width=8, height=8, style=style)
    return tag("circle", cx=float(x), cy=float(y), r=4.5, style=style)


def _named(drawn: list[_Curve], across: Scale, up: Scale) -> str:
    """Each line's name and last value at its end, moved apart where they would touch."""
    ends = [up(float(curve.values[curve.finite[-1]])) if len(curve.finite) else up.end for curve in drawn]
    places = spread(ends, 17, up.end, up.start)
    parts = []
    for curve, y in zip(drawn, places, strict=True):
        parts.append(
            tag("text", escape(curve.label), x=across.end + 14, y=y + 4.5, style=f"fill:{paint(curve.look.colour)}")
        )
    return "".join(parts)


def _marked(drawn: list[_Curve], mark: int | None, words: str, across: Scale, up: Scale) -> str:
    """A vertical line at the marked epoch, its name above, and a ring on each validation line, or else on each line."""
    last = int(across.ticks[-1])
    if mark is None or not 1 <= mark <= last:
        return ""
    x = across(mark)
    left = text_width(words, 12) < x - across.start
    parts = [
        line(x, up.end - 16, x, up.start, "gn-axis"),
        text(words, x - 6 if left else x + 6, up.end - 6, anchor="end" if left else None, look="gn-muted"),
    ]
    ringed = [curve for curve in drawn if is_validation(curve.name)] or drawn
    for curve in ringed:
        if mark <= len(curve.values) and np.isfinite(curve.values[mark - 1]):
            ring = f"fill:none;stroke:{paint(curve.look.colour)};stroke-width:2"
            parts.append(tag("circle", cx=float(x), cy=up(float(curve.values[mark - 1])), r=8, style=ring))
    return "".join(parts)
