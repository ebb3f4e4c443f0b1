"""Exact scores of predictions, each with a bootstrap interval.

A score is a function of rows and a weight for each; a bootstrap resample is only another set of weights.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassnet.foundation.types import HostArray

Score = Callable[[HostArray, HostArray, HostArray], float]
"""(truth, prediction, counts) -> the score, each row counted as often as `counts` says."""

RESAMPLES = 1000


@dataclass(frozen=True)
class Measured:
    """A score with the interval in which it would lie had other rows of the same kind been drawn."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Plain data."""
        return {"value": self.value, "low": self.low, "high": self.high}


def classification_scores() -> dict[str, Score]:
    """The scores of a classification; predictions are probabilities (n, classes), truth is class numbers.

    Precision, recall and F1 are of the second class where there are two, else averaged over the classes.
    """
    return {
        "accuracy": lambda y, p, c: float(np.average(p.argmax(-1) == y, weights=c)),
        "balanced accuracy": _balanced,
        "precision": _one_of(0),
        "recall": _one_of(1),
        "F1": _one_of(2),
        "ROC AUC": _auc,
    }


def regression_scores() -> dict[str, Score]:
    """The scores of a regression; truth and predictions are (n,)."""
    return {
        "MSE": lambda y, p, c: float(np.average((y - p) ** 2, weights=c)),
        "MAE": lambda y, p, c: float(np.average(np.abs(y - p), weights=c)),
        "R²": _r2,
    }


def measure(score: Score, truth: HostArray, predicted: HostArray, seed: int) -> Measured:
    """A score with its 95 % percentile bootstrap interval over rows.

    Example:
        >>> truth = np.array([0, 1] * 50)
        >>> measured = measure(classification_scores()["accuracy"], truth, np.eye(2)[truth], seed=0)
        >>> measured.value, measured.low
        (1.0, 1.0)

    Reference:
        Efron and Tibshirani, *An Introduction to the Bootstrap* (1993).
    """
    count = len(truth)
    generator = np.random.default_rng(seed)
    resamples = max(100, min(RESAMPLES, 20_000_000 // max(count, 1)))
    drawn = (generator.multinomial(count, np.full(count, 1 / count)) for _ in range(resamples))
    values = np.array([score(truth, predicted, counts) for counts in drawn])
    values = values[np.isfinite(values)]
    whole = score(truth, predicted, np.ones(count))
    low, high = np.quantile(values, [0.025, 0.975]) if len(values) else (whole, whole)
    return Measured(whole, float(low), float(high))


def confusion(truth: HostArray, predicted: HostArray, classes: int) -> HostArray:
    """Counts (classes, classes): rows are the truth, columns the prediction."""
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes)


def _per_class(y: HostArray, p: HostArray, counts: HostArray) -> tuple[HostArray, HostArray]:
    """Precision, recall and F1 of each class, (3, classes), 0 where undefined; and which classes occur, (classes,)."""
    classes = p.shape[1]
    table = np.bincount(y * classes + p.argmax(-1), weights=counts, minlength=classes**2).reshape(classes, classes)
    hits, truths, claims = table.diagonal(), table.sum(1), table.sum(0)
    parts = np.stack([claims, truths, (truths + claims) / 2])
    return np.divide(hits, parts, out=np.zeros_like(parts), where=parts > 0), truths > 0


def _balanced(y: HostArray, p: HostArray, counts: HostArray) -> float:
    values, occurs = _per_class(y, p, counts)
    return float(values[1][occurs].mean())


def _one_of(which: int) -> Score:
    def score(y: HostArray, p: HostArray, counts: HostArray) -> float:
        values, occurs = _per_class(y, p, counts)
        return float(values[which][1] if p.shape[1] == 2 else values[which][occurs].mean())

    return score


def _auc(y: HostArray, p: HostArray, counts: HostArray) -> float:
    """The chance that a random row of the class scores above one of another class; averaged over classes beyond two."""
    columns = [1] if p.shape[1] == 2 else range(p.shape[1])
    values = [_auc_of(y == k, p[:, k], counts) for k in columns]
    values = [value for value in values if np.isfinite(value)]
    return float(np.mean(values)) if values else float("nan")


def _auc_of(positive: HostArray, score: HostArray, counts: HostArray) -> float:
    order = np.argsort(score, kind="stable")
    value, hit, weight = score[order], positive[order], counts[order].astype(float)
    starts = np.flatnonzero(np.r_[True, value[1:] != value[:-1]])
    above = np.add.reduceat(weight * hit, starts)
    below = np.add.reduceat(weight * ~hit, starts)
    pairs = above.sum() * below.sum()
    if pairs == 0:
        return float("nan")
    lower = np.cumsum(below) - below  # rows of the other class with a smaller score; ties count half
    return float((above * (lower + below / 2)).sum() / pairs)


def _r2(y: HostArray, p: HostArray, counts: HostArray) -> float:
    mean = np.average(y, weights=counts)
    spread = np.average((y - mean) ** 2, weights=counts)
    return float(1 - np.average((y - p) ** 2, weights=counts) / spread) if spread > 0 else float("nan")
