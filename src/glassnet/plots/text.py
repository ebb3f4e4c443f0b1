"""Drawings made of characters, for terminals and logs."""

from collections.abc import Mapping, Sequence

import numpy as np

from glassnet.foundation.readable import numbers, short
from glassnet.plots.curves import is_validation
from glassnet.plots.markup import shorten

BLOCKS = "▁▂▃▄▅▆▇█"
SIGNS = "_.-~=+*#"


def sparkline(values: Sequence[float], *, width: int | None = None, ascii_only: bool = False) -> str:
    """The course of `values` in one line of characters, the lowest to the highest over eight heights.

    Args:
        values: numbers in order; one that is not finite shows as ``x``.
        width: at most this many characters, 1 or more; longer series are averaged over stretches.
        ascii_only: for terminals that cannot show block characters.

    Example:
        >>> sparkline([1, 2, 3, 5, 8])
        '▁▂▃▅█'
        >>> sparkline([0.7, 0.4, float("nan")], ascii_only=True)
        '#_x'

    Reference:
        E. R. Tufte, Beautiful Evidence, 2006.
    """
    heights = _stretched(numbers(values), width)
    finite = heights[np.isfinite(heights)]
    if not len(finite):
        return "x" * len(heights)
    signs = SIGNS if ascii_only else BLOCKS
    low, span = finite.min(), np.ptp(finite)
    return "".join(
        "x" if not np.isfinite(value) else signs[round(7 * (value - low) / span) if span else 3] for value in heights
    )


def _stretched(values: np.ndarray, width: int | None) -> np.ndarray:
    """At most `width` values: the means of equal stretches; a stretch with a value that is not finite keeps it."""
    if width is None or len(values) <= max(width, 1):
        return values
    return np.array([part.mean() for part in np.array_split(values, max(width, 1))])


def text_curves(
    series: Mapping[str, Sequence[float]],
    width: int = 72,
    height: int = 14,
    *,
    ascii_only: bool = False,
    ends: tuple[str, str] | None = None,
    marks: Sequence[tuple[int, str]] = (),
) -> str:
    """Learning curves in characters: one sign a series, the scale at the left, epochs along the bottom.

    Validation series are drawn with a hollow sign, the others with a solid one; the legend under the chart gives each
    one's last value.

    Args:
        series: values by name, the first belonging to epoch 1; at most six are drawn.
        width: columns in all, at least 24.
        height: rows of the chart itself, at least 4.
        ascii_only: for terminals that cannot show other characters.
        ends: what stands under both ends of the bottom line; 1 and the number of epochs by default.
        marks: epochs, counted from 1, with a sign each that stands for them in the bottom line.

    Returns:
        Lines joined by newlines, none at the end.

    Example:
        >>> print(text_curves({"loss": [4, 3, 2, 1]}, width=24, height=4, ascii_only=True))
           4 |*
             |     *
             |           *
           1 |                *
             +-----------------
              1               4
        * loss 1

    Reference:
        J. W. Tukey, Exploratory Data Analysis, 1977: pictures that a typewriter can draw.
    """
    width, height = max(width, 24), max(height, 4)
    table = {str(name): numbers(values) for name, values in list(series.items())[:6]}
    signs = _signs(table, ascii_only)
    finite = [values[np.isfinite(values)] for values in table.values()]
    points = np.concatenate([*finite, np.zeros(0)])
    if not len(points):
        return "no finite values to draw"
    low, high = float(points.min()), float(points.max())
    last = max(len(values) for values in table.values())
    top, bottom = short(high), short(low)
    room = max(len(top), len(bottom), 4)
    columns = min(width - room - 3, 200)
    rows = _rows(table, signs, low, high, last, columns, height)
    wall, corner, floor = ("|", "+", "-") if ascii_only else ("│", "└", "─")
    names = [top, *[""] * (height - 2), bottom]
    lines = [f"{name:>{room}} {wall}{row}".rstrip() for name, row in zip(names, rows, strict=True)]
    ground = [floor] * columns
    for epoch, sign in marks:
        if 1 <= epoch <= last:
            ground[_column(epoch - 1, last, columns)] = sign[:1]
    lines.append(" " * (room + 1) + corner + "".join(ground))
    first, final = ends or ("1", str(last) if last > 1 else "")
    lines.append((" " * (room + 2) + first + f"{final:>{columns - len(first)}}").rstrip())
    return "\n".join([*lines, *_legend(table, signs, width, ascii_only)])


def _signs(table: Mapping[str, np.ndarray], ascii_only: bool) -> dict[str, str]:
    solid = iter("*#@%&$" if ascii_only else "●■▲◆★•")
    hollow = iter("o0+x=~" if ascii_only else "○□△◇☆◦")
    return {name: next(hollow) if is_validation(name) else next(solid) for name in table}


def _rows(
    table: Mapping[str, np.ndarray],
    signs: dict[str, str],
    low: float,
    high: float,
    last: int,
    columns: int,
    height: int,
) -> list[str]:
    canvas = [[" "] * columns for _ in range(height)]
    span = (high - low) or 1.0
    for name, values in table.items():
        for index in np.flatnonzero(np.isfinite(values)):
            across = _column(int(index), last, columns)
            down = round((high - float(values[index])) / span * (height - 1))
            canvas[down][across] = signs[name]
    return ["".join(row) for row in canvas]


def _column(index: int, last: int, columns: int) -> int:
    """Where an epoch, counted from 0, stands."""
    return round(index * (columns - 1) / max(last - 1, 1))


def _legend(table: Mapping[str, np.ndarray], signs: dict[str, str], width: int, ascii_only: bool) -> list[str]:
    """`sign name last-value`, as many on a line as fit."""
    lines: list[str] = [""]
    for name, values in table.items():
        shown = shorten(name, 30)
        if ascii_only:
            shown = shown.encode("ascii", "replace").decode()
        entry = f"{signs[name]} {shown} {short(float(values[-1]) if len(values) else None)}"
        if lines[-1] and len(lines[-1]) + len(entry) + 3 > width:
            lines.append("")
        lines[-1] += ("   " if lines[-1] else "") + entry
    return lines
