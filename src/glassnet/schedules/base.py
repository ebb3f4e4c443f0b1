"""What a schedule is: the learning rate as a function of the number of steps done."""

import inspect
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import Configurable, Registry
from glassnet.foundation.types import Config

schedule_registry: Registry[type["LearningRateSchedule"]] = Registry("schedule")


class LearningRateSchedule(Configurable):
    """α_t = rate(t): a learning rate for each step, t = 0, 1, 2 ...

    Give it to an optimizer in the place of a number. The unit of t is an update step (a batch), counted by the optimizer
    over all calls of ``fit``; `PerEpoch` counts in epochs. Called with a whole array of steps, a schedule gives the
    array of their rates: a curve to plot.

    A subclass writes `rate`; one that overrides ``__call__`` instead, as in Keras, works too. A schedule is never
    changed once made: programs are compiled for it.

    Example:
        >>> class Halving(LearningRateSchedule):
        ...     def __init__(self, initial_learning_rate):
        ...         self.initial_learning_rate = initial_learning_rate
        ...     def rate(self, t, xp):
        ...         return self.initial_learning_rate * 0.5**t
        >>> Halving(0.5)(1)
        0.25
        >>> print(Halving(0.5)(np.arange(3)))
        [0.5   0.25  0.125]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 8.3.1.
    """

    def rate(self, t: Any, xp: Any) -> Any:
        """The rates after t steps.

        Args:
            t: numbers of steps done, an array of any shape; of a whole number type unless the caller counts in parts.
            xp: the library that `t` is of, `numpy` or `jax.numpy`.

        Returns:
            An array of the shape of `t`.
        """
        raise ConfigError(
            f"Expected {type(self).__name__} to define `rate(self, t, xp)`. Received a class without it. Write the method "
            f"that returns the learning rates after t steps."
        )

    def __call__(self, step: Any) -> Any:
        """The rate after `step` steps.

        Args:
            step: a number or an array of numbers, of Python's, NumPy's or JAX's, traced or not.

        Returns:
            A float, or an array of the kind and shape of `step`.
        """
        if isinstance(step, jax.Array):
            return self.rate(step, jnp)
        t = np.asarray(step)
        if t.dtype.kind not in "iuf":
            raise ConfigError(
                f"{type(self).__name__} expected a number of steps, or an array of them. Received {step!r}. Pass 0 for the "
                f"first step's rate, or np.arange(1000) for a curve."
            )
        rates = self.rate(t, np)
        return rates if t.ndim else float(rates)

    def __float__(self) -> float:
        """The rate of the first step."""
        return float(self(0))


def get(identifier: Any) -> Any:
    """The schedule that a user means.

    Args:
        identifier: a schedule, a number (which stays as it is for ever), any function of the number of steps done, or a
            configuration, ours or Keras's.

    Raises:
        UnknownNameError: no schedule has this name; the message suggests the nearest.
        ConfigError: it is none of these, or a name alone, which says nothing of the rates.

    Example:
        >>> from glassnet.schedules import CosineDecay
        >>> get(0.1)
        Constant(learning_rate=0.1)
        >>> get({"class_name": "CosineDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 100}})
        CosineDecay(initial_learning_rate=0.1, decay_steps=100)

    Reference:
        Keras 3, ``keras.optimizers.schedules.deserialize``.
    """
    if isinstance(identifier, dict) and "class_name" in identifier:  # Keras names a module beside
        config = {"kind": schedule_registry.kind, "config": {}, **identifier}
        return registry.deserialize({part: config[part] for part in ("kind", "class_name", "config")})
    if isinstance(identifier, int | float | np.number) and not isinstance(identifier, bool):
        return schedule_registry.find("Constant")(float(identifier))
    if isinstance(identifier, str):
        identifier = schedule_registry.find(identifier)
    if callable(identifier) and not inspect.isclass(identifier):
        return identifier
    name = getattr(identifier, "__name__", repr(identifier))
    raise ConfigError(
        f"Expected a schedule: an object such as schedules.CosineDecay(0.1, 1000), a number, or a function of the number "
        f"of steps. Received {name}. A name or class alone does not say the rates; make the object yourself."
    )


def serialize(schedule: Any) -> str | Config:
    """A schedule as plain data, which `deserialize` turns back into an equal one.

    Args:
        schedule: a schedule, or a registered function.

    Raises:
        ConfigError: it is of a class that is not registered.

    Example:
        >>> from glassnet.schedules import Constant
        >>> serialize(Constant(0.1))
        {'kind': 'schedule', 'class_name': 'Constant', 'config': {'learning_rate': 0.1}}

    Reference:
        Keras 3, ``keras.optimizers.schedules.serialize``.
    """
    return registry.serialize(schedule)


def deserialize(config: Config) -> Any:
    """The schedule that `serialize` described.

    Args:
        config: plain data with ``class_name`` and ``config``.

    Raises:
        UnknownNameError: no schedule has this name.
        ConfigError: the data describes no schedule.

    Example:
        >>> deserialize({"class_name": "Constant", "config": {"learning_rate": 0.1}})
        Constant(learning_rate=0.1)

    Reference:
        Keras 3, ``keras.optimizers.schedules.deserialize``.
    """
    if not isinstance(config, dict) or "class_name" not in config:
        raise ConfigError(
            f"Expected a schedule's configuration with the keys class_name and config. Received {config!r}. Pass what "
            f"serialize(schedule) returned."
        )
    return get(config)
