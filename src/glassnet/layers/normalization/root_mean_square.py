"""Normalizations by length alone: by the root mean square, and to length 1."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import InputSpec
from glassnet.foundation.types import Array, Shape
from glassnet.initializers import Ones
from glassnet.layers.activation import SameShape
from glassnet.layers.normalization.axes import checked_axis, places, positive, sizes_at, spread


@layer_registry.register()
class RMSNormalization(SameShape):
    """y = scale * x / sqrt(mean(x^2) + epsilon): layer normalization without the shift, cheaper and as good in practice.

    Args:
        axis: the axis or axes that are normalized together; the last one by default.
        epsilon: added to the mean square, above 0.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, ..., D), output the same; scale has the sizes of the normalized axes.

    Raises:
        ConfigError: an epsilon of 0 or below, or axes that are not different whole numbers.
        ShapeError: the input has no such axis, or its size there is unknown or another than before.

    Example:
        >>> import numpy as np
        >>> RMSNormalization(epsilon=1e-12)(np.array([[2.0, -2.0], [0.5, 0.5]])).tolist()
        [[1.0, -1.0], [1.0, 1.0]]

    Reference:
        Zhang & Sennrich (2019), Root mean square layer normalization.
    """

    full_precision = True

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = checked_axis(axis, owner="RMSNormalization")
        self.epsilon = positive("epsilon", epsilon, owner="RMSNormalization")

    def build(self, input_shape: Shape) -> None:
        """Make the scale, with the sizes of the normalized axes."""
        axes = places(self.axis, input_shape, layer=self.path)
        shape = sizes_at(axes, input_shape, layer=self.path)
        self.scale = self.add_weight("scale", shape, Ones())
        self.input_spec = InputSpec(ndim=len(input_shape), axes=dict(zip(axes, shape, strict=True)))

    def call(self, inputs: Array) -> Array:
        """Divide each position by the root mean square of its features."""
        axes = places(self.axis, inputs.shape, layer=self.path)
        x = inputs.astype(jnp.promote_types(inputs.dtype, jnp.float32))
        y = x * jax.lax.rsqrt(jnp.mean(x * x, axes, keepdims=True) + self.epsilon)
        return (y * spread(self.scale, axes, x.ndim)).astype(inputs.dtype)


@layer_registry.register()
class UnitNormalization(SameShape):
    """y = x / ||x||: every position's features become a vector of length 1; a vector of zeros stays what it is.

    Args:
        axis: the axis or axes that hold one vector; the last one by default.
        **kwargs: as in every `Layer`.

    Shapes:
        output as input.

    Raises:
        ConfigError: axes that are not different whole numbers.
        ShapeError: the input has no such axis.

    Example:
        >>> import numpy as np
        >>> UnitNormalization()(np.array([[3.0, 4.0], [0.0, 0.0]])).round(6).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]

    Reference:
        Wang et al. (2017), NormFace: L2 hypersphere embedding for face verification.
    """

    full_precision = True

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = checked_axis(axis, owner="UnitNormalization")

    def call(self, inputs: Array) -> Array:
        """Divide each vector by its length."""
        axes = places(self.axis, inputs.shape, layer=self.path)
        squares = jnp.sum(inputs * inputs, axes, keepdims=True)
        return inputs * jax.lax.rsqrt(jnp.maximum(squares, 1e-24))  # a length below 1e-12 counts as that
