"""Arrays that lie in a file and are mapped into memory: read in stretches, never whole."""

import mmap
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from glassnet.data.arrays import as_array, check_finite, check_same_rows
from glassnet.data.sampling import class_counts
from glassnet.data.streaming.stored import BUFFER_BYTES, StoredBatches
from glassnet.data.streaming.windows import Piece

_GROUP_BYTES = 512 << 10  # long enough for a disk to read at its speed, short enough that a buffer mixes many


class ArrayBatches(StoredBatches):
    """Batches (x, y) from arrays that may be mapped from a file larger than the memory.

    ``fit`` makes one by itself of arrays of ``numpy.memmap`` or ``numpy.load(…, mmap_mode="r")`` beyond 16 MiB; make your own
    to choose the buffer. Stretches of about half a megabyte are read in a random order. Each cell is checked when it is read.

    Args:
        x: inputs, (n, …): an array, or a list or dict of them.
        y: targets, likewise; None gives x alone.
        batch_size: rows a batch; the last may have fewer.
        sample_weight: a weight for each row, (n,).
        shuffle: whether each epoch has a random order.
        shuffle_buffer: how many rows are shuffled together; None for as many as 16 MiB hold. Two buffers are in memory.
        seed: from 0 on; the order of each epoch follows from it.
        rows: the numbers of the rows to take, ascending; None for all.

    Raises:
        DataError: lengths that differ, or a cell that is NaN, infinite or no number, with its row.
        ConfigError: a size below 1.

    Example:
        >>> batches = ArrayBatches(np.arange(6.0), np.arange(6), batch_size=4, shuffle=False)
        >>> [y.tolist() for x, y in batches]
        [[0, 1, 2, 3], [4, 5]]

    Reference:
        NumPy, "numpy.memmap": https://numpy.org/doc/stable/reference/generated/numpy.memmap.html
    """

    def __init__(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        *,
        sample_weight: Any = None,
        shuffle: bool = True,
        shuffle_buffer: int | None = None,
        seed: int = 0,
        rows: np.ndarray | None = None,
    ) -> None:
        given = {"x": x, "y": y, "sample_weight": sample_weight}
        super().__init__(_ArrayRows(given, rows), batch_size, shuffle, shuffle_buffer, seed)
        self._y = y
        self._chosen = rows

    def class_counts(self) -> dict[int, int]:
        """How many rows each class of the target has.

        Raises:
            DataError: the target names no classes.
        """
        y = as_array(self._y, "y")
        return class_counts(y if self._chosen is None else y[self._chosen])


def is_mapped(*values: Any) -> bool:
    """Whether an array, or one of a list or dict of them, lies in a file and is larger than a buffer of 16 MiB.

    Example:
        >>> is_mapped(np.zeros(4))
        False
    """
    leaves = [leaf for value in values for leaf in _leaves(value).values()]
    return any(_map_under(leaf) is not None and leaf.nbytes > BUFFER_BYTES for leaf in leaves)


class _ArrayRows:
    """The rows of some arrays; see `StoredRows`."""

    def __init__(self, given: dict[str, Any], rows: np.ndarray | None) -> None:
        self._nests = {what: value for what, value in given.items() if value is not None}
        self._arrays = {
            f"{what}{where}": leaf if isinstance(leaf, np.ndarray) else as_array(leaf, f"{what}{where}")
            for what, value in self._nests.items()
            for where, leaf in _leaves(value).items()
        }
        count = check_same_rows(self._arrays)
        self._rows = rows
        count = count if rows is None else len(rows)
        first = [self._taken(what, array, slice(0, 1)) for what, array in self._arrays.items()]
        self.row_bytes = sum(array.nbytes for array in first)
        self._stride = max(1, _GROUP_BYTES // max(1, self.row_bytes))
        self.sizes = [min(self._stride, count - start) for start in range(0, count, self._stride)]
        self._maps = {id(m): m for array in self._arrays.values() if (m := _map_under(array)) is not None}

    def pieces(self, groups: Iterable[int], most: int) -> Iterator[Piece]:
        """The rows of these stretches in turn, as numbers; the pages of the file are let go after each."""
        for group in groups:
            first, stop = group * self._stride, group * self._stride + self.sizes[group]
            for start in range(first, stop, most):
                part = slice(start, min(start + most, stop))
                yield [self._taken(what, array, part) for what, array in self._arrays.items()]
                for held in self._maps.values():
                    _let_go(held)

    def arranged(self, piece: Piece) -> Any:
        """(x, y) or (x, y, sample_weight), nested as they were given, or x alone."""
        arrays = iter(piece)
        parts = []
        for nest in self._nests.values():
            if isinstance(nest, dict):
                parts.append({name: next(arrays) for name in nest})
            else:
                parts.append([next(arrays) for _ in nest] if _is_list(nest) else next(arrays))
        return tuple(parts) if len(parts) > 1 else parts[0]

    def identity(self) -> str:
        """The arrays' shapes and types, and a checksum of their first and last rows."""
        crc = 0
        for array in self._arrays.values():
            told = repr((array.shape, array.dtype.str)).encode()
            crc = zlib.crc32(array[-1:].tobytes(), zlib.crc32(array[:1].tobytes(), zlib.crc32(told, crc)))
        return f"{sum(self.sizes)} rows, {crc:08x}"

    def _taken(self, what: str, array: np.ndarray, part: slice) -> np.ndarray:
        rows = part if self._rows is None else self._rows[part]
        taken = as_array(np.asarray(array[rows]), what)
        if taken.dtype.kind == "f" and not np.isfinite(taken).all():
            bad = int(np.argmin(np.isfinite(taken).reshape(len(taken), -1).all(axis=1)))
            row = part.start + bad if self._rows is None else int(self._rows[part.start + bad])
            check_finite(taken[bad : bad + 1], what, first=row)
        return taken


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(getattr(item, "ndim", 0) > 0 for item in value)


def _leaves(value: Any) -> dict[str, Any]:
    """The arrays of a nest, each with where it is."""
    if isinstance(value, dict):
        return {f"[{key!r}]": item for key, item in value.items()}
    return {f"[{index}]": item for index, item in enumerate(value)} if _is_list(value) else {"": value}


def _map_under(array: Any) -> Any:
    """The mapped array that `array` is, or is a view of; None where it lies in memory of its own."""
    while isinstance(array, np.ndarray):
        if isinstance(array, np.memmap) and getattr(array, "_mmap", None) is not None:
            return array
        array = array.base
    return None


def _let_go(held: Any) -> None:
    """Let the system take back the pages that were read, so that they do not count as ours.

    Not where the map was opened copy-on-write: what was written to it is nowhere else.
    """
    advice = getattr(mmap, "MADV_DONTNEED", None)
    if advice is not None and getattr(held, "mode", "") in ("r", "r+"):
        held._mmap.madvise(advice)
