"""From what a user gives to an optimizer, and from an optimizer to plain data and back."""

import inspect
from typing import Any

from glassnet.foundation import registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Config
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.wrapped import OptaxOptimizer, is_transformation


def get(identifier: Any) -> Optimizer:
    """An optimizer from what a user may give.

    Args:
        identifier: a name (``"adam"``, in any case), a class, a configuration, an optimizer, or a transformation of
            Optax's.

    Raises:
        UnknownNameError: no optimizer has that name; the message suggests the nearest.
        ConfigError: it is something else, or an optimizer that a name alone does not describe.

    Example:
        >>> get("sgd")
        SGD()
        >>> get({"class_name": "Adam", "config": {"learning_rate": 0.01}})
        Adam(learning_rate=0.01)
    """
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if is_transformation(identifier):
        return OptaxOptimizer(identifier)
    if isinstance(identifier, str):
        identifier = optimizer_registry.find(identifier)
    if inspect.isclass(identifier) and issubclass(identifier, Optimizer):
        _check_name_is_enough(identifier)
        return identifier()
    if not isinstance(identifier, Optimizer):
        raise ConfigError(
            f"Expected an optimizer, its name, or an Optax transformation. Received {identifier!r}. Pass one such as "
            f'"adam", Adam(0.001) or optax.adam(0.001).'
        )
    return identifier


def serialize(optimizer: Optimizer) -> Config:
    """An optimizer as plain data, without its state.

    Example:
        >>> from glassnet.optimizers import SGD
        >>> serialize(SGD(0.1))["class_name"]
        'SGD'
    """
    return registry.serialize(optimizer)


def deserialize(config: Config) -> Optimizer:
    """The optimizer that `serialize` described.

    Args:
        config: plain data with ``class_name`` and ``config``.

    Raises:
        UnknownNameError: no optimizer has that name.
        ConfigError: the data describes no optimizer.

    Example:
        >>> from glassnet.optimizers import SGD
        >>> deserialize(serialize(SGD(0.1, momentum=0.9)))
        SGD(learning_rate=0.1, momentum=0.9)
    """
    if not {"class_name", "config"} <= set(config):
        raise ConfigError(
            f"Expected an optimizer's configuration with the keys class_name and config. Received the keys "
            f"{', '.join(map(repr, config)) or '(none)'}. Pass what serialize(optimizer) returned."
        )
    return optimizer_registry.find(config["class_name"]).from_config(config["config"])


def _check_name_is_enough(cls: type) -> None:
    missing = [name for name, default in registry.parameters(cls) if default is inspect.Parameter.empty]
    if missing:
        needed = " and ".join(f"`{name}`" for name in missing)
        raise ConfigError(
            f"Expected an optimizer that a name can stand for, such as 'adam'. Received {cls.__name__}, which wraps an object "
            f"or else needs to be told {needed}. Make it yourself: {cls.__name__}({', '.join(missing)}, ...)."
        )
