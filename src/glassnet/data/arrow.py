"""Columns from Arrow arrays: those that a Parquet file or a data frame types, and those that a text file leaves open.

pyarrow is imported inside the functions: nothing else in the package needs it.
"""

from collections.abc import Collection
from typing import Any

import numpy as np

from glassnet.data.columns import Column, boolean_column, number_column, text_column, text_of
from glassnet.foundation.errors import DataError

MISSING_MARKERS = (
    *("", "NA", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>", "NaN", "nan", "NAN", "NaT"),
    *("null", "Null", "NULL", "none", "None", "NONE", "?", "-"),
)
_THOUSANDS = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$"
_DECIMAL_COMMA = r"^[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?$"
_LEADING_ZERO = r"^0[0-9]"


def _compute() -> Any:
    # Its functions are made at run time, so that a type checker knows none of them.
    import pyarrow.compute

    return pyarrow.compute


def column_from_arrow(name: str, values: Any) -> Column:
    """A column from a typed Arrow array: its type says what the cells are; null and NaN are missing.

    Raises:
        DataError: a type whose cells hold more than one value, such as a list.
    """
    import pyarrow as pa

    pc = _compute()
    kind = values.type
    if pa.types.is_dictionary(kind):
        texts = [None if cell is None else text_of(cell) for cell in values.to_pylist()]
        return text_column(name, texts, "category")
    if pa.types.is_null(kind):
        return number_column(name, np.full(len(values), np.nan))
    if pa.types.is_boolean(kind):
        missing = pc.is_null(values).to_numpy(zero_copy_only=False)
        return boolean_column(name, pc.fill_null(values, False).to_numpy(zero_copy_only=False), missing)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _numbers(name, pc.cast(values, pa.float64(), safe=False))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        blank = pc.equal(pc.utf8_trim_whitespace(values), "")
        return text_column(name, _strings(pc.if_else(blank, None, values)))
    if pa.types.is_temporal(kind) or str(kind) == "string_view":
        return text_column(name, [None if cell is None else text_of(cell) for cell in values.to_pylist()])
    raise DataError(
        f"Column {name!r} expected numbers, truth values, text or dates. Received cells of type {kind}. Split it into "
        f"columns of their own, or leave the column out of the file."
    )


def column_from_cells(
    name: str, cells: Any, *, delimiter: str = ",", missing: Collection[str] = (), as_text: bool = False
) -> Column:
    """A column from the cells of a text file: numbers if all of them are, else truth values, else text.

    Digits that begin with 0, as in the postal code 01234, are a code and stay text. A dash is a missing cell unless the
    column also holds a plus.

    Args:
        name: the column's name.
        cells: n strings.
        delimiter: what parts the cells; it decides whether ``1,5`` may be a number.
        missing: further words for a missing cell.
        as_text: True keeps text whatever it looks like.
    """
    import pyarrow as pa

    pc = _compute()
    cells = pc.utf8_trim_whitespace(cells)
    markers = {*MISSING_MARKERS, *missing}
    if "-" not in missing and pc.any(pc.equal(cells, "+")).as_py():
        markers.discard("-")
    gone = pc.is_in(cells, value_set=pa.array(sorted(markers)))
    cells = pc.if_else(gone, None, cells)
    if as_text:
        return text_column(name, _strings(cells))
    numbers = _cast(cells, delimiter)
    if numbers is not None:
        return _numbers(name, numbers)
    lower = pc.utf8_lower(cells)
    if pc.all(pc.is_in(lower, value_set=pa.array(["true", "false", None], pa.string()))).as_py():
        truths = pc.fill_null(pc.equal(lower, "true"), False)
        return boolean_column(name, truths.to_numpy(), gone.to_numpy())
    return text_column(name, _strings(cells))


def _cast(cells: Any, delimiter: str) -> Any:
    """The cells as Arrow float64, or None when some cell is not a number."""
    import pyarrow as pa

    pc = _compute()
    zeros = pc.filter(cells, pc.starts_with(cells, "0"))
    if pc.any(pc.match_substring_regex(zeros, _LEADING_ZERO)).as_py():
        return None
    try:
        return pc.cast(cells, pa.float64())
    except pa.ArrowInvalid:
        pass
    # A comma inside a number groups thousands where commas part the cells (quoted), and marks the decimals elsewhere.
    pattern, comma = (_THOUSANDS, "") if delimiter == "," else (_DECIMAL_COMMA, ".")
    plain = pc.if_else(pc.match_substring_regex(cells, pattern), pc.replace_substring(cells, ",", comma), cells)
    try:
        return pc.cast(plain, pa.float64())
    except pa.ArrowInvalid:
        return None


def _numbers(name: str, values: Any) -> Column:
    # A copy, because Arrow's own memory cannot be written to and lives as long as the whole file.
    return number_column(name, np.array(values.to_numpy(zero_copy_only=False), dtype=np.float64))


def _strings(cells: Any) -> np.ndarray:
    """The cells as str objects, equal ones being one object: a column of two words holds two strings, not n."""
    codes = cells.dictionary_encode()
    if hasattr(codes, "unify_dictionaries"):
        codes = codes.unify_dictionaries().combine_chunks()
    words = np.array([*codes.dictionary.to_pylist(), None], dtype=object)
    return words[codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
