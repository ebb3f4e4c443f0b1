"""Colour: contrast, brightness and channel shifts. Images are (B, H, W, C), amounts one number an image, (B,)."""

import jax.numpy as jnp

from glassnet.foundation.types import Array


def contrasted(images: Array, factor: Array) -> Array:
    """``(x - mean) · factor + mean``, with the mean of each channel of each image."""
    mean = jnp.mean(images, axis=(1, 2), keepdims=True)
    return (images - mean) * spread(factor, images) + mean


def channel_shifted(images: Array, shift: Array) -> Array:
    """``x + shift``, kept between each image's lowest and highest value."""
    low, high = jnp.min(images, axis=(1, 2, 3), keepdims=True), jnp.max(images, axis=(1, 2, 3), keepdims=True)
    return jnp.clip(images + spread(shift, images), low, high)


def brightened(images: Array, factor: Array) -> Array:
    """``low + (x - low) · factor``, kept in the image's range: 0 to 255, 0 to 1, or what its values span beyond these."""
    lowest, highest = jnp.min(images, axis=(1, 2, 3), keepdims=True), jnp.max(images, axis=(1, 2, 3), keepdims=True)
    beyond = (lowest < 0) | (highest > 255)
    low = jnp.where(beyond, lowest, 0.0)
    high = jnp.where(beyond, highest, jnp.where(highest <= 1, 1.0, 255.0))
    return jnp.clip(low + (images - low) * spread(factor, images), low, high)


def spread(amount: Array, images: Array) -> Array:
    """One number an image as an array that stretches over the images' pixels."""
    return amount.astype(images.dtype).reshape(-1, *(1,) * (images.ndim - 1))
