"""The activations by name."""

from collections.abc import Callable
from typing import Any

from glassnet.activations.basic import linear, step
from glassnet.activations.exponential_units import celu, elu, exponential, selu
from glassnet.activations.gates import gelu, glu, hard_silu, mish, silu
from glassnet.activations.probabilities import log_softmax, softmax, sparsemax
from glassnet.activations.rectifiers import leaky_relu, relu, relu6, threshold
from glassnet.activations.s_shaped import hard_sigmoid, hard_tanh, log_sigmoid, sigmoid, softsign, sparse_sigmoid, tanh
from glassnet.activations.shrinkage import hard_shrink, soft_shrink, tanh_shrink
from glassnet.activations.smooth_rectifiers import softplus, sparse_plus, squareplus
from glassnet.foundation import registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array, Config

ActivationFunction = Callable[..., Array]
"""A function of an array, and perhaps of settings that have defaults."""

activation_registry: registry.Registry[ActivationFunction] = registry.Registry("activation")

_MEMBERS: tuple[ActivationFunction, ...] = (
    *(linear, step),
    *(sigmoid, log_sigmoid, tanh, softsign, hard_sigmoid, sparse_sigmoid, hard_tanh),
    *(relu, leaky_relu, relu6, threshold),
    *(elu, selu, celu, exponential),
    *(gelu, glu, mish),
    *(softplus, squareplus, sparse_plus),
    *(soft_shrink, hard_shrink, tanh_shrink),
    *(softmax, log_softmax, sparsemax),
)

# Entered here and not by a decorator above each, the functions keep their own signatures for type checkers.
for _member in _MEMBERS:
    activation_registry.register()(_member)
activation_registry.register("swish")(silu)
activation_registry.register("hard_swish")(hard_silu)


def get(identifier: Any) -> ActivationFunction:
    """The activation that a user means: None is `linear`, a name is looked up, a function or layer is itself.

    Args:
        identifier: None, a name such as ``"relu"``, any function of an array, or a configuration from `serialize`.

    Raises:
        UnknownNameError: no activation has this name; the message suggests the nearest.
        ConfigError: it is none of these.

    Example:
        >>> get("relu") is relu, get(None) is linear
        (True, True)

    Reference:
        Keras 3, ``keras.activations.get``.
    """
    if identifier is None:
        return linear
    if isinstance(identifier, dict) and "kind" not in identifier:
        # Keras writes a function as {"class_name": "function", "config": "relu"}.
        name = identifier.get("class_name")
        identifier = (identifier.get("config") if name == "function" else name) or identifier
    found: ActivationFunction = activation_registry.make(identifier)
    if not callable(found):
        raise ConfigError(
            f"Expected an activation that can be called. Received {identifier!r}. Pass a name such as 'relu', a "
            f"function of an array, or what activations.serialize returned."
        )
    return found


def serialize(activation: ActivationFunction) -> str | Config:
    """The name of a registered function, or the configuration of an object such as a layer; `get` turns it back.

    Args:
        activation: a function or object that `get` returned.

    Raises:
        ConfigError: the function is not registered, so no name can stand for it.

    Example:
        >>> serialize(leaky_relu)
        'leaky_relu'

    Reference:
        Keras 3, ``keras.activations.serialize``.
    """
    return registry.serialize(activation)


def deserialize(config: str | Config) -> ActivationFunction:
    """The activation that `serialize` described.

    Args:
        config: a name or a configuration.

    Raises:
        UnknownNameError: no activation has this name.

    Example:
        >>> deserialize("tanh") is tanh
        True

    Reference:
        Keras 3, ``keras.activations.deserialize``.
    """
    return get(config)
