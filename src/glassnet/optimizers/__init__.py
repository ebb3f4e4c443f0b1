"""Optimizers: how weights move, given the gradient of the loss.

Keras's names, arguments, defaults and numbers. Each is two pure functions for one array; see `Optimizer`.
"""

from typing import Any

from glassnet.foundation import registry as _registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Config
from glassnet.optimizers.adam import Adam, Adamax, AdamW, Nadam
from glassnet.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from glassnet.optimizers.base import Optimizer, OptimizerState, optimizer_registry
from glassnet.optimizers.ftrl import Ftrl
from glassnet.optimizers.lion import Lion
from glassnet.optimizers.sgd import SGD
from glassnet.optimizers.wrapped import OptaxOptimizer, is_transformation

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lion",
    "Nadam",
    "OptaxOptimizer",
    "Optimizer",
    "OptimizerState",
    "RMSprop",
    "deserialize",
    "get",
    "optimizer_registry",
    "serialize",
]


def get(identifier: Any) -> Optimizer:
    """An optimizer from what a user may give.

    Args:
        identifier: a name (``"adam"``, in any case), a class, a configuration, an optimizer, or a transformation of
            Optax's.

    Raises:
        UnknownNameError: no optimizer has that name; the message suggests the nearest.
        ConfigError: it is something else.

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
    optimizer = optimizer_registry.make(identifier) if isinstance(identifier, str | type) else identifier
    if not isinstance(optimizer, Optimizer):
        raise ConfigError(
            f"Expected an optimizer, its name, or an Optax transformation. Received {identifier!r}. Pass one such as "
            f'"adam", Adam(0.001) or optax.adam(0.001).'
        )
    return optimizer


def serialize(optimizer: Optimizer) -> Config:
    """An optimizer as plain data, without its state.

    Example:
        >>> serialize(SGD(0.1))["class_name"]
        'SGD'
    """
    return _registry.serialize(optimizer)


def deserialize(config: Config) -> Optimizer:
    """The optimizer that `serialize` described.

    Args:
        config: plain data with ``class_name`` and ``config``.

    Raises:
        UnknownNameError: no optimizer has that name.
        ConfigError: the data describes no optimizer.

    Example:
        >>> deserialize(serialize(SGD(0.1, momentum=0.9)))
        SGD(learning_rate=0.1, momentum=0.9)
    """
    if not {"class_name", "config"} <= set(config):
        raise ConfigError(
            f"Expected an optimizer's configuration with the keys class_name and config. Received the keys "
            f"{', '.join(map(repr, config)) or '(none)'}. Pass what serialize(optimizer) returned."
        )
    return optimizer_registry.find(config["class_name"]).from_config(config["config"])
