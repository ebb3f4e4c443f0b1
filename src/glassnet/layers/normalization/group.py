"""Group normalization."""

from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import InputSpec, int_or_none, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.normalization.axes import ScaleAndShift, checked_axis, places, positive, sizes_at


@layer_registry.register()
class GroupNormalization(ScaleAndShift):
    """y = gamma * (x - mu_g) / sqrt(sigma_g^2 + epsilon) + beta, mu_g and sigma_g^2 of one sample's group of channels.

    As good with a batch of 2 as with one of 64, since no sample depends on another. One group is layer normalization
    over all of a sample, one channel a group is instance normalization.

    Args:
        groups: into how many groups of neighbours the channels are split, or -1 for one channel a group. It must divide
            the number of channels.
        axis: the axis of the channels; the last one by default.
        epsilon: added to the variance, above 0.
        center: whether beta is there.
        scale: whether gamma is there.
        **kwargs: `beta_initializer`, `gamma_initializer`, `beta_regularizer`, `gamma_regularizer`, `beta_constraint`,
            `gamma_constraint`, as in `Dense` for its weights, and what every `Layer` takes.

    Shapes:
        input (B, ..., C), output the same; gamma and beta (C,).

    Raises:
        ConfigError: `groups` is neither -1 nor above 0, or an epsilon of 0 or below.
        ShapeError: the channels cannot be split into so many groups, or their number is unknown.

    Example:
        >>> import numpy as np
        >>> GroupNormalization(groups=2, epsilon=1e-9)(np.array([[1.0, 3.0, 10.0, 30.0]])).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]

    Reference:
        Wu & He (2018), Group normalization.
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(center, scale, **kwargs)
        whole = int_or_none(groups)
        if whole is None or isinstance(groups, bool) or (whole < 1 and whole != -1):
            raise ConfigError(
                f"GroupNormalization expected `groups` as a whole number above 0, or -1 for one channel a group. "
                f"Received {groups!r}. Pass a divisor of the number of channels."
            )
        self.groups = whole
        self.axis = checked_axis(axis, owner="GroupNormalization")
        self.epsilon = positive("epsilon", epsilon, owner="GroupNormalization")

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta, (C,) each."""
        axes = places(self.axis, input_shape, layer=self.path)
        shape = sizes_at(axes, input_shape, layer=self.path)
        if shape[0] % self.groups:
            raise ShapeError(
                f"Layer {self.path!r} expected channels that can be split into {self.groups} groups of one size. Received "
                f"{shape[0]} channels in an input of shape {show(input_shape)}. Set `groups` to a divisor of {shape[0]}."
            )
        self.add_scale_and_shift(shape)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={axes[0]: shape[0]})

    def call(self, inputs: Array) -> Array:
        """Normalize each group of each sample by itself."""
        (axis,) = places(self.axis, inputs.shape, layer=self.path)
        x = inputs.astype(jnp.promote_types(inputs.dtype, jnp.float32))
        size = x.shape[axis]
        groups = size if self.groups == -1 else self.groups
        x = x.reshape(*x.shape[:axis], groups, size // groups, *x.shape[axis + 1 :])
        within = tuple(item for item in range(1, x.ndim) if item != axis)
        far = x - jnp.mean(x, within, keepdims=True)
        variance = jnp.mean(far * far, within, keepdims=True)
        y = (far * jax.lax.rsqrt(variance + self.epsilon)).reshape(inputs.shape)
        return self.scaled_and_shifted(y, (axis,)).astype(inputs.dtype)
