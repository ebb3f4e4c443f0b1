"""Resizing: images of another height and width."""

import jax
import jax.numpy as jnp

from glassnet.foundation.types import Array


def resized(images: Array, height: int, width: int, interpolation: str = "bilinear", antialias: bool = False) -> Array:
    """(B, H, W, C) as (B, height, width, C), of the same type; whole numbers are rounded and kept in its range."""
    shape = (images.shape[0], height, width, images.shape[3])
    if images.shape == shape:
        return images
    out = jax.image.resize(images, shape, interpolation, antialias=antialias)
    if out.dtype != images.dtype and jnp.issubdtype(images.dtype, jnp.integer):
        range_ = jnp.iinfo(images.dtype)
        out = jnp.clip(jnp.round(out), range_.min, range_.max)
    return out.astype(images.dtype)


def largest_window(images: Array, height: int, width: int) -> Array:
    """The largest part in the middle with the aspect ratio height : width."""
    rows, columns = images.shape[1:3]
    high = max(min(rows, columns * height // width), 1)
    wide = max(min(columns, rows * width // height), 1)
    return centre(images, high, wide)


def centre(images: Array, height: int, width: int) -> Array:
    """The part of this size in the middle."""
    top, left = (images.shape[1] - height) // 2, (images.shape[2] - width) // 2
    return images[:, top : top + height, left : left + width]


def fitted(images: Array, height: int, width: int, interpolation: str = "bilinear") -> Array:
    """Height by width pixels from the middle, nothing distorted: the largest window, resized."""
    return resized(largest_window(images, height, width), height, width, interpolation)


def padded(images: Array, height: int, width: int, fill_value: float) -> Array:
    """The images with as much of `fill_value` on two sides as gives them the aspect ratio height : width."""
    rows, columns = images.shape[1:3]
    above = (max(rows, columns * height // width) - rows) // 2
    beside = 0 if above else (max(columns, rows * width // height) - columns) // 2
    sides = ((0, 0), (above, above), (beside, beside), (0, 0))
    return jnp.pad(images, sides, constant_values=jnp.asarray(fill_value, images.dtype))
