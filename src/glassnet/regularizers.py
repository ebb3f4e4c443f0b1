"""Regularizers: a penalty on a weight, added to the loss, so that training prefers smaller or simpler weights.

They are given to a layer's kernel, ``Dense(16, kernel_regularizer="l2")``; biases are usually left out. Under Adam and
its kin an L2 penalty is not weight decay: its gradient is divided by the gradient's size like any other. For decay
proper use AdamW.
"""

import math
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation import registry
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.registry import Configurable, Registry
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike, Config

regularizer_registry: Registry[type["Regularizer"]] = Registry("regularizer")


class Regularizer(Configurable):
    """``penalty = R(W)``, a single number that is added to the loss.

    A regularizer of your own defines ``__call__``; any function of an array that returns a single number serves too.

    Example:
        >>> class Cubic(Regularizer):
        ...     def __call__(self, x):
        ...         return jnp.sum(jnp.abs(jnp.asarray(x)) ** 3)
        >>> float(Cubic()([1.0, -2.0]))
        9.0

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 7.1.
    """

    def __call__(self, x: ArrayLike) -> Array:
        """The penalty for a weight of any shape: a single number."""
        raise ConfigError(
            f"Expected {type(self).__name__} to define `__call__(self, x)`. Received a class without it. Write the "
            f"method that returns the penalty as a single number."
        )


@regularizer_registry.register()
class L1(Regularizer):
    """``R(W) = l1 · Σ |W|``: pulls every number towards 0 with the same force, so that many end up at 0 or near it.

    Gradient: ``l1 · sign(W)``, taken as 0 at 0. Also called Lasso.

    Args:
        l1: the strength, 0 or more; 0.01 is strong for a network, 1e-5 to 1e-3 usual.

    Raises:
        ConfigError: `l1` is not a finite number from 0 up.

    Example:
        >>> float(L1(0.5)([1.0, -2.0]))
        1.5

    Reference:
        Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _strength("L1", "l1", l1)

    def __call__(self, x: ArrayLike) -> Array:
        """The penalty for a weight of any shape: a single number."""
        return self.l1 * jnp.sum(_size(jnp.asarray(x)))


@regularizer_registry.register()
class L2(Regularizer):
    """``R(W) = l2 · Σ W²``: pulls large numbers towards 0 harder than small ones; none ends up at 0.

    Gradient: ``2 · l2 · W``, without a half in front, so that under plain SGD ``L2(0.01)`` is a weight decay of 0.02.
    Also called Ridge.

    Args:
        l2: the strength, 0 or more; 0.01 is strong for a network, 1e-5 to 1e-3 usual.

    Raises:
        ConfigError: `l2` is not a finite number from 0 up.

    Example:
        >>> float(L2(0.5)([1.0, -2.0]))
        2.5

    Reference:
        Krogh & Hertz (1992), A simple weight decay can improve generalization; Loshchilov & Hutter (2019), Decoupled
        weight decay regularization, on why it differs from decay under Adam.
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _strength("L2", "l2", l2)

    def __call__(self, x: ArrayLike) -> Array:
        """The penalty for a weight of any shape: a single number."""
        return self.l2 * jnp.sum(jnp.square(jnp.asarray(x)))


