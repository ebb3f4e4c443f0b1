"""Whatever a user passes as x or y, as one NumPy array of numbers, or a complaint about the first cell that is none."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from glassnet.data.columns import Column, is_missing
from glassnet.data.frames import columns_of_frame, is_frame
from glassnet.data.words import counted, quoted
from glassnet.foundation.errors import DataError

_BLOCK_BYTES = 8 << 20


def as_array(value: Any, what: str = "x") -> np.ndarray:
    """A NumPy array of what may be an array of NumPy or JAX, a list, a data frame, a series or an Arrow table.

    float64 becomes float32; float32, float16, whole numbers and truth values stay as they are, without a copy.

    Args:
        value: n rows of numbers, (n, ...); None in a list stands for a missing number, NaN.
        what: what to call it in messages: ``"x"``, ``"y"``.

    Raises:
        DataError: text, dates or complex numbers, rows of different lengths, or no rows at all; with row and column.

    Example:
        >>> as_array([[1.0, 2.0]]).dtype, as_array([1, 2]).dtype.kind
        (dtype('float32'), 'i')

    Reference: C. R. Harris et al., "Array programming with NumPy", Nature 585, 2020.
    """
    array = value if isinstance(value, np.ndarray) else _array_of(value, what)
    if isinstance(array, np.ma.MaskedArray):
        array = np.ma.filled(array.astype(np.float32), np.nan) if np.ma.is_masked(array) else array.data
    if array.ndim == 0:
        raise DataError(
            f"Expected {what} as an array with one row a sample. Received {_name(value)}. Pass an array, a list or a "
            f"data frame; for one sample, wrap it: [{what}]."
        )
    if array.dtype.kind == "O":
        array = _numbers_of_objects(array, what)
    if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
        raise _not_numbers(array, what)
    if array.dtype.name in ("float64", "longdouble", "float128", "bfloat16"):
        # What float32 cannot hold becomes infinite here; `check_finite` names it.
        with np.errstate(over="ignore"):
            return array.astype(np.float32)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _name(value: Any) -> str:
    return "None" if value is None else f"{quoted(str(value))} of type {type(value).__name__}"


def _array_of(value: Any, what: str) -> np.ndarray:
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        raise DataError(
            f"Expected {what} as a dense array. Received the sparse {type(value).__name__}. Pass {what}.toarray()."
        )
    if is_frame(value):
        return _array_of_frame(value, what)
    try:
        array = np.asarray(value)
    except Exception as error:
        raise DataError(_refusal(value, what, error)) from None
    if array.dtype.kind in "US" and isinstance(value, Sequence):
        # NumPy turned the numbers beside a text into text too: take the cells as they are, to name the right one.
        array = np.asarray(value, dtype=object)
    return array


def _refusal(value: Any, what: str, error: Exception) -> str:
    if isinstance(value, Sequence):
        lengths = [len(row) if isinstance(row, Sequence | np.ndarray) else None for row in value]
        odd = next((place for place, length in enumerate(lengths) if length != lengths[0]), None)
        if odd is not None:
            first, other = (
                "a single value" if size is None else f"{size} values" for size in (lengths[0], lengths[odd])
            )
            return (
                f"Expected rows of one length in {what}. Received {first} in row 0 and {other} in row {odd}. Fill up "
                f"or cut the rows to one length."
            )
    return (
        f"Expected {what} as an array. Received {type(value).__name__}, which gives none: {error}. Pass a NumPy array."
    )


def _array_of_frame(frame: Any, what: str) -> np.ndarray:
    array = frame.to_numpy() if hasattr(frame, "to_numpy") else None
    if array is not None and array.dtype.kind in "biuf" and array.size:
        return array
    columns = columns_of_frame(frame)
    if not columns:
        raise DataError(f"Expected columns of numbers in {what}. Received a data frame without columns. Pass some.")
    for place, column in enumerate(columns.values()):
        if column.kind in ("text", "category") and not column.missing.all():
            row = int(np.argmin(column.missing))
            raise DataError(_text_message(what, column.values[row], f"row {row}, column {place} {column.name!r}"))
    kinds = {column.kind for column in columns.values()}
    if kinds == {"boolean"} and not any(column.missing.any() for column in columns.values()):
        return np.stack([column.values for column in columns.values()], axis=1)
    return np.stack([_floats(column) for column in columns.values()], axis=1)


def _floats(column: Column) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.where(column.missing, np.nan, np.where(column.missing, 0, column.values)).astype(np.float32)


def _text_message(what: str, cell: Any, place: str) -> str:
    return (
        f"Expected numbers in {what}. Received {quoted(cell)} of type {type(cell).__name__} in {place}: strings where "
        f"numbers belong. Encode that column as numbers, or let `glassnet train` prepare the table."
    )


def _place(index: tuple[int, ...], names: Sequence[str] | None = None) -> str:
    said = [f"row {index[0]}"]
    if len(index) == 2:
        said.append(f"column {index[1]}" + (f" {names[index[1]]!r}" if names is not None else ""))
    elif len(index) > 2:
        said.append(f"position {index[1:]}")
    return ", ".join(said)


def _numbers_of_objects(array: np.ndarray, what: str) -> np.ndarray:
    """An object array of numbers as float32, int64 or bool; None and pandas' NA become NaN."""
    cells = array.reshape(-1)
    for flat, cell in enumerate(cells):
        if isinstance(cell, bool | int | float | np.number | np.bool_) or (
            not isinstance(cell, str) and is_missing(cell)
        ):
            continue
        index = tuple(int(i) for i in np.unravel_index(flat, array.shape))
        if isinstance(cell, str | bytes):
            raise DataError(_text_message(what, cell, _place(index)))
        if type(cell).__name__ != "Decimal":
            raise DataError(
                f"Expected numbers in {what}. Received {quoted(str(cell))} of type {type(cell).__name__} in "
                f"{_place(index)}. Pass one array of numbers, with rows of one length."
            )
    for kinds, dtype in (((bool, np.bool_), np.bool_), ((int, np.integer), np.int64)):
        if len(cells) and all(isinstance(cell, kinds) for cell in cells):
            with suppress(OverflowError):  # a whole number beyond 64 bits is taken as a float
                return array.astype(dtype)
    filled = np.array([np.nan if is_missing(cell) else float(cell) for cell in cells], dtype=np.float64)
    with np.errstate(over="ignore"):
        return filled.astype(np.float32).reshape(array.shape)


