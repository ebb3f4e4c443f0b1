"""Units whose negative side is an exponential that levels off, and the exponential itself."""

import jax
import jax.numpy as jnp

from glassnet.activations.support import check_positive, floats
from glassnet.foundation.types import Array, ArrayLike


def elu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """``f(x) = x if x > 0 else α (exp(x) - 1)``: a ReLU whose negative side bends smoothly towards ``-α``.

    Derivative: 1 above 0, ``α exp(x)`` at or below it.
    Use it in hidden layers in place of ReLU: outputs centre nearer to 0, and no unit is stuck at 0.

    Args:
        x: array of any shape.
        alpha: α, how far below 0 the left side goes; above 0.

    Returns:
        Numbers above ``-α``, same shape.

    Example:
        >>> elu([-100.0, 0.0, 2.0]).tolist()
        [-1.0, 0.0, 2.0]

    Reference:
        Clevert, Unterthiner & Hochreiter (2016), Fast and accurate deep network learning by exponential linear units.
    """
    return jax.nn.elu(floats(x), alpha)


def selu(x: ArrayLike) -> Array:
    """``f(x) = λ x if x > 0 else λ α (exp(x) - 1)``, with λ = 1.0507 and α = 1.6733: an ELU that keeps its scale.

    Derivative: ``λ`` above 0, ``λ α exp(x)`` at or below it.
    Use it in deep networks of plain dense layers with ``kernel_initializer="lecun_normal"`` and standardised inputs:
    outputs then keep mean 0 and variance 1 from layer to layer by themselves.

    Args:
        x: array of any shape.

    Returns:
        Numbers above -1.7581, same shape.

    Example:
        >>> [round(value, 4) for value in selu([-100.0, 0.0, 1.0]).tolist()]
        [-1.7581, 0.0, 1.0507]

    Reference:
        Klambauer, Unterthiner, Mayr & Hochreiter (2017), Self-normalizing neural networks.
    """
    return jax.nn.selu(floats(x))


def celu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """``f(x) = max(x, 0) + min(α (exp(x / α) - 1), 0)``: an ELU whose slope is continuous at 0 for every α.

    Derivative: 1 above 0, ``exp(x / α)`` at or below it.
    Use it in place of `elu` when α is not 1.

    Args:
        x: array of any shape.
        alpha: α, how far below 0 the left side goes; above 0.

    Returns:
        Numbers above ``-α``, same shape.

    Raises:
        ConfigError: α is not above 0.

    Example:
        >>> celu([-100.0, 0.0, 2.0], alpha=0.5).tolist()
        [-0.5, 0.0, 2.0]

    Reference:
        Barron (2017), Continuously differentiable exponential linear units.
    """
    check_positive("celu", "alpha", alpha)
    return jax.nn.celu(floats(x), alpha)


def exponential(x: ArrayLike) -> Array:
    """``f(x) = exp(x)``: any number becomes a positive one.

    Derivative: ``exp(x)``.
    Use it in a last layer that predicts a rate or a scale, as in Poisson regression; above 88.7 float32 overflows.

    Args:
        x: array of any shape.

    Returns:
        Positive numbers, same shape.

    Example:
        >>> exponential([0.0]).tolist()
        [1.0]

    Reference:
        McCullagh & Nelder (1989), Generalized linear models, on the log link.
    """
    return jnp.exp(floats(x))
