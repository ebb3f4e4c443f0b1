"""Rules on training and validation rows together: rows on both sides, and classes that one side lacks."""

import math
from collections.abc import Iterator

import numpy as np

from glassnet.foundation.readable import percent
from glassnet.foundation.types import HostArray
from glassnet.preflight.case import Case
from glassnet.preflight.finding import Finding

_CELLS = 400_000
_WIDE = 64
_SURE = 1e-3
_SOME = 200
_MULTIPLIER = np.uint32(2_654_435_761)


def missing_class(case: Case) -> Iterator[Finding]:
    """A class that training or validation has no row of; an error where training lacks it, and hardly by chance."""
    if case.labels is None or case.held_labels is None or not len(case.held_labels):
        return
    here = np.bincount(case.labels, minlength=len(case.classes))
    if here.all() and set(case.held_labels[:_SOME].tolist()) == set(range(len(case.classes))):
        return
    there = np.bincount(case.held_labels, minlength=len(case.classes))
    total = here.sum() + there.sum()
    for name, lacking, having in (("training", here, there), ("validation", there, here)):
        gone = np.flatnonzero((lacking == 0) & (having > 0))
        if not len(gone):
            continue
        chance = min(math.exp(having[code] * math.log1p(-lacking.sum() / total)) for code in gone)
        classes = ", ".join(repr(case.classes[code]) for code in gone[:5]) + (" ..." if len(gone) > 5 else "")
        rows = int(having[gone].sum())
        other = "validation" if name == "training" else "training"
        yield Finding(
            "missing_class",
            "error" if chance < _SURE and name == "training" else "warning",
            f"Expected rows of every class in training and in validation; received none of class {classes} in {name}, and "
            f"{rows:,} in {other}.{' Chance does not do that: the rows were parted by their order.' if chance < _SURE else ''}",
            "Shuffle the rows before parting them, or let fit do it: validation_split=0.2, which keeps each class's share.",
            evidence={"rows": float(rows), "chance": float(chance)},
        )


def duplicate_rows(case: Case) -> Iterator[Finding]:
    """Validation rows that training holds too, cell for cell."""
    if case.validation is None:
        return
    held = case.validation[0]
    names = [name for name in case.inputs if name in held]
    if len(names) != len(case.inputs):
        return
    here, there = [case.inputs[name] for name in names], [held[name] for name in names]
    if any(
        one.shape[1:] != other.shape[1:] or one.dtype != other.dtype for one, other in zip(here, there, strict=True)
    ):
        return
    hits, looked, seen = _shared(here, there)
    if not hits:
        return
    count = min(looked, round(len(hits) / seen))
    share = count / looked
    grave = share >= 0.01 and count >= 2 and not _few_values(here)
    about = "About " if seen < 1 else ""
    yield Finding(
        "duplicate_rows",
        "warning" if grave else "note",
        f"{about}{count:,} of {looked:,} validation rows are training rows too, cell for cell ({percent(share)}). On those, "
        f"validation measures memory.",
        "Remove repeated rows before parting, or keep all rows of one source on one side.",
        rows=tuple(hits[:5]),
        evidence={"rows": float(count), "looked_at": float(looked), "share": share},
    )


def _shared(here: list[HostArray], there: list[HostArray]) -> tuple[list[int], int, float]:
    """The rows of `there` that are in `here`; how many were looked at; and the share of `here` that was."""
    width = min(sum(array[0].size for array in here), _WIDE)
    every = max(1, len(here[0]) * width // _CELLS)
    step = max(1, len(there[0]) * width // _CELLS)
    here, there = [array[::every] for array in here], [array[::step] for array in there]
    known, asked = _prints(here), _prints(there)
    order = known.argsort()
    known = known[order]
    first = np.searchsorted(known, asked)
    alike = np.flatnonzero(known[np.minimum(first, len(known) - 1)] == asked)
    hits = [int(row) * step for row in alike if _is_there(here, order, known, int(first[row]), there, int(row))]
    return hits, len(asked), 1 / every


def _is_there(
    here: list[HostArray], order: HostArray, known: HostArray, place: int, there: list[HostArray], row: int
) -> bool:
    """Whether a row with the print at `place` is the same, cell for cell."""
    stop = min(len(known), place + 8)
    rows = [int(order[i]) for i in range(place, stop) if known[i] == known[place]]
    return any(
        all(
            np.array_equal(one[mine], other[row], equal_nan=one.dtype.kind == "f")
            for one, other in zip(here, there, strict=True)
        )
        for mine in rows
    )


def _prints(arrays: list[HostArray]) -> HostArray:
    """A number for each row that equal rows share, (n,): Σⱼ wordⱼ · oddⱼ modulo 2³², of at most some dozens of columns."""
    total = np.zeros(len(arrays[0]), np.uint32)
    for array in arrays:
        flat = array.reshape(len(array), -1)
        flat = flat[:, :: max(1, flat.shape[1] // _WIDE)]
        words = flat.view(np.uint32) if flat.dtype.itemsize == 4 else flat.astype(np.float32).view(np.uint32)
        odd = (np.arange(1, flat.shape[1] + 1, dtype=np.uint32) * _MULTIPLIER) | np.uint32(1)
        total += (words * odd).sum(1, dtype=np.uint32)
    return total


def _few_values(arrays: list[HostArray]) -> bool:
    """Whether so few different rows are possible at all that equal ones mean nothing."""
    array = arrays[0]
    if len(arrays) > 1 or array.ndim != 2 or array.shape[1] > 40:
        return False
    part = array[:: max(1, len(array) // 500)]
    return sum(math.log(len(np.unique(column))) for column in part.T) < math.log(4 * len(array))
