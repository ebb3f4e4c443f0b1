"""How right predictions are, as pictures: the confusion matrix, and the errors of numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import DataError, ShapeError
from glassnet.foundation.readable import numbers, percent, short
from glassnet.plots.confusion import collapse
from glassnet.plots.marks import Axis, Bars, Heat, Line, Panel, Points, Rule
from glassnet.plots.picture import Picture, picture
from glassnet.plots.residuals import bin_edges, drawn_rows


def confusion(counts: Any, labels: Sequence[Any] | None = None, *, title: str = "Confusion matrix") -> Picture:
    """C[i, j], the rows of class i that were called class j, in shades of their share of the row.

    `confusion_matrix` is the same for a page; this one carries its numbers and a Matplotlib figure. Beyond 12 classes the
    11 with the most mistakes stay and the others are summed.

    Args:
        counts: whole numbers of shape (classes, classes), truth down, prediction across; or the true class of each of n rows.
        labels: the classes' names, their numbers by default; with true classes, the predicted class of each row.
        title: a few words above.

    Returns:
        A picture with the numbers ``counts`` and ``shares``, (classes, classes).

    Raises:
        ShapeError: `counts` is not square, or `labels` are not as many.
        DataError: true classes without as many predicted ones.

    Example:
        >>> confusion([[70, 2], [1, 41]], ["benign", "malignant"]).numbers["shares"].round(3).tolist()
        [[0.972, 0.028], [0.024, 0.976]]
        >>> confusion(["cat", "cat", "dog"], ["cat", "dog", "dog"]).numbers["counts"].tolist()
        [[1.0, 1.0], [0.0, 1.0]]

    Reference:
        Townsend (1971), Theoretical analysis of an alphabetic confusion matrix.
    """
    if np.ndim(counts) == 1:
        counts, labels = _counted(np.asarray(counts), labels)
    whole = np.asarray(counts, np.float64)
    labels = range(len(whole)) if labels is None else labels
    if whole.ndim != 2 or whole.shape != (len(labels), len(labels)) or not len(labels):
        raise ShapeError(
            f"Expected a square table of counts with one label a row. Received counts of shape {whole.shape} and "
            f"{len(labels)} labels. Pass counts of shape (classes, classes)."
        )
    table, names, note = collapse(np.nan_to_num(whole), [str(label) for label in labels], 12)
    totals = table.sum(axis=1, keepdims=True)
    shares = table / np.where(totals > 0, totals, 1.0)
    size = len(table)
    words = [[short(float(table[i, j])) + _share(float(shares[i, j]), size) for j in range(size)] for i in range(size)]
    heat = Heat(shares, (0, size), (0, size), "amount", 0.0, 1.0, written=True, words=words)
    across = Axis("predicted", 0, size, [i + 0.5 for i in range(size)], names, exact=True)
    down = Axis("true", 0, size, [i + 0.5 for i in range(size)], names, flip=True, exact=True)
    right = percent(float(np.trace(table) / table.sum())) if table.sum() else "none"
    panel = Panel([heat], x=across, y=down, bar=heat, bar_label="share")
    found = {"counts": whole, "shares": whole / np.maximum(whole.sum(axis=1, keepdims=True), 1e-300)}
    told = f"{right} of {table.sum():,.0f} rows are on the diagonal, that is right."
    height = 150 + min(46 * size, 360)
    return picture(title, [panel], found, description=told, note=note or told, height=height)


def _counted(truth: np.ndarray, predicted: Any) -> tuple[np.ndarray, list[Any]]:
    """How often each class was called each; and the classes."""
    called = np.asarray(predicted).ravel()
    if len(called) != len(truth):
        raise DataError(
            f"Expected the predicted class of each of {len(truth)} rows. Received {len(called)}. Pass classes, for instance "
            f"model.predict(x).argmax(axis=1)."
        )
    classes, place = np.unique(np.concatenate([truth, called]), return_inverse=True)
    counts = np.zeros((len(classes), len(classes)))
    np.add.at(counts, (place[: len(truth)], place[len(truth) :]), 1)
    return counts, classes.tolist()


def _share(share: float, size: int) -> str:
    return f"\n{percent(share)}" if share and size <= 5 else ""


def errors(truth: Any, predicted: Any, *, title: str = "Predictions and their errors") -> Picture:
    """Predicted ŷ against true y with the line ŷ = y; ŷ − y over ŷ, where a pattern is a fault; and how ŷ − y is spread.

    `residuals` is the like for a page; this one carries its numbers and a Matplotlib figure. Pairs that are not both finite
    are left out; beyond 800 rows an even choice is drawn, the worst twenty among them.

    Args:
        truth: the true values, any shape, n of them.
        predicted: the predictions, as many, in the same unit.
        title: a few words above.

    Returns:
        A picture with the numbers ``truth``, ``predicted`` and ``error``, all finite.

    Raises:
        ShapeError: there are not as many predictions as true values, or none.

    Example:
        >>> errors([1.0, 2.0], [1.5, 1.5]).numbers["error"].tolist()
        [0.5, -0.5]

    Reference:
        Anscombe (1973), Graphs in statistical analysis.
    """
    y, guess = numbers(truth), numbers(predicted)
    if len(y) != len(guess):
        raise ShapeError(
            f"Expected one prediction for each true value. Received {len(y)} true values and {len(guess)} predictions. Pass "
            f"two lists of one length."
        )
    fine = np.isfinite(y) & np.isfinite(guess)
    y, guess = y[fine], guess[fine]
    if not len(y):
        raise ShapeError("Expected at least one pair of finite numbers. Received none. Check the predictions.")
    error = guess - y
    some = drawn_rows(np.abs(error))
    ends = [float(min(y.min(), guess.min())), float(max(y.max(), guess.max()))]
    edges = bin_edges(error)
    bars = Bars((edges[1:] + edges[:-1]) / 2, np.histogram(error, edges)[0], 0.94 * float(edges[1] - edges[0]))
    panels = [
        Panel(
            [Line(ends, ends, colour="muted"), Points(y[some], guess[some], size=2.8)],
            x=Axis("true"),
            y=Axis("predicted"),
        ),
        Panel(
            [Rule(0.0, upright=False, dash=None, colour="muted"), Points(guess[some], error[some], size=2.8)],
            x=Axis("predicted"),
            y=Axis("predicted − true"),
        ),
        Panel([bars, Rule(0.0)], x=Axis("predicted − true"), y=Axis("rows", low=0), height=0.8, stretch=True),
    ]
    told = (
        f"{len(y):,} rows; mean error {short(float(error.mean()))}, half within {short(float(np.median(np.abs(error))))}, "
        f"largest {short(float(np.abs(error).max()))}"
    )
    found = {"truth": y, "predicted": guess, "error": error}
    return picture(title, panels, found, description=f"{told}.", note=told, columns=2, height=470)
