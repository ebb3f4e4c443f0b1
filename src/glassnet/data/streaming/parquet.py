"""Parquet files as batches for training, read by row groups."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from glassnet.data.sampling import class_counts
from glassnet.data.streaming.decoding import Cells
from glassnet.data.streaming.parquet_files import ParquetPart, check_columns, parts_of
from glassnet.data.streaming.stored import StoredBatches
from glassnet.data.streaming.windows import Piece
from glassnet.data.targets import MOST_CLASSES
from glassnet.foundation.errors import ConfigError, DataError

Columns = str | Sequence[str] | Mapping[str, "str | Sequence[str]"]


class ParquetBatches(StoredBatches):
    """Batches (x, y) from Parquet files that may be larger than the memory; pass them to `fit`, `evaluate` or `predict`.

    ``fit`` takes a new order each epoch; ``evaluate`` and ``predict`` take the rows in the order of the files. A cell may be
    a number or a list of numbers (a picture, a series), all of one length. Columns of numbers are put side by side, (n, k).

    Args:
        path: a file, a folder of files (read in the order of their names), or a list of paths.
        target: the column to predict, or several, or a dict of them by output; None gives x alone.
        columns: the columns of x, or a dict of them by input; all others by default.
        batch_size: rows a batch; the last may have fewer.
        shape: the shape of one row of x where its column holds lists, such as (28, 28, 1); a dict where x is one.
        labels: the classes in their order, where the target is text; the sorted ones of the files by default.
        sample_weight: a column with a weight for each row.
        shuffle: whether each epoch has a random order.
        shuffle_buffer: how many rows are shuffled together; None for as many as 16 MiB hold. Two buffers are in memory.
            Smaller row groups mix better: write them with ``row_group_size`` below the buffer.
        seed: from 0 on; the order of each epoch follows from it.

    Attributes:
        n: the number of rows.
        labels: the classes where the target is text, else None; y holds the place of each.

    Raises:
        DataError: a file or a column is missing, the files differ, or a cell is missing or no number, with its row.
        ConfigError: a size below 1.

    Example:
        >>> import pathlib, tempfile
        >>> import pyarrow as pa
        >>> from pyarrow import parquet
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder, "patients.parquet")
        ...     parquet.write_table(pa.table({"age": [31, 47, 60], "outcome": ["well", "ill", "well"]}), file)
        ...     batches = ParquetBatches(file, target="outcome", batch_size=2, shuffle=False)
        ...     batches.labels, [(x.tolist(), y.tolist()) for x, y in batches]
        (['ill', 'well'], [([[31], [47]], [1, 0]), ([[60]], [1])])

    Reference:
        Apache Parquet, "File format": https://parquet.apache.org/docs/file-format/
    """

    def __init__(
        self,
        path: Any,
        target: Columns | None = None,
        columns: Columns | None = None,
        batch_size: int = 32,
        *,
        shape: Any = None,
        labels: Sequence[Any] | None = None,
        sample_weight: str | None = None,
        shuffle: bool = True,
        shuffle_buffer: int | None = None,
        seed: int = 0,
    ) -> None:
        self._parquet = _ParquetRows(parts_of(path), target, columns, sample_weight, shape, labels)
        self.labels = self._parquet.labels
        super().__init__(self._parquet, batch_size, shuffle, shuffle_buffer, seed)
        self.sample()  # what cannot be read is said now, not when training begins

    def class_counts(self) -> dict[int, int]:
        """How many rows each class of the target has; the target's column is read for it."""
        return self._parquet.class_counts()


