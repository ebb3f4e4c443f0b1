"""Gates: the input times a share between 0 and 1 that depends on the input itself."""

import jax
import jax.numpy as jnp

from glassnet.activations.support import check_axes, clip, floats, gated
from glassnet.foundation.errors import ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike

_SQRT_HALF = 0.7071067811865476
_SQRT_8_OVER_PI = 1.5957691216057308


def silu(x: ArrayLike) -> Array:
    """``f(x) = x · σ(x)``, σ the sigmoid: a smooth ReLU that dips to -0.28 near x = -1.28. Also called swish.

    Derivative: ``σ(x) · (1 + x (1 - σ(x)))``.
    Use it in hidden layers of deep networks, where it is often a little better than ReLU and a little dearer.

    Args:
        x: array of any shape.

    Returns:
        Numbers from -0.2785 up, same shape.

    Example:
        >>> silu([-1000.0, 0.0, 1000.0]).tolist()
        [-0.0, 0.0, 1000.0]

    Reference:
        Elfwing, Uchibe & Doya (2018), Sigmoid-weighted linear units for neural network function approximation in
        reinforcement learning; Ramachandran, Zoph & Le (2017), Searching for activation functions.
    """
    return gated(floats(x), jax.nn.sigmoid)


def hard_silu(x: ArrayLike) -> Array:
    """``f(x) = x · min(max(x / 6 + 1/2, 0), 1)``: `silu` with the sigmoid drawn as three lines. Also called hard swish.

    Derivative: 0 below -3, ``x / 3 + 1/2`` from -3 to 3, 1 above.
    Use it in place of `silu` where an exponential is too dear, as on small devices.

    Args:
        x: array of any shape.

    Returns:
        Numbers from -0.375 up, same shape.

    Example:
        >>> hard_silu([-4.0, -1.5, 0.0, 4.0]).tolist()
        [-0.0, -0.375, 0.0, 4.0]

    Reference:
        Howard et al. (2019), Searching for MobileNetV3.
    """
    return gated(floats(x), lambda near: clip(near, -3.0, 3.0) / 6.0 + 0.5)


def gelu(x: ArrayLike, approximate: bool = False) -> Array:
    """``f(x) = x · Φ(x)``, Φ the normal distribution function: x times the chance that a normal draw is below x.

    ``approximate=True`` replaces Φ(x) by ``σ(√(8/π) (x + 0.044715 x³))``, at most 0.0005 away and a little faster.
    Derivative: ``Φ(x) + x φ(x)``, φ the normal density.
    Use it in transformers, where it is the custom.

    Args:
        x: array of any shape.
        approximate: whether to use the sigmoid (or, the same, tanh) form.

    Returns:
        Numbers from -0.17 up, same shape.

    Example:
        >>> [round(value, 4) for value in gelu([-1.0, 0.0, 1.0]).tolist()]
        [-0.1587, 0.0, 0.8413]

    Reference:
        Hendrycks & Gimpel (2016), Gaussian error linear units (GELUs).
    """
    return gated(floats(x), _normal_cdf_approximated if approximate else _normal_cdf)


def _normal_cdf(x: Array) -> Array:
    # By erfc, not 1 + erf: the left tail keeps its digits.
    return 0.5 * jax.scipy.special.erfc(-_SQRT_HALF * x)


def _normal_cdf_approximated(x: Array) -> Array:
    return jax.nn.sigmoid(_SQRT_8_OVER_PI * (x + 0.044715 * x * x * x))


def mish(x: ArrayLike) -> Array:
    """``f(x) = x · tanh(log(1 + exp(x)))``: smooth like `silu`, with a dip to -0.31 near x = -1.19.

    Derivative: ``t + x σ(x) (1 - t²)`` with ``t = tanh(log(1 + exp(x)))``.
    Use it in convolutional networks as an alternative to `silu`; it costs two exponentials more than ReLU.

    Args:
        x: array of any shape.

    Returns:
        Numbers from -0.3088 up, same shape.

    Example:
        >>> mish([-1000.0, 0.0, 1000.0]).tolist()
        [-0.0, 0.0, 1000.0]

    Reference:
        Misra (2019), Mish: a self regularized non-monotonic activation function.
    """
    return gated(floats(x), lambda near: jnp.tanh(jax.nn.softplus(near)))


def glu(x: ArrayLike, axis: int = -1) -> Array:
    """``f([a, b]) = a · σ(b)``: the first half of an axis, each number let through by its partner in the second half.

    Derivative: ``σ(b)`` for a, ``a σ(b) (1 - σ(b))`` for b.
    Use it after a layer with twice the units you want; the network learns what to let through.

    Args:
        x: array whose `axis` has an even size, ``(..., 2n, ...)``.
        axis: the axis that is halved.

    Returns:
        An array of shape ``(..., n, ...)``.

    Raises:
        ShapeError: the axis is not there, or its size is odd.

    Example:
        >>> glu([3.0, 4.0, 0.0, 1000.0]).tolist()
        [1.5, 4.0]

    Reference:
        Dauphin, Fan, Auli & Grangier (2017), Language modeling with gated convolutional networks.
    """
    x = floats(x)
    check_axes("glu", x, axis)
    if x.shape[axis] % 2:
        raise ShapeError(
            f"glu expected an even size at axis {axis}, to halve it. Received {x.shape[axis]}, in an input of shape "
            f"{show(x.shape)}. Give the layer before it an even number of units."
        )
    content, gate = jnp.split(x, 2, axis)
    return content * jax.nn.sigmoid(gate)
