"""Layer normalization."""

from collections.abc import Sequence
from functools import partial
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
        rms_scaling: y = gamma * x / sqrt(sigma^2 + epsilon) instead, without beta. For models of older Keras versions, which
            called this RMS normalization; `RMSNormalization` is the one from the paper.
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
        *,
        rms_scaling: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(center and not rms_scaling, scale or rms_scaling, **kwargs)
        self.rms_scaling = bool(rms_scaling)
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
        if self.rms_scaling:
            y = x * jax.lax.rsqrt(jnp.var(x, axes, keepdims=True) + self.epsilon)
        else:
            y = _standardized(x, axes, self.epsilon)
        return self.scaled_and_shifted(y, axes).astype(inputs.dtype)


@partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _standardized(x: Array, axes: tuple[int, ...], epsilon: float) -> Array:
    """y = (x - mu) / sqrt(sigma^2 + epsilon)."""
    return _parts(x, axes, epsilon)[0]


@_standardized.defjvp
def _standardized_slopes(
    axes: tuple[int, ...], epsilon: float, primals: tuple[Array], tangents: tuple[Array]
) -> tuple[Array, Array]:
    """dy = (dx - mean(dx) - y mean(y dx)) / sqrt(sigma^2 + epsilon): two sums, where JAX's own rule takes four."""
    y, scale = _parts(primals[0], axes, epsilon)
    dx = tangents[0]
    return y, scale * (dx - jnp.mean(dx, axes, keepdims=True) - y * jnp.mean(y * dx, axes, keepdims=True))


def _parts(x: Array, axes: tuple[int, ...], epsilon: float) -> tuple[Array, Array]:
    far = x - jnp.mean(x, axes, keepdims=True)
    scale = jax.lax.rsqrt(jnp.mean(far * far, axes, keepdims=True) + epsilon)
    return far * scale, scale
