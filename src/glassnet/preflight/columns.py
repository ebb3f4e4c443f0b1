"""Rules on the columns of a table: constant, duplicate, identifier-like, of very different sizes, giving the target away."""

from collections.abc import Iterator

import numpy as np

from glassnet.data.fitting import is_row_identifier
from glassnet.foundation.readable import short
from glassnet.foundation.types import HostArray
from glassnet.preflight.case import Case, Matrix
from glassnet.preflight.finding import Finding

MOST_NAMED = 32
LARGE = 100.0
"""The size from which inputs are called unscaled, and the ratio of sizes between columns."""

SMALL = 0.01
"""The size of the largest column below which inputs are called unscaled too."""

_SAME = 0.99999
_MOST_COMPARED = 300
_ENOUGH_DRAWN = 50
_FEW_ROWS = 8
_ENOUGH_ROWS = 20


def constant(matrix: Matrix) -> Iterator[Finding]:
    """Columns that hold one value in every row; suspects of the sample are looked at whole."""
    facts = matrix.facts
    suspects = np.flatnonzero(facts.low == facts.high)[:MOST_NAMED]
    if len(matrix.values) < 3 or not len(suspects):
        return
    found = [int(j) for j in suspects if matrix.step == 1 or _one_value(matrix.values[:, j])]
    if len(found):
        held = short(float(facts.low[found[0]]))
        one = len(found) == 1
        yield Finding(
            "constant_column",
            "warning",
            f"{'It holds' if one else f'Each of these {len(found)} columns holds'} one value in every row"
            f"{f': {held}' if one else f' (the first: {held})'}. Nothing can be learned from that.",
            "Leave it out." if one else "Leave them out.",
            columns=matrix.named(found),
            evidence={"columns": float(len(found)), "value": float(facts.low[found[0]])},
        )


def _one_value(column: HostArray) -> bool:
    known = column[np.isfinite(column)]
    return not len(known) or bool((known == known[0]).all())


def duplicate(matrix: Matrix) -> Iterator[Finding]:
    """Columns equal to another one in every row."""
    facts, rows = matrix.facts, matrix.sample
    if matrix.width < 2 or len(rows) < 4:
        return
    order = np.lexsort((facts.deviation, facts.mean))
    near = facts.mean[order]
    close = (np.abs(np.diff(near)) <= 1e-6 * np.abs(near[1:])) & (facts.deviation[order][1:] > 0)
    pairs = []
    for place in np.flatnonzero(close)[: 4 * MOST_NAMED]:
        one, other = sorted((int(order[place]), int(order[place + 1])))
        if np.array_equal(matrix.values[:, one], matrix.values[:, other], equal_nan=True):
            pairs.append((one, other))
    if pairs:
        pairs.sort()
        one, other = pairs[0]
        more = f", and {len(pairs) - 1} more pairs" if len(pairs) > 1 else ""
        yield Finding(
            "duplicate_column",
            "warning",
            f"Column {matrix.name(other)!r} is equal to column {matrix.name(one)!r} in every row{more}. It counts twice and "
            f"tells nothing new.",
            "Leave one of each pair out.",
            columns=matrix.named([j for _, j in pairs[:MOST_NAMED]]),
            evidence={"pairs": float(len(pairs))},
        )


def proportional(matrix: Matrix) -> Iterator[Finding]:
    """|r| > 0.99999 between two columns: one is the other in other units."""
    if not 2 <= matrix.width <= _MOST_COMPARED or len(matrix.sample) < _ENOUGH_ROWS or matrix.has_gaps:
        return
    scaled = matrix.centred / np.where(matrix.facts.deviation > 0, matrix.facts.deviation, 1)
    r = np.abs(np.triu(scaled.T @ scaled / len(scaled), 1))
    pairs = [
        (one, other)
        for one, other in np.argwhere(r > _SAME).tolist()
        if not np.array_equal(matrix.values[:, one], matrix.values[:, other])
    ]
    if pairs:
        one, other = pairs[0]
        more = f", and {len(pairs) - 1} more pairs" if len(pairs) > 1 else ""
        yield Finding(
            "duplicate_column",
            "note",
            f"Column {matrix.name(other)!r} is column {matrix.name(one)!r} in other units: their correlation is "
            f"{r[one, other]:.6f}{more}. It counts twice and tells nothing new.",
            "Leave one of each pair out.",
            columns=matrix.named(sorted({j for _, j in pairs})[:MOST_NAMED]),
            evidence={"pairs": float(len(pairs)), "correlation": float(r[one, other])},
        )


