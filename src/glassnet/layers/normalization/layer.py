"""Layer normalization."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import InputSpec
from glassnet.foundation.types import Array, Shape
from glassnet.layers.normalization.axes import ScaleAndShift, checked_axis, places, positive, sizes_at


@layer_registry.register()
class LayerNormalization(ScaleAndShift):
    """y = gamma * (x - mu) / sqrt(sigma^2 + epsilon) + beta, mu and sigma^2 of each position's own features.

    Unlike batch normalization it does the same in training and afterwards, and no row depends on another.

    Args:
        axis: the axis or axes that are normalized together; the last one by default.
        epsilon: added to the variance, above 0.
        center: whether beta is there.
        scale: whether gamma is there.
        **kwargs: `beta_initializer`, `gamma_initializer`, `beta_regularizer`, `gamma_regularizer`, `beta_constraint`,
            `gamma_constraint`, as in `Dense` for its weights, and what every `Layer` takes.

    Shapes:
        input (B, ..., D), output the same; gamma and beta have the sizes of the normalized axes.

    Raises:
        ConfigError: an epsilon of 0 or below, or axes that are not different whole numbers.
        ShapeError: the input has no such axis, or its size there is unknown or another than before.

    Example:
        >>> import numpy as np
        >>> LayerNormalization(epsilon=1e-9)(np.array([[1.0, 3.0], [10.0, 30.0]])).tolist()
        [[-1.0, 1.0], [-1.0, 1.0]]

    Reference:
        Ba, Kiros & Hinton (2016), Layer normalization.
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(center, scale, **kwargs)
        self.axis = checked_axis(axis, owner="LayerNormalization")
        self.epsilon = positive("epsilon", epsilon, owner="LayerNormalization")

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta, with the sizes of the normalized axes."""
        axes = places(self.axis, input_shape, layer=self.path)
        shape = sizes_at(axes, input_shape, layer=self.path)
        self.add_scale_and_shift(shape)
        self.input_spec = InputSpec(ndim=len(input_shape), axes=dict(zip(axes, shape, strict=True)))

    def call(self, inputs: Array) -> Array:
        """Normalize each position by itself."""
        axes = places(self.axis, inputs.shape, layer=self.path)
        x = inputs.astype(jnp.promote_types(inputs.dtype, jnp.float32))
        far = x - jnp.mean(x, axes, keepdims=True)
        variance = jnp.mean(far * far, axes, keepdims=True)
        y = far * jax.lax.rsqrt(variance + self.epsilon)
        return self.scaled_and_shifted(y, axes).astype(inputs.dtype)
