"""The confusion matrix: which class was taken for which."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.readable import LARGEST, percent
from glassnet.plots.axes import empty, fill, text, text_width
from glassnet.plots.markup import escape, shorten, tag
from glassnet.plots.theme import frame, paint

MOST_CLASSES = 20


def confusion_matrix(counts: Any, labels: Sequence[Any], *, title: str = "Confusion matrix") -> str:
    """An SVG heat map of C[i, j], the rows of class i that were called class j.

    Right answers (the diagonal) are blue, mistakes orange, both darker with their share of the row; every cell says
    its count, and as long as there is room the share too. Beyond 20 classes the 19 with the most mistakes stay and the
    others are summed.

    Args:
        counts: whole numbers of shape (classes, classes), truth down, prediction across.
        labels: the class names, one a row.
        title: a few words above the chart.

    Returns:
        One SVG document, safe to place in a page.

    Raises:
        ShapeError: `counts` is not square, or `labels` are not as many.

    Example:
        >>> svg = confusion_matrix([[70, 2], [1, 41]], ["benign", "malignant"])
        >>> "97.2 %" in svg, "97.6 %" in svg
        (True, True)

    Reference:
        J. T. Townsend, Theoretical analysis of an alphabetic confusion matrix, 1971.
    """
    table, names = _checked(counts, labels)
    table, names, note = collapse(table, names)
    if not len(table):
        body = text(title, 16, 22, look="gn-title") + empty(320, 120, "no classes")
        return frame(body, width=320, height=120, title=title, description="There are no classes to draw.")
    cell = float(np.interp(len(table), [2, 10, 21], [96, 54, 34]))
    high = cell if len(table) > 2 else 68.0
    shown = [shorten(name, 18) for name in names]
    left = 34 + max(text_width(name, 12) for name in shown)
    turned = max(text_width(name, 12) for name in shown) > cell - 8
    top = 62 + (min(18, max(len(name) for name in shown)) * 5.0 if turned else 14)
    width = max(left + cell * len(table) + 20 + (50 if turned else 0), 24 + text_width(title, 14), 300)
    height = top + high * len(table) + (34 if note else 14)
    body = text(title, 16, 22, look="gn-title")
    body += _names(shown, left, top, cell, high, turned) + _cells(table, left, top, cell, high)
    body += text(note, 16, height - 10, look="gn-muted") if note else ""
    return frame(body, width=round(width), height=round(height), title=title, description=_describe(table, names, note))


def _checked(counts: Any, labels: Sequence[Any]) -> tuple[np.ndarray, list[str]]:
    table = np.asarray(counts if np.size(counts) else np.zeros((0, 0)), dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or table.shape[0] != len(labels):
        raise ShapeError(
            f"Expected a square table of counts with one label a row. Received counts of shape {table.shape} and "
            f"{len(labels)} labels. Pass counts of shape (classes, classes) and as many labels."
        )
    return np.clip(np.nan_to_num(table), 0, LARGEST / 1e6), [str(label) for label in labels]


def collapse(table: np.ndarray, names: list[str], most: int = MOST_CLASSES) -> tuple[np.ndarray, list[str], str]:
    """The table cut to `most` classes: those with the most mistakes stay in their order, the rest become one class.

    Args:
        table: counts of shape (classes, classes).
        names: the class names.
        most: how many rows the result may have, at least 2.

    Returns:
        The counts, the names, and a sentence on what was summed, empty where nothing was.

    Example:
        >>> collapse(np.diag([5, 6, 7]) + np.eye(3, k=1), ["a", "b", "c"], most=2)[1]
        ['b', '2 others']
    """
    if len(table) <= most:
        return table, names, ""
    mistakes = table.sum(0) + table.sum(1) - 2 * np.diag(table)
    kept = np.sort(np.argsort(-mistakes, kind="stable")[: most - 1])
    group = np.full(len(table), most - 1)
    group[kept] = np.arange(most - 1)
    summed = np.zeros((most, most))
    np.add.at(summed, (group[:, None], group[None, :]), table)
    others = len(table) - len(kept)
    note = f"The {others} classes with the fewest mistakes are summed as “others”."
    return summed, [names[index] for index in kept] + [f"{others} others"], note


def _names(names: list[str], left: float, top: float, cell: float, high: float, turned: bool) -> str:
    parts = [text("truth ↓   predicted →", 16, 44, look="gn-muted")]
    for index, name in enumerate(names):
        parts.append(text(name, left - 10, top + high * (index + 0.5) + 4, anchor="end", look="gn-muted"))
        x, y = left + cell * (index + 0.5), top - 8
        parts.append(
            tag("text", escape(name), class_="gn-muted", transform=f"translate({x:.1f} {y:.1f}) rotate(-38)")
            if turned
            else text(name, x, y, anchor="middle", look="gn-muted")
        )
    return "".join(parts)


def _cells(table: np.ndarray, left: float, top: float, cell: float, high: float) -> str:
    totals = table.sum(axis=1)
    parts = []
    for i, j in np.ndindex(*table.shape):
        share = table[i, j] / totals[i] if totals[i] else 0.0
        parts.append(_cell(left + cell * j, top + high * i, cell, high, float(table[i, j]), float(share), i == j))
    return "".join(parts)


def _cell(x: float, y: float, wide: float, high: float, count: float, share: float, right: bool) -> str:
    # An empty cell stays paper; the least count is still tinted, so that a rare mistake is seen.
    opacity = 0.0 if count == 0 else 0.1 + 0.9 * share
    ink = paint(cell_ink(opacity) if count else "muted")
    style = f"{fill('blue' if right else 'orange', opacity)};stroke:{paint('line')}"
    parts = [tag("rect", x=x + 1.5, y=y + 1.5, width=wide - 3, height=high - 3, rx=3, style=style)]
    roomy = wide >= 50
    number = _count(count)
    size = min(20.0 if wide > 80 else 14.0, (wide - 6) / max(len(number), 1) * 1.55)
    middle, base = x + wide / 2, y + high / 2
    weight = 600 if count and right else 400
    look = f"fill:{ink};font-size:{size:.1f}px;font-weight:{weight}"
    lift = 0.0 if roomy and count else 5.0
    parts.append(tag("text", number, x=middle, y=base + lift, text_anchor="middle", style=look))
    if roomy and count:
        small = f"fill:{ink};font-size:{12 if wide > 60 else 10.5}px"
        parts.append(tag("text", percent(share), x=middle, y=base + 16, text_anchor="middle", style=small))
    return "".join(parts)


def cell_ink(opacity: float) -> str:
    """The colour of the palette in which text is best read on a cell painted that strongly, by day and by night.

    Example:
        >>> cell_ink(0.1), cell_ink(0.7), cell_ink(1.0)
        ('ink', 'mid', 'on')
    """
    return "ink" if opacity < 0.61 else "mid" if opacity < 0.85 else "on"


def _count(count: float) -> str:
    if count >= 1e5:
        return f"{count:.0e}".replace("e+0", "e").replace("e+", "e")
    return f"{count:.0f}" if count.is_integer() else f"{count:.1f}"


def _describe(table: np.ndarray, names: list[str], note: str) -> str:
    totals = table.sum(axis=1)
    right = float(np.trace(table) / totals.sum()) if totals.sum() else None
    words = [f"{percent(right)} of {totals.sum():,.0f} rows are on the diagonal, that is right."]
    for index, name in enumerate(names):
        if totals[index]:
            share = percent(float(table[index, index] / totals[index]))
            words.append(f"{name}: {table[index, index]:.0f} of {totals[index]:.0f} right, {share}.")
    return " ".join([*words, note]).strip()
