"""Folds: every row is held out exactly once, each class spread evenly over the folds."""

from typing import Any

import numpy as np

from glassnet.data.split import class_numbers
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.shapes import int_or_none
from glassnet.foundation.types import HostArray


def fold_numbers(y: Any, count: int, folds: int, seed: int = 0) -> HostArray:
    """The fold of each row, (n,): sizes differ by one row at most, in all and within each class.

    Args:
        y: targets; where they hold classes (one-hot, truth values, whole numbers), each fold has its share of each.
        count: n, the number of rows.
        folds: how many folds, from 2 to n.
        seed: fixes which row falls where.

    Raises:
        ConfigError: fewer than 2 folds.
        DataError: fewer rows than folds.

    Example:
        >>> import numpy as np
        >>> parts = fold_numbers(np.array([0, 0, 0, 0, 1, 1]), 6, 2)
        >>> sorted(parts[:4].tolist()), sorted(parts[4:].tolist())
        ([0, 0, 1, 1], [0, 1])

    Reference:
        R. Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995.
    """
    number = int_or_none(folds)
    if number is None or isinstance(folds, bool) or number < 2:
        raise ConfigError(f"Expected `folds` as a whole number from 2 on. Received {folds!r}. Pass 5, for example.")
    if count < number:
        raise DataError(
            f"Expected at least {number} rows, one for each fold. Received {count}. Pass more rows, or fewer folds."
        )
    classes = class_numbers(y) if isinstance(y, np.ndarray) else None
    drawn = np.random.default_rng(seed).permutation(count)
    if classes is not None:
        drawn = drawn[np.argsort(classes[drawn], kind="stable")]
    parts = np.empty(count, np.int64)
    parts[drawn] = np.arange(count) % number  # dealt like cards, class after class
    return parts
