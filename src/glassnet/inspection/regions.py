"""The parts of a row that are changed together: a column, a token, a patch of a picture."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none

Region = tuple[slice, ...]
"""Slices of a row's axes, the batch not among them."""


def regions(shape: Sequence[int], patch: Any = None, stride: Any = None) -> tuple[list[Region], tuple[int, ...]]:
    """The regions of a row of this shape and how many lie along each axis.

    Args:
        shape: a row's shape: (columns,), (steps, columns) or (height, width, channels).
        patch: how many positions a region covers along each axis but that of the channels; 1 for tables and sequences,
            an eighth of the side for images by default.
        stride: how far the next one is; `patch` by default, so that none overlap.

    Returns:
        The regions, the last axis fastest; and the counts.

    Raises:
        ConfigError: a patch or stride that does not fit.

    Example:
        >>> regions((4, 4, 3), patch=2)[1], regions((5,))[0][1]
        ((2, 2), (slice(1, 2, None),))
    """
    space = tuple(shape[:-1]) if len(shape) > 1 else tuple(shape)
    usual = tuple(max(1, size // 8) for size in space) if len(space) > 1 else (1,) * len(space)
    sizes = usual if patch is None else _each("patch", patch, space)
    steps = sizes if stride is None else _each("stride", stride, space)
    starts = [_starts(size, wide, step) for size, wide, step in zip(space, sizes, steps, strict=True)]
    rest = (slice(None),) * (len(shape) - len(space))
    found = [
        (*(slice(at, at + wide) for at, wide in zip(place, sizes, strict=True)), *rest) for place in product(*starts)
    ]
    return found, tuple(len(along) for along in starts)


def _starts(size: int, wide: int, step: int) -> list[int]:
    """Where windows start so that every position is covered; the last may be cut off at the edge."""
    starts = list(range(0, max(size - wide, 0) + 1, step))
    return starts if starts[-1] + wide >= size else [*starts, starts[-1] + step]


def _each(name: str, value: Any, space: tuple[int, ...]) -> tuple[int, ...]:
    given = list(value) if isinstance(value, tuple | list) else [value] * len(space)
    whole = [int_or_none(size) for size in given]
    if len(given) != len(space) or any(w is None or not 1 <= w <= size for w, size in zip(whole, space, strict=False)):
        raise ConfigError(
            f"Expected `{name}` as a whole number, or one for each axis, from 1 to the axis' size {space}. Received {value!r}. "
            f"Pass {name}={max(1, min(space) // 4)}."
        )
    return tuple(w for w in whole if w is not None)


def region_names(found: Sequence[Region], names: Sequence[Any] | None, shape: Sequence[int]) -> tuple[str, ...]:
    """What the regions are called: the given names, or their places.

    Raises:
        ConfigError: another number of names.

    Example:
        >>> region_names(regions((2,))[0], None, (2,)), region_names(regions((4, 4, 1), 2)[0], None, (4, 4, 1))[1]
        (('column 0', 'column 1'), '0:2, 2:4')
    """
    if names is not None:
        if len(names) != len(found):
            raise ConfigError(
                f"Expected {len(found)} names, one for each part. Received {len(names)}. Pass all of them, in order."
            )
        return tuple(str(name) for name in names)
    if len(shape) == 1:
        return tuple(f"column {place[0].start}" for place in found)
    return tuple(", ".join(_said(part) for part in place[: len(shape) - 1]) for place in found)


def _said(part: slice) -> str:
    return f"{part.start}" if part.stop == part.start + 1 else f"{part.start}:{part.stop}"


def spread(values: np.ndarray, found: Sequence[Region], shape: Sequence[int]) -> np.ndarray:
    """Values by region (n, regions) as values by position (n, space...): the mean of the regions that cover it.

    Example:
        >>> spread(np.array([[1.0, 3.0]]), regions((4, 1), 2)[0], (4, 1)).tolist()
        [[1.0, 1.0, 3.0, 3.0]]
    """
    space = tuple(shape[:-1]) if len(shape) > 1 else tuple(shape)
    total, times = np.zeros((len(values), *space)), np.zeros(space)
    for index, region in enumerate(found):
        place = region[: len(space)]
        total[(slice(None), *place)] += values[:, index].reshape(-1, *(1,) * len(space))
        times[place] += 1
    return (total / np.maximum(times, 1)).astype(np.float32)
