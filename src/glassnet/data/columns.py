"""One column of a table: what kind its cells are, their values, and which of them are missing."""

import numbers
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassnet.data.words import quoted
from glassnet.foundation.errors import DataError

KINDS = ("number", "boolean", "category", "text")
_MIDNIGHT = re.compile(r"[T ]00:00:00(\.0+)?$")


@dataclass(frozen=True, eq=False)
class Column:
    """n cells of one kind under one name.

    Args:
        name: the column's name.
        kind: ``"number"``, ``"boolean"``, ``"category"`` (declared so by a data frame) or ``"text"`` (strings as
            found).
        values: n values: float64 with NaN where missing; bool with False where missing; str objects with None where
            missing.
        missing: n booleans, True where the cell is missing.

    Example:
        >>> column = column_of("age", [31, None, 27])
        >>> column.kind, column.values, column.missing
        ('number', array([31., nan, 27.]), array([False,  True, False]))
    """

    name: str
    kind: str
    values: np.ndarray
    missing: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    @property
    def present(self) -> np.ndarray:
        """The values of the cells that are not missing."""
        return self.values[~self.missing]

    def select(self, rows: Any) -> "Column":
        """The cells of some rows, given as indices, a mask or a slice."""
        return replace(self, values=self.values[rows], missing=self.missing[rows])

    def cell(self, row: int) -> str:
        """The cell of one row as text; empty when it is missing."""
        return "" if self.missing[row] else text_of(self.values[row])


def number_column(name: str, values: Any) -> Column:
    """A column of numbers; NaN marks the missing ones."""
    values = np.asarray(values, dtype=np.float64)
    return Column(name, "number", values, np.isnan(values))


def boolean_column(name: str, values: Any, missing: Any) -> Column:
    """A column of True and False; `missing` marks the cells that are neither."""
    missing = np.asarray(missing, dtype=bool)
    return Column(name, "boolean", np.where(missing, False, np.asarray(values)).astype(bool), missing)


def text_column(name: str, values: Iterable[Any], kind: str = "text") -> Column:
    """A column of strings; None marks the missing ones."""
    cells = _objects(values)
    return Column(name, kind, cells, np.array([cell is None for cell in cells], dtype=bool))


def column_of(name: str, cells: Any, kind: str | None = None) -> Column:
    """A column from any one-dimensional array, list or series; its kind is found from the cells.

    Args:
        name: the column's name.
        cells: n numbers, booleans, strings or dates; None, NaN, NaT and blank strings are missing.
        kind: ``"category"`` to take the cells as names whatever they look like.

    Raises:
        DataError: cells that are not one value each.

    Example:
        >>> column_of("smoker", ["yes", "", "no"]).values
        array(['yes', None, 'no'], dtype=object)
    """
    array = cells if isinstance(cells, np.ndarray) else _objects(cells)
    if array.ndim != 1:
        raise DataError(
            f"Column {name!r} expected one value a row. Received an array of shape {array.shape}. "
            f"Give each of its columns a name of its own."
        )
    if kind != "category" and array.dtype.kind in "biuf":
        if array.dtype.kind == "b":
            return boolean_column(name, array, np.zeros(len(array), dtype=bool))
        return number_column(name, array)
    return _column_of_objects(name, array.tolist() if array.dtype.kind != "M" else list(array), kind)


def _objects(cells: Iterable[Any]) -> np.ndarray:
    cells = list(cells)
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


def _column_of_objects(name: str, cells: list[Any], kind: str | None) -> Column:
    missing = [is_missing(cell) for cell in cells]
    present = [cell for cell, gone in zip(cells, missing, strict=True) if not gone]
    for cell in present:
        if isinstance(cell, list | tuple | dict | set | np.ndarray | complex | np.complexfloating):
            raise DataError(
                f"Column {name!r} expected one number, text or truth value a cell. Received {quoted(str(cell))} of "
                f"type {type(cell).__name__}. Split it into columns of their own, or leave the column out."
            )
    if kind is None and present and all(isinstance(cell, bool | np.bool_) for cell in present):
        return boolean_column(
            name, [bool(cell) and not gone for cell, gone in zip(cells, missing, strict=True)], missing
        )
    if kind is None and all(_is_number(cell) for cell in present):
        return number_column(name, [np.nan if gone else float(cell) for cell, gone in zip(cells, missing, strict=True)])
    texts = [None if gone else text_of(cell) for cell, gone in zip(cells, missing, strict=True)]
    return text_column(name, texts, kind or "text")


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real | np.number) or type(value).__name__ == "Decimal"


def is_missing(value: Any) -> bool:
    """Whether a Python value stands for a missing cell: None, NaN, NaT, pandas' NA, a blank string."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    if _is_number(value):
        return bool(value != value)
    return type(value).__name__ in ("NAType", "NaTType")


def text_of(value: Any) -> str:
    """A cell as a person writes it: whole numbers without ``.0``, dates as in ISO 8601.

    Example:
        >>> text_of(3.0), text_of(2.5), text_of(True)
        ('3', '2.5', 'True')
    """
    if isinstance(value, float | np.floating):
        value = float(value)
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else _MIDNIGHT.sub("", str(value))