def identifier(matrix: Matrix) -> Iterator[Finding]:
    """Columns of whole numbers that rise in every row, number the rows in another order, or are called as identifiers are."""
    rows = matrix.sample
    if matrix.width < 2 or len(matrix.values) < _ENOUGH_ROWS or matrix.has_gaps:
        return
    facts = matrix.facts
    wide = facts.high - facts.low >= len(matrix.values) - 1  # so many values need so wide a range
    whole = np.flatnonzero(wide & (rows[0] == np.floor(rows[0])) & (rows[-1] == np.floor(rows[-1])))
    found = [int(j) for j in whole[:MOST_NAMED] if int(j) not in matrix.nominal and _is_identifier(matrix, int(j))]
    if found:
        j = found[0]
        yield Finding(
            "identifier_column",
            "warning",
            f"Column {matrix.name(j)!r} holds another whole number in every row, from {facts.low[j]:.15g} to "
            f"{facts.high[j]:.15g}, as an identifier or a row number does. A network can only learn its rows by heart from it.",
            "Leave it out.",
            columns=matrix.named(found),
            evidence={"distinct": float(len(matrix.values)), "rows": float(len(matrix.values))},
        )


def drawn_numbers(matrix: Matrix) -> Iterator[Finding]:
    """Columns of whole numbers, all different, spread evenly over a wide range: identifiers drawn at random, perhaps."""
    if matrix.width < 2 or len(matrix.values) < _ENOUGH_DRAWN:
        return
    found = [
        j
        for j in range(min(matrix.width, _MOST_COMPARED))
        if j not in matrix.nominal and not _is_identifier(matrix, j) and _is_drawn(matrix.values[:, j])
    ]
    if found:
        low, high = float(matrix.facts.low[found[0]]), float(matrix.facts.high[found[0]])
        yield Finding(
            "identifier_column",
            "note",
            f"Column {matrix.name(found[0])!r} holds another whole number in every row, spread evenly from {low:.15g} to "
            f"{high:.15g}. Is it an identifier? From one a network can only learn its rows by heart.",
            "Leave it out if it is one; a quantity may stay.",
            columns=matrix.named(found[:MOST_NAMED]),
            evidence={"distinct": float(len(matrix.values)), "rows": float(len(matrix.values))},
        )


def _is_drawn(column: HostArray) -> bool:
    """Whole, all different, and as even as draws from one range are: |F(v) - uniform| < 1.36 / √n, as of Kolmogorov."""
    if not np.isfinite(column.sum()) or not bool((column == np.floor(column)).all()):
        return False
    ordered = np.sort(column.astype(np.float64))
    span, n = ordered[-1] - ordered[0], len(ordered)
    if span < n or not bool((np.diff(ordered) > 0).all()):
        return False
    even = (np.arange(n) + 0.5) / n
    return float(np.abs((ordered - ordered[0]) / span - even).max()) < 1.36 / np.sqrt(n)


def _is_identifier(matrix: Matrix, j: int) -> bool:
    column = matrix.values[:, j]
    return _numbers_the_rows(column) or (matrix.names is not None and is_row_identifier(matrix.names[j], column))


def _numbers_the_rows(column: HostArray) -> bool:
    """Whole numbers, all different, and either rising all along or without much room between them."""
    if not bool((column == np.floor(column)).all()):
        return False
    steps = np.diff(column)
    if bool((steps > 0).all()):
        return True
    room = float(column.max()) - float(column.min()) + 1
    return room <= 1.5 * len(column) and len(np.unique(column)) == len(column)


