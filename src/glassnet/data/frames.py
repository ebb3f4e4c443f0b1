"""Columns from other libraries' tables, recognised by what they can do: none of these libraries is imported here."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from glassnet.data.columns import Column, boolean_column, column_of, number_column
from glassnet.foundation.errors import DataError


def is_frame(value: Any) -> bool:
    """Whether `value` is a table of named columns: of pandas, Polars or pyarrow."""
    return hasattr(value, "column_names") or (hasattr(value, "columns") and hasattr(value, "dtypes"))


def column_names_of(value: Any) -> tuple[str, ...] | None:
    """The names of a table's columns as text; None for what is no table.

    Example:
        >>> column_names_of(np.zeros((2, 2))) is None
        True
    """
    if not is_frame(value):
        return None
    return tuple(map(str, value.column_names if hasattr(value, "column_names") else value.columns))


def columns_of_frame(frame: Any) -> dict[str, Column]:
    """The columns of a data frame, an Arrow table or a dictionary, by name.

    Raises:
        DataError: anything else, or two columns of one name.
    """
    if isinstance(frame, Mapping):
        return {str(name): column_of(str(name), cells) for name, cells in frame.items()}
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):
        labels = list(frame.columns)
        _check_names([str(label) for label in labels])
        return {str(label): _pandas_column(str(label), frame[label]) for label in labels}
    if hasattr(frame, "to_arrow"):
        frame = frame.to_arrow()
    if hasattr(frame, "column_names"):
        from glassnet.data.arrow import column_from_arrow

        _check_names(frame.column_names)
        return {name: column_from_arrow(name, frame.column(name)) for name in frame.column_names}
    raise DataError(
        f"Expected a table: a pandas or Polars data frame, a pyarrow table, or a dictionary of columns. Received "
        f"{type(frame).__name__}. For an array, write {{'x1': x[:, 0], 'x2': x[:, 1]}}; for a file, read_table(path)."
    )


def _check_names(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise DataError(
            f"Expected each column to have a name of its own. Received {twice[0]!r} {names.count(twice[0])} times. "
            f"Rename or drop one of them."
        )


def _pandas_column(name: str, series: Any) -> Column:
    dtype = series.dtype
    if str(getattr(dtype, "name", "")) == "category":
        return column_of(name, series.to_numpy(dtype=object), kind="category")
    if dtype.kind in "iuf":
        return number_column(name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    if dtype.kind == "b":
        missing = series.isna().to_numpy(dtype=bool)
        return boolean_column(name, np.where(missing, False, series.to_numpy(dtype=object)), missing)
    if dtype.kind == "M" and isinstance(dtype, np.dtype):
        return column_of(name, series.to_numpy())
    return column_of(name, series.to_numpy(dtype=object))
