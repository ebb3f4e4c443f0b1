"""Saving and loading models, and registering classes and functions of your own so that they can be saved."""

from collections.abc import Callable
from typing import Any, TypeVar

from glassnet.activations import activation_registry
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import Registry
from glassnet.initializers import Initializer, initializer_registry
from glassnet.losses import Loss, loss_registry
from glassnet.metrics import Metric, metric_registry
from glassnet.models import load_model, save_model
from glassnet.optimizers import Optimizer, optimizer_registry
from glassnet.schedules import LearningRateSchedule, schedule_registry

__all__ = ["load_model", "register_keras_serializable", "save_model"]

T = TypeVar("T")


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorator: give a class or function of your own the name it is saved under.

    A file holds only that name; loading it needs the same registration in the process that loads.

    Args:
        package: put in front of the name, as ``package>name``.
        name: the name; the class's or function's own by default.

    Example:
        >>> @register_keras_serializable()
        ... def squared(x):
        ...     return x * x
        >>> from glassnet.layers import Dense
        >>> Dense(2, activation=squared).get_config()["activation"]
        'Custom>squared'

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 7.2.
    """

    def enter(member: T) -> T:
        label = f"{package}>{name or member.__name__}"  # type: ignore[attr-defined]
        return _registry_for(member).register(name=label)(member)

    return enter


def _registry_for(member: Any) -> Registry[Any]:
    families: list[tuple[type, Registry[Any]]] = [
        (Layer, layer_registry),
        (Loss, loss_registry),
        (Metric, metric_registry),
        (Optimizer, optimizer_registry),
        (Initializer, initializer_registry),
        (LearningRateSchedule, schedule_registry),
    ]
    for family, registry in families:
        if isinstance(member, type) and issubclass(member, family):
            return registry
    return activation_registry
