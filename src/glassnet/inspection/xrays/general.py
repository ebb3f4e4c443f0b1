"""Any layer's working, from its slopes alone: an output as a sum of products, and the chain rule factor by factor."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.inspection.xrays.lines import MOST, Line, largest, number, place, products
from glassnet.inspection.xrays.replaying import Slopes, Source


def forward(slopes: Slopes) -> list[Line]:
    """The chosen number: a sum of products where the layer is one, else its value and its slopes."""
    name = place(slopes.name, slopes.index[1:])
    if not slopes.is_sum:
        return [Line(name, "", slopes.value), *_slopes(slopes, name)]
    terms = [term for source in slopes.inputs for term in _terms(source, slopes.index[0])]
    constant = _constant(slopes)
    return [Line(name, " + ".join([*terms, *constant]) or "0", slopes.value)]


def backward(slopes: Slopes) -> list[Line]:
    """dL/dx and dL/dW: what arrives, times what the layer hands on, summed over all outputs."""
    return [
        Line(
            f"dL/d{_at(source, source.index)}",
            f"Σ dL/d{slopes.name} × d{slopes.name}/d{source.name.rsplit('/', 1)[-1]} = "
            + " + ".join(products(slopes.arriving, source.column)),
            float(source.leaving[source.index]),
        )
        for source in (*slopes.inputs, *slopes.weights)
        if np.size(source.leaving)
    ]


def _terms(source: Source, row: int) -> list[str]:
    """``2 × x[0]`` with numbers, the largest ones first named; the row is named where it is another one."""
    values, factors = np.ravel(source.value), np.ravel(source.row)
    chosen = _chosen(values * factors, factors)
    found = []
    for i in chosen:
        index = np.unravel_index(i, np.shape(source.value))
        found.append(f"{number(factors[i])} × {number(values[i])} ({_at(source, index, row)})")
    more = int(np.count_nonzero(factors)) - len(chosen)
    if more > 0:
        rest = float(np.sum(values * factors) - np.sum((values * factors)[chosen]))
        found.append(f"{number(rest)} from {more} more")
    return found


def _chosen(terms: HostArray, factors: HostArray) -> list[int]:
    """The largest terms, and where all are 0 the largest factors: 1 × 0 says more than nothing."""
    found = largest(terms)
    return found if len(found) == MOST else sorted({*found, *largest(factors * (terms == 0), MOST - len(found))})


def _constant(slopes: Slopes) -> list[str]:
    if abs(slopes.constant) <= 1e-6 * max(abs(slopes.value), 1e-6):
        return []
    for source in slopes.weights:
        index = largest(source.row, 2)
        if len(index) == 1 and np.isclose(slopes.constant, (source.value * source.row).ravel()[index[0]], rtol=1e-4):
            where = np.unravel_index(index[0], np.shape(source.value))
            return [f"{number(slopes.constant)} ({place(source.name.rsplit('/', 1)[-1], where)})"]
    return [number(slopes.constant)]


def _slopes(slopes: Slopes, name: str) -> list[Line]:
    """The slopes that move the chosen number most."""
    found = []
    for source in slopes.inputs:
        for i in largest(source.row, MOST // 2):
            where = np.unravel_index(i, np.shape(source.value))
            at = _at(source, where, slopes.index[0])
            found.append(Line(f"d{name}/d{at}", f"at {at} = {number(source.value[where])}", float(source.row[where])))
    return found


def _at(source: Source, index: Sequence[Any], row: int = 0) -> str:
    """An input's place without the batch where it is of the row in question; a weight's place under its short name."""
    if "/" in source.name or not source.name.startswith("x"):
        return place(source.name.rsplit("/", 1)[-1], index)
    if len(index) and np.shape(source.value)[0] > 1 and int(index[0]) != row:
        return f"row {int(index[0])}'s {place(source.name, index[1:])}"
    return place(source.name, index[1:])
