"""Rectifiers: straight lines with a corner."""

import jax
import jax.numpy as jnp

from glassnet.activations.support import floats
from glassnet.foundation.types import Array, ArrayLike


def relu(x: ArrayLike, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Array:
    """``f(x) = max(x, 0)``: positive numbers pass, negative ones become 0.

    With all arguments: ``max_value`` where x is above it, ``x`` above `threshold`, and
    ``negative_slope · (x - threshold)`` at or below it.
    Derivative: 1 where x passes, `negative_slope` at or below the threshold (0 by default), 0 above `max_value`.
    Use it in hidden layers; it is the usual first choice. A unit whose input is negative on every row no longer learns:
    `leaky_relu` or a smaller learning rate helps then.

    Args:
        x: array of any shape.
        negative_slope: the slope at or below the threshold; 0 or more.
        max_value: the largest result, or None for no limit.
        threshold: where x begins to pass.

    Returns:
        An array of the same shape.

    Example:
        >>> relu([-2.0, 0.0, 3.0]).tolist()
        [0.0, 0.0, 3.0]
        >>> relu([-2.0, 1.0, 9.0], negative_slope=0.5, max_value=6.0).tolist()
        [-1.0, 1.0, 6.0]

    Reference:
        Nair & Hinton (2010), Rectified linear units improve restricted Boltzmann machines.
    """
    x = floats(x)
    if negative_slope == 0 and max_value is None and threshold == 0:
        return jax.nn.relu(x)
    above = x if max_value is None else jnp.where(x > max_value, max_value, x)
    # A slope of 0 is written as 0, for 0 · infinity is not a number.
    below = 0.0 if negative_slope == 0 else negative_slope * (x - threshold)
    return jnp.where(x <= threshold, below, above)


def leaky_relu(x: ArrayLike, negative_slope: float = 0.2) -> Array:
    """``f(x) = x if x > 0 else negative_slope · x``: a ReLU that lets a little of the negative side through.

    The slope here is 0.2 by default; textbooks mostly draw 0.01, which is ``leaky_relu(x, 0.01)``.
    Derivative: 1 above 0, `negative_slope` at or below it, so that no unit stops learning.
    Use it when many ReLU units are 0 on every row.

    Args:
        x: array of any shape.
        negative_slope: the slope below 0; usually from 0 to 1.

    Returns:
        An array of the same shape.

    Example:
        >>> leaky_relu([-2.0, 3.0], negative_slope=0.5).tolist()
        [-1.0, 3.0]

    Reference:
        Maas, Hannun & Ng (2013), Rectifier nonlinearities improve neural network acoustic models.
    """
    return relu(x, negative_slope=negative_slope)


def relu6(x: ArrayLike) -> Array:
    """``f(x) = min(max(x, 0), 6)``: a ReLU that stops growing at 6.

    Derivative: 1 from 0 to 6, else 0.
    Use it where numbers are stored with few bits, as on small devices.

    Args:
        x: array of any shape.

    Returns:
        Numbers from 0 to 6, same shape.

    Example:
        >>> relu6([-2.0, 3.0, 8.0]).tolist()
        [0.0, 3.0, 6.0]

    Reference:
        Krizhevsky (2010), Convolutional deep belief networks on CIFAR-10.
    """
    return relu(x, max_value=6.0)


def threshold(x: ArrayLike, threshold: float, default_value: float) -> Array:
    """``f(x) = x if x > threshold else default_value``: small numbers are replaced by a fixed one.

    Derivative: 1 above the threshold, 0 at or below it.
    Use it to ignore weak signals altogether; `relu` is ``threshold(x, 0, 0)``.

    Args:
        x: array of any shape.
        threshold: where x begins to pass.
        default_value: what stands in for all else.

    Returns:
        An array of the same shape.

    Example:
        >>> threshold([0.5, 1.5], threshold=1.0, default_value=-1.0).tolist()
        [-1.0, 1.5]

    Reference:
        Konda, Memisevic & Krueger (2015), Zero-bias autoencoders and the benefits of co-adapting features.
    """
    x = floats(x)
    return jnp.where(x <= threshold, default_value, x)
