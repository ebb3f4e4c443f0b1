"""Rows from iterators: generators, iterables of batches, objects with a length and batches by number, and stored batches."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np

from glassnet import data
from glassnet.foundation.errors import DataError
from glassnet.training.rows import chosen_weights, collect, weighted
from glassnet.training.step import Batch

_AHEAD = 2


def is_stream(x: Any) -> bool:
    """Whether `x` gives batches one after the other, rather than being the rows themselves."""
    if hasattr(x, "shape") or hasattr(x, "columns") or isinstance(x, list | tuple | dict | str | bytes):
        return False
    return hasattr(x, "__next__") or hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def runs_out(source: Any) -> bool:
    """Whether `source` can be gone through once only; what has a length and batches by number can start again."""
    return hasattr(source, "__next__") and not (hasattr(source, "__len__") and hasattr(source, "__getitem__"))


def at_hand(source: Any) -> tuple[Any, ...] | None:
    """All rows of batches that know their order by number and fit into memory: (x, y) or (x, y, weights); else None.

    Raises:
        DataError: they have no targets.
    """
    whole = source.whole() if hasattr(source, "whole") and hasattr(source, "order") else None
    return None if whole is None else _with_targets(whole, "x")


def _with_targets(item: Any, what: str) -> tuple[Any, ...]:
    if isinstance(item, tuple | list) and len(item) in (2, 3):
        return tuple(item)
    raise DataError(
        f"Expected batches as (x, y) or (x, y, sample_weight) from `{what}`; received {type(item).__name__}. Yield a tuple "
        f"of two or three; stored batches have targets when they are made with a target."
    )


def made_ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The batches, the next ones made by a thread while a step runs, and brought to the device where that is another one."""
    if jax.default_backend() == "cpu":  # the step takes them where they are
        return data.prefetched(batches, _AHEAD)
    # What was chosen for this thread, such as by `jax.default_device`, is not known to the one that works ahead.
    device = jax.config.jax_default_device  # pyright: ignore[reportAttributeAccessIssue]
    return data.prefetched((jax.device_put(batch, device) for batch in batches), _AHEAD)


class Stream:
    """Batches from an iterator: ``(x, y)`` or ``(x, y, sample_weight)`` each, made by a thread while the step before runs.

    Args:
        source: a generator, an iterable, or an object with ``__len__`` and ``__getitem__``.
        steps: batches an epoch; None for as many as there are.
        what: what it is called in messages.
        class_weight: a weight for each class number, or ``"balanced"`` where the source can count its classes.
        in_order: whether to take stored rows in their order rather than shuffled.
    """

    def __init__(
        self,
        source: Any,
        steps: int | None = None,
        *,
        what: str = "x",
        class_weight: Any = None,
        in_order: bool = False,
    ) -> None:
        self._source: Any = source
        self._steps = steps
        self._what = what
        self._in_order = in_order and hasattr(source, "in_order")
        counts = getattr(source, "class_counts", None)
        #: The weight of each class, or None.
        self.class_weight = None if class_weight is None else chosen_weights(class_weight, counts)
        #: Whether a smaller batch may be filled up to the size of the largest, so that it runs the same program.
        self.pad = True
        #: Called with the targets of each batch, to refuse wrong ones.
        self.check: Callable[[Any], None] = lambda y: None
        #: Called with a sentence when an epoch had fewer batches than asked for.
        self.say: Callable[[str], None] = lambda sentence: None
        self._size = 0
        self.once = runs_out(source)
        if self.once:
            first = next(source, None)
            if first is None:
                raise DataError(
                    f"Expected batches from the generator `{what}`; received none. Check that it yields (x, y)."
                )
            self._source = itertools.chain([first], source)
        else:
            first = source.sample() if isinstance(source, data.StoredBatches) else next(self._items(), None)
        self.first = self._batch(first)
        self._size = source.batch_size if isinstance(source, data.StoredBatches) else self._size

    @property
    def steps(self) -> int:
        """Batches in an epoch; 0 where that is not known."""
        known = len(self._source) if hasattr(self._source, "__len__") else 0
        return min(self._steps or known, known or self._steps or 0)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of one epoch. Close the iterator to end the thread before the last one.

        Raises:
            DataError: a generator has run out before an epoch's first batch, or a batch holds what cannot be trained on.
        """
        return made_ahead(self._made(epoch))

    def _made(self, epoch: int) -> Iterator[Batch]:
        taken = 0
        for item in itertools.islice(self._epoch(epoch), self._steps):
            try:
                batch = self._batch(item)
                self.check(batch.y)
            except DataError as error:
                error.args = (f"{error} That is in batch {taken} of epoch {epoch}, both counted from 0.",)
                raise
            yield batch
            taken += 1
        if taken == 0:
            raise DataError(
                f"Expected batches for epoch {epoch + 1} from `{self._what}`; the generator has run out. Make it endless and "
                f"give steps_per_epoch, or pass an iterable that can start again."
            )
        if self._steps is not None and taken < self._steps:
            self.say(f"epoch {epoch + 1} had {taken} of the {self._steps} steps asked for: there were no more batches")

    def _epoch(self, epoch: int) -> Iterator[Any]:
        if self._in_order:
            return self._source.in_order()
        # A source that knows its epochs gives each by number, so that a resumed training sees the batches it would have.
        return self._source.epoch(epoch) if hasattr(self._source, "epoch") else self._items()

    def _items(self) -> Iterator[Any]:
        source = self._source
        if hasattr(source, "__iter__"):
            return iter(source)
        return (source[index] for index in range(len(source)))

    def _batch(self, item: Any) -> Batch:
        rows = collect(*_with_targets(item, self._what))
        if self.class_weight is not None:
            rows = weighted(rows, self.class_weight)
        batch = rows.as_batch()
        self._size = max(self._size, rows.count)
        missing = self._size - rows.count
        if not self.pad or not missing:
            # A generator may fill the same array again for its next batch, which is made while this one waits.
            return batch if isinstance(self._source, data.StoredBatches) else jax.tree.map(np.array, batch)
        fill = jax.tree.map(lambda a: np.concatenate([a, np.repeat(a[:1], missing, axis=0)]), batch)
        return fill._replace(real=np.concatenate([batch.real, np.zeros(missing, np.float32)]))
