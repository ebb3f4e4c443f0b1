"""Exact scores of predictions, each with a bootstrap interval.

A bootstrap resample is how often each row counts. The scores of many resamples are computed at once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray

Scores = Callable[[HostArray, HostArray, HostArray], dict[str, HostArray]]
"""(truth (n,), prediction, counts (m, n)) -> the scores of m resamples by name, (m,) each; NaN where undefined."""

RESAMPLES = 1000
_CELLS = 4_000_000  # rows times resamples: beyond some thousands of rows fewer resamples do
_MOST_ROWS = 10_000
_AT_ONCE = 500_000


@dataclass(frozen=True)
class Measured:
    """A score with the interval in which it would lie had other rows of the same kind been drawn.

    Args:
        value: the score; NaN where it is undefined, such as R² of a single row.
        low: the lower end of its 95 % interval.
        high: the upper end.
        difference: the 95 % interval of the first model's score minus this one's, on the same resamples; None for the
            first model itself. An interval without 0 in it is a difference beyond chance.
    """

    value: float
    low: float
    high: float
    difference: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data; None where there is no number."""
        ends = {"value": self.value, "low": self.low, "high": self.high}
        if self.difference is not None:
            ends |= {"difference_low": self.difference[0], "difference_high": self.difference[1]}
        return {name: end if np.isfinite(end) else None for name, end in ends.items()}


def classification_scores(y: HostArray, p: HostArray, counts: HostArray) -> dict[str, HostArray]:
    """accuracy, balanced accuracy, precision, recall, F1, ROC AUC of m resamples.

    Precision, recall and F1 are those of the second class where there are two, else the mean over the classes that
    occur; 0 where nothing was found.

    Args:
        y: class numbers, (n,).
        p: probabilities, (n, classes).
        counts: how often each row counts, (m, n).

    Example:
        >>> y = np.array([0, 0, 1, 1])
        >>> found = classification_scores(y, np.eye(2)[[0, 1, 1, 1]], np.ones((1, 4)))
        >>> found["accuracy"], found["recall"]
        (array([0.75]), array([1.]))

    Reference:
        Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006).
    """
    classes, said = p.shape[1], p.argmax(-1)
    right = said == y
    hits = _totals(counts[:, right], y[right], classes)
    truths, claims = _totals(counts, y, classes), _totals(counts, said, classes)
    recall = _ratio(hits, truths)
    parts = {"precision": _ratio(hits, claims), "recall": recall, "F1": _ratio(hits, (truths + claims) / 2)}
    occurs = truths + claims > 0
    means = {name: values[:, 1] if classes == 2 else _mean_where(values, occurs) for name, values in parts.items()}
    return {
        "accuracy": hits.sum(1) / counts.sum(1),
        "balanced accuracy": _mean_where(recall, truths > 0),
        **means,
        "ROC AUC": _areas(y, p, counts),
    }


def regression_scores(y: HostArray, p: HostArray, counts: HostArray) -> dict[str, HostArray]:
    """MSE = mean (y - p)², MAE = mean |y - p|, R² = 1 - MSE / variance of y; of m resamples.

    Args:
        y: true values, (n,).
        p: predicted values, (n,).
        counts: how often each row counts, (m, n).

    Example:
        >>> found = regression_scores(np.array([1.0, 3.0]), np.array([1.0, 2.0]), np.ones((1, 2)))
        >>> found["MSE"], found["R²"]
        (array([0.5]), array([0.5]))
    """
    rows = counts.sum(1)
    centred = y - y.mean()  # before squares are subtracted from one another
    mse = counts @ (y - p) ** 2 / rows
    spread = np.maximum(counts @ centred**2 / rows - (counts @ centred / rows) ** 2, 0)
    spread = np.where((counts > 0).sum(1) > 1, spread, 0)
    known = spread > 1e-12 * max(float(np.mean(centred**2)), np.finfo(float).tiny)
    r2 = 1 - np.divide(mse, spread, out=np.full_like(mse, np.nan), where=known)
    return {"MSE": mse, "MAE": counts @ np.abs(y - p) / rows, "R²": r2}


