"""The base of layers that hold another one."""

from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import freeze


@layer_registry.register()
class Wrapper(Layer):
    """``y = layer(x)``: a layer around another one. A subclass says in `call` what it does differently.

    Args:
        layer: the layer inside.
        **kwargs: as in every `Layer`.

    Shapes:
        input and output as in the layer inside.

    Raises:
        ConfigError: `layer` is not a layer.

    Example:
        >>> import numpy as np
        >>> from glassnet.layers import Dense
        >>> class Twice(Wrapper):
        ...     def call(self, inputs):
        ...         return self.layer(self.layer(inputs))
        >>> twice = Twice(Dense(1, kernel_initializer="ones", bias_initializer="ones"))
        >>> twice(np.array([[5.0]])).tolist(), sorted(twice.named_weights())
        ([[7.0]], ['layer/bias', 'layer/kernel'])

    Reference:
        Gamma, Helm, Johnson & Vlissides (1994), Design patterns: decorator.
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise ConfigError(
                f"{type(self).__name__} expected a layer to wrap. Received {layer!r}. Pass a layer, such as Dense(8)."
            )
        self.layer = layer

    def build(self, input_shape: Any) -> None:
        """Make the weights of the layer inside."""
        self.layer.ensure_built(input_shape)

    def call(self, inputs: Any) -> Any:
        """What the layer inside makes of the input."""
        return self.layer(inputs)

    def _identity(self) -> tuple[Any, ...]:
        return (type(self), freeze(self.get_config()))  # layers compare as objects, their configurations by value
