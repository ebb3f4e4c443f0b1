"""Flatten."""

import math
from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import InputSpec
from glassnet.foundation.types import Array, Shape


@layer_registry.register()
class Flatten(Layer):
    """y_b = all numbers of x_b in one row: what a Dense layer needs after images or sequences.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``, which moves the channels last first.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, d1, d2, ...), output (B, d1 * d2 * ...); (B,) becomes (B, 1).

    Example:
        >>> import numpy as np
        >>> Flatten()(np.zeros((2, 28, 28, 1))).shape
        (2, 784)

    Reference:
        LeCun et al., "Gradient-based learning applied to document recognition", Proc. IEEE 86 (1998).
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ConfigError(
                f"Flatten expected `data_format` 'channels_last' or 'channels_first'. Received {data_format!r}. "
                f"Leave it out for channels last."
            )
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Array) -> Array:
        """One row of numbers a sample."""
        if self.data_format == "channels_first" and inputs.ndim > 1:
            inputs = jnp.moveaxis(inputs, 1, -1)
        return inputs.reshape(inputs.shape[0], math.prod(inputs.shape[1:]))  # (B, D)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(B, the product of the other sizes), None where one of them is unknown."""
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(size for size in rest if size is not None))
