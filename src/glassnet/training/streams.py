"""Rows from iterators: generators, iterables of batches, and objects with a length and batches by number."""

import itertools
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np

from glassnet.foundation.errors import DataError
from glassnet.training.rows import collect
from glassnet.training.step import Batch


def is_stream(x: Any) -> bool:
    """Whether `x` gives batches one after the other, rather than being the rows themselves."""
    if hasattr(x, "shape") or hasattr(x, "columns") or isinstance(x, list | tuple | dict | str | bytes):
        return False
    return hasattr(x, "__next__") or hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def runs_out(source: Any) -> bool:
    """Whether `source` can be gone through once only; what has a length and batches by number can start again."""
    return hasattr(source, "__next__") and not (hasattr(source, "__len__") and hasattr(source, "__getitem__"))


class Stream:
    """Batches from an iterator: ``(x, y)`` or ``(x, y, sample_weight)`` each.

    Args:
        source: a generator, an iterable, or an object with ``__len__`` and ``__getitem__``.
        steps: batches an epoch; None for as many as there are.
        what: what it is called in messages.
    """

    def __init__(self, source: Any, steps: int | None = None, *, what: str = "x") -> None:
        self._source: Any = source
        self._steps = steps
        self._what = what
        #: Whether a smaller batch may be filled up to the size of the largest, so that it runs the same program.
        self.pad = True
        self._size = 0
        self.once = runs_out(source)
        if self.once:
            first = next(source, None)
            if first is None:
                raise DataError(
                    f"Expected batches from the generator `{what}`; received none. Check that it yields (x, y)."
                )
            self._source = itertools.chain([first], source)
            self.first = self._batch(first)
        else:
            self.first = self._batch(next(self._items(), None))

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of one epoch.

        Raises:
            DataError: a generator has run out before an epoch's first batch.
        """
        taken = 0
        # A source that knows its epochs gives each by number, so that a resumed training sees the batches it would have.
        items = self._source.epoch(epoch) if hasattr(self._source, "epoch") else self._items()
        for item in itertools.islice(items, self._steps):
            yield self._batch(item)
            taken += 1
        if taken == 0:
            raise DataError(
                f"Expected batches for epoch {epoch + 1} from `{self._what}`; the generator has run out. Make it endless and "
                f"give steps_per_epoch, or pass an iterable that can start again."
            )

    def _items(self) -> Iterator[Any]:
        source = self._source
        if hasattr(source, "__iter__"):
            return iter(source)
        return (source[index] for index in range(len(source)))

    def _batch(self, item: Any) -> Batch:
        if not isinstance(item, tuple | list) or len(item) not in (2, 3):
            raise DataError(
                f"Expected batches as (x, y) or (x, y, sample_weight) from `{self._what}`; received "
                f"{type(item).__name__}. Yield a tuple of two or three."
            )
        rows = collect(*item)
        batch = rows.as_batch()
        self._size = max(self._size, rows.count)
        missing = self._size - rows.count
        if not self.pad or not missing:
            return batch
        fill = jax.tree.map(lambda a: np.concatenate([a, np.repeat(a[:1], missing, axis=0)]), batch)
        return fill._replace(real=np.concatenate([batch.real, np.zeros(missing, np.float32)]))