def measure(
    scores: Scores, truth: HostArray, outputs: Mapping[str, HostArray], seed: int
) -> dict[str, dict[str, Measured]]:
    """Scores of several models on the same rows, with 95 % percentile bootstrap intervals: score -> model -> value.

    All models see the same resamples. Of more than 10,000 rows only so many are resampled, and the spread found is shrunk
    by √(resampled / all), as a standard error is.

    Args:
        scores: `classification_scores` or `regression_scores`.
        truth: class numbers or values, (n,).
        outputs: what each model says.
        seed: fixes the resamples.

    Example:
        >>> truth = np.array([0, 1] * 50)
        >>> measured = measure(classification_scores, truth, {"oracle": np.eye(2)[truth]}, seed=0)
        >>> measured["accuracy"]["oracle"]
        Measured(value=1.0, low=1.0, high=1.0, difference=None)

    Reference:
        Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13.
    """
    rows = _resampled_rows(len(truth), seed)
    some, parts = truth[rows], {model: said[rows] for model, said in outputs.items()}
    whole = {model: _once(scores, truth, said) for model, said in outputs.items()}
    centre = whole if len(rows) == len(truth) else {model: _once(scores, some, said) for model, said in parts.items()}
    pieces = [
        {model: scores(some, said, counts) for model, said in parts.items()} for counts in resamples(len(rows), seed)
    ]
    first = next(iter(outputs))
    measured: dict[str, dict[str, Measured]] = {}
    for name in whole[first]:
        drawn = {
            model: whole[model][name]
            + (np.concatenate([piece[model][name] for piece in pieces]) - centre[model][name])
            * np.sqrt(len(rows) / len(truth))
            for model in outputs
        }
        measured[name] = {
            model: _measured(float(whole[model][name]), drawn[model], None if model == first else drawn[first])
            for model in outputs
        }
    return measured


def _once(scores: Scores, truth: HostArray, said: HostArray) -> dict[str, Any]:
    return {name: values[0] for name, values in scores(truth, said, np.ones((1, len(truth)))).items()}


def _resampled_rows(rows: int, seed: int) -> HostArray:
    if rows <= _MOST_ROWS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, _MOST_ROWS, replace=False))


def resamples(rows: int, seed: int) -> Iterator[HostArray]:
    """How often each of n rows is drawn when n are drawn with replacement, up to 1000 times over, in pieces (m, n)."""
    generator = np.random.default_rng(seed)
    wanted = min(RESAMPLES, max(1, _CELLS // rows))
    while wanted:
        size = min(wanted, max(1, _AT_ONCE // rows))
        drawn = generator.integers(0, rows, (size, rows)) + rows * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * rows).reshape(size, rows).astype(np.float64)
        wanted -= size


def confusion(truth: HostArray, predicted: HostArray, classes: int) -> HostArray:
    """Counts (classes, classes): rows are the truth, columns the prediction."""
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)


def _measured(value: float, drawn: HostArray, first: HostArray | None) -> Measured:
    known = np.isfinite(value)
    return Measured(
        value,
        *_middle(drawn if known else drawn[:0]),
        None if first is None else _middle(first - drawn if known else drawn[:0]),
    )


def _middle(values: HostArray) -> tuple[float, float]:
    """The ends between which the middle 95 % of the finite values lie."""
    values = values[np.isfinite(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _totals(counts: HostArray, labels: HostArray, classes: int) -> HostArray:
    """(m, classes): how many rows with each label the resamples hold."""
    totals = np.zeros((len(counts), classes))
    if len(labels):
        order = np.argsort(labels, kind="stable")
        found, starts = np.unique(labels[order], return_index=True)
        totals[:, found] = np.add.reduceat(counts[:, order], starts, axis=1)
    return totals


def _ratio(parts: HostArray, wholes: HostArray) -> HostArray:
    return np.divide(parts, wholes, out=np.zeros_like(parts), where=wholes > 0)


def _mean_where(values: HostArray, counted: HostArray) -> HostArray:
    """The mean of each row over the places that count; NaN where none does."""
    number = counted.sum(1)
    sums = np.where(counted, values, 0).sum(1)
    return np.divide(sums, number, out=np.full(len(values), np.nan), where=number > 0)


def _areas(y: HostArray, p: HostArray, counts: HostArray) -> HostArray:
    """The chance that a random row of the class scores above one of another class; the mean over classes beyond two."""
    columns = [1] if p.shape[1] == 2 else np.unique(y)
    areas = np.stack([_area(y == column, p[:, column], counts) for column in columns], axis=1)  # (m, classes)
    return _mean_where(areas, np.isfinite(areas))


def _area(positive: HostArray, score: HostArray, counts: HostArray) -> HostArray:
    order = np.argsort(score, kind="stable")
    value, weight = score[order], counts[:, order]
    upto = np.cumsum(weight, axis=1)
    hit = np.flatnonzero(positive[order])
    first, last = np.searchsorted(value, value[hit]), np.searchsorted(value, value[hit], side="right") - 1
    middle = (upto[:, first] - weight[:, first] + upto[:, last]) / 2  # rows with a smaller score; ties count half
    above = weight[:, hit]
    ours = above.sum(1)
    pairs = ours * (upto[:, -1] - ours)
    won = (above * middle).sum(1) - ours**2 / 2  # without the pairs of two rows of the class itself
    return np.divide(won, pairs, out=np.full(len(counts), np.nan), where=pairs > 0)
