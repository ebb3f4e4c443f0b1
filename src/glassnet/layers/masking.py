"""Masking: steps that hold nothing but a filler do not count."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import InputSpec
from glassnet.foundation.types import Array
from glassnet.layers.activation import SameShape


@layer_registry.register()
class Masking(SameShape):
    """``mask_t = any_d(x_{t, d} ≠ mask_value)``, ``y_t = mask_t · x_t``: the layers after it leave such steps out.

    Args:
        mask_value: the number that fills the steps that do not count.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, D), output the same, and with it a mask (B, T), True where a step counts.

    Raises:
        ConfigError: `mask_value` is not a number.
        ShapeError: the input has fewer than 2 axes.

    Example:
        >>> import numpy as np
        >>> layer, x = Masking(mask_value=-1.0), np.float32([[[5, -1], [-1, -1]]])
        >>> layer(x).tolist(), layer.compute_mask(x).tolist()
        ([[[5.0, -1.0], [0.0, 0.0]]], [[True, False]])

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 11.3.
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        try:
            self.mask_value = float(mask_value)
        except (TypeError, ValueError):
            raise ConfigError(
                f"Masking expected `mask_value` as a number. Received {mask_value!r}. Pass the number that fills the steps "
                f"that do not count, such as 0.0."
            ) from None
        self.input_spec = InputSpec(min_ndim=2)

    def call(self, inputs: Array) -> Array:
        """The input with 0 in the steps that do not count."""
        return jnp.where(self.compute_mask(inputs)[..., None], inputs, jnp.zeros_like(inputs))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """True where any of a step's numbers is not the filler."""
        return jnp.any(jnp.asarray(inputs) != self.mask_value, axis=-1)
