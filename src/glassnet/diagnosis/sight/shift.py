"""Whether validation rows come from where the training rows come from: a two-sample test by a classifier."""

import numpy as np

from glassnet.diagnosis.sight.task import Task
from glassnet.foundation.types import HostArray

_MOST = 600
_COLUMNS = 40
_FOLDS = 4
_FOLDED = 1.6  # scores of four fits, pooled, scatter so much more than those of one; a test holds it


def input_shift(task: Task) -> tuple[float, float]:
    """How well a classifier tells validation rows from training rows: its AUC, 0.5 for not at all, and how many σ that is.

    Reference:
        D. Lopez-Paz and M. Oquab, Revisiting Classifier Two-Sample Tests, 2017.
    """
    generator = np.random.default_rng(0)
    count = min(_MOST, task.train.count, 4 * task.val.count)
    train = task.train.x[generator.choice(task.train.count, count, replace=False)]
    val = task.val.x[generator.choice(task.val.count, min(_MOST, task.val.count), replace=False)]
    both = _few_columns(np.clip(np.concatenate([train, val]), -8, 8))
    new = np.r_[np.zeros(len(train)), np.ones(len(val))]
    features = _features(both, generator)
    fold = generator.permutation(len(both)) % _FOLDS
    score = np.zeros(len(both))
    for number in range(_FOLDS):
        out = fold == number
        score[out] = _ridge(features[~out], new[~out], features[out])
    area = _area(score, new)
    few, many = len(val), len(train)
    return area, float((area - 0.5) / (_FOLDED * np.sqrt((few + many + 1) / (12 * few * many))))


def answer_shift(task: Task) -> tuple[float, float]:
    """How far the answers' distributions are apart, from 0 to 1, and how many σ that is."""
    train, val = task.train.truth, task.val.truth
    if task.classes:
        shares = [np.bincount(part, minlength=task.classes) / len(part) for part in (train, val)]
        together = np.bincount(np.r_[train, val], minlength=task.classes) / (len(train) + len(val))
        there = together > 0
        scale = together[there] * (1 / len(train) + 1 / len(val))
        square = float((((shares[0] - shares[1])[there] ** 2) / scale).sum())
        freedom = max(int(there.sum()) - 1, 1)
        return float(0.5 * np.abs(shares[0] - shares[1]).sum()), (square - freedom) / np.sqrt(2 * freedom)
    found = max(_kolmogorov(a, b) for a, b in zip(train.T, val.T, strict=True))
    return found, found * float(np.sqrt(len(train) * len(val) / (len(train) + len(val)))) * 2


def _kolmogorov(a: HostArray, b: HostArray) -> float:
    grid = np.sort(np.r_[a, b])
    below = [np.searchsorted(np.sort(part), grid, side="right") / len(part) for part in (a, b)]
    return float(np.abs(below[0] - below[1]).max())


def _few_columns(x: HostArray) -> HostArray:
    if x.shape[1] <= _COLUMNS:
        return x
    centred = x - x.mean(0)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    kept = vectors[:, -_COLUMNS:] * np.sqrt(np.maximum(values[-_COLUMNS:], 0))
    return kept / max(kept.std(), 1e-12)


def _features(x: HostArray, generator: np.random.Generator) -> HostArray:
    turned = x @ generator.normal(size=(x.shape[1], 60)) / np.sqrt(x.shape[1])
    waves = np.cos(1.5 * turned + generator.uniform(0, 2 * np.pi, 60))
    found = np.concatenate([x, x**2, waves], axis=1)
    return (found - found.mean(0)) / np.maximum(found.std(0), 1e-9)


def _ridge(x: HostArray, y: HostArray, new: HostArray) -> HostArray:
    penalty = 0.1 * len(x)
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ (y - y.mean()))
    return new @ weights


def _area(score: HostArray, label: HostArray) -> float:
    ranks = np.empty(len(score))
    ranks[np.argsort(score)] = np.arange(1, len(score) + 1)
    ones = label.sum()
    return float((ranks[label == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(label) - ones)))
