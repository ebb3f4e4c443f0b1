"""Reading a column as another kind: what a prepared model needs of new rows, cell by cell and with exact complaints."""

import re
from collections.abc import Callable

import numpy as np

from glassnet.data.columns import Column, text_of
from glassnet.data.words import quoted
from glassnet.foundation.errors import DataError

Where = Callable[[int], str]
"""From the position of a row to words for it, such as ``"data row 17 of patients.csv"``."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE)
_TRUTH = {"true": True, "false": False, "1": True, "0": False}


def parse_number(text: str) -> float | None:
    """The number that `text` writes in digits, or None when it writes none.

    Example:
        >>> parse_number(" 1e3 "), parse_number("12 mg")
        (1000.0, None)
    """
    text = text.strip()
    return float(text) if _NUMBER.fullmatch(text) else None


def as_numbers(column: Column, where: Where) -> np.ndarray:
    """The column as float64 with NaN where missing.

    Raises:
        DataError: a cell holds text that is not a number; the message names column, row and text.
    """
    if column.kind == "number":
        return column.values
    if column.kind == "boolean":
        return np.where(column.missing, np.nan, column.values)
    numbers = np.full(len(column), np.nan)
    for row in np.flatnonzero(~column.missing).tolist():
        number = parse_number(column.values[row])
        if number is None:
            raise DataError(
                f"Column {column.name!r} expected numbers. Received the text {quoted(column.values[row])} in "
                f"{where(row)}. Write a number there, or leave the cell empty if it is not known."
            )
        numbers[row] = number
    return numbers


def finite_numbers(column: Column, where: Where) -> np.ndarray:
    """The column as float64 with NaN where missing, and no infinity.

    Raises:
        DataError: a cell holds text or an infinite number; the message names column, row and cell.
    """
    numbers = as_numbers(column, where)
    infinite = np.flatnonzero(np.isinf(numbers))
    if len(infinite):
        row = int(infinite[0])
        more = f", and {len(infinite) - 1} more like it" if len(infinite) > 1 else ""
        raise DataError(
            f"Column {column.name!r} expected finite numbers. Received {numbers[row]} in {where(row)}{more}. "
            f"Write the true number there, or leave the cell empty if it is not known."
        )
    return numbers


def standardized(column: Column, numbers: np.ndarray, mean: float, scale: float, where: Where) -> np.ndarray:
    """(numbers - mean) / scale, as float64 that float32 can hold.

    Raises:
        DataError: a number so far from the others that float32 cannot hold it; the message names column, row and
            number.
    """
    with np.errstate(over="ignore"):
        z = (numbers - mean) / scale
    beyond = np.flatnonzero(~(np.abs(z) <= np.finfo(np.float32).max))
    if len(beyond):
        row = int(beyond[0])
        raise DataError(
            f"Column {column.name!r} expected numbers around {mean:.4g}, as in training. Received {numbers[row]:.4g} "
            f"in {where(row)}, which is too far off to compute with. Write the true number there."
        )
    return z


def as_booleans(column: Column, where: Where) -> np.ndarray:
    """The column as bool, with False where missing: True and False, 1 and 0, or those words.

    Raises:
        DataError: a cell holds something else; the message names column, row and cell.
    """
    if column.kind == "boolean":
        return column.values
    truths = np.zeros(len(column), dtype=bool)
    for row in np.flatnonzero(~column.missing).tolist():
        text = column.cell(row)
        if text.strip().lower() not in _TRUTH:
            raise DataError(
                f"Column {column.name!r} expected true or false. Received {quoted(text)} in {where(row)}. "
                f"Write true or false there, or leave the cell empty if it is not known."
            )
        truths[row] = _TRUTH[text.strip().lower()]
    return truths


def as_texts(column: Column) -> np.ndarray:
    """The column as str objects, with None where missing; a whole number is written without ``.0``."""
    if column.kind in ("category", "text"):
        return column.values
    texts = np.empty(len(column), dtype=object)
    texts[:] = [
        None if gone else text_of(value)
        for value, gone in zip(column.values.tolist(), column.missing.tolist(), strict=True)
    ]
    return texts
