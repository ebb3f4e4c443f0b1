"""Rules on the targets: classes with gaps between their numbers, classes far from alike in number, targets as bytes."""

from collections.abc import Iterator

import numpy as np

from glassnet.foundation.readable import percent, short
from glassnet.preflight.case import Case
from glassnet.preflight.finding import Finding

_RARE = 10.0
_FEWEST = 20


def gaps(case: Case) -> Iterator[Finding]:
    """Class numbers that do not count 0, 1, 2 ..., or outputs that no row asks for."""
    if case.labels is None or not all(isinstance(value, int | float) for value in case.classes):
        return
    classes = sorted(float(value) for value in case.classes)
    shown = ", ".join(f"{value:g}" for value in classes[:6]) + (" ..." if len(classes) > 6 else "")
    if case.outputs is not None and case.outputs > 1:
        idle = sorted(set(range(case.outputs)) - {int(value) for value in classes})
        if idle and len(classes) > 1:
            yield Finding(
                "label_gaps",
                "warning",
                f"The last layer has {case.outputs} outputs, but the targets hold {len(classes)} classes: {shown}. No row is of "
                f"class {', '.join(map(str, idle[:4]))}{' ...' if len(idle) > 4 else ''}.",
                f"Code the classes from 0 to {len(classes) - 1} and use {len(classes)} outputs, or add rows of what is missing.",
                evidence={"outputs": float(case.outputs), "classes": float(len(classes)), "idle": float(len(idle))},
            )
    elif classes not in ([float(i) for i in range(len(classes))], [-1.0, 1.0]) and len(classes) > 1:
        yield Finding(
            "label_gaps",
            "warning",
            f"The classes are numbered {shown}, where 0 to {len(classes) - 1} would be expected. A layer of {len(classes)} "
            f"outputs cannot learn them so.",
            "Code the classes from 0: classes, y = np.unique(y, return_inverse=True).",
            evidence={"classes": float(len(classes)), "greatest": classes[-1]},
        )


def imbalance(case: Case) -> Iterator[Finding]:
    """The most frequent class has ten times the rows of the rarest one, or more."""
    if case.labels is None or case.weighted or case.rows < _FEWEST:
        return
    counts = np.bincount(case.labels, minlength=len(case.classes))
    counts = counts[counts > 0]
    most, least = int(counts.max()), int(counts.min())
    if len(counts) < 2 or most < _RARE * least:
        return
    rare, common = (
        case.classes[int(np.bincount(case.labels).argmin())],
        case.classes[int(np.bincount(case.labels).argmax())],
    )
    yield Finding(
        "imbalance",
        "warning",
        f"Class {rare!r} has {least:,} of {len(case.labels):,} rows, class {common!r} has {most:,}. Always answering {common!r} "
        f"is right in {percent(most / len(case.labels))}, so accuracy says little.",
        "Judge by balanced accuracy, F1 or the area under the ROC curve, and give rare classes more weight: class_weight.",
        evidence={"rarest": float(least), "most_frequent": float(most), "ratio": most / least},
    )


def scale(case: Case) -> Iterator[Finding]:
    """Numbers to predict that are the bytes of a picture, or far from a size of 1."""
    y = case.y
    if y is None or case.labels is not None or y.dtype.kind not in "iuf" or len(y) < _FEWEST:
        return
    part = y[:: max(1, y.size // 100_000)].astype(np.float64, copy=False)
    least, most = float(part.min()), float(part.max())
    if not np.isfinite(least + most):
        return
    spread, mean = float(part.std()), float(part.mean())
    if 0 <= least <= 16 and 200 < most <= 255 and y[0].size > 1 and bool((part == np.floor(part)).all()):
        yield Finding(
            "target_scale",
            "warning",
            f"The targets are whole numbers from {least:g} to {most:g}, as the bytes of a picture are. The loss begins in the "
            f"thousands, and steps become erratic.",
            "Divide the targets by 255.",
            evidence={"least": least, "greatest": most},
        )
    elif max(abs(mean), spread) > 100 and spread > 0:
        yield Finding(
            "target_scale",
            "note",
            f"The targets have mean {short(mean)} and deviation {short(spread)}; a network begins with answers near 0, and "
            f"needs many steps to get there.",
            "Standardize them, (y - mean) / deviation of the training rows, and turn answers back.",
            evidence={"mean": mean, "deviation": spread},
        )
