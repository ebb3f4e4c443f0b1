"""The arithmetic of pooling: the largest or the mean number in each window. Pure functions; no layer is known here."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from glassnet.foundation.types import Array, HostArray
from glassnet.layers.convolution.arithmetic import Sizes, pads, spatial_axes

#: Up to so many cells a window, they are compared one by one; more would make a long program.
_MOST_CELLS = 27


def pool_max(x: Array, pool_size: Sizes, strides: Sizes, padding: str, data_format: str = "channels_last") -> Array:
    """y[p] = max_k x[p · stride + k], k over the window; what is outside of the input never wins.

    Shapes:
        x (B, space..., C), output (B, space'..., C); or with channels first.

    Example:
        >>> pool_max(jnp.array([1, 5, 2, 3]).reshape(1, 4, 1), (2,), (2,), "valid").ravel().tolist()
        [5, 3]
    """
    if pool_size == strides and np.prod(pool_size) <= _MOST_CELLS and jnp.issubdtype(x.dtype, jnp.floating):
        return _tile_max(x, pool_size, padding, data_format)
    return _window_max(x, pool_size, strides, padding, data_format)


def _window_max(x: Array, pool_size: Sizes, strides: Sizes, padding: str, data_format: str) -> Array:
    lowest = -np.inf if jnp.issubdtype(x.dtype, jnp.inexact) else jnp.iinfo(x.dtype).min
    around = _pads(x, pool_size, strides, padding, data_format)
    window, steps = _whole(pool_size, data_format), _whole(strides, data_format)
    return lax.reduce_window(x, np.array(lowest, x.dtype), lax.max, window, steps, around)


@partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _tile_max(x: Array, tile: Sizes, padding: str, data_format: str) -> Array:
    """The maximum where windows do not overlap: cell against cell, all windows at once.

    XLA goes through `lax.reduce_window` window by window, and finds its gradient by a search through all of them.
    """
    return _contest(x, tile, padding, data_format)[0]


@_tile_max.defjvp
def _tile_max_slope(tile: Sizes, padding: str, data_format: str, primals: Any, tangents: Any) -> tuple[Array, Array]:
    """dy = the slope of the window's winner, which is the first of its largest cells, as in XLA."""
    best, winner = _contest(primals[0], tile, padding, data_format)
    slopes, inner = _tiles(tangents[0], tile, padding, spatial_axes(len(tile), data_format), 0.0)
    numbers = np.arange(np.prod(tile)).reshape([tile[inner.index(a)] if a in inner else 1 for a in range(slopes.ndim)])
    return best, jnp.where(numbers == jnp.expand_dims(winner, inner), slopes, 0).sum(inner)


def _contest(x: Array, tile: Sizes, padding: str, data_format: str) -> tuple[Array, Array]:
    """The largest cell of each window, and its number in it."""
    cells, inner = _tiles(x, tile, padding, spatial_axes(len(tile), data_format), -np.inf)
    best, winner = None, None
    for number, place in enumerate(np.ndindex(*tile)):
        where = dict(zip(inner, place, strict=True))
        cell = cells[tuple(where.get(axis, slice(None)) for axis in range(cells.ndim))]
        if best is None or winner is None:
            best, winner = cell, jnp.zeros(cell.shape, jnp.int32)
        else:
            winner = jnp.where((cell > best) | jnp.isnan(cell), number, winner)
            best = jnp.maximum(best, cell)
    return jnp.asarray(best), jnp.asarray(winner)


def _tiles(x: Array, tile: Sizes, padding: str, axes: Sizes, outside: float) -> tuple[Array, Sizes]:
    """`x` with each spatial axis parted in two, the window and the cell in it; and which axes count the cells.

    Where a window reaches beyond the input, `outside` stands there.
    """
    cut, sides = [(0, 0, 0)] * x.ndim, [[size] for size in x.shape]
    around = pads([x.shape[axis] for axis in axes], tile, tile, padding)
    for axis, width, (before, after) in zip(axes, tile, around, strict=True):
        count = (x.shape[axis] + before + after) // width
        cut[axis] = (before, count * width - x.shape[axis] - before, 0)  # below 0 it takes cells away
        sides[axis] = [count, width]
    parted = lax.pad(x, np.array(outside, x.dtype), cut).reshape([size for pair in sides for size in pair])
    return parted, tuple(axis + number + 1 for number, axis in enumerate(axes))


def pool_mean(x: Array, pool_size: Sizes, strides: Sizes, padding: str, data_format: str = "channels_last") -> Array:
    """y[p] = mean_k x[p · stride + k], k over the cells of the window that lie inside the input.

    Shapes:
        x (B, space..., C), output (B, space'..., C); or with channels first.

    Example:
        >>> pool_mean(jnp.array([1.0, 3.0, 8.0]).reshape(1, 3, 1), (2,), (2,), "same").ravel().tolist()
        [2.0, 8.0]
    """
    x = x if jnp.issubdtype(x.dtype, jnp.inexact) else x.astype(jnp.float32)
    around = _pads(x, pool_size, strides, padding, data_format)
    window, steps = _whole(pool_size, data_format), _whole(strides, data_format)
    total = lax.reduce_window(x, np.array(0, x.dtype), lax.add, window, steps, around)
    if padding == "valid":
        return total / np.prod(pool_size)
    axes = spatial_axes(len(pool_size), data_format)
    for axis, window_size, stride in zip(axes, pool_size, strides, strict=True):
        inside = _cells_inside(x.shape[axis], window_size, stride, around[axis][0], total.shape[axis])
        total = total / inside.reshape([-1 if other == axis else 1 for other in range(x.ndim)]).astype(x.dtype)
    return total


def _whole(sizes: Sizes, data_format: str) -> Sizes:
    return (1, *sizes, 1) if data_format == "channels_last" else (1, 1, *sizes)


def _pads(x: Array, pool_size: Sizes, strides: Sizes, padding: str, data_format: str) -> list[tuple[int, int]]:
    axes = spatial_axes(len(pool_size), data_format)
    found = dict(zip(axes, pads([x.shape[axis] for axis in axes], pool_size, strides, padding), strict=True))
    return [found.get(axis, (0, 0)) for axis in range(x.ndim)]


def _cells_inside(size: int, window: int, stride: int, before: int, count: int) -> HostArray:
    """How many cells of each window lie inside an axis of `size` with `before` zeros before it."""
    starts = np.arange(count) * stride - before
    return np.minimum(starts + window, size) - np.maximum(starts, 0)


def adaptive_windows(size: int, count: int) -> tuple[HostArray, HostArray]:
    """Where `count` windows over an axis of `size` start and end: ⌊i · size / count⌋ and ⌈(i + 1) · size / count⌉.

    Example:
        >>> starts, ends = adaptive_windows(5, 3)
        >>> starts.tolist(), ends.tolist()
        ([0, 1, 3], [2, 4, 5])
    """
    places = np.arange(count + 1) * size
    return places[:-1] // count, -(-places[1:] // count)


def adaptive_mean(x: Array, counts: Sizes, axes: Sequence[int]) -> Array:
    """The mean over `adaptive_windows` along each of `axes`; the windows of one axis may overlap by a cell.

    Example:
        >>> adaptive_mean(jnp.array([1.0, 3.0, 5.0, 7.0]).reshape(1, 4, 1), (2,), (1,)).ravel().tolist()
        [2.0, 6.0]
    """
    x = x if jnp.issubdtype(x.dtype, jnp.inexact) else x.astype(jnp.float32)
    for count, axis in zip(counts, axes, strict=True):
        starts, ends = adaptive_windows(x.shape[axis], count)
        cells = np.arange(x.shape[axis])[:, None]
        share = ((starts <= cells) & (cells < ends)) / (ends - starts)  # (size, count): each column sums to 1
        moved = jnp.moveaxis(x, axis, -1)
        # A mean is exact to float32 on every device: accelerators would multiply with fewer digits.
        x = jnp.moveaxis(jnp.matmul(moved, share.astype(x.dtype), precision=lax.Precision.HIGHEST), -1, axis)
    return x


def adaptive_max(x: Array, counts: Sizes, axes: Sequence[int]) -> Array:
    """The largest number in each of `adaptive_windows` along each of `axes`.

    Example:
        >>> adaptive_max(jnp.array([1, 3, 7, 5]).reshape(1, 4, 1), (2,), (1,)).ravel().tolist()
        [3, 7]
    """
    for count, axis in zip(counts, axes, strict=True):
        starts, ends = adaptive_windows(x.shape[axis], count)
        cells = starts[:, None] + np.arange((ends - starts).max())  # (count, widest)
        # A window narrower than the widest sees its last cell again, which changes no maximum.
        x = jnp.take(x, np.minimum(cells, ends[:, None] - 1), axis=axis).max(axis + 1)
    return x
