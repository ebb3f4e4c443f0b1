"""Any function as a layer."""

import inspect
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import activations
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, is_shape, layer_registry


@layer_registry.register()
class Lambda(Layer):
    """``y = f(x)``: a function of your own as a layer without weights.

    A model file holds the function's registered name, never its code: put ``@glassnet.saving.register_keras_serializable()``
    above its definition before you save. It trains either way. For a function with weights, write a `Layer`.

    Args:
        function: f, called with the input, with `arguments`, and with `training` and `mask` where it takes them. Built from
            `jax.numpy`, so that it has gradients.
        output_shape: the output's shape without the batch, or a function of the input's shape (with the batch); found by
            tracing f by default.
        mask: the output's mask, or a function of (inputs, mask) that returns it; by default a mask ends here.
        arguments: keyword arguments for f.
        **kwargs: as in every `Layer`.

    Shapes:
        input and output of any shape.

    Raises:
        ConfigError: `function` is not callable; or, on saving, it has no registered name.
        UnknownNameError: no function is registered under this name.

    Example:
        >>> import numpy as np
        >>> Lambda(lambda x, power: x**power, arguments={"power": 2})(np.float32([1, 2, 3])).tolist()
        [1.0, 4.0, 9.0]

    Reference:
        Chollet, *Deep Learning with Python* (2021), chapter 7.
    """

    #: What a function does across the rows of its batch is not known.
    always_mixes_rows = True

    def __init__(
        self,
        function: Any,
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function) and not isinstance(function, str):
            raise ConfigError(
                f"Lambda expected `function` as a function of an array. Received {function!r}. Pass lambda x: x * x, for "
                f"example."
            )
        self.function = _function(function)
        output_shape = _function(output_shape)
        self.output_shape = tuple(output_shape) if isinstance(output_shape, list) else output_shape
        mask = _function(mask)
        # A mask given as an array is configuration: as a list it is no child that an optimizer might change.
        self.mask = mask if mask is None or callable(mask) else np.asarray(mask).tolist()
        self.arguments = dict(arguments or {})

    def call(self, inputs: Any, mask: Any = None, training: bool = False) -> Any:
        """``f(inputs)``."""
        offered = {"mask": mask, "training": training}
        taken = _parameters(self.function)
        return self.function(inputs, **self.arguments, **{name: offered[name] for name in offered if name in taken})

    def compute_output_shape(self, input_shape: Any) -> Any:
        """As told, or found by tracing f."""
        if self.output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self.output_shape):
            return self.output_shape(input_shape)
        rows = jax.tree.leaves(input_shape, is_leaf=is_shape)[0][0]
        return jax.tree.map(lambda sizes: (rows, *sizes), self.output_shape, is_leaf=is_shape)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """As told; none by default, since f may have moved everything."""
        if callable(self.mask):
            return self.mask(inputs, mask)
        return None if self.mask is None else jnp.asarray(self.mask)


def _function(value: Any) -> Any:
    """The registered function that a configuration names; anything else as it is."""
    return activations.get(value) if isinstance(value, str) else value


def _parameters(function: Callable[..., Any]) -> frozenset[str]:
    try:
        return frozenset(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # a function written in C may not say
        return frozenset()