class _ParquetRows:
    """The rows of some files; see `StoredRows`."""

    def __init__(
        self, parts: list[ParquetPart], target: Any, columns: Any, sample_weight: str | None, shape: Any, labels: Any
    ) -> None:
        self._parts = parts
        self._groups = [(part, group) for part in parts for group in range(part.footer.num_row_groups)]
        self._firsts = np.cumsum([0, *(size for part in parts for size in part.sizes)]).tolist()
        self.sizes = [size for part in parts for size in part.sizes]
        self._y = None if target is None else _named(target, "target")
        taken = {name for names in (self._y or {}).values() for name in names} | {sample_weight}
        rest = [n for n in parts[0].schema.names if n not in taken and not n.startswith("__index_level_")]
        self._x = _named(rest if columns is None else columns, "columns")
        self._weight = sample_weight
        self._nested = isinstance(columns, Mapping), isinstance(target, Mapping)
        self._shapes = shape if isinstance(shape, Mapping) else dict.fromkeys(self._x, shape)
        self._read = list(dict.fromkeys(name for names in self._wanted() for name in names))
        check_columns(parts, self._read)
        self.labels = self._labels(labels)
        self.row_bytes = self._row_bytes()

    def pieces(self, groups: Iterable[int], most: int) -> Iterator[Piece]:
        """The rows of these row groups in turn, as numbers."""
        for number in groups:
            part, group = self._groups[number]
            first = self._firsts[number] - part.first
            for batch in part.batches(group, self._read, most):
                yield self._arrays(batch, part.path.name, first)
                first += batch.num_rows

    def arranged(self, piece: Piece) -> Any:
        """(x, y) or (x, y, sample_weight), or x alone without a target."""
        arrays = iter(piece)
        x = {name: self._shaped(next(arrays), name) for name in self._x}
        parts = [x if self._nested[0] else x[""]]
        if self._y is not None:
            y = {name: next(arrays) for name in self._y}
            parts.append(y if self._nested[1] else y[""])
        if self._weight is not None:
            parts.append(next(arrays))
        return tuple(parts) if len(parts) > 1 else parts[0]

    def identity(self) -> str:
        """The rows' number, and a checksum of the files' names and sizes and of what is read from them."""
        files = [(part.path.name, part.path.stat().st_size, part.footer.num_rows) for part in self._parts]
        told = repr((files, self._x, self._y, self._weight, self.labels))
        return f"{sum(self.sizes)} rows in {len(files)} files, {zlib.crc32(told.encode()):08x}"

    def class_counts(self) -> dict[int, int]:
        """The rows of each class."""
        if self._y is None or len(self._y) > 1 or any(len(names) > 1 for names in self._y.values()):
            raise ConfigError(
                "Expected one column of classes as target, to count them. Received another target. Pass "
                "class_weight as a dict."
            )
        counts: dict[int, int] = {}
        for array in self._target_cells(self._target_numbers):
            for label, count in class_counts(array).items():
                counts[label] = counts.get(label, 0) + count
        return counts

    def _wanted(self) -> list[list[str]]:
        weight = [] if self._weight is None else [[self._weight]]
        return [*self._x.values(), *(self._y or {}).values(), *weight]

    def _arrays(self, batch: Any, file: str, first: int) -> Piece:
        def cells(name: str) -> Cells:
            return Cells(batch.column(name), name, file, first)

        arrays = [_side_by_side([cells(name).numbers() for name in names], names) for names in self._x.values()]
        for names in (self._y or {}).values():
            found = [self._target_numbers(cells(name)) for name in names]
            arrays.append(found[0] if len(found) == 1 else _side_by_side(found, names))
        if self._weight is not None:
            arrays.append(cells(self._weight).numbers().astype(np.float32))
        return arrays

    def _target_numbers(self, cells: Cells) -> np.ndarray:
        return cells.numbers() if self.labels is None else cells.numbers_of_labels(self.labels)

    def _target_cells(self, decode: Any) -> Iterator[Any]:
        """What `decode` makes of the target's cells, piece by piece."""
        name = next(iter((self._y or {}).values()))[0]
        for number, (part, group) in enumerate(self._groups):
            first = self._firsts[number] - part.first
            for batch in part.batches(group, [name], 1 << 16):
                yield decode(Cells(batch.column(name), name, part.path.name, first))
                first += batch.num_rows

    def _labels(self, given: Sequence[Any] | None) -> list[Any] | None:
        """The classes in their order: those given, or those found where the target is text; None for numbers."""
        names = [name for group in (self._y or {}).values() for name in group]
        texts = [name for name in names if _is_text(self._parts[0].schema.field(name).type)]
        if (texts or given is not None) and len(names) != 1:
            raise DataError(
                f"Expected one target where classes are text. Received {', '.join(map(repr, names)) or 'none'}. "
                f"Write the classes as numbers from 0, or pass one column as target."
            )
        if given is not None or not texts:
            return None if given is None else list(given)
        found: set[str] = set()
        for labels in self._target_cells(lambda cells: cells.values.unique().to_pylist()):
            found.update(label for label in labels if label is not None)
            if len(found) > MOST_CLASSES:
                raise DataError(
                    f"Expected at most {MOST_CLASSES} classes in column {texts[0]!r}. Received more. Choose a "
                    f"target with fewer, or a number to predict."
                )
        return sorted(found)

    def _row_bytes(self) -> int:
        piece = next(self.pieces([0], 1))
        return sum(array.nbytes for array in piece)

    def _shaped(self, array: np.ndarray, name: str) -> np.ndarray:
        shape = self._shapes.get(name)
        if shape is None:
            return array
        try:
            return array.reshape(len(array), *shape)
        except (ValueError, TypeError):
            raise ConfigError(
                f"Expected `shape` to hold the {array[0].size} numbers of a row. Received {shape!r}. Pass (28, "
                f"28, 1) for 784, for example."
            ) from None


def _named(columns: Any, what: str) -> dict[str, list[str]]:
    """Lists of column names by input or output; one without a name where there is only one."""
    groups = dict(columns) if isinstance(columns, Mapping) else {"": columns}
    groups = {name: [names] if isinstance(names, str) else names for name, names in groups.items()}
    lists = [names for names in groups.values() if isinstance(names, Sequence) and names]
    if not groups or len(lists) < len(groups) or not all(isinstance(n, str) for names in lists for n in names):
        raise ConfigError(
            f"Expected `{what}` as a column's name, a list of names, or a dict of them. Received {columns!r}. "
            f"Name at least one."
        )
    return {name: list(names) for name, names in groups.items()}


def _side_by_side(arrays: list[np.ndarray], names: list[str]) -> np.ndarray:
    """(n, k) from k columns; a single column of lists stays as it is."""
    if len(arrays) == 1 and arrays[0].ndim > 1:
        return arrays[0]
    deep = next((name for name, array in zip(names, arrays, strict=True) if array.ndim > 2), None)
    if deep is not None:
        raise ConfigError(
            f"Expected columns of numbers to put side by side. Received {deep!r} with lists in lists among "
            f"{len(names)}. Give each input its column: columns={{'image': {deep!r}, …}}."
        )
    kind = np.result_type(*arrays)
    arrays = [array[:, None] if array.ndim == 1 else array for array in arrays]
    return np.concatenate(arrays, axis=1, dtype=np.float32 if kind == np.float64 else kind, casting="unsafe")


def _is_text(kind: Any) -> bool:
    value = getattr(kind, "value_type", kind) if str(kind).startswith("dictionary") else kind
    return str(value) in ("string", "large_string", "string_view")