def _not_numbers(array: np.ndarray, what: str) -> DataError:
    if array.dtype.kind in "UST" and array.size:
        return DataError(_text_message(what, array.reshape(-1)[0].item(), _place((0,) * array.ndim)))
    names = {"c": "complex numbers", "M": "dates", "m": "time spans", "V": "records", "U": "text", "S": "bytes"}
    received = names.get(array.dtype.kind, f"cells of type {array.dtype}")
    advice = {
        "c": "Pass the real and the imaginary part as columns of their own",
        "M": "Pass numbers made from them, such as the year, the month or the days since a first day",
        "m": "Pass them as numbers of seconds or days",
    }
    return DataError(
        f"Expected numbers in {what}. Received {received}. {advice.get(array.dtype.kind, 'Pass numbers')}."
    )


def check_finite(array: np.ndarray, what: str = "x", names: Sequence[str] | None = None, first: int = 0) -> None:
    """Raise a `DataError` that names the first cell that is NaN or infinite, and how many there are.

    The rows are looked at some megabytes at a time: nothing as large as the array is made.

    Args:
        array: n rows, (n, ...); whole numbers and truth values always pass.
        what: what to call it in messages.
        names: the names of the columns of a two-dimensional array.
        first: the number of the first row, where these are some of more rows.

    Raises:
        DataError: a cell is NaN or infinite.

    Example:
        >>> check_finite(np.zeros((2, 3)))

    Reference: IEEE Standard 754-2019 for Floating-Point Arithmetic, section 6.
    """
    if array.dtype.kind != "f":
        return
    bad, at = _not_finite(array)
    if at is None:
        return
    index = (at[0] + first, *at[1:])
    cell = float(array[at])
    more = f", and in {counted(bad - 1, 'other cell')} NaN or infinity" if bad > 1 else ""
    code = f"{what}[{', '.join(map(str, index))}]"
    received = "NaN, a missing number," if np.isnan(cell) else f"{cell} (infinity, or a number beyond 3.4e38)"
    raise DataError(
        f"Expected finite numbers in {what}. Received {received} in {code} ({_place(index, names)}){more}. Fill those "
        f"cells, for example with the median of their column, or drop their rows; `glassnet train` fills them by "
        "itself."
    )


def _not_finite(array: np.ndarray) -> tuple[int, tuple[int, ...] | None]:
    """How many cells are NaN or infinite, and the place of the first."""
    bad, at = 0, None
    step = max(1, _BLOCK_BYTES // max(1, array[:1].nbytes))
    for start in range(0, len(array), step):
        finite = np.isfinite(array[start : start + step])
        if finite.all():
            continue
        if at is None:
            place = np.unravel_index(int(np.argmin(finite)), finite.shape)
            at = (start + int(place[0]), *(int(i) for i in place[1:]))
        bad += int(finite.size - np.count_nonzero(finite))
    return bad, at


def check_same_rows(arrays: Mapping[str, Any]) -> int:
    """The number of rows that all the arrays have.

    Args:
        arrays: arrays by what to call them; None is passed over.

    Raises:
        DataError: different numbers of rows, or none at all.

    Example:
        >>> check_same_rows({"x": np.zeros((5, 2)), "y": np.zeros(5), "sample_weight": None})
        5

    Reference: C. R. Harris et al., "Array programming with NumPy", Nature 585, 2020.
    """
    rows = {what: len(array) for what, array in arrays.items() if array is not None}
    said = ", ".join(f"{what} has {count}" for what, count in rows.items())
    if len(set(rows.values())) > 1:
        raise DataError(
            f"Expected as many rows in each of {', '.join(rows)}. Received other numbers: {said}. Pass one row a "
            "sample in each."
        )
    if not rows or not next(iter(rows.values())):
        raise DataError(f"Expected at least one row. Received none{': ' + said if said else ''}. Pass some rows.")
    return next(iter(rows.values()))
