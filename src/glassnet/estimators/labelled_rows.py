"""Rows and labels as the perceptron takes them: finite numbers, one label a row; everything else is refused by name."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import DataError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import ArrayLike, HostArray


def net_input(rows: HostArray, weights: HostArray) -> HostArray:
    """w·x + b of each row, the bias being the first weight.

    Example:
        >>> net_input(with_ones(np.array([[2.0], [3.0]])), np.array([-5.0, 2.0])).tolist()
        [-1.0, 1.0]
    """
    # One row at a time, as in learning: a row exactly on the boundary falls on the same side here and there, which one
    # product of the whole table, summed in another order, does not promise.
    return np.array([row @ weights for row in rows])


def with_ones(table: HostArray) -> HostArray:
    """The table with a column of ones in front, so that the bias is the first weight."""
    return np.column_stack([np.ones(len(table)), table])


def table_of(X: ArrayLike) -> HostArray:
    """`X` as finite numbers, (rows, columns).

    Raises:
        DataError: it is sparse, no table, empty, or a cell is missing or no number.

    Example:
        >>> table_of([[1, 2]]).tolist()
        [[1.0, 2.0]]
    """
    if hasattr(X, "toarray"):
        raise DataError(f"Perceptron expected a dense table. Received a sparse {type(X).__name__}. Pass X.toarray().")
    try:
        table = np.asarray(X, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"Perceptron expected a table of numbers. Received cells that are none: {error}. Encode text and "
            f"categories as numbers first."
        ) from error
    if table.ndim != 2 or 0 in table.shape:
        raise DataError(
            f"Perceptron expected rows and columns, at least one of each. Received an array of shape "
            f"{show(table.shape)}. For one column, pass x[:, None]; for one row, x[None, :]."
        )
    wrong = np.argwhere(~np.isfinite(table))
    if len(wrong):
        row, column = wrong[0]
        raise DataError(
            f"Perceptron expected finite numbers. Received {table[row, column]} (NaN or infinity) in row {row}, column "
            f"{column}, and {counted(len(wrong), 'such cell')} in all. Fill or drop them first."
        )
    return table


def labels_of(y: ArrayLike, count: int) -> HostArray:
    """`y` as one label for each of `count` rows.

    Raises:
        DataError: there are more or fewer of them, or one is missing.

    Example:
        >>> labels_of([["no"], ["yes"]], 2).tolist()
        ['no', 'yes']
    """
    labels = np.asarray(y)
    if labels.shape == (count, 1):
        labels = labels[:, 0]
    if labels.shape != (count,):
        raise DataError(
            f"Perceptron expected one label for each of {count} rows, shape {show((count,))}. Received shape "
            f"{show(labels.shape)}. Pass the labels as one column."
        )
    missing = [i for i, label in enumerate(labels.tolist()) if _is_missing(label)]
    if missing:
        raise DataError(
            f"Perceptron expected a label for every row. Received none (NaN) in row {missing[0]}, and "
            f"{counted(len(missing), 'such row')} in all. Drop the rows without a label."
        )
    return labels


def _is_missing(label: Any) -> bool:
    try:
        return bool(label is None or label != label)
    except TypeError:  # pandas's NA is neither equal nor unequal to anything
        return True


def counted(count: int, what: str) -> str:
    """A number with its noun.

    Example:
        >>> counted(1, "row"), counted(2, "row")
        ('1 row', '2 rows')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"
