"""Marks as SVG."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.foundation.readable import short
from glassnet.plots.axes import line, text, text_width
from glassnet.plots.fitting import LONGEST, Box
from glassnet.plots.marks import Area, Bars, Heat, Line, Mark, Panel, Pieces, Points, Rule, Words
from glassnet.plots.markup import coordinate, escape, shorten, tag
from glassnet.plots.ramps import bounds, painted, png, reads_white
from glassnet.plots.theme import LIGHT, paint, variables

MOST_POINTS = 1200


def write_panel(panel: Panel, box: Box, *, titled: bool) -> str:
    """A panel: its grid and axes, its marks from the ground up, its labels and its bar of shades."""
    # Shades are the same by day and by night, so what lies on them keeps the colours of the day.
    by_day = variables(LIGHT) if any(isinstance(mark, Heat) for mark in panel.marks) else None
    drawn = "".join(_WRITERS[type(mark)](mark, box) for mark in panel.marks)
    parts = [_grid(panel, box), tag("g", drawn, style=by_day), _labels(panel, box, titled)]
    if panel.bar is not None:
        parts.append(_bar(panel, box))
    return "".join(parts)


def _grid(panel: Panel, box: Box) -> str:
    parts = []
    heat = any(isinstance(mark, Heat) for mark in panel.marks)
    lying = any(isinstance(mark, Bars) and mark.lying for mark in panel.marks)
    if panel.y.shown:
        for tick, label in zip(box.up.ticks, box.up.labels, strict=True):
            if not heat and not lying:
                parts.append(line(box.left, box.y(tick), box.right, box.y(tick), "gn-grid"))
            parts.append(text(label, box.left - 8, box.y(tick) + 4, anchor="end", look="gn-muted"))
    if panel.x.shown:
        parts.append("" if heat else line(box.left, box.bottom, box.right, box.bottom))
        for tick, label in zip(box.across.ticks, box.across.labels, strict=True):
            if lying:
                parts.append(line(box.x(tick), box.top, box.x(tick), box.bottom, "gn-grid"))
            parts.append("" if heat else line(box.x(tick), box.bottom, box.x(tick), box.bottom + 4))
            parts.append(_foot(label, box.x(tick), box.bottom, box.turned))
    return "".join(parts)


def _foot(label: str, x: float, bottom: float, turned: bool) -> str:
    if not turned:
        return text(label, x, bottom + 18, anchor="middle", look="gn-muted")
    place = f"translate({x + 3:.1f} {bottom + 14:.1f}) rotate(-38)"
    return tag("text", escape(label), class_="gn-muted", text_anchor="end", transform=place)


def _labels(panel: Panel, box: Box, titled: bool) -> str:
    start = box.left - (14 + min(box.up.widest, box.left) if panel.y.shown else 0)
    parts, y = [], box.top - (8 if panel.y.shown else 4)
    if panel.y.label:
        parts.append(text(panel.y.label, max(start, 0) + 6 if panel.y.shown else box.left, y, look="gn-muted"))
        y -= 18
    if titled and panel.title:
        parts.append(text(panel.title, max(start, 0) + 6 if panel.y.shown else box.left, y))
    if panel.x.label:
        low = box.bottom + (24 + 0.62 * box.across.widest if box.turned else 24 if panel.x.shown else 4) + 12
        parts.append(text(panel.x.label, (box.left + box.right) / 2, low, anchor="middle", look="gn-muted"))
    return "".join(parts)


def _bar(panel: Panel, box: Box) -> str:
    """The shades from low to high, upright at the right, with the numbers at their ends and at 0."""
    heat = panel.bar
    if heat is None:
        return ""
    low, high = bounds(heat.values, heat.ramp, heat.low, heat.high)
    ladder = np.linspace(high, low, 64)[:, None]
    x, tall = box.right + 10, max(box.bottom - box.top, 40.0)
    parts = [_image(painted(ladder, heat.ramp, low, high), x, box.top, 12, tall, smooth=False)]
    marks = [low, 0.0, high] if low < 0 < high else [low, high]
    for value in marks:
        y = box.top + (high - value) / (high - low) * tall
        parts.append(text(short(value, 2), x + 16, min(max(y + 4, box.top + 9), box.top + tall), look="gn-muted"))
    if panel.bar_label:
        parts.append(text(panel.bar_label, x + 50, box.top - 8, anchor="end", look="gn-muted"))
    return "".join(parts)


def _image(pixels: np.ndarray, x: float, y: float, wide: float, high: float, *, smooth: bool) -> str:
    look = None if smooth else "image-rendering:pixelated"
    return tag(
        "image",
        x=float(x),
        y=float(y),
        width=float(wide),
        height=float(high),
        preserveAspectRatio="none",
        href=png(pixels),
        style=look,
    )


# The marks.


def _points(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(x, np.float64).ravel(), np.asarray(y, np.float64).ravel()


def _line(mark: Line, box: Box) -> str:
    x, y = _points(mark.x, mark.y)
    fine = box.across.holds(x) & np.isfinite(y) & ((y > 0) | (not box.up.log))
    x, y, fine = _thinned(x, y, fine)
    path, pen = [], "M"
    for a, b, there in zip(x, np.clip(y, box.up.low, box.up.high), fine, strict=True):
        if there:
            path.append(f"{pen}{coordinate(box.x(float(a)))} {coordinate(box.y(float(b)))}")
        pen = "L" if there else "M"
    style = f"stroke:{paint(mark.colour)};fill:none;stroke-width:{mark.wide:g};stroke-linejoin:round"
    return tag("path", d="".join(path), style=style, stroke_dasharray=mark.dash) if path else ""


def _thinned(x: np.ndarray, y: np.ndarray, fine: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All points, or the lowest and highest of each stretch, so that no peak is lost."""
    if len(x) <= MOST_POINTS:
        return x, y, fine
    shown = np.where(fine, y, np.nan)
    kept = [0, len(x) - 1]
    for part in np.array_split(np.arange(len(x)), MOST_POINTS // 2):
        known = part[np.isfinite(shown[part])]
        kept += [int(part[0])] if not len(known) else [int(known[f(shown[known])]) for f in (np.argmin, np.argmax)]
    order = np.unique(kept)
    return x[order], y[order], fine[order]


def _area(mark: Area, box: Box) -> str:
    x, low = _points(mark.x, mark.low)
    high = np.asarray(mark.high, np.float64).ravel()
    seen = np.flatnonzero(box.across.holds(x) & np.isfinite(low) & np.isfinite(high))
    shapes = []
    for part in np.split(seen, np.flatnonzero(np.diff(seen) > 1) + 1) if len(seen) else []:
        over = [_place(x[i], np.clip(high[i], box.up.low, box.up.high), box) for i in part]
        under = [_place(x[i], np.clip(low[i], box.up.low, box.up.high), box) for i in part[::-1]]
        shapes.append("M" + "L".join([*over, *under]) + "Z")
    style = f"fill:{paint(mark.colour)};fill-opacity:{mark.opacity:.2f};stroke:none"
    return tag("path", d="".join(shapes), style=style) if shapes else ""


def _place(x: Any, y: Any, box: Box) -> str:
    return f"{coordinate(box.x(float(x)))} {coordinate(box.y(float(y)))}"


def _dots(mark: Points, box: Box) -> str:
    x, y = _points(mark.x, mark.y)
    chosen = np.flatnonzero(box.across.holds(x) & box.up.holds(y))
    if len(chosen) > MOST_POINTS:
        chosen = chosen[np.linspace(0, len(chosen) - 1, MOST_POINTS).astype(int)]
    drawn = [dot(mark.shape, box.x(float(x[i])), box.y(float(y[i])), mark.size, mark.colour) for i in chosen]
    return tag("g", *drawn) if drawn else ""


def dot(shape: str, x: float, y: float, size: float, colour: str) -> str:
    """One point of a shape, of about `size` pixels in radius."""
    filled = f"fill:{paint(colour)};stroke:{paint('paper')};stroke-width:1"
    if shape == "ring":
        return tag("circle", cx=x, cy=y, r=size, style=f"fill:{paint('paper')};stroke:{paint(colour)};stroke-width:2")
    if shape == "cross":
        a, b, c, d = (coordinate(v) for v in (x - size, y - size, x + size, y + size))
        strokes = (("paper", 5), (colour, 2))
        return "".join(
            tag(
                "path",
                d=f"M{a} {b}L{c} {d}M{a} {d}L{c} {b}",
                style=f"stroke:{paint(name)};stroke-width:{wide};fill:none",
            )
            for name, wide in strokes
        )
    corners = {
        "diamond": ((0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)),
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "triangle": ((0, -1.3), (1.25, 0.95), (-1.25, 0.95)),
    }.get(shape)
    if corners is None:
        return tag("circle", cx=x, cy=y, r=size, style=filled)
    path = "L".join(f"{coordinate(x + a * size)} {coordinate(y + b * size)}" for a, b in corners)
    return tag("path", d=f"M{path}Z", style=filled)


def _bars(mark: Bars, box: Box) -> str:
    at, values = _points(mark.at, mark.values)
    along, over = (box.y, box.x) if mark.lying else (box.x, box.y)
    held = box.across if mark.lying else box.up
    shapes = []
    for place, value in zip(at, values, strict=True):
        if np.isfinite(value):
            foot, end = (over(float(np.clip(v, held.low, held.high))) for v in (0.0, value))
            sides = along(float(place - mark.wide / 2)), along(float(place + mark.wide / 2))
            a, b, c, d = (coordinate(v) for v in (foot, end, *sides))
            shapes.append(f"M{a} {c}L{b} {c}L{b} {d}L{a} {d}Z" if mark.lying else f"M{c} {a}L{c} {b}L{d} {b}L{d} {a}Z")
    drawn = tag("path", d="".join(shapes), style=f"fill:{paint(mark.colour)}") if shapes else ""
    if mark.low is None or mark.high is None:
        return drawn
    return drawn + _whiskers(at, *_points(mark.low, mark.high), mark.lying, box)


def _whiskers(at: np.ndarray, low: np.ndarray, high: np.ndarray, lying: bool, box: Box) -> str:
    held = box.across if lying else box.up
    path = []
    for place, first, last in zip(at, low, high, strict=True):
        if np.isfinite(first) and np.isfinite(last):
            a, b = (float(np.clip(v, held.low, held.high)) for v in (first, last))
            ends = ((a, place), (b, place)) if lying else ((place, a), (place, b))
            path.append("M" + "L".join(_place(x, y, box) for x, y in ends))
    style = f"stroke:{paint('ink')};stroke-width:1.5;fill:none"
    return tag("path", d="".join(path), style=style) if path else ""


def _heat(mark: Heat, box: Box) -> str:
    pixels = painted(mark.values, mark.ramp, mark.low, mark.high)
    left, right = sorted(box.x(v) for v in mark.x)
    top, bottom = sorted(box.y(v) for v in mark.y)
    if box.x(mark.x[0]) > box.x(mark.x[1]):
        pixels = pixels[:, ::-1]
    if box.y(mark.y[0]) > box.y(mark.y[1]):
        pixels = pixels[::-1]
    drawn = _image(pixels, left, top, right - left, bottom - top, smooth=mark.smooth)
    edge = f"fill:none;stroke:{paint('line')}"
    drawn += tag("rect", x=left, y=top, width=right - left, height=bottom - top, style=edge)
    return drawn + (_written(mark, pixels, left, top, right - left, bottom - top, box) if mark.written else "")


def _written(mark: Heat, pixels: np.ndarray, left: float, top: float, wide: float, high: float, box: Box) -> str:
    said = mark.said()[:: -1 if box.y(mark.y[0]) > box.y(mark.y[1]) else 1]
    cell, tall = wide / len(said[0]), high / len(said)
    lines = max(word.count("\n") + 1 for row in said for word in row)
    longest = max(len(line) for row in said for word in row for line in word.split("\n"))
    size = min(13.0, 0.6 * tall / lines, 1.5 * (cell - 4) / longest)
    parts = []
    for i, j in np.ndindex(len(said), len(said[0])) if size >= 7 else ():
        ink = "#ffffff" if reads_white(pixels[i, j]) else "#14161b"
        look = f"fill:{ink};font-size:{size:.1f}px"
        inside = said[i][j].split("\n")
        for number, words in enumerate(inside):
            y = top + tall * (i + 0.5) + size * (0.36 + 1.25 * (number - (len(inside) - 1) / 2))
            parts.append(tag("text", escape(words), x=left + cell * (j + 0.5), y=y, text_anchor="middle", style=look))
    return "".join(parts)


def _pieces(mark: Pieces, box: Box) -> str:
    ends = np.asarray(mark.ends, np.float64).reshape(-1, 4)
    inside = box.across.holds(ends[:, 0]) & box.across.holds(ends[:, 2])
    inside &= box.up.holds(ends[:, 1]) & box.up.holds(ends[:, 3])
    path = "".join(f"M{_place(a, b, box)}L{_place(c, d, box)}" for a, b, c, d in ends[inside])
    style = f"stroke:{paint(mark.colour)};stroke-opacity:{mark.opacity:.2f};fill:none;stroke-width:{mark.wide:g}"
    return tag("path", d=path, style=style, stroke_dasharray=mark.dash) if path else ""


def _rule(mark: Rule, box: Box) -> str:
    held = box.across if mark.upright else box.up
    if not held.holds(np.array([mark.at]))[0]:
        return ""
    look = {"style": f"stroke:{paint(mark.colour)};stroke-width:1.3;fill:none", "stroke_dasharray": mark.dash}
    if mark.upright:
        x = coordinate(box.x(mark.at))
        drawn = _stretch(mark, box) + tag("path", d=f"M{x} {box.top:.2f}L{x} {box.bottom:.2f}", **look)
        room = text_width(mark.words, 12) < box.right - box.x(mark.at) - 8
        words = Words(0, 0, mark.words, mark.colour, "start" if room else "end", paper=True)
        return drawn + _said(words, box.x(mark.at) + (6 if room else -6), box.top + 12)
    y = coordinate(box.y(mark.at))
    drawn = tag("path", d=f"M{box.left:.2f} {y}L{box.right:.2f} {y}", **look)
    return drawn + _said(Words(0, 0, mark.words, mark.colour, "end", paper=True), box.right - 4, box.y(mark.at) - 5)


def _stretch(mark: Rule, box: Box) -> str:
    if mark.to is None:
        return ""
    left, right = box.x(mark.at), box.x(min(mark.to, box.across.high))
    style = f"fill:{paint('orange')};fill-opacity:0.12"
    return tag("rect", x=left, y=box.top, width=max(right - left, 0.0), height=box.bottom - box.top, style=style)


def _words(mark: Words, box: Box) -> str:
    """The words, moved so far that they stay between the axes."""
    mark = replace(mark, words=shorten(mark.words, LONGEST))
    half = text_width(mark.words, 12) / 2
    before = {"start": 0.0, "middle": half, "end": 2 * half}[mark.anchor]
    x = min(max(box.x(mark.x) - before, box.left), max(box.right - 2 * half, box.left)) + before
    return _said(mark, x, box.y(mark.y) + 4)


def _said(mark: Words, x: float, y: float) -> str:
    if not mark.words:
        return ""
    look = f"fill:{paint(mark.colour)};font-size:12px"
    if mark.paper:
        look += f";stroke:{paint('paper')};stroke-width:3px;paint-order:stroke;stroke-linejoin:round"
    return tag("text", escape(mark.words), x=float(x), y=float(y), text_anchor=mark.anchor, style=look)


_WRITERS: dict[type[Mark], Callable[[Any, Box], str]] = {
    Line: _line,
    Area: _area,
    Points: _dots,
    Bars: _bars,
    Heat: _heat,
    Pieces: _pieces,
    Rule: _rule,
    Words: _words,
}