@regularizer_registry.register("l1l2", "l1_l2")
class L1L2(Regularizer):
    """``R(W) = l1 · Σ |W| + l2 · Σ W²``: both pulls at once, also called elastic net.

    Args:
        l1: the strength of the first, 0 or more. As a name, ``"l1_l2"`` means the defaults here, no penalty at all.
        l2: the strength of the second, 0 or more.

    Raises:
        ConfigError: a strength is not a finite number from 0 up.

    Example:
        >>> float(L1L2(l1=0.5, l2=0.25)([1.0, -2.0]))
        2.75

    Reference:
        Zou & Hastie (2005), Regularization and variable selection via the elastic net.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _strength("L1L2", "l1", l1)
        self.l2 = _strength("L1L2", "l2", l2)

    def __call__(self, x: ArrayLike) -> Array:
        """The penalty for a weight of any shape: a single number."""
        x = jnp.asarray(x)
        return self.l1 * jnp.sum(_size(x)) + self.l2 * jnp.sum(jnp.square(x))


@regularizer_registry.register()
class OrthogonalRegularizer(Regularizer):
    """``R(W) = factor · mean over i < j of |w_i · w_j| / (‖w_i‖ ‖w_j‖)``: pulls rows (or columns) to right angles.

    Args:
        factor: the strength, 0 or more.
        mode: what is compared, ``"rows"`` or ``"columns"``; the columns of a Dense kernel are its units.

    Raises:
        ConfigError: the factor is not a finite number from 0 up, or the mode is neither of these.
        ShapeError: when called, the weight does not have two axes.

    Example:
        >>> float(OrthogonalRegularizer(1.0)([[1.0, 0.0], [0.0, 2.0]]))
        0.0
        >>> float(OrthogonalRegularizer(1.0)([[1.0, 0.0], [-3.0, 0.0]]))
        1.0

    Reference:
        Brock, Lim, Ritchie & Weston (2017), Neural photo editing with introspective adversarial networks.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _strength("OrthogonalRegularizer", "factor", factor)
        if mode not in ("rows", "columns"):
            raise ConfigError(
                f"OrthogonalRegularizer expected `mode` as 'rows' or 'columns'. Received {mode!r}. Pass one of these."
            )
        self.mode = mode

    def __call__(self, x: ArrayLike) -> Array:
        """The penalty for a matrix: a single number."""
        x = jnp.asarray(x, jnp.float32)
        if x.ndim != 2:
            raise ShapeError(
                f"OrthogonalRegularizer expected a weight with 2 axes. Received shape {show(x.shape)}. Use it for the "
                f"kernel of a Dense layer."
            )
        rows = x if self.mode == "rows" else x.T
        squared = jnp.sum(jnp.square(rows), axis=1, keepdims=True)
        rows = rows * jnp.where(squared > 0, jnp.where(squared > 0, squared, 1.0) ** -0.5, 0.0)
        count = rows.shape[0]
        cosines = jnp.triu(rows @ rows.T, k=1)
        return self.factor * jnp.sum(_size(cosines)) / max(1.0, count * (count - 1) / 2)


def get(identifier: Any) -> Any:
    """The regularizer that a user means: a name is looked up, an object or function is itself, None stays None.

    Args:
        identifier: None, a name such as ``"l2"``, a regularizer or its class, a function of an array, or a
            configuration from `serialize`.

    Raises:
        UnknownNameError: no regularizer has this name; the message suggests the nearest.
        ConfigError: it is none of these.

    Example:
        >>> get("l2"), get(None)
        (L2(), None)

    Reference:
        Keras 3, ``keras.regularizers.get``.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict) and "class_name" in identifier:
        named = {"kind": regularizer_registry.kind, "config": {}, **identifier}
        identifier = {part: named[part] for part in ("kind", "class_name", "config")}
    found = regularizer_registry.make(identifier)
    if not callable(found):
        raise ConfigError(
            f"Expected a regularizer. Received {identifier!r}. Pass a name such as 'l2', a regularizer such as "
            f"L2(0.01), or what regularizers.serialize returned."
        )
    return found


def serialize(regularizer: Any) -> str | Config:
    """The configuration of a regularizer, which `get` turns back into an equal one.

    Args:
        regularizer: a regularizer, or a registered function.

    Raises:
        ConfigError: it is of a class that is not registered.

    Example:
        >>> serialize(L2(0.5))
        {'kind': 'regularizer', 'class_name': 'L2', 'config': {'l2': 0.5}}

    Reference:
        Keras 3, ``keras.regularizers.serialize``.
    """
    return registry.serialize(regularizer)


def deserialize(config: str | Config) -> Any:
    """The regularizer that `serialize` described.

    Args:
        config: a name or a configuration.

    Raises:
        UnknownNameError: no regularizer has this name.

    Example:
        >>> deserialize({"class_name": "L2", "config": {"l2": 0.5}})
        L2(l2=0.5)

    Reference:
        Keras 3, ``keras.regularizers.deserialize``.
    """
    return get(config)


def _size(x: Array) -> Array:
    """``|x|``, with a derivative of 0 at 0: JAX's own is 1 there, and would push weights off the zero they reached."""
    return x * jax.lax.stop_gradient(jnp.sign(x))


def _strength(owner: str, name: str, value: Any) -> float:
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return float(value)
    raise ConfigError(
        f"{owner} expected `{name}` as a finite number from 0 up. Received {value!r}. Pass a strength such as 0.001."
    )


# The names that Keras has for the same classes: l2(0.01) is L2(0.01).
l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "regularizer_registry",
    "serialize",
]