def unscaled(case: Case) -> Iterator[Finding]:
    """Inputs far from a size of 1, or columns of very different sizes, for a model that does not scale them itself."""
    if case.scales or not case.reads_columns:
        return
    for matrix in case.matrices:
        facts = matrix.facts
        size = np.maximum(np.abs(facts.mean), facts.deviation)
        size[list(matrix.nominal)] = 0
        largest = int(size.argmax())
        if len(matrix.values) >= _FEW_ROWS and 0 < size[largest] < SMALL:
            yield _too_small(matrix, largest, float(size[largest]))
        if len(matrix.values) < _FEW_ROWS or size[largest] <= LARGE:
            continue
        known = size[size > 0]
        yield Finding(
            "unscaled_inputs",
            "warning",
            f"Column {matrix.name(largest)!r} has mean {short(float(facts.mean[largest]))} and deviation "
            f"{short(float(facts.deviation[largest]))}; the smallest column is of size {short(float(known.min()))}. "
            f"Weights begin as if inputs were of size 1: such columns drown the others, and steps become erratic.",
            "Standardize each column, (x - mean) / deviation of the training rows, or put a Normalization layer first.",
            columns=matrix.named(np.flatnonzero(size > LARGE)[:MOST_NAMED].tolist()),
            evidence={"largest": float(size[largest]), "smallest": float(known.min())},
        )
    for name, array in case.inputs.items():
        if array.ndim > 2 and (most := _greatest(array)) > LARGE:
            yield Finding(
                "unscaled_inputs",
                "warning",
                f"The values of {name} go up to {short(most)}, as the bytes of a picture do. Weights begin as if inputs were of "
                f"size 1.",
                "Divide them by 255, or put a Rescaling(1 / 255) layer first."
                if most <= 255
                else "Scale them to about -1 to 1, or put a Normalization layer first.",
                evidence={"largest": most},
            )


def _too_small(matrix: Matrix, largest: int, size: float) -> Finding:
    return Finding(
        "unscaled_inputs",
        "warning",
        f"All columns are tiny: the largest, {matrix.name(largest)!r}, is of size {short(size)}. Weights begin as if inputs "
        f"were of size 1: the network hardly sees such columns, and learns very slowly.",
        "Standardize each column, (x - mean) / deviation of the training rows, or put a Normalization layer first.",
        columns=matrix.named([largest]),
        evidence={"largest": size},
    )


def _greatest(array: HostArray) -> float:
    part = array[:: max(1, len(array) // 32)][:32]
    return float(np.abs(part.astype(np.float32, copy=False)).max()) if part.size else 0.0


def leak(case: Case) -> Iterator[Finding]:
    """|r| = |cov(column, target)| / (σ σ) > 0.999: one column of several alone gives the target."""
    y = case.y
    if y is None or y.ndim > 2 or (y.ndim == 2 and y.shape[1] > 1):
        return
    for matrix in case.matrices:
        if matrix.width < 2 or len(matrix.values) < _ENOUGH_ROWS:
            continue
        goal = y.reshape(-1)[:: matrix.step].astype(np.float64)
        if not np.isfinite(goal.sum()):
            return
        goal = goal - goal.mean()
        spread = np.sqrt(goal @ goal / len(goal))
        if not spread > 0:
            continue
        with np.errstate(all="ignore"):
            r = np.abs(goal @ matrix.centred) / len(goal) / (spread * matrix.facts.deviation)
        found = np.flatnonzero(r > 0.999)
        if 0 < len(found) <= max(1, matrix.width // 2):
            yield given_away(
                matrix, found.tolist(), f"its correlation with the target is {r[found[0]]:.4f}", r[found[0]]
            )


def given_away(matrix: Matrix, found: list[int], why: str, evidence: float) -> Finding:
    """The finding for columns that alone give the target."""
    name = matrix.name(found[0])
    return Finding(
        "target_leak",
        "warning",
        f"Column {name!r} alone gives the target away: {why}. Scores will be too good, unless this is known before the "
        f"answer is.",
        f"Leave column {name!r} out if it is recorded together with the target or after it.",
        columns=matrix.named(found[:MOST_NAMED]),
        evidence={"strength": float(evidence)},
    )
