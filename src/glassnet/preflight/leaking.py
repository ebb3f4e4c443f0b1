"""Whether one column alone gives the target away, however they are related: classes part along it, or numbers rise with it."""

from collections.abc import Iterator

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.preflight.case import Case
from glassnet.preflight.columns import given_away
from glassnet.preflight.finding import Finding

_ROWS = 20_000
_COLUMNS = 2_000
_ENOUGH = 30
_IN_STEP = 0.9995


def class_leak(case: Case) -> Iterator[Finding]:
    """A column whose values fall apart into the classes: each value, or stretch of values, belongs to one of them.

    Sorted along the column, no more neighbours differ in class than classes require, in 99.5 % of the rows.
    """
    labels = case.labels
    if labels is None or len(labels) < _ENOUGH or len(case.classes) < 2:
        return
    step = max(1, len(labels) // _ROWS)
    codes = labels[::step]
    if np.bincount(codes).max() > 0.98 * len(codes):
        return
    for matrix in case.matrices:
        if matrix.width < 2 or matrix.width > _COLUMNS:
            continue
        strength = [_told(matrix.values[::step, j], codes, j in matrix.nominal) for j in range(matrix.width)]
        found = [j for j, value in enumerate(strength) if value >= 0.995]
        if found and len(found) <= max(1, matrix.width // 2):
            best = strength[found[0]]
            why = f"along it, {100 * best:.1f} % of the rows are told apart by class"
            yield given_away(matrix, found, why, best)


def order_leak(case: Case) -> Iterator[Finding]:
    """|ρ| > 0.9995: numbers to predict that rise, or fall, wherever one column does, as its logarithm or its cube."""
    y = case.y
    if (
        y is None
        or case.labels is not None
        or y.ndim > 2
        or y[0].size > 1
        or len(y) < _ENOUGH
        or not np.isfinite(y.sum())
    ):
        return
    step = max(1, len(y) // _ROWS)
    goal = _ranks(y.reshape(-1)[::step])
    for matrix in case.matrices:
        if matrix.width < 2 or matrix.width > _COLUMNS or matrix.has_gaps:
            continue
        rho = [abs(_correlation(_ranks(matrix.values[::step, j]), goal)) for j in range(matrix.width)]
        found = [j for j, value in enumerate(rho) if value > _IN_STEP]
        if found and len(found) <= max(1, matrix.width // 2):
            yield given_away(
                matrix, found, f"their order is the same, with a rank correlation of {rho[found[0]]:.4f}", rho[found[0]]
            )


def _ranks(values: HostArray) -> HostArray:
    """Each value's place in their order, equal ones sharing the middle of theirs, less the mean of all."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places] - (len(values) + 1) / 2


def _correlation(one: HostArray, other: HostArray) -> float:
    return float(one @ other / max(np.sqrt((one @ one) * (other @ other)), 1e-300))


def _told(column: HostArray, codes: HostArray, nominal: bool) -> float:
    """The share of rows whose class follows from the column: by value where values repeat, else by stretches of values."""
    known = np.isfinite(column)
    if known.sum() < _ENOUGH:
        return 0.0
    column, codes = column[known], codes[known]
    values, places = np.unique(column, return_inverse=True)
    classes = int(codes.max()) + 1
    if nominal or len(values) <= 2 * classes:
        if len(values) > len(column) // 4:
            return 0.0
        table = np.bincount(places * classes + codes, minlength=len(values) * classes).reshape(-1, classes)
        return float(table.max(1).sum() / len(codes))
    order = np.lexsort((codes, column))
    ordered, along = column[order], codes[order]
    changes = np.flatnonzero(along[1:] != along[:-1])
    if len(changes) > 4 * classes:
        return 0.0
    gap = _gap(ordered, changes)
    extra = len(changes) - (len(np.unique(codes)) - 1)
    return 1 - extra / len(codes) if gap else 0.0


def _gap(ordered: HostArray, changes: HostArray) -> bool:
    """Whether the classes lie clearly apart: a good column ends where the next class begins, a leak leaves room."""
    room = ordered[changes + 1] - ordered[changes]
    span = float(ordered[-1] - ordered[0])
    return bool(np.median(room) > 0.1 * span)
