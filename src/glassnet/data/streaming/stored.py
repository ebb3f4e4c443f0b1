"""Batches of rows that stay on the disk, read in windows; what Parquet files and mapped arrays share."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import numpy as np

from glassnet.data.batches import epoch_order
from glassnet.data.streaming.prefetching import prefetched
from glassnet.data.streaming.windows import Piece, cut, filled, group_order
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none, positive_int

BUFFER_BYTES = 16 << 20
"""The memory of one window of rows, unless told otherwise. Two are there at a time: one in use, one being read."""

_UNSHUFFLED_BYTES, _PIECE_BYTES = 4 << 20, 2 << 20


class StoredRows(Protocol):
    """Rows on the disk, in groups that can be read one by one."""

    sizes: list[int]
    row_bytes: int

    def pieces(self, groups: Iterable[int], most: int) -> Iterator[Piece]:
        """The rows of these groups in turn, checked, at most `most` at a time."""
        ...

    def arranged(self, piece: Piece) -> Any:
        """The arrays as a model takes them: (x, y), nested as they were asked for."""
        ...

    def identity(self) -> str:
        """A short text that differs for other rows."""
        ...


class StoredBatches:
    """Batches of rows that stay on the disk: pass them to `fit`, `evaluate` or `predict`, or go through them.

    Each pass is an epoch with an order of its own, which follows from the seed. Groups of rows are read in a random order into
    a buffer, and shuffled there. A set that fits into one buffer is shuffled as an array of its rows would be. Reading goes
    on in a thread while you use a batch.

    Args:
        rows: where they lie.
        batch_size: rows a batch, 1 or more; the last may have fewer.
        shuffle: whether each epoch has a random order.
        shuffle_buffer: how many rows are shuffled together; None for as many as 16 MiB hold. Two buffers are in memory.
        seed: from 0 on.

    Raises:
        ConfigError: a size below 1, or a negative seed.

    Example:
        >>> from glassnet.data import ArrayBatches
        >>> batches = ArrayBatches(np.arange(100.0), np.arange(100), batch_size=10, shuffle_buffer=40)
        >>> isinstance(batches, StoredBatches), len(batches), len(set(np.concatenate([y for x, y in batches]).tolist()))
        (True, 10, 100)

    Reference:
        Bottou, "Curiously Fast Convergence of Some Stochastic Gradient Descent Algorithms" (2009).
    """

    def __init__(self, rows: StoredRows, batch_size: int, shuffle: bool, shuffle_buffer: int | None, seed: int) -> None:
        owner = type(self).__name__
        self.batch_size = positive_int("batch_size", batch_size, owner=owner)
        if shuffle_buffer is not None:
            shuffle_buffer = positive_int("shuffle_buffer", shuffle_buffer, owner=owner)
        if int_or_none(seed) is None or seed < 0:
            raise ConfigError(
                f"{owner} expected `seed` to be a whole number from 0 on. Received {seed!r}. Pass 0, for example."
            )
        self._rows = rows
        self.n = sum(rows.sizes)
        self.shuffle = bool(shuffle)
        self.seed = int(seed)
        self.shuffle_buffer = shuffle_buffer or max(1, self.batch_size, BUFFER_BYTES // max(1, rows.row_bytes))
        self._epoch = -1

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return -(-self.n // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        """The batches of the next epoch."""
        self._epoch += 1
        return self.epoch(self._epoch)

    def epoch(self, number: int) -> Iterator[Any]:
        """The batches of the epoch of this number, from 0 on: the same ones whenever it is asked for."""
        return self._batches(number, self.shuffle)

    def in_order(self) -> Iterator[Any]:
        """The batches in the order in which the rows are stored."""
        return self._batches(0, shuffle=False)

    def order(self, epoch: int) -> np.ndarray:
        """The numbers of the rows in the order of an epoch, where one buffer holds them all."""
        return epoch_order(self.n, self.seed, epoch, self.shuffle)

    def whole(self) -> Any:
        """All rows as one batch, as they are stored, where one buffer holds them all; else None."""
        if self.n > self.shuffle_buffer:
            return None
        window = next(filled(self._pieces(range(len(self._rows.sizes)), self.n), self.n))
        return self._rows.arranged(window)

    def sample(self) -> Any:
        """The first rows that are stored, at most a batch, read without the rest."""
        piece = next(self._pieces(range(len(self._rows.sizes)), self.batch_size))
        return self._rows.arranged([array[: self.batch_size] for array in piece])

    def identity(self) -> str:
        """What an epoch's order and numbers depend on, as a short text."""
        return f"{self._rows.identity()}, batches of {self.batch_size}, buffer {self.shuffle_buffer}, seed {self.seed}"

    def _batches(self, number: int, shuffle: bool) -> Iterator[Any]:
        rows = min(self.n, self.shuffle_buffer)
        if not shuffle:
            rows = min(rows, max(self.batch_size, _UNSHUFFLED_BYTES // max(1, self._rows.row_bytes)))
        groups = group_order(self._rows.sizes, self.shuffle_buffer, self.seed, number, shuffle)
        windows = prefetched(filled(self._pieces(groups, rows), rows), ahead=1)
        for batch in cut(windows, self.batch_size, self.seed, number, shuffle):
            yield self._rows.arranged(batch)

    def _pieces(self, groups: Iterable[int], rows: int) -> Iterator[Piece]:
        """The rows of the groups, no more at once than a few megabytes."""
        return self._rows.pieces(groups, max(1, min(rows, _PIECE_BYTES // max(1, self._rows.row_bytes))))
