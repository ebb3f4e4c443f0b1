"""Warping: images read at other places than the pixels' own."""

import jax
import jax.numpy as jnp

from glassnet.foundation.types import Array
from glassnet.imaging.affine import Affine


def warp(
    images: Array,
    affine: Affine,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float | Array = 0.0,
) -> Array:
    """``out[y, x] = in[y', x']`` with (x', y') from `affine`, interpolated between the pixels around it.

    Args:
        images: (B, H, W, C).
        affine: its coefficients as arrays (B,).
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: what lies beyond the edges: ``"constant"``, ``"nearest"``, ``"reflect"`` or ``"wrap"``.
        fill_value: the value beyond the edges in mode ``"constant"``.
    """
    batch, height, width, channels = images.shape
    x, y = _places(affine, height, width)
    taps = _nearest(x, y) if interpolation == "nearest" else _bilinear(x, y)
    # One gather of whole pixels a neighbour: far quicker than one a channel.
    pixels = images.reshape(batch * height * width, channels)
    first = (jnp.arange(batch, dtype=jnp.int32) * (height * width))[:, None, None]

    def read(row: Array, column: Array) -> Array:
        index = first + _inside(row, height, fill_mode) * width + _inside(column, width, fill_mode)
        found = pixels.at[index].get(mode="promise_in_bounds")
        if fill_mode != "constant":
            return found
        valid = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        return jnp.where(valid[..., None], found, jnp.asarray(fill_value, images.dtype))

    parts = [
        read(row, column) if share is None else read(row, column) * share[..., None] for row, column, share in taps
    ]
    return sum(parts[1:], parts[0]).astype(images.dtype)


def _places(affine: Affine, height: int, width: int) -> tuple[Array, Array]:
    """Where to read for each pixel of the output: x' and y', each (B, H, W)."""
    a0, a1, a2, b0, b1, b2 = (jnp.asarray(item, jnp.float32)[:, None, None] for item in affine)
    x = jnp.arange(width, dtype=jnp.float32)[None, None, :]
    y = jnp.arange(height, dtype=jnp.float32)[None, :, None]
    return a0 * x + a1 * y + a2, b0 * x + b1 * y + b2


def _nearest(x: Array, y: Array) -> list[tuple[Array, Array, Array | None]]:
    return [(jax.lax.round(y).astype(jnp.int32), jax.lax.round(x).astype(jnp.int32), None)]  # halves go away from zero


def _bilinear(x: Array, y: Array) -> list[tuple[Array, Array, Array | None]]:
    left, top = jnp.floor(x), jnp.floor(y)
    right_share, lower_share = x - left, y - top
    column, row = left.astype(jnp.int32), top.astype(jnp.int32)
    return [
        (row, column, (1 - lower_share) * (1 - right_share)),
        (row, column + 1, (1 - lower_share) * right_share),
        (row + 1, column, lower_share * (1 - right_share)),
        (row + 1, column + 1, lower_share * right_share),
    ]


def _inside(index: Array, size: int, fill_mode: str) -> Array:
    """The pixel that stands for one beyond the edge."""
    if fill_mode == "wrap":
        return index % size
    if fill_mode == "reflect":  # d c b a | a b c d | d c b a: a triangle wave over half pixels
        return (jnp.abs((2 * index + 1 + 2 * size) % (4 * size) - 2 * size) - 1) // 2
    return jnp.clip(index, 0, size - 1)
