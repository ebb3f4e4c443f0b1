"""Regression at a glance: predicted against true, and how the errors are spread."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.readable import nice_step, numbers, short, tick_labels
from glassnet.plots.axes import empty, feet, grid, heading, line, linear, text, tick_room
from glassnet.plots.markup import coordinate, tag
from glassnet.plots.theme import frame, paint

MOST_POINTS = 800
WIDTH, HEIGHT = 400, 320


def residuals(truth: Any, predicted: Any) -> str:
    """One SVG with two panels: predicted ŷ against true y with the line ŷ = y, and the histogram of ŷ − y.

    Pairs that are not both finite are left out and counted in the description. Beyond 800 rows an even choice of rows
    is drawn, the worst twenty always among them; the histogram counts every row.

    Args:
        truth: the true values, any shape, n of them.
        predicted: the predictions, as many, in the same unit.

    Returns:
        One SVG document, safe to place in a page.

    Raises:
        ShapeError: there are not as many predictions as true values.

    Example:
        >>> svg = residuals([1.0, 2.0, 3.0], [1.1, 1.9, 3.4])
        >>> svg.count("<circle")
        3

    Reference:
        F. J. Anscombe, Graphs in Statistical Analysis, 1973.
    """
    y, guess, described = _paired(truth, predicted)
    body = tag("g", _against(y, guess)) + tag("g", _histogram(guess - y), transform=f"translate({WIDTH} 0)")
    return frame(body, width=2 * WIDTH, height=HEIGHT, title="Predictions and their errors", description=described)


def predicted_against_true(truth: Any, predicted: Any) -> str:
    """The left panel of `residuals` on its own, for narrow pages. Same arguments.

    Example:
        >>> "predicted" in predicted_against_true([1.0, 2.0], [1.5, 1.5])
        True
    """
    y, guess, described = _paired(truth, predicted)
    return frame(_against(y, guess), width=WIDTH, height=HEIGHT, title="Predicted against true", description=described)


def error_histogram(truth: Any, predicted: Any) -> str:
    """The right panel of `residuals` on its own, for narrow pages. Same arguments.

    Example:
        >>> "rows" in error_histogram([1.0, 2.0], [1.5, 1.5])
        True
    """
    y, guess, described = _paired(truth, predicted)
    return frame(_histogram(guess - y), width=WIDTH, height=HEIGHT, title="Errors", description=described)


def _paired(truth: Any, predicted: Any) -> tuple[np.ndarray, np.ndarray, str]:
    y, guess = numbers(truth), numbers(predicted)
    if len(y) != len(guess):
        raise ShapeError(
            f"Expected one prediction for each true value. Received {len(y)} true values and {len(guess)} predictions. "
            f"Pass two lists of one length."
        )
    fine = np.isfinite(y) & np.isfinite(guess)
    left_out = f" {int((~fine).sum()):,} rows are left out: not finite." if not fine.all() else ""
    y, guess = y[fine], guess[fine]
    if not len(y):
        return y, guess, "There are no rows to draw." + left_out
    error = guess - y
    words = (
        f"{len(y):,} rows. The mean error is {short(float(error.mean()))}, half of the errors are within "
        f"{short(float(np.median(np.abs(error))))}, the largest is {short(float(np.abs(error).max()))}."
    )
    return y, guess, words + left_out


def _against(y: np.ndarray, guess: np.ndarray) -> str:
    body = heading("Predicted against true", "predicted")
    if not len(y):
        return body + empty(WIDTH, HEIGHT, "no rows")
    low, high = float(min(y.min(), guess.min())), float(max(y.max(), guess.max()))
    up = linear(low, high, HEIGHT - 44.0, 58.0, count=4)
    across = linear(low, high, 12 + tick_room(up), WIDTH - 22.0, count=4)
    body += grid(up, across.start, across.end)
    body += feet(across, across.ticks, tick_labels(across.ticks), up.start)
    body += text("true", (across.start + across.end) / 2, HEIGHT - 8.0, anchor="middle", look="gn-muted")
    first, last = across.ticks[0], across.ticks[-1]
    body += line(across(first), up(first), across(last), up(last))
    drawn = drawn_rows(np.abs(guess - y))
    style = f"fill:{paint('blue')};fill-opacity:{0.75 if len(drawn) < 200 else 0.4}"
    dots = [tag("circle", cx=across(float(y[i])), cy=up(float(guess[i])), r=3.2) for i in drawn]
    body += tag("g", *dots, style=style)
    if len(drawn) < len(y):
        body += text(f"{len(drawn):,} of {len(y):,} rows", WIDTH - 22.0, 40, anchor="end", look="gn-muted")
    return body


def drawn_rows(size: np.ndarray) -> np.ndarray:
    """Rows to draw: all, or an even choice and the twenty with the largest error."""
    if len(size) <= MOST_POINTS:
        return np.arange(len(size))
    even = np.linspace(0, len(size) - 1, MOST_POINTS - 20).astype(int)
    return np.unique(np.concatenate([even, np.argsort(-size, kind="stable")[:20]]))


def _histogram(error: np.ndarray) -> str:
    body = heading("Errors", "rows")
    if not len(error):
        return body + empty(WIDTH, HEIGHT, "no rows")
    edges = bin_edges(error)
    counts = np.histogram(error, bins=edges)[0]
    up = linear(0.0, float(counts.max()), HEIGHT - 44.0, 58.0, count=4)
    across = linear(float(edges[0]), float(edges[-1]), 12 + tick_room(up), WIDTH - 22.0, count=4)
    body += grid(up, across.start, across.end)
    columns = []
    for index, count in enumerate(counts):
        if count:
            x, end = across(float(edges[index])), across(float(edges[index + 1]))
            y = up(float(count))
            foot = coordinate(up.start)
            columns.append(f"M{coordinate(x + 0.5)} {foot}V{coordinate(y)}H{coordinate(end - 0.5)}V{foot}Z")
    body += tag("path", d="".join(columns), style=f"fill:{paint('blue')}")
    body += feet(across, across.ticks, tick_labels(across.ticks), up.start)
    if across.ticks[0] < 0 < across.ticks[-1]:
        zero = f"stroke:{paint('ink')};stroke-width:1.5"
        body += tag("path", d=f"M{across(0.0):.2f} 58V{up.start:.2f}", style=zero, stroke_dasharray="4 3")
    middle = (across.start + across.end) / 2
    return body + text("predicted − true", middle, HEIGHT - 8.0, anchor="middle", look="gn-muted")


def bin_edges(error: np.ndarray) -> np.ndarray:
    """Edges at round numbers, about Sturges's count of them, one edge on 0 where errors have both signs."""
    low, high = float(error.min()), float(error.max())
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        room = abs(low) * 0.1 or 0.5
        return np.array([low - room, low + room])
    bins = int(np.clip(2 * np.log2(len(error)) + 1, 5, 40))
    step = nice_step(high - low, round(1.5 * bins))
    return step * np.arange(np.floor(low / step), np.ceil(high / step) + 1.5)
