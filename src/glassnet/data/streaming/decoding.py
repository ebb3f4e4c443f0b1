"""Cells of Arrow columns as NumPy arrays of numbers, without a loop over rows; what is missing is named."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.data.words import near, quoted
from glassnet.foundation.errors import DataError


def _compute() -> Any:
    # Its functions are made at run time, so that a type checker knows none of them.
    import pyarrow.compute

    return pyarrow.compute


class Cells:
    """Some rows of one column of a file, for decoding and for saying where something is wrong.

    Args:
        values: an Arrow array of n cells.
        column: the column's name.
        file: the file's name.
        first: the number of the first of these rows in the file.
    """

    def __init__(self, values: Any, column: str, file: str, first: int) -> None:
        self.values = values
        self.column = column
        self.file = file
        self.first = first

    def numbers(self) -> np.ndarray:
        """The cells as numbers, (n,), or (n, …) where each holds a list of them; float64 becomes float32.

        Raises:
            DataError: a cell is missing, NaN or infinite, or holds no numbers.
        """
        array = self._decoded(self.values)
        if array.dtype.kind == "f":
            with np.errstate(over="ignore"):
                array = array.astype(np.float32, copy=False)
            finite = np.isfinite(array)
            if not finite.all():
                row = int(np.argwhere(~finite)[0, 0])
                raise self._wrong(
                    row, f"{array[row].ravel()[~finite[row].ravel()][0]} (NaN, infinity, or a number beyond 3.4e38)"
                )
        return array

    def numbers_of_labels(self, labels: Sequence[Any]) -> np.ndarray:
        """The place of each cell among the labels, (n,) of int32.

        Raises:
            DataError: a cell is missing, or is none of the labels.
        """
        import pyarrow as pa

        values = self._present(_plain(self.values))
        found = _compute().index_in(values, value_set=pa.array(list(labels), type=values.type))
        if found.null_count:
            row = _first_null(found)
            label = values[row].as_py()
            raise DataError(
                f"Expected labels among {', '.join(map(repr, list(labels)[:8]))} in column {self.column!r}. "
                f"Received {quoted(label)} in row {self.first + row} of "
                f"{self.file}{near(str(label), map(str, labels)) or '.'} Correct it, or add it to `labels`."
            )
        return found.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)

    def _wrong(self, row: int, received: str) -> DataError:
        return DataError(
            f"Expected finite numbers in column {self.column!r}. Received {received} in row {self.first + row} "
            f"of {self.file}, counted from 0. Fill such cells or drop their rows, and write the file again."
        )

    def _present(self, values: Any) -> Any:
        if values.null_count:
            raise self._wrong(_first_null(values), "a missing cell")
        return values

    def _decoded(self, values: Any) -> np.ndarray:
        import pyarrow as pa

        values = _plain(values)
        kind = values.type
        if isinstance(values, pa.FixedShapeTensorArray):
            return self._lists(values.storage, kind.shape)
        self._present(values)
        if pa.types.is_fixed_size_binary(kind) and not pa.types.is_decimal(kind):
            return np.frombuffer(values.buffers()[1], np.uint8).reshape(-1, kind.byte_width)[
                values.offset : values.offset + len(values)
            ]
        if pa.types.is_fixed_size_list(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
            return self._lists(values)
        if pa.types.is_decimal(kind):
            values, kind = _compute().cast(values, pa.float64()), pa.float64()
        if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
            return values.to_numpy(zero_copy_only=False)
        raise DataError(_no_numbers(self.column, self.file, kind))

    def _lists(self, values: Any, shape: Sequence[int] | None = None) -> np.ndarray:
        """(n, length, …) from n lists of one length."""
        self._present(values)
        lengths = _compute().list_value_length(values).to_numpy(zero_copy_only=False)
        if len(lengths) and (lengths != lengths[0]).any():
            row = int(np.argmax(lengths != lengths[0]))
            raise DataError(
                f"Expected lists of one length in column {self.column!r}. Received {lengths[0]} numbers in row "
                f"{self.first} and {lengths[row]} in row {self.first + row} of {self.file}. Fill them up or cut "
                f"them to one length."
            )
        inside = values.flatten()
        if inside.null_count:
            raise self._wrong(_first_null(inside) // max(1, int(lengths[0])), "a list with a missing number")
        flat = self._decoded(inside)
        return flat.reshape(len(values), *(shape or [int(lengths[0]) if len(lengths) else 0]), *flat.shape[1:])


def _plain(values: Any) -> Any:
    """The values themselves, where the file keeps their numbers in a dictionary."""
    return values.dictionary_decode() if hasattr(values, "dictionary_decode") else values


def _first_null(values: Any) -> int:
    return int(np.argmax(values.is_null().to_numpy(zero_copy_only=False)))


def _no_numbers(column: str, file: str, kind: Any) -> str:
    text = str(kind) in ("string", "large_string", "string_view")
    advice = "Leave it out by columns=[…], or write it as numbers"
    if "binary" in str(kind):
        advice = "Write pictures as lists of one length or as fixed-size binary, decoded, and give their shape=(…)"
    return (
        f"Expected numbers, or lists of them, in column {column!r} of {file}. Received "
        f"{'text' if text else f'cells of type {kind}'}. {advice}."
    )
