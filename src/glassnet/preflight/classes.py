"""The classes in targets: numbers from 0 on for the rows, whatever the targets are."""

from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray

_MOST = 1000


def classes_of(y: HostArray, asked: bool | None) -> tuple[HostArray, tuple[Any, ...]] | None:
    """The class of each row from 0 on, and the classes themselves; None where the targets hold none.

    Args:
        y: targets, (n,), (n, 1) or one-hot (n, k).
        asked: whether the loss asks for classes; None where there is no loss to tell.

    Example:
        >>> codes, classes = classes_of(np.array([1, 3, 1]), None)
        >>> codes.tolist(), classes
        ([0, 1, 0], (1, 3))
    """
    if asked is False or not len(y):
        return None
    flat = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if flat.ndim == 2:
        hot = ((flat == 0) | (flat == 1)).all() and (flat.sum(1) == 1).all()
        return (flat.argmax(1), tuple(range(flat.shape[1]))) if hot else None
    if flat.ndim != 1 or flat.dtype.kind not in "biuf":
        return None
    if flat.dtype.kind in "iu" and flat.min() >= 0 and flat.max() < _MOST:
        counts = np.bincount(flat)
        values = np.flatnonzero(counts)
        if asked or _repeat(len(values), len(flat)):
            return np.cumsum(counts > 0)[flat] - 1, tuple(values.tolist())
        return None
    if not np.isfinite(flat.sum(dtype=np.float64)) or not (flat == np.floor(flat)).all():
        return None
    values, codes = np.unique(flat, return_inverse=True)
    if len(values) > _MOST or not (asked or _repeat(len(values), len(flat))):
        return None
    return codes, tuple(int(value) for value in values.tolist())


def codes_of(y: HostArray | None, classes: tuple[Any, ...]) -> tuple[HostArray | None, tuple[Any, ...]]:
    """The rows of other targets by classes already known; new ones are put behind them."""
    found = None if y is None else classes_of(y, True)
    if found is None:
        return None, classes
    codes, own = found
    every = (*classes, *(value for value in own if value not in classes))
    return np.array([every.index(value) for value in own])[codes], every


def _repeat(classes: int, rows: int) -> bool:
    return 2 <= classes <= max(2, min(100, rows // 3))
