"""Constraints: what a weight must satisfy, restored after every update by the nearest weight that does.

They are given to a layer, ``Dense(16, kernel_constraint=MaxNorm(3))``. The norms are those of the numbers along `axis`:
0 for a Dense kernel of shape ``(inputs, units)``, which gives each unit a norm of its own; ``[0, 1, 2]`` for a Conv2D
kernel.
"""

import math
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp

from glassnet.foundation import registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import Configurable, Registry
from glassnet.foundation.shapes import int_or_none
from glassnet.foundation.types import Array, ArrayLike, Config

constraint_registry: Registry[type["Constraint"]] = Registry("constraint")

#: Added to a norm before dividing by it, as in Keras: a weight of zeros stays zeros.
_EPSILON = 1e-7


class Constraint(Configurable):
    """``W <- P(W)`` after every update; here P changes nothing.

    A constraint of your own defines ``__call__``; any function from an array to one of the same shape serves too.

    Example:
        >>> class Clipped(Constraint):
        ...     def __call__(self, w):
        ...         return jnp.minimum(jnp.asarray(w), 1.0)
        >>> Clipped()([0.5, 2.0]).tolist()
        [0.5, 1.0]

    Reference:
        Bertsekas (1976), On the Goldstein-Levitin-Polyak gradient projection method.
    """

    def __call__(self, w: ArrayLike) -> Array:
        """The weight that satisfies the constraint, of the same shape as `w`."""
        return jnp.asarray(w)


@constraint_registry.register()
class MaxNorm(Constraint):
    """``W <- W · min(‖W‖, max_value) / ‖W‖``: units whose weights grew too long are cut back to `max_value`.

    Args:
        max_value: the longest norm allowed; 0 or more, usually 2 to 4.
        axis: the axis, or axes, along which norms are taken.

    Raises:
        ConfigError: `max_value` is not a finite number from 0 up, or the axis is not made of whole numbers.

    Example:
        >>> [round(value, 4) for value in MaxNorm(1.0)([3.0, 4.0]).tolist()]
        [0.6, 0.8]
        >>> [round(value, 4) for value in MaxNorm(1.0)([0.3, 0.4]).tolist()]
        [0.3, 0.4]

    Reference:
        Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), Dropout, section 5.1.
    """

    def __init__(self, max_value: float = 2.0, axis: int | Sequence[int] = 0) -> None:
        self.max_value = _bound("MaxNorm", "max_value", max_value)
        self.axis = _axes("MaxNorm", axis)

    def __call__(self, w: ArrayLike) -> Array:
        """The weight with no norm above `max_value`, of the same shape as `w`."""
        w = jnp.asarray(w)
        norms = _norms(w, self.axis)
        return w * (jnp.minimum(norms, self.max_value) / (_EPSILON + norms))


@constraint_registry.register()
class NonNeg(Constraint):
    """``W <- max(W, 0)``: negative weights become 0, so that every input counts for, never against.

    Example:
        >>> NonNeg()([-1.0, 2.0]).tolist()
        [0.0, 2.0]

    Reference:
        Chorowski & Zurada (2015), Learning understandable neural networks with nonnegative weight constraints.
    """

    def __call__(self, w: ArrayLike) -> Array:
        """The weight without negative numbers, of the same shape as `w`."""
        return jnp.maximum(jnp.asarray(w), 0)


@constraint_registry.register()
class UnitNorm(Constraint):
    """``W <- W / ‖W‖``: every unit's weights have length 1, so that only their direction is learned.

    Args:
        axis: the axis, or axes, along which norms are taken.

    Raises:
        ConfigError: the axis is not made of whole numbers.

    Example:
        >>> [round(value, 4) for value in UnitNorm()([3.0, 4.0]).tolist()]
        [0.6, 0.8]

    Reference:
        Salimans & Kingma (2016), Weight normalization.
    """

    def __init__(self, axis: int | Sequence[int] = 0) -> None:
        self.axis = _axes("UnitNorm", axis)

    def __call__(self, w: ArrayLike) -> Array:
        """The weight with norms of 1, of the same shape as `w`."""
        w = jnp.asarray(w)
        return w / (_EPSILON + _norms(w, self.axis))


