"""A surface seen from above, in steps of shade, with the paths that were walked on it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.readable import short, tick_labels
from glassnet.plots.axes import Scale, feet, grid, heading, linear, text_width
from glassnet.plots.markup import coordinate, escape, shorten, tag
from glassnet.plots.theme import SERIES_COLOURS, frame, paint

MOST_PATHS = 6
DASHES = (None, "7 4", "2 3", "11 3 2 3", "11 4", "5 2 1 2")
LEVELS = 14


def contours(
    x: Any,
    y: Any,
    heights: Any,
    paths: Mapping[str, Any],
    *,
    title: str,
    note: str = "",
    targets: Sequence[Sequence[float]] = (),
    width: int = 560,
    height: int = 400,
) -> str:
    """An SVG of lines of equal height and of paths across them, each path with a dot where it starts and a disc at its end.

    The lines lie at equal shares of the heights, so that a narrow valley shows as well as a steep wall.

    Args:
        x: where the columns of `heights` are, rising, (a,).
        y: where its rows are, rising, (b,).
        heights: the surface, (b, a).
        paths: points by name, each (steps, 2); at most six are drawn, cut off at the picture's edge.
        title: a few words above the picture.
        note: a quiet line under the title.
        targets: points to mark with a cross, such as minima.
        width: in pixels at full size.
        height: in pixels at full size.

    Returns:
        One SVG document, safe to place in a page.

    Raises:
        ShapeError: `heights` is not (b, a), or a path is not (steps, 2).

    Example:
        >>> import numpy as np
        >>> x = np.linspace(-1, 1, 5)
        >>> svg = contours(x, x, x**2 + x[:, None] ** 2, {"sgd": [[1.0, 1.0], [0.5, 0.5]]}, title="Parabola")
        >>> svg.count("<path") > 1, "sgd" in svg
        (True, True)

    Reference:
        W. E. Lorensen and H. E. Cline, "Marching Cubes", SIGGRAPH 1987 (here in the plane: marching squares).
    """
    across_at, up_at, table = (np.asarray(part, np.float64) for part in (x, y, heights))
    if table.shape != (len(up_at), len(across_at)):
        raise ShapeError(
            f"Expected heights of shape ({len(up_at)}, {len(across_at)}), one for each y and x. Received {table.shape}. Pass "
            f"rows along y."
        )
    walked = {str(name): _path(name, points) for name, points in list(paths.items())[:MOST_PATHS]}
    labels = [shorten(name, 18) for name in walked]
    room = 22 + max([text_width(label) for label in labels], default=0)
    across = Scale((float(across_at[0]), float(across_at[-1])), 48.0, width - min(room, 0.4 * width))
    up = Scale((float(up_at[0]), float(up_at[-1])), height - 38.0, 56.0)
    ticks = [_ticks(scale) for scale in (up, across)]
    body = heading(title, note) + grid(Scale(ticks[0], up(ticks[0][0]), up(ticks[0][-1])), across.start, across.end)
    body += feet(across, ticks[1], tick_labels(ticks[1]), up.start)
    body += _lines(across_at, up_at, table, across, up)
    for index, points in enumerate(walked.values()):
        body += _walk(points, across, up, SERIES_COLOURS[index], DASHES[index])
    body += "".join(_cross(across(float(a)), up(float(b))) for a, b in targets)
    body += _names(labels, across.end + 14, 68.0)
    told = " ".join(_told(name, points) for name, points in walked.items()) or "There are no paths."
    return frame(body, width=width, height=height, title=title, description=told)


def _path(name: str, points: Any) -> np.ndarray:
    array = np.asarray(points, np.float64)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ShapeError(
            f"Expected the path {name!r} as points (steps, 2). Received shape {array.shape}. Pass x and y of each."
        )
    return array


def _ticks(scale: Scale) -> tuple[float, ...]:
    inside = [
        tick
        for tick in linear(scale.ticks[0], scale.ticks[-1], 0, 1).ticks
        if scale.ticks[0] <= tick <= scale.ticks[-1]
    ]
    return tuple(inside) if len(inside) > 1 else scale.ticks


def _lines(x: np.ndarray, y: np.ndarray, heights: np.ndarray, across: Scale, up: Scale) -> str:
    """The lines of equal height, the lower ones darker."""
    shares = (np.arange(LEVELS) + 0.5) / LEVELS
    parts = []
    for share, level in zip(shares, np.quantile(heights, shares), strict=True):
        pieces = [
            f"M{coordinate(across(a))} {coordinate(up(b))}L{coordinate(across(c))} {coordinate(up(d))}"
            for a, b, c, d in level_pieces(x, y, heights - level)
        ]
        style = f"stroke:{paint('muted')};stroke-opacity:{0.75 - 0.5 * share:.2f};fill:none;stroke-width:1"
        parts.append(tag("path", d="".join(pieces), style=style) if pieces else "")
    return "".join(parts)


def level_pieces(x: np.ndarray, y: np.ndarray, heights: np.ndarray) -> list[tuple[float, float, float, float]]:
    """Where the heights cross 0, as straight pieces through the triangles of each cell: never ambiguous."""
    rows, columns = np.indices((len(y) - 1, len(x) - 1)).reshape(2, -1)
    found = []
    for corners in (((0, 0), (0, 1), (1, 1)), ((0, 0), (1, 0), (1, 1))):
        points = [(x[columns + j], y[rows + i], heights[rows + i, columns + j]) for i, j in corners]
        crossings = [_crossing(points[a], points[b]) for a, b in ((0, 1), (1, 2), (0, 2))]
        for first, second in ((0, 1), (1, 2), (0, 2)):
            (xa, ya, does), (xb, yb, too) = crossings[first], crossings[second]
            both = does & too
            found += list(zip(xa[both], ya[both], xb[both], yb[both], strict=True))
    return found


def _crossing(one: Any, other: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    (xa, ya, a), (xb, yb, b) = one, other
    crosses = (a < 0) != (b < 0)
    share = np.where(crosses, a / np.where(a == b, 1.0, a - b), 0.0)
    return xa + share * (xb - xa), ya + share * (yb - ya), crosses


def _walk(points: np.ndarray, across: Scale, up: Scale, colour: str, dash: str | None) -> str:
    inside = (
        np.isfinite(points).all(axis=1)
        & (points[:, 0] >= across.ticks[0])
        & (points[:, 0] <= across.ticks[-1])
        & (points[:, 1] >= up.ticks[0])
        & (points[:, 1] <= up.ticks[-1])
    )
    outside = np.flatnonzero(~inside)
    shown = points[: outside[0]] if len(outside) else points
    if not len(shown):
        return ""
    places = [f"{coordinate(across(float(a)))} {coordinate(up(float(b)))}" for a, b in shown]
    style = f"stroke:{paint(colour)};fill:none;stroke-width:2;stroke-linejoin:round"
    drawn = tag("path", d="M" + "L".join(places), style=style, stroke_dasharray=dash) if len(shown) > 1 else ""
    for place, radius in ((0, 3.0), (-1, 5.0)):
        a, b = shown[place]
        filled = f"fill:{paint(colour)};stroke:{paint('paper')};stroke-width:1.5"
        drawn += tag("circle", cx=float(across(float(a))), cy=float(up(float(b))), r=radius, style=filled)
    return drawn


def _cross(x: float, y: float) -> str:
    path = f"M{coordinate(x - 5)} {coordinate(y - 5)}L{coordinate(x + 5)} {coordinate(y + 5)}"
    path += f"M{coordinate(x - 5)} {coordinate(y + 5)}L{coordinate(x + 5)} {coordinate(y - 5)}"
    return tag("path", d=path, style=f"stroke:{paint('orange')};stroke-width:2.5;fill:none")


def _names(labels: list[str], x: float, top: float) -> str:
    """The paths' names with their strokes, one under the other: paths end too close together to be named there."""
    parts = []
    for index, label in enumerate(labels):
        y = top + 26 * index
        style = f"stroke:{paint(SERIES_COLOURS[index])};stroke-width:2;fill:none"
        parts.append(
            tag("path", d=f"M{coordinate(x)} {coordinate(y - 12)}h34", style=style, stroke_dasharray=DASHES[index])
        )
        parts.append(tag("text", escape(label), x=float(x), y=y + 2, style=f"fill:{paint(SERIES_COLOURS[index])}"))
    return "".join(parts)


def _told(name: str, points: np.ndarray) -> str:
    ends = [", ".join(short(float(value)) for value in points[place]) for place in (0, -1)]
    return f"{name}: from ({ends[0]}) to ({ends[1]}) in {len(points) - 1} steps."
