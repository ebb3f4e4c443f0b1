"""The two oldest: no activation at all, and the neuron that fires or does not."""

import jax.numpy as jnp

from glassnet.activations.support import floats
from glassnet.foundation.types import Array, ArrayLike


def linear(x: ArrayLike) -> Array:
    """``f(x) = x``: the input unchanged.

    Derivative: 1 everywhere.
    Use it in the last layer of a regression. Layers stacked with nothing but `linear` between them are one layer.

    Args:
        x: array of any shape.

    Returns:
        The same numbers, same shape, as floats.

    Example:
        >>> linear([-1.5, 2.0]).tolist()
        [-1.5, 2.0]

    Reference:
        Widrow & Hoff (1960), Adaptive switching circuits.
    """
    return floats(x)


def step(x: ArrayLike) -> Array:
    """``f(x) = 1 if x >= 0 else 0``: the neuron fires, or it does not.

    Some texts put 0 at x = 0; here it is 1, as in the perceptron's rule ``w·x + b >= 0``.
    Derivative: 0 everywhere (none at 0), so gradient descent cannot train through it; the perceptron's own rule can.
    Use it to understand the perceptron; in a network trained by gradients use `sigmoid` or `relu`.

    Args:
        x: array of any shape.

    Returns:
        Zeros and ones, same shape.

    Example:
        >>> step([-0.1, 0.0, 3.0]).tolist()
        [0.0, 1.0, 1.0]

    Reference:
        Rosenblatt (1958), The perceptron: a probabilistic model for information storage and organization in the brain.
    """
    # By the sign, rather than by a comparison, NaN stays NaN.
    return jnp.minimum(jnp.sign(floats(x)) + 1.0, 1.0)