@constraint_registry.register()
class MinMaxNorm(Constraint):
    """``W <- W · ((1 - rate) ‖W‖ + rate · clip(‖W‖, min_value, max_value)) / ‖W‖``: norms are held between two bounds.

    Args:
        min_value: the shortest norm allowed; 0 or more.
        max_value: the longest norm allowed; `min_value` or more.
        rate: how much of the way is gone at each update: 1 goes all of it, less moves there over several updates.
        axis: the axis, or axes, along which norms are taken.

    Raises:
        ConfigError: a bound is not a finite number from 0 up, the bounds are the wrong way round, the rate is not from
            0 to 1, or the axis is not made of whole numbers.

    Example:
        >>> [round(value, 4) for value in MinMaxNorm(1.0, 2.0)([0.3, 0.4]).tolist()]
        [0.6, 0.8]

    Reference:
        Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), Dropout, section 5.1, for the upper bound.
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | Sequence[int] = 0
    ) -> None:
        self.min_value = _bound("MinMaxNorm", "min_value", min_value)
        self.max_value = _bound("MinMaxNorm", "max_value", max_value)
        self.rate = _bound("MinMaxNorm", "rate", rate, most=1.0)
        self.axis = _axes("MinMaxNorm", axis)
        if self.min_value > self.max_value:
            raise ConfigError(
                f"MinMaxNorm expected `max_value` at or above `min_value`. Received min_value={min_value!r} and "
                f"max_value={max_value!r}. Swap them."
            )

    def __call__(self, w: ArrayLike) -> Array:
        """The weight with its norms moved towards the bounds, of the same shape as `w`."""
        w = jnp.asarray(w)
        norms = _norms(w, self.axis)
        wanted = (1.0 - self.rate) * norms + self.rate * jnp.clip(norms, self.min_value, self.max_value)
        return w * (wanted / (_EPSILON + norms))


def get(identifier: Any) -> Any:
    """The constraint that a user means: a name is looked up, an object or function is itself, None stays None.

    Args:
        identifier: None, a name such as ``"non_neg"``, a constraint or its class, a function of an array, or a
            configuration from `serialize`.

    Raises:
        UnknownNameError: no constraint has this name; the message suggests the nearest.
        ConfigError: it is none of these.

    Example:
        >>> get("max_norm"), get(None)
        (MaxNorm(), None)

    Reference:
        Keras 3, ``keras.constraints.get``.
    """
    if identifier is None:
        return None
    if isinstance(identifier, dict) and "class_name" in identifier:
        named = {"kind": constraint_registry.kind, "config": {}, **identifier}
        identifier = {part: named[part] for part in ("kind", "class_name", "config")}
    found = constraint_registry.make(identifier)
    if not callable(found):
        raise ConfigError(
            f"Expected a constraint. Received {identifier!r}. Pass a name such as 'non_neg', a constraint such as "
            f"MaxNorm(3), or what constraints.serialize returned."
        )
    return found


def serialize(constraint: Any) -> str | Config:
    """The configuration of a constraint, which `get` turns back into an equal one.

    Args:
        constraint: a constraint, or a registered function.

    Raises:
        ConfigError: it is of a class that is not registered.

    Example:
        >>> serialize(UnitNorm())
        {'kind': 'constraint', 'class_name': 'UnitNorm', 'config': {'axis': 0}}

    Reference:
        Keras 3, ``keras.constraints.serialize``.
    """
    return registry.serialize(constraint)


def deserialize(config: str | Config) -> Any:
    """The constraint that `serialize` described.

    Args:
        config: a name or a configuration.

    Raises:
        UnknownNameError: no constraint has this name.

    Example:
        >>> deserialize({"class_name": "UnitNorm", "config": {"axis": 1}})
        UnitNorm(axis=1)

    Reference:
        Keras 3, ``keras.constraints.deserialize``.
    """
    return get(config)


def _norms(w: Array, axis: int | tuple[int, ...]) -> Array:
    return jnp.sqrt(jnp.sum(jnp.square(w), axis=axis, keepdims=True))


def _bound(owner: str, name: str, value: Any, most: float = math.inf) -> float:
    if isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= most:
        return float(value)
    upper = " up" if most == math.inf else f" to {most:g}"
    raise ConfigError(
        f"{owner} expected `{name}` as a finite number from 0{upper}. Received {value!r}. Pass one such as 1.0."
    )


def _axes(owner: str, axis: Any) -> int | tuple[int, ...]:
    whole = [int_or_none(one) for one in (axis if isinstance(axis, list | tuple) else [axis])]
    if not whole or None in whole:
        raise ConfigError(
            f"{owner} expected `axis` as a whole number or several. Received {axis!r}. Pass 0 for a Dense kernel, or "
            f"[0, 1, 2] for a Conv2D kernel."
        )
    return tuple(one for one in whole if one is not None) if isinstance(axis, list | tuple) else whole[0] or 0


# The names that Keras has for the same classes.
max_norm = MaxNorm
non_neg = NonNeg
unit_norm = UnitNorm
min_max_norm = MinMaxNorm

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "constraint_registry",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]
