"""Rows in an order of their own each epoch, without ever holding more than a buffer of them.

The groups of a set (the row groups of a Parquet file, stretches of a mapped array) are read in a random order; they fill one
window after the other, and each window is shuffled. The order follows from the seed and the number of the epoch.
"""

import math
import mmap
from collections.abc import Iterable, Iterator

import numpy as np

Piece = list[np.ndarray]
"""Some rows: arrays of one length."""


def group_order(sizes: list[int], buffer: int, seed: int, epoch: int, shuffle: bool) -> list[int]:
    """The numbers of the groups in the order they are read; as they lie where one buffer holds them all.

    Example:
        >>> group_order([4, 4, 4], buffer=12, seed=0, epoch=0, shuffle=True)
        [0, 1, 2]
    """
    if not shuffle or sum(sizes) <= buffer:
        return list(range(len(sizes)))
    return np.random.default_rng([seed, epoch, 0, 1]).permutation(len(sizes)).tolist()


def row_order(count: int, seed: int, epoch: int, window: int) -> np.ndarray:
    """The order of a window's rows. Window 0 has that of `epoch_order`: what fits in one is shuffled as arrays are."""
    return np.random.default_rng([seed, epoch, window]).permutation(np.arange(count, dtype=np.int32))


def filled(pieces: Iterable[Piece], rows: int) -> Iterator[Piece]:
    """Windows of `rows` rows made of the pieces; the last may have fewer.

    Two windows take turns in the same memory: one is filled while the one before is in use, and what it holds is gone when
    the next but one is asked for.

    Example:
        >>> [window[0].tolist() for window in filled([[np.arange(3)], [np.arange(3, 5)]], rows=4)]
        [[0, 1, 2, 3], [4]]
    """
    windows: list[Piece] = []
    count = 0
    for piece in pieces:
        start, stop = 0, len(piece[0])
        while start < stop:
            if not count:
                windows = [*windows[-1:], windows[0] if len(windows) == 2 else _room_for(piece, rows)]
            taken = min(stop - start, rows - count)
            for place, array in zip(windows[-1], piece, strict=True):
                place[count : count + taken] = array[start : start + taken]
            start, count = start + taken, count + taken
            if count == rows:
                yield windows[-1]
                count = 0
    if count:
        yield [array[:count] for array in windows[-1]]


def _room_for(piece: Piece, rows: int) -> Piece:
    """Arrays of this many rows, in memory that goes back to the system when they go.

    Taken from the ordinary heap, such large arrays leave holes that are not filled again, so that memory grows by the epoch.
    """
    shapes = [(rows, *array.shape[1:]) for array in piece]
    sizes = [math.prod(shape) * array.itemsize for shape, array in zip(shapes, piece, strict=True)]
    return [
        np.frombuffer(mmap.mmap(-1, max(1, size)), array.dtype, math.prod(shape)).reshape(shape)
        for size, shape, array in zip(sizes, shapes, piece, strict=True)
    ]


def cut(windows: Iterable[Piece], batch_size: int, seed: int, epoch: int, shuffle: bool) -> Iterator[Piece]:
    """Batches of `batch_size` rows from each window in turn, shuffled; what is left of one begins the next batch.

    Example:
        >>> windows = [[np.arange(5)], [np.arange(5, 8)]]
        >>> [batch[0].tolist() for batch in cut(windows, 3, seed=0, epoch=0, shuffle=False)]
        [[0, 1, 2], [3, 4, 5], [6, 7]]
    """
    rest: Piece = []
    for number, window in enumerate(windows):
        count = len(window[0])
        order = row_order(count, seed, epoch, number) if shuffle else np.arange(count)
        start = 0
        if rest:
            start = batch_size - len(rest[0])
            rest = [np.concatenate([old, new[order[:start]]]) for old, new in zip(rest, window, strict=True)]
            if len(rest[0]) < batch_size:
                continue
            yield rest
        for first in range(start, count - batch_size + 1, batch_size):
            part = order[first : first + batch_size]
            yield [array[part] for array in window]
        left = order[count - (count - start) % batch_size :]
        rest = [array[left] for array in window] if len(left) else []
    if rest:
        yield rest
