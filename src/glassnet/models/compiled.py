"""What `compile` was given, kept until the shapes are known."""

from dataclasses import fields
from typing import Any

from glassnet import losses, optimizers
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import deserialize, serialize
from glassnet.foundation.types import Config
from glassnet.training.resolving import Wanted


def checked(wanted: Wanted) -> Wanted:
    """What is wanted of the outputs; the losses' names exist, so that a typo is reported by `compile` and not by `fit`."""
    for loss in _members(wanted.loss):
        losses.get(loss)
    return wanted


def to_config(wanted: Wanted, optimizer: Any) -> Config:
    """What `compile` was given, as plain data."""
    return {"optimizer": serialize(optimizer), **{f.name: serialize(getattr(wanted, f.name)) for f in fields(Wanted)}}


def optimizer_from(given: Any) -> Any:
    """The optimizer for a name, a configuration, an object or an Optax transformation."""
    if given is None:
        raise ConfigError("compile expected an optimizer; received None. Pass one, such as optimizer='adam'.")
    return optimizers.get(given)


def from_config(config: Config) -> dict[str, Any]:
    """The arguments of `compile` that `to_config` described."""
    return {name: deserialize(value) for name, value in config.items()}


def _members(given: Any) -> list[Any]:
    """The losses in nested lists and dicts; a dict that describes one is one."""
    if isinstance(given, dict) and not {"class_name", "config"} <= set(given):
        return [member for item in given.values() for member in _members(item)]
    if isinstance(given, list | tuple):
        return [member for item in given for member in _members(item)]
    return [] if given is None else [given]
