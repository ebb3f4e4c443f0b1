"""What an initializer is: it draws the first numbers of a weight, with NumPy."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import registry, rng
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import Configurable, Registry
from glassnet.foundation.shapes import int_or_none
from glassnet.foundation.types import Array, Config, HostArray

initializer_registry: Registry[type["Initializer"]] = Registry("initializer")


class Initializer(Configurable):
    """``W = draw(shape, generator)``: the first numbers of a weight.

    A subclass writes `draw` in plain NumPy, so that making a layer compiles nothing. One that overrides ``__call__``
    instead, as in Keras, works too.
    A layer gives each of its weights a generator of its own, from the model's seed and the weight's path. An
    initializer with a `seed` of its own ignores that and draws the same numbers every time, for every layer that
    shares it.

    Example:
        >>> class Alternating(Initializer):
        ...     def draw(self, shape, generator):
        ...         return np.resize([1.0, -1.0], shape)
        >>> Alternating()((2, 2)).tolist()
        [[1.0, -1.0], [1.0, -1.0]]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 8.4.
    """

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """The numbers, of shape `shape` and type float32.

        Args:
            shape: the weight's shape.
            generator: where random numbers come from.
        """
        if type(self).__call__ is not Initializer.__call__:
            return np.asarray(self(shape))
        raise ConfigError(
            f"Expected {type(self).__name__} to define `draw(self, shape, generator)`. Received a class without it. "
            f"Write the method that returns a NumPy array of this shape."
        )

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Array:
        """The numbers as an array on the device: the same at each call with a seed, new ones without.

        Args:
            shape: the array's shape.
            dtype: its type; None is float32.
        """
        seed = getattr(self, "seed", None)
        numbers = self.draw(tuple(shape), rng.generator(rng.fresh_seed() if seed is None else seed))
        with jax.ensure_compile_time_eval():  # a layer may be built inside jit
            return jnp.asarray(numbers, "float32" if dtype is None else dtype)

    def clone(self) -> "Initializer":
        """An equal initializer."""
        return self.from_config(self.get_config())


def checked_seed(owner: str, seed: Any) -> int | None:
    """`seed` as a whole number from 0 up, or None."""
    number = None if isinstance(seed, bool) else int_or_none(seed)
    if seed is None or (number is not None and number >= 0):
        return number
    raise ConfigError(
        f"{owner} expected `seed` as a whole number from 0 up, or None. Received {seed!r}. Pass one such as 42."
    )


def checked_number(owner: str, name: str, value: Any, *, least: float = -np.inf, above: float = -np.inf) -> float:
    """`value` as a float that is finite, at least `least` and above `above`."""
    if isinstance(value, int | float | np.number) and np.isfinite(value) and value >= least and value > above:
        return float(value)
    bound = f" above {above:g}" if above > least else f" from {least:g} up" if least > above else ""
    raise ConfigError(f"{owner} expected `{name}` as a number{bound}. Received {value!r}. Pass one such as 1.0.")


def get(identifier: Any) -> Any:
    """The initializer that a user means: a name is looked up, an object or function is itself, None stays None.

    Args:
        identifier: None, a name such as ``"he_normal"``, an initializer or its class, an array of the weight's shape, a
            function ``(shape, dtype=...) -> array``, or a configuration from `serialize`.

    Raises:
        UnknownNameError: no initializer has this name; the message suggests the nearest.
        ConfigError: it is none of these.

    Example:
        >>> get("he_normal"), get(None)
        (HeNormal(), None)

    Reference:
        Keras 3, ``keras.initializers.get``.
    """
    if identifier is None:
        return None
    if isinstance(identifier, np.ndarray | jax.Array):
        identifier = {"class_name": "Constant", "config": {"value": np.asarray(identifier)}}
    if isinstance(identifier, dict) and "class_name" in identifier:
        named = {"kind": initializer_registry.kind, "config": {}, **identifier}
        identifier = {part: named[part] for part in ("kind", "class_name", "config")}
    found = initializer_registry.make(identifier)
    if not callable(found):
        raise ConfigError(
            f"Expected an initializer. Received {identifier!r}. Pass a name such as 'he_normal', an initializer, or "
            f"what initializers.serialize returned."
        )
    return found


def serialize(initializer: Any) -> str | Config:
    """The configuration of an initializer, which `get` turns back into an equal one.

    Args:
        initializer: an initializer, or a registered function.

    Raises:
        ConfigError: it is of a class that is not registered.

    Example:
        >>> from glassnet.initializers import Constant
        >>> serialize(Constant(2.0))
        {'kind': 'initializer', 'class_name': 'Constant', 'config': {'value': 2.0}}

    Reference:
        Keras 3, ``keras.initializers.serialize``.
    """
    return registry.serialize(initializer)


def deserialize(config: str | Config) -> Any:
    """The initializer that `serialize` described.

    Args:
        config: a name or a configuration.

    Raises:
        UnknownNameError: no initializer has this name.

    Example:
        >>> deserialize({"class_name": "Constant", "config": {"value": 2.0}})
        Constant(value=2.0)

    Reference:
        Keras 3, ``keras.initializers.deserialize``.
    """
    return get(config)
