"""S-shaped functions: they squeeze every number between two levels, or take the logarithm of that."""

from typing import Any

import jax
import jax.numpy as jnp

from glassnet.activations.support import clip, floats
from glassnet.foundation import context
from glassnet.foundation.types import Array, ArrayLike


def sigmoid(x: ArrayLike) -> Array:
    """``σ(x) = 1 / (1 + exp(-x))``: any number becomes one between 0 and 1, read as a probability.

    Derivative: ``σ(x) · (1 - σ(x))``, at most 1/4 at 0 and near 0 beyond ±5, where learning stalls.
    Use it in the last layer for yes-or-no answers, one unit a question; hidden layers train faster with `relu`.
    A cross-entropy placed on its result is computed from `x` itself, which stays exact where σ rounds to 0 or 1.

    Args:
        x: array of any shape; the logits, or log-odds.

    Returns:
        Numbers from 0 to 1, same shape.

    Example:
        >>> sigmoid([-1000.0, 0.0, 1000.0]).tolist()
        [0.0, 0.5, 1.0]

    Reference:
        Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors.
    """
    x = floats(x)
    return context.note(jax.nn.sigmoid(x), logits=x, link="sigmoid")


def log_sigmoid(x: ArrayLike) -> Array:
    """``log σ(x) = -log(1 + exp(-x))``: the logarithm of the sigmoid, exact where the sigmoid itself rounds to 0.

    Derivative: ``1 - σ(x)``.
    Use it to write a loss in log-probabilities.

    Args:
        x: array of any shape.

    Returns:
        Numbers up to 0, same shape.

    Example:
        >>> [round(value, 4) for value in log_sigmoid([-200.0, 0.0]).tolist()]
        [-200.0, -0.6931]

    Reference:
        Mächler (2012), Accurately computing log(1 - exp(-|a|)).
    """
    return jax.nn.log_sigmoid(floats(x))


def tanh(x: ArrayLike) -> Array:
    """``tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))``: any number becomes one between -1 and 1.

    Derivative: ``1 - tanh(x)²``, 1 at 0 and near 0 beyond ±3.
    Use it where outputs should centre on 0: recurrent layers, small networks. It is ``2 σ(2x) - 1``.

    Args:
        x: array of any shape.

    Returns:
        Numbers from -1 to 1, same shape.

    Example:
        >>> tanh([-1000.0, 0.0, 1000.0]).tolist()
        [-1.0, 0.0, 1.0]

    Reference:
        LeCun, Bottou, Orr & Müller (1998), Efficient BackProp.
    """
    return jnp.tanh(floats(x))


def softsign(x: ArrayLike) -> Array:
    """``f(x) = x / (1 + |x|)``: like tanh, with tails that flatten slowly.

    Derivative: ``1 / (1 + |x|)²``.
    Use it in place of tanh where units sit far from 0 and should still learn a little.

    Args:
        x: array of any shape.

    Returns:
        Numbers from -1 to 1, same shape.

    Example:
        >>> softsign([-3.0, 0.0, 1.0]).tolist()
        [-0.75, 0.0, 0.5]

    Reference:
        Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
    """
    return _softsign(floats(x))


@jax.custom_jvp
def _softsign(x: Array) -> Array:
    return jnp.where(jnp.isinf(x), jnp.sign(x), x / (1.0 + jnp.abs(x)))


@_softsign.defjvp
def _softsign_jvp(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Array, Array]:
    # The quotient rule would subtract two nearly equal numbers far from 0.
    (x,), (t,) = primals, tangents
    share = 1.0 / (1.0 + jnp.abs(x))
    return _softsign(x), t * share * share


def hard_sigmoid(x: ArrayLike) -> Array:
    """``f(x) = min(max(x / 6 + 1/2, 0), 1)``: the sigmoid drawn with three straight lines.

    Derivative: 1/6 from -3 to 3, else 0.
    Use it where an exponential is too dear, as on small devices.

    Args:
        x: array of any shape.

    Returns:
        Numbers from 0 to 1, same shape.

    Example:
        >>> hard_sigmoid([-4.0, 0.0, 1.5, 4.0]).tolist()
        [0.0, 0.5, 0.75, 1.0]

    Reference:
        Howard et al. (2019), Searching for MobileNetV3.
    """
    return clip(floats(x), -3.0, 3.0) / 6.0 + 0.5


def sparse_sigmoid(x: ArrayLike) -> Array:
    """``f(x) = min(max((x + 1) / 2, 0), 1)``: a sigmoid that reaches 0 at -1 and 1 at 1.

    It is the derivative of `sparse_plus`. Its own derivative: 1/2 from -1 to 1, else 0.
    Use it where a probability of exactly 0 or 1 is a fair answer.

    Args:
        x: array of any shape.

    Returns:
        Numbers from 0 to 1, same shape.

    Example:
        >>> sparse_sigmoid([-2.0, 0.0, 0.5, 2.0]).tolist()
        [0.0, 0.5, 0.75, 1.0]

    Reference:
        Blondel, Martins & Niculae (2020), Learning with Fenchel-Young losses, section 6.2.
    """
    return clip(floats(x), -1.0, 1.0) / 2.0 + 0.5


def hard_tanh(x: ArrayLike) -> Array:
    """``f(x) = min(max(x, -1), 1)``: tanh drawn with three straight lines.

    Derivative: 1 from -1 to 1, else 0.
    Use it where tanh is too dear, or where outputs must not leave [-1, 1].

    Args:
        x: array of any shape.

    Returns:
        Numbers from -1 to 1, same shape.

    Example:
        >>> hard_tanh([-2.0, 0.25, 2.0]).tolist()
        [-1.0, 0.25, 1.0]

    Reference:
        Collobert (2004), Large scale machine learning.
    """
    return clip(floats(x), -1.0, 1.0)
