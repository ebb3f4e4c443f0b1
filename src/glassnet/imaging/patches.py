"""Patches: rectangles at random places of images."""

import jax.numpy as jnp

from glassnet.foundation.types import Array


def patches(shape: tuple[int, ...], shares: tuple[Array, Array], places: tuple[Array, Array]) -> Array:
    """Where each image's rectangle lies, True inside: (B, H, W, 1).

    Args:
        shape: the images' shape, (B, H, W, C).
        shares: how much of the height and of the width it covers, (B,) each, from 0 to 1.
        places: where it lies between the two edges, (B,) each, from 0 to 1: top and left at 0.
    """
    inside = [_span(*known) for known in zip(shape[1:3], shares, places, strict=True)]
    return (inside[0][:, :, None] & inside[1][:, None, :])[..., None]


def _span(size: int, share: Array, place: Array) -> Array:
    length = share * size
    start = place * (size - length)
    pixel = jnp.arange(size, dtype=start.dtype)[None, :]
    return (pixel >= start[:, None]) & (pixel < (start + length)[:, None])
