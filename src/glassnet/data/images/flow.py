"""Batches of pictures, each changed anew in every epoch."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from glassnet.data.batches import batched, epoch_order
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray

Prepare = Callable[[HostArray, np.random.Generator], HostArray]


class ImageBatches:
    """The batches that `ImageDataGenerator.flow` gives: go through them, ask for one by number, or pass them to `fit`.

    Each pass is an epoch with an order and changes of its own, which follow from the seed: ``for x, y in batches`` ends after
    one, ``batches.next()`` goes on from epoch to epoch without end.

    Args:
        arrays: pictures, targets and weights, as many as there are, of one length.
        prepare: what makes a batch of the pictures that were picked, given a random generator; it may change each batch.
        batch_size: pictures a batch; the last may have fewer.
        shuffle: whether each epoch has a random order.
        seed: from 0 to 2**32 - 1.

    Example:
        >>> batches = ImageBatches((np.zeros((5, 2, 2, 1)), np.arange(5)), lambda x, generator: x + 1, 2, False, 0)
        >>> len(batches), batches[2][1].tolist(), [len(x) for x, y in batches]
        (3, [4], [2, 2, 1])
        >>> [batches.next()[1].tolist() for _ in range(4)]
        [[0, 1], [2, 3], [4], [0, 1]]

    Reference:
        Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.4.
    """

    def __init__(
        self, arrays: tuple[HostArray, ...], prepare: Prepare, batch_size: int, shuffle: bool, seed: int
    ) -> None:
        self._arrays = arrays
        self._prepare = prepare
        self.n = len(arrays[0])
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self._parts = batched(self.n, batch_size)
        self._epoch = -1
        self._endless: Iterator[Any] | None = None
        self._changes: tuple[Callable[..., Any], ...] = ()
        self._order = (-1, np.arange(0))  # that of the last epoch asked for

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return len(self._parts)

    def __getitem__(self, index: int) -> Any:
        """The batch of this number in the epoch that is under way."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"Expected a batch from 0 to {len(self) - 1}. Received {index}. Count from 0.")
        return self._batch(max(self._epoch, 0), index % len(self))

    def __iter__(self) -> Iterator[Any]:
        """The batches of the next epoch."""
        self._epoch += 1
        return self.epoch(self._epoch)

    def epoch(self, number: int) -> Iterator[Any]:
        """The batches of the epoch of this number, from 0 on: the same ones whenever it is asked for."""
        return (self._batch(number, index) for index in range(len(self)))

    def next(self) -> Any:
        """The next batch; after the last one of an epoch comes the first of another."""
        if self._endless is None:
            self._endless = self._without_end()
        return next(self._endless)

    __next__ = next

    def on_epoch_end(self) -> None:
        """Go on to the next epoch, for those who take batches by number."""
        self._epoch = max(self._epoch, 0) + 1

    def map(self, function: Callable[..., Any]) -> "ImageBatches":
        """The same batches after ``function(x, y)`` (or however many arrays there are), which returns such a tuple."""
        if not callable(function):
            raise ConfigError(
                f"map expected a function of a batch, f(x, y). Received {function!r}. Pass lambda x, y: (x / 255, y), for "
                f"example."
            )
        other = ImageBatches(self._arrays, self._prepare, self.batch_size, self.shuffle, self.seed)
        other._changes = (*self._changes, function)
        return other

    def _without_end(self) -> Iterator[Any]:
        while True:
            yield from iter(self)

    def _batch(self, epoch: int, index: int) -> Any:
        if self._order[0] != epoch:
            self._order = (epoch, epoch_order(self.n, self.seed, epoch, self.shuffle))
        rows = self._order[1][slice(*self._parts[index])]
        # Filled up to the size of the others, so that the last batch runs the same program.
        filled = np.concatenate([rows, np.repeat(rows[:1], min(self.batch_size, self.n) - len(rows))])
        pictures, *others = self._arrays
        x = self._prepare(pictures[filled], np.random.default_rng([self.seed, epoch, index]))[: len(rows)]
        batch: Any = (x, *(array[rows] for array in others))
        for change in self._changes:
            batch = change(*batch)
            batch = tuple(batch) if isinstance(batch, tuple | list) else (batch,)
        return batch if len(batch) > 1 else batch[0]
