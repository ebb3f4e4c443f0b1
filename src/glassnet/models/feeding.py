"""Where the rows of a training come from: at hand in memory, or batch by batch from a file or an iterator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from glassnet import data
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray
from glassnet.training import checks
from glassnet.training.rows import Rows, collect
from glassnet.training.streams import Stream, at_hand, is_stream

_BATCH = 32


@dataclass(frozen=True)
class Source:
    """What to train on, as the user gave it."""

    x: Any
    y: Any
    sample_weight: Any = None
    class_weight: Any = None

    def rows(self, complain: checks.Complain = checks.refuse) -> Rows:
        """The rows, checked."""
        return collect(self.x, self.y, self.sample_weight, self.class_weight, complain)


@dataclass(frozen=True)
class HeldOut:
    """What to validate on, as the user gave it."""

    split: float = 0.0
    data: Any = None
    steps: int | None = None


@dataclass(frozen=True)
class Feed:
    """What to train and to validate on, with batches that lie in files read whole where they fit into one buffer.

    Args:
        source: rows at hand, or batches in `x`.
        held_out: what to validate on.
        batches: the batches that the rows at hand came from; they know the order of each epoch. None for plain arrays.
    """

    source: Source
    held_out: HeldOut
    batches: Any = None


def feed_of(
    source: Source, held_out: HeldOut, batch_size: int | None, shuffle: bool, seed: int, say: Callable[[str], None]
) -> Feed:
    """How the rows that a user gave are fed to the training.

    Args:
        source: what the user gave.
        held_out: what to validate on.
        batch_size: rows a step, or None for the usual.
        shuffle: whether each epoch has an order of its own.
        seed: the model's seed.
        say: called with sentences on what was done.

    Raises:
        ConfigError: arguments that batches do not go with.
    """
    if data.is_mapped(source.x, source.y):
        return _mapped(source, held_out, batch_size or _BATCH, shuffle, seed, say)
    if not is_stream(source.x):
        return Feed(source, held_out)
    _check_alone(source, held_out, batch_size)
    rows = at_hand(source.x)
    if rows is None:
        return Feed(source, held_out)
    return Feed(Source(*rows, *[None] * (3 - len(rows)), class_weight=source.class_weight), held_out, source.x)


def validation_rows(held_out: HeldOut, complain: checks.Complain) -> Any:
    """What the user gave to validate on: `Rows`, a `Stream`, or None."""
    given = held_out.data
    if given is None:
        return None
    if is_stream(given):
        rows = at_hand(given)
        if rows is None:
            return Stream(given, held_out.steps, what="validation_data", in_order=True)
        return collect(*rows, complain=complain)
    if not isinstance(given, tuple | list) or len(given) not in (2, 3):
        raise ConfigError(
            f"validation_data expected (x, y) or (x, y, sample_weight); received {type(given).__name__}. Pass a tuple."
        )
    if data.is_mapped(*given[:2]):
        return Stream(in_file_order(*given), held_out.steps, what="validation_data", in_order=True)
    return collect(*given, complain=complain)


def in_file_order(x: Any, y: Any = None, sample_weight: Any = None, most: int = 1024) -> data.ArrayBatches:
    """Batches of mapped arrays as they lie, for judging and predicting."""
    return data.ArrayBatches(x, y, most, sample_weight=sample_weight, shuffle=False)


def parted(
    count: int, y: Any, share: float, shuffle: bool, seed: int, say: Callable[[str], None]
) -> Sequence[HostArray]:
    """The numbers of the rows to train on and of those set aside to validate on.

    Raises:
        ConfigError: a share that is none, or that leaves one side without rows.
    """
    if not 0 < share < 1:
        raise ConfigError(
            f"validation_split expected a share between 0 and 1. Received {share!r}. Pass 0.2 for a fifth."
        )
    if shuffle:
        parts = data.stratified_validation_rows(y if isinstance(y, np.ndarray) else np.arange(count) + 0.5, share, seed)
        kept, chosen = parts.train, parts.validation
        say(parts.sentence())
    else:
        kept, chosen = np.split(np.arange(count), [int(count * (1 - share))])
    if not len(kept) or not len(chosen):
        raise ConfigError(
            f"validation_split expected to leave rows on both sides; received {share} of {count} rows. Pass a "
            f"share that does, or validation_data."
        )
    return kept, chosen


def _mapped(
    source: Source, held_out: HeldOut, batch_size: int, shuffle: bool, seed: int, say: Callable[[str], None]
) -> Feed:
    """Arrays in files, read in windows; the rows to validate on are taken from the same files."""
    make, rows = partial(data.ArrayBatches, source.x, source.y, sample_weight=source.sample_weight), None
    if held_out.split and held_out.data is None:
        y = data.as_array(source.y, "y") if not isinstance(source.y, dict | list | tuple) else None
        count = make().n
        rows, chosen = parted(count, y, held_out.split, shuffle, seed, say)
        held_out = HeldOut(data=make(1024, shuffle=False, rows=chosen), steps=held_out.steps)
    batches = make(batch_size, shuffle=shuffle, seed=seed, rows=rows)
    return Feed(Source(batches, None, None, source.class_weight), held_out)


def _check_alone(source: Source, held_out: HeldOut, batch_size: int | None) -> None:
    if held_out.split:
        raise ConfigError(
            f"validation_split expected rows that can be counted; received an iterator and {held_out.split}. Pass "
            f"validation_data instead."
        )
    if source.y is not None:
        raise ConfigError("Expected y=None with an iterator, whose batches hold the targets; received y. Yield (x, y).")
    if source.sample_weight is not None:
        raise ConfigError(
            "Expected sample_weight=None with an iterator, whose batches hold the weights; received some. Yield (x, y, "
            "sample_weight)."
        )
    own = getattr(source.x, "batch_size", None)
    if batch_size is not None and isinstance(own, int) and own != batch_size:
        raise ConfigError(
            f"Expected batch_size=None with batches that have a size of their own, {own}. Received {batch_size}. Give the size "
            f"where the batches are made."
        )
