"""A straight boundary that moves: one small panel for each place where it was."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.plots.marks import Area, Axis, Line, Panel, Points, Words
from glassnet.plots.picture import Picture, picture

MOST_PANELS = 12
_PLACES = 121
_LOOKS = (("blue", "disc"), ("orange", "diamond"))

Plane = tuple[float, float, float, float]
"""Left, right, bottom and top of what is drawn."""


def moving_line(
    points: Any,
    labels: Any,
    lines: Any,
    *,
    corrected: Sequence[int] = (),
    titles: Sequence[str] = (),
    title: str = "The line after each correction",
    x_label: str = "x[0]",
    y_label: str = "x[1]",
    class_names: Sequence[Any] = (0, 1),
) -> Picture:
    """w₀ x + w₁ y + b = 0 after each correction: the side where the sum is at least 0 is shaded, the line before is dashed.

    Args:
        points: rows in the plane, (n, 2).
        labels: 0 or 1 for each, (n,).
        lines: w₀, w₁ and b after each correction, (m, 3); of more than twelve, some are drawn, the last among them.
        corrected: the number of the row that led to each line, ringed in its panel.
        titles: a few words above each panel.
        title: a few words above all.
        x_label: the first coordinate's name.
        y_label: the second one's.
        class_names: what 0 and 1 stand for.

    Returns:
        A picture with the numbers ``points``, ``labels``, ``lines`` and ``drawn``, the numbers of the lines that are drawn.

    Raises:
        ShapeError: points and labels, or lines, that do not fit.

    Example:
        >>> moving_line([[0, 0], [1, 1]], [0, 1], [[1, 1, 0], [1, 1, -1]]).numbers["drawn"].tolist()
        [0, 1]

    Reference:
        Rosenblatt (1958), The perceptron: a probabilistic model for information storage and organization in the brain.
    """
    table, among = np.asarray(points, np.float64), np.asarray(labels).ravel()
    moved = np.asarray(lines, np.float64).reshape(-1, 3) if np.size(lines) else np.zeros((0, 3))
    if table.ndim != 2 or table.shape[1] != 2 or len(among) != len(table):
        raise ShapeError(
            f"Expected points of shape (n, 2) with a label each. Received {table.shape} and {len(among)} labels. Choose two "
            f"columns."
        )
    drawn = chosen(len(moved))
    plane = (*_room(table[:, 0]), *_room(table[:, 1]))
    panels = []
    for k in drawn:
        ring = table[[corrected[k]]] if k < len(corrected) else table[:0]
        marks = [*_line_marks(moved[k], moved[k - 1] if k else None, plane), *_rows(table, among, ring, class_names)]
        panels.append(_panel(marks, plane, titles[k] if k < len(titles) else str(k + 1), x_label, y_label))
    panels = panels or [_panel(_rows(table, among, table[:0], class_names), plane, "no correction", x_label, y_label)]
    columns = min(3, len(panels))
    left_out = f"; {len(moved) - len(drawn)} of {len(moved)} lines not drawn" if len(drawn) < len(moved) else ""
    return picture(
        title,
        panels,
        {"points": table, "labels": among, "lines": moved, "drawn": np.array(drawn, int)},
        description=f"{len(moved)} lines, the last one {_told(moved[-1]) if len(moved) else 'missing'}.",
        note=f"shaded: the side of {class_names[1]}; dashed: the line before; ringed: the row corrected for{left_out}",
        columns=columns,
        width=max(480, 232 * columns),
        height=84 + 212 * -(-len(panels) // columns),
    )


def chosen(count: int, most: int = MOST_PANELS) -> list[int]:
    """Which of many to draw: the first half one by one, the rest in even steps, and the last.

    Example:
        >>> chosen(3), chosen(40)
        ([0, 1, 2], [0, 1, 2, 3, 4, 5, 11, 16, 22, 28, 33, 39])
    """
    if count <= most:
        return list(range(count))
    half = most // 2
    later = np.linspace(half - 1, count - 1, most - half + 1)[1:]
    return [*range(half), *(round(at) for at in later)]


def _room(values: np.ndarray) -> tuple[float, float]:
    """From under the smallest to over the largest value."""
    low, high = float(values.min()), float(values.max())
    more = 0.3 * (high - low) or 1.0
    return low - more, high + more


def _line_marks(now: np.ndarray, before: np.ndarray | None, plane: Plane) -> list[Any]:
    marks: list[Any] = _side(now, plane)
    if before is not None:
        marks += [Line(x, y, colour="muted", dash="4 4", wide=1.3) for x, y in _ends(before, plane)]
    found = [Line(x, y, colour="ink", wide=2.0) for x, y in _ends(now, plane)]
    if not found:
        words = "the line is outside" if now[:2].any() else "no line: all one side"
        found = [Words((plane[0] + plane[1]) / 2, plane[3] - 0.06 * (plane[3] - plane[2]), words, paper=True)]
    return [*marks, *found]


def _ends(line: np.ndarray, plane: Plane) -> list[tuple[np.ndarray, np.ndarray]]:
    """The line's two ends at the edges of the plane; nothing where it does not cross it."""
    w0, w1, b = (float(v) for v in line)
    left, right, bottom, top = plane
    met = []
    if w1:
        met += [(x, -(b + w0 * x) / w1) for x in (left, right)]
    if w0:
        met += [(-(b + w1 * y) / w0, y) for y in (bottom, top)]
    slack = 1e-9 * max(right - left, top - bottom)
    held = [(x, y) for x, y in met if left - slack <= x <= right + slack and bottom - slack <= y <= top + slack]
    if len(held) < 2:
        return []
    first, last = min(held), max(held)
    return [(np.array([first[0], last[0]]), np.array([first[1], last[1]]))]


def _side(line: np.ndarray, plane: Plane) -> list[Area]:
    """The part of the plane where w₀ x + w₁ y + b ≥ 0."""
    w0, w1, b = (float(v) for v in line)
    left, right, bottom, top = plane
    crossed = [-(b + w1 * y) / w0 for y in (bottom, top)] if w0 else []
    x = np.sort([*np.linspace(left, right, _PLACES), *(at for at in crossed if left < at < right)])
    if w1:
        edge = np.clip(-(b + w0 * x) / w1, bottom, top)
        low, high = (edge, np.full(len(x), top)) if w1 > 0 else (np.full(len(x), bottom), edge)
    else:
        inside = w0 * x + b >= (-1e-9 if w0 else 0.0)
        low, high = np.full(len(x), bottom), np.where(inside, top, np.nan)
    return [Area(x, low, high, "orange", 0.15)]


def _rows(table: np.ndarray, among: np.ndarray, ring: np.ndarray, names: Sequence[Any]) -> list[Any]:
    marks: list[Any] = [Points(ring[:, 0], ring[:, 1], colour="ink", shape="ring", size=8.0)] if len(ring) else []
    for k, (colour, shape) in enumerate(_LOOKS):
        rows = table[among == k]
        marks.append(Points(rows[:, 0], rows[:, 1], str(names[k]), colour, shape, 4.4))
    return marks


def _panel(marks: Sequence[Any], plane: Plane, title: str, x_label: str, y_label: str) -> Panel:
    x = Axis(x_label, plane[0], plane[1], exact=True)
    return Panel(marks, title, x, Axis(y_label, plane[2], plane[3], exact=True, shown=bool(y_label)))


def _told(line: np.ndarray) -> str:
    return f"{line[0]:.3g} x + {line[1]:.3g} y + {line[2]:.3g} = 0"
