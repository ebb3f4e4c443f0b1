"""What gives the target away: a column that says it alone, or validation rows that are training rows."""

import numpy as np

from glassnet.diagnosis.sight.rivals import rival
from glassnet.diagnosis.sight.task import Task
from glassnet.foundation.types import HostArray

_BINS = 16
_AROUND = 3
_NEAR = 0.05
_TENTH = 9


def telling_column(task: Task) -> tuple[int, float, float, float] | None:
    """The column that says the target best alone, its error, the error of all others together, and of the best other alone.

    Errors are beside a constant answer's: 0 for none, 1 for no better. None with fewer than three columns, or when no column
    comes close.
    """
    if task.train.x.shape[1] < 3 or task.train.count < 30:
        return None
    alone = _errors_alone(task)
    best = int(np.argmin(alone))
    if alone[best] > 0.15:
        return None
    x = task.train.x
    spread = np.maximum(x.std(0), 1e-12)
    like = np.abs((x * (x[:, [best]] - x[:, best].mean())).mean(0) / spread / spread[best]) > 0.97
    others = np.flatnonzero(~like & (alone > 1.5 * alone[best]))
    if not len(others):
        return None
    without = rival(task, others)
    if without is None:
        return None
    return best, float(alone[best]), without.inner_error, float(alone[others].min())


def _errors_alone(task: Task) -> HostArray:
    """Each column's error when the answer is read off its bins, fitted on two thirds of the rows and judged on the rest."""
    count = task.train.count
    order = np.random.default_rng(0).permutation(count)
    fitted, judged = order[: 2 * count // 3], order[2 * count // 3 :]
    y = task.targets(task.train.truth)
    best = np.empty(task.train.x.shape[1])
    for number, column in enumerate(task.train.x.T):
        answers = [_by_bins(column, y, fitted, judged), _by_neighbours(column, y, fitted, judged)]
        if not task.classes and np.ptp(column[fitted]) > 0:
            answers.append(
                np.stack([np.polyval(np.polyfit(column[fitted], w[fitted], 1), column[judged]) for w in y.T], 1)
            )
        best[number] = min(_beside_constant(task, y[judged], said) for said in answers)
    return best


def _by_bins(column: HostArray, y: HostArray, fitted: HostArray, judged: HostArray) -> HostArray:
    edges = np.unique(np.quantile(column[fitted], np.linspace(0, 1, _BINS + 1)[1:-1]))
    place = np.searchsorted(edges, column, side="right")
    hits = np.bincount(place[fitted], minlength=len(edges) + 1)[:, None]
    sums = np.stack([np.bincount(place[fitted], weights=w[fitted], minlength=len(edges) + 1) for w in y.T], axis=1)
    return ((sums + y[fitted].mean(0)) / (hits + 1))[place[judged]]


def _by_neighbours(column: HostArray, y: HostArray, fitted: HostArray, judged: HostArray) -> HostArray:
    order = fitted[np.argsort(column[fitted], kind="stable")]
    at = np.searchsorted(column[order], column[judged])
    around = np.clip(at[:, None] + np.arange(-_AROUND, _AROUND), 0, len(order) - 1)
    return y[order[around]].mean(axis=1)


def _beside_constant(task: Task, y: HostArray, said: HostArray) -> float:
    if not task.classes:
        return float(np.mean((y - said) ** 2) / max(np.mean((y - y.mean(0)) ** 2), 1e-12))
    constant = 1 - y.mean(0).max()
    return float(np.mean(said.argmax(1) != y.argmax(1)) / max(constant, 1e-12))


def shared_rows(task: Task) -> tuple[float, float]:
    """The share of validation rows that stand among the training rows, exactly or nearly; and how many would by chance."""
    train, val = task.raw
    seen = {row.tobytes() for row in np.ascontiguousarray(train)}
    exact = float(np.mean([row.tobytes() in seen for row in np.ascontiguousarray(val)]))
    distinct = max(len(np.unique(column)) for column in train.T[:200]) / max(len(seen), 1)
    chance = 0.0 if distinct > 0.3 else 1 - len(seen) / len(train)
    many = task.train.x.shape[1] >= 3 and task.train.count > 3 * _TENTH
    if exact - chance < 0.05 and many and distinct > 0.3:
        exact = max(exact, _near_share(task.train.x, task.val.x[:300]))
    return exact, chance


def _near_share(train: HostArray, val: HostArray) -> float:
    """The share of rows far nearer to one training row than to ten: by chance that is rare in three dimensions or more."""
    apart = (val**2).sum(1)[:, None] + (train**2).sum(1)[None, :] - 2 * val @ train.T
    apart = np.sqrt(np.maximum(np.partition(apart, [0, _TENTH], axis=1)[:, [0, _TENTH]], 0))
    return float(np.mean(apart[:, 0] < _NEAR * apart[:, 1]))
