"""Rules on the order of the rows: sorted by class, in groups, in order of time."""

from collections.abc import Iterator

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.preflight.case import Case, Matrix
from glassnet.preflight.finding import Finding

_ENOUGH = 20
_ALIKE = 0.6


def sorted_rows(case: Case) -> Iterator[Finding]:
    """Each class in one stretch of rows, or numbers to predict that only rise or only fall."""
    y = case.labels if case.labels is not None else case.y
    if y is None or y.ndim > 2 or y[0].size > 1 or len(y) < _ENOUGH or not np.isfinite(y.sum()):
        return
    steps = np.diff(y.reshape(-1))
    if case.labels is not None:
        ordered = np.count_nonzero(steps) == len(np.unique(y)) - 1 > 0
    else:
        ordered = bool((steps >= 0).all() or (steps <= 0).all()) and bool(steps.any())
    if not ordered:
        return
    how = "each class stands in one block" if case.labels is not None else "the targets only rise, or only fall"
    if case.shuffle:
        yield Finding(
            "sorted_rows",
            "note",
            f"The rows are sorted by the target: {how}. fit shuffles them and parts them at random; code of your own that takes "
            f"the last rows for validation would not.",
            "Nothing, as long as rows are shuffled before they are parted.",
            evidence={"rows": float(len(y))},
        )
        return
    yield Finding(
        "sorted_rows",
        "warning",
        f"The rows are sorted by the target ({how}), and shuffle=False: a batch sees one class only, and the last rows are no "
        f"fair validation.",
        "Leave shuffle at True, or shuffle the rows once.",
        evidence={"rows": float(len(y))},
    )


def grouped(case: Case) -> Iterator[Finding]:
    """Rows much more like the next row than like any other, class by class: groups, or measurements one after the other."""
    for matrix in case.matrices:
        if matrix.width < 2 or len(matrix.values) < 2 * _ENOUGH:
            continue
        if (named := _block_column(matrix)) is not None:
            yield _grouped_by(matrix, *named)
            continue
        alike = likeness(matrix, case.labels)
        if alike > _ALIKE:
            yield Finding(
                "grouped_rows",
                "warning",
                f"A row is much like the next one: the correlation from row to row is {alike:.2f}, where rows in no order have "
                f"about 0. They seem to come in groups, or one after the other in time; parted at random, validation rows "
                f"have near twins in training.",
                "Keep each group, or each stretch of time, on one side of the split, and pass validation_data.",
                evidence={"correlation": alike},
            )


def likeness(matrix: Matrix, labels: HostArray | None) -> float:
    """The median over columns of the correlation between a row and the next one of its class, means of classes removed."""
    rows = matrix.values[:4000].astype(np.float64)
    if not np.isfinite(rows).all() or len(rows) < _ENOUGH:
        return 0.0
    together = np.ones(len(rows) - 1, bool)
    if labels is not None:
        codes = labels[:4000]
        counts = np.bincount(codes)
        sums = np.zeros((len(counts), rows.shape[1]))
        np.add.at(sums, codes, rows)
        rows = rows - (sums / np.maximum(counts, 1)[:, None])[codes]
        together = codes[1:] == codes[:-1]
    else:
        rows = rows - rows.mean(0)
    varies = (rows != 0).any(0)
    if together.sum() < _ENOUGH or not varies.any():
        return 0.0
    one, other = rows[:-1][together][:, varies], rows[1:][together][:, varies]
    r = (one * other).sum(0) / np.maximum(np.sqrt((one**2).sum(0) * (other**2).sum(0)), 1e-300)
    return float(np.median(r))


def _block_column(matrix: Matrix) -> tuple[int, int] | None:
    """A column of names or whole numbers in which each of many values stands in one block of rows, and how many values."""
    for j in range(min(matrix.width, 200)):
        column = matrix.values[:, j]
        if not np.isfinite(column).all() or not (column == np.floor(column)).all():
            continue
        distinct = len(np.unique(column))
        blocks = int(np.count_nonzero(np.diff(column))) + 1
        if blocks <= 1.2 * distinct and 8 <= distinct <= len(column) // 2:
            return j, distinct
    return None


def _grouped_by(matrix: Matrix, j: int, groups: int) -> Finding:
    rows = len(matrix.values)
    return Finding(
        "grouped_rows",
        "warning",
        f"Column {matrix.name(j)!r} holds {groups:,} values, each in one block of about {rows / groups:.0f} rows: the rows "
        f"come in groups. Parted at random, a group has rows in training and in validation, and scores will be too good.",
        "Keep each group on one side of the split, and pass validation_data.",
        columns=(matrix.name(j),),
        evidence={"groups": float(groups), "rows": float(rows), "share_of_rows_in_groups": 1.0},
    )


def in_time(case: Case) -> Iterator[Finding]:
    """A column that only rises by other than row numbers, beside a target that moves slowly from row to row."""
    y = case.y
    if y is None or y.ndim > 2 or y[0].size > 1 or len(y) < _ENOUGH or not np.isfinite(y.sum()):
        return
    for matrix in case.matrices:
        if matrix.width < 2 or matrix.has_gaps:
            continue
        facts = matrix.facts
        rising = (np.diff(matrix.sample, axis=0) >= 0).all(0) & (facts.deviation > 0)
        found = [int(j) for j in np.flatnonzero(rising) if _rises(matrix.values[:, j])]
        slow = _slowness(y.reshape(-1).astype(np.float64))
        if found and (slow > 0.5 or case.labels is None):
            j = found[0]
            yield Finding(
                "time_order",
                "warning" if slow > 0.5 else "note",
                f"Column {matrix.name(j)!r} rises from the first row to the last, as time does, and the target follows the row "
                f"before with a correlation of {slow:.2f}. Parted at random, validation asks about moments between those in "
                f"training, and scores will be too good for the future.",
                "Train on the earlier rows and validate on the later ones: validation_split with shuffle=False, or "
                "validation_data.",
                columns=(matrix.name(j),),
                evidence={"correlation": slow, "share_rising": 1.0},
            )


def _rises(column: HostArray) -> bool:
    steps = np.diff(column)
    return bool((steps >= 0).all()) and float(np.mean(steps > 0)) > 0.5


def _slowness(y: HostArray) -> float:
    y = y - y.mean()
    power = float(y @ y)
    return float(y[1:] @ y[:-1] / power) if power > 0 else 0.0
