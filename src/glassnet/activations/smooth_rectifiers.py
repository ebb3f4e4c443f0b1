"""ReLU with the corner rounded off."""

import jax
import jax.numpy as jnp

from glassnet.activations.support import check_positive, clip, floats
from glassnet.foundation.types import Array, ArrayLike

#: Where squares would leave float32's range, and b no longer matters beside x².
_FAR = 1e18


def softplus(x: ArrayLike) -> Array:
    """``f(x) = log(1 + exp(x))``: a ReLU without the corner, positive everywhere.

    Derivative: the sigmoid, ``σ(x)``.
    Use it in a last layer that predicts a width or a rate, which must be above 0.

    Args:
        x: array of any shape.

    Returns:
        Numbers from 0 up, same shape.

    Example:
        >>> softplus([-1000.0, 1000.0]).tolist()
        [0.0, 1000.0]

    Reference:
        Dugas, Bengio, Bélisle, Nadeau & Garcia (2001), Incorporating second-order functional knowledge for better
        option pricing.
    """
    return jax.nn.softplus(floats(x))


def squareplus(x: ArrayLike, b: float = 4.0) -> Array:
    """``f(x) = (x + √(x² + b)) / 2``: a smooth ReLU without exponentials.

    Derivative: ``(1 + x / √(x² + b)) / 2``.
    Use it in place of `softplus` where exponentials are dear.

    Args:
        x: array of any shape.
        b: the width of the bend, above 0; at x = 0 the result is ``√b / 2``.

    Returns:
        Positive numbers, same shape.

    Raises:
        ConfigError: b is not above 0.

    Example:
        >>> [round(value, 4) for value in squareplus([-1e4, 0.0, 1.5]).tolist()]
        [0.0001, 1.0, 2.0]

    Reference:
        Barron (2021), Squareplus: a softplus-like algebraic rectifier.
    """
    check_positive("squareplus", "b", b)
    x = floats(x)
    far = jnp.abs(x) > _FAR
    size = jnp.where(x < 0, -x, x)
    near = jnp.where(far, 0.0, size)
    # For negative x the formula subtracts nearly equal numbers; (x + r)(r - x) = b gives the same without.
    half = jnp.where(far, size, (near + jnp.sqrt(jnp.square(near) + b)) / 2.0)
    return jnp.where(x < 0, (0.25 * b) / half, half)


def sparse_plus(x: ArrayLike) -> Array:
    """``f(x) = 0 if x <= -1, (x + 1)² / 4 if -1 < x < 1, x if x >= 1``: a ReLU with a short parabola for a corner.

    Derivative: `sparse_sigmoid`, ``min(max((x + 1) / 2, 0), 1)``.
    Use it in place of `softplus` where results of exactly 0 are wanted.

    Args:
        x: array of any shape.

    Returns:
        Numbers from 0 up, same shape.

    Example:
        >>> sparse_plus([-2.0, 0.0, 1.0, 3.0]).tolist()
        [0.0, 0.25, 1.0, 3.0]

    Reference:
        Blondel, Martins & Niculae (2020), Learning with Fenchel-Young losses, section 6.2.
    """
    x = floats(x)
    return jnp.where(x > 1.0, x, jnp.square(clip(x, -1.0, 1.0) + 1.0) / 4.0)
