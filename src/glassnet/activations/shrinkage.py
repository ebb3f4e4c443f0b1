"""Shrinkage: small numbers become 0 or nearly 0, large ones pass."""

import jax.numpy as jnp

from glassnet.activations.support import clip, floats
from glassnet.foundation.types import Array, ArrayLike


def soft_shrink(x: ArrayLike, threshold: float = 0.5) -> Array:
    """``f(x) = sign(x) · max(|x| - threshold, 0)``: all numbers move towards 0 by `threshold`, and stop there.

    Derivative: 1 where ``|x| > threshold``, else 0.
    Use it to make a code sparse; one step of it is what an L1 penalty does to a weight.

    Args:
        x: array of any shape.
        threshold: how far each number moves; 0 or more.

    Returns:
        An array of the same shape.

    Example:
        >>> soft_shrink([-2.0, 0.3, 2.0]).tolist()
        [-1.5, 0.0, 1.5]

    Reference:
        Donoho (1995), De-noising by soft-thresholding.
    """
    x = floats(x)
    return x - clip(x, -threshold, threshold)


def hard_shrink(x: ArrayLike, threshold: float = 0.5) -> Array:
    """``f(x) = x if |x| > threshold else 0``: small numbers are dropped, the others stay as they are.

    Derivative: 1 where ``|x| > threshold``, else 0.
    Use it to make a code sparse without making it smaller.

    Args:
        x: array of any shape.
        threshold: up to which size numbers are dropped; 0 or more.

    Returns:
        An array of the same shape.

    Example:
        >>> hard_shrink([-2.0, 0.3, 2.0]).tolist()
        [-2.0, 0.0, 2.0]

    Reference:
        Donoho & Johnstone (1994), Ideal spatial adaptation by wavelet shrinkage.
    """
    x = floats(x)
    return jnp.where(jnp.abs(x) <= threshold, 0.0, x)


def tanh_shrink(x: ArrayLike) -> Array:
    """``f(x) = x - tanh(x)``: small numbers almost vanish (as x³ / 3), large ones move towards 0 by 1.

    Derivative: ``tanh(x)²``.
    Use it as a shrinkage without corners.

    Args:
        x: array of any shape.

    Returns:
        An array of the same shape.

    Example:
        >>> tanh_shrink([-100.0, 0.0, 100.0]).tolist()
        [-99.0, 0.0, 99.0]

    Reference:
        Gregor & LeCun (2010), Learning fast approximations of sparse coding, for shrinkage inside a network.
    """
    x = floats(x)
    return x - jnp.tanh(x)
