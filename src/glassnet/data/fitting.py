"""From the training cells of a column to its recipe: what can be learned from it, and what has to stay out."""

import re
from collections import Counter
from typing import Any

import numpy as np

from glassnet.data.columns import Column
from glassnet.data.converting import Where, finite_numbers, parse_number
from glassnet.data.recipes import BooleanRecipe, CategoryRecipe, LeftOut, NumberRecipe, PresenceRecipe, Recipe
from glassnet.data.words import counted, quoted
from glassnet.foundation.errors import DataError

_IDENTIFIER = re.compile(
    r"(.*[\s_.\-])?(id|ids|index|uuid|guid|row|rownames|nr|no)|.*[a-z]I[dD]|unnamed: 0|column 1", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*", re.ASCII)
_FEW = 20


def fit_recipe(column: Column, where: Where, max_levels: int) -> Recipe:
    """The recipe for one input column, from its training cells alone.

    Args:
        column: the cells of the training rows.
        where: words for a row, for messages.
        max_levels: the most levels of a category that get an output of their own.

    Raises:
        DataError: an infinite number, or a column of numbers with a few words among them.
    """
    missing = int(column.missing.sum())
    if missing == len(column):
        return LeftOut(column.name, missing, column.kind, "every cell is missing in the training rows")
    if column.kind == "number":
        return _fit_numbers(column, missing, where)
    if column.kind == "boolean":
        return _fit_booleans(column, missing)
    return _fit_words(column, missing, where, max_levels)


def _without_values(column: Column, missing: int, reason: str) -> Recipe:
    """Leave the values out, but keep whether there is one if some cells are missing."""
    if missing:
        return PresenceRecipe(column.name, missing, column.kind, reason)
    return LeftOut(column.name, missing, column.kind, reason)


def _fit_numbers(column: Column, missing: int, where: Where) -> Recipe:
    numbers = finite_numbers(column, where)
    present = numbers[~column.missing]
    if present.min() == present.max():
        return _without_values(column, missing, f"every row holds {column.cell(int(np.argmin(column.missing)))}")
    if is_row_identifier(column.name, present):
        return _without_values(column, missing, "an identifier: every row has its own")
    fill = middle(present)
    mean, scale = mean_and_deviation(np.where(column.missing, fill, numbers))
    return NumberRecipe(column.name, missing, fill, mean, scale)


def is_row_identifier(name: str, numbers: np.ndarray) -> bool:
    """Whether a column is called as an identifier is, and holds another whole number in every row.

    Example:
        >>> is_row_identifier("patient_id", np.array([70.0, 12.0])), is_row_identifier("pay", np.array([70.0, 12.0]))
        (True, False)
    """
    named = _IDENTIFIER.fullmatch(name) or _IDENTIFIER.fullmatch(name.lower())
    return bool(named) and len(np.unique(numbers)) == len(numbers) and bool(np.all(numbers == np.floor(numbers)))


def middle(numbers: np.ndarray) -> float:
    """The median, as float64, also where the sum of the two middle numbers would overflow."""
    return float(np.median(numbers / 2) * 2)


def mean_and_deviation(numbers: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation (divided by n), also of numbers whose squares leave float64.

    Example:
        >>> mean_and_deviation(np.array([1.0, 3.0]))
        (2.0, 1.0)
    """
    # Divided by a power of two, which loses no digit, so that the squares stay in range at both ends.
    unit = 2.0 ** np.floor(np.log2(max(float(np.abs(numbers).max()), np.finfo(np.float64).tiny)))
    parts = numbers / unit
    mean, scale = float(parts.mean() * unit), float(parts.std() * unit)
    return mean, scale if scale > 0 else 1.0


def _fit_booleans(column: Column, missing: int) -> Recipe:
    share = float(column.present.mean())
    if share in (0.0, 1.0):
        return _without_values(column, missing, f"every row holds {str(share == 1.0).lower()}")
    return BooleanRecipe(column.name, missing, share >= 0.5)


def _fit_words(column: Column, missing: int, where: Where, max_levels: int) -> Recipe:
    counts = Counter(column.present.tolist())
    if column.kind == "text":
        refuse_stray_words(column, where)
    if len(counts) == 1:
        return _without_values(column, missing, f"every row holds {quoted(next(iter(counts)))}")
    if column.kind == "text" and (reason := _unrepeated(counts)):
        return _without_values(column, missing, reason)
    # The most frequent ones, and of equally frequent ones the first in the alphabet: the order of rows does not matter.
    kept = sorted(counts, key=lambda level: (-counts[level], level))[:max_levels]
    return CategoryRecipe(column.name, missing, tuple(sorted(kept)), len(counts) - len(kept))


def _unrepeated(counts: Counter[Any]) -> str:
    """Why text that hardly repeats is no category, or nothing when it is one."""
    rows = counts.total()
    if len(counts) < rows and (len(counts) <= _FEW or 2 * len(counts) <= rows):
        return ""
    if all(_DATE.fullmatch(level) for level in counts):
        return "dates that hardly repeat; to use them, add columns such as year, month or weekday"
    if len(counts) == rows:
        return "text that is different in every row, such as a name or an identifier"
    return f"free text: {len(counts)} different values in {counted(rows, 'row')}"


def refuse_stray_words(column: Column, where: Where) -> None:
    """Raise a `DataError` when a column of many different numbers is text only because of a few cells."""
    levels = Counter(column.present.tolist())
    numeric = {level for level in levels if parse_number(level) is not None}
    if len(numeric) <= _FEW or any(re.match(r"0\d", level) for level in numeric):
        return
    rows = sum(levels[level] for level in numeric)
    if rows < 0.9 * levels.total() or len(numeric) == len(levels):
        return
    stray = next(row for row in range(len(column)) if not column.missing[row] and column.values[row] not in numeric)
    more = f", and {levels.total() - rows - 1} more such cells" if levels.total() - rows > 1 else ""
    raise DataError(
        f"Column {column.name!r} expected numbers: {rows} of its {levels.total()} cells are. Received the text "
        f"{quoted(column.values[stray])} in {where(stray)}{more}. Write a number there, leave the "
        f"cell empty if it is not known, or read the file with missing=[{quoted(column.values[stray])}]."
    )
