"""Batch normalization."""

from typing import Any

import jax
import jax.numpy as jnp

from glassnet import initializers
from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import InputSpec, fraction, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.normalization.axes import ScaleAndShift, checked_axis, places, positive, sizes_at, spread


@layer_registry.register()
class BatchNormalization(ScaleAndShift):
    """y = gamma * (x - mu) / sqrt(sigma^2 + epsilon) + beta: each feature brought to mean 0 and variance 1.

    In training, mu and sigma^2 are the batch's, and running averages of them are kept: moving = momentum * moving +
    (1 - momentum) * batch. Otherwise those averages are used, so that a row's output does not depend on its neighbours.
    A frozen layer (``trainable=False``) always uses the averages and leaves them as they are.

    Args:
        axis: the axis of the features; the last one by default.
        momentum: how much of the running averages is kept at each step, from 0 to 1. With few steps an epoch, 0.9.
        epsilon: added to the variance, above 0.
        center: whether beta is there.
        scale: whether gamma is there; not needed before a linear layer, which can scale by itself.
        beta_initializer: how beta starts.
        gamma_initializer: how gamma starts.
        moving_mean_initializer: how the running mean starts.
        moving_variance_initializer: how the running variance starts.
        **kwargs: `beta_regularizer`, `gamma_regularizer`, `beta_constraint`, `gamma_constraint`, as in `Dense` for its
            weights, and what every `Layer` takes.

    Shapes:
        input (B, ..., C), output the same; gamma, beta and both averages (C,). A mask has all axes but the last, and its
        False positions do not count in mu and sigma^2.

    Raises:
        ConfigError: a momentum outside [0, 1], an epsilon of 0 or below, an axis that is not a whole number.
        ShapeError: the input has no such axis, its size there is unknown or another than before, or a mask does not fit.

    Example:
        >>> import numpy as np
        >>> layer = BatchNormalization(epsilon=1e-9)
        >>> layer(np.array([[1.0], [3.0]]), training=True).tolist()
        [[-1.0], [1.0]]
        >>> layer.moving_mean.round(3)
        Array([0.02], dtype=float32)

    Reference:
        Ioffe & Szegedy (2015), Batch normalization: accelerating deep network training by reducing internal covariate
        shift.
    """

    mixes_rows = True

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        **kwargs: Any,
    ) -> None:
        super().__init__(center, scale, beta_initializer, gamma_initializer, **kwargs)
        self.axis = checked_axis(axis, owner="BatchNormalization")
        self.momentum = fraction("momentum", momentum, owner="BatchNormalization", below_one=False)
        self.epsilon = positive("epsilon", epsilon, owner="BatchNormalization")
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape: Shape) -> None:
        """Make gamma, beta and the running averages, (C,) each."""
        axes = places(self.axis, input_shape, layer=self.path)
        shape = sizes_at(axes, input_shape, layer=self.path)
        self.add_scale_and_shift(shape)
        self.moving_mean = self.add_weight("moving_mean", shape, self.moving_mean_initializer, trainable=False)
        self.moving_variance = self.add_weight(
            "moving_variance", shape, self.moving_variance_initializer, trainable=False
        )
        self.input_spec = InputSpec(ndim=len(input_shape), axes=dict(zip(axes, shape, strict=True)))

    def call(self, inputs: Array, training: bool = False, mask: Array | None = None) -> Array:
        """Normalize by the batch in training, by the running averages otherwise."""
        axes = places(self.axis, inputs.shape, layer=self.path)
        x = inputs.astype(jnp.promote_types(inputs.dtype, jnp.float32))  # half precision would overflow in the squares
        mean, variance = self.moving_mean, self.moving_variance
        if training and self.trainable:
            mean, variance = self._moments(x, axes, mask)
            self.moving_mean = self._moved(self.moving_mean, mean)
            self.moving_variance = self._moved(self.moving_variance, variance)
        y = (x - spread(mean, axes, x.ndim)) * spread(jax.lax.rsqrt(variance + self.epsilon), axes, x.ndim)
        return self.scaled_and_shifted(y, axes).astype(inputs.dtype)

    def _moved(self, moving: Array, batch: Array) -> Array:
        kept = moving * self.momentum + batch * (1.0 - self.momentum)
        return jax.lax.stop_gradient(kept).astype(moving.dtype)

    def _moments(self, x: Array, axes: tuple[int, ...], mask: Array | None) -> tuple[Array, Array]:
        others = tuple(axis for axis in range(x.ndim) if axis not in axes)
        if mask is None:
            return jnp.mean(x, others), jnp.var(x, others)
        counts = self._counting(x, mask)
        total = jnp.maximum(jnp.sum(counts, others), 1)
        mean = jnp.sum(jnp.where(counts, x, 0), others) / total
        far = jnp.where(counts, x - spread(mean, axes, x.ndim), 0)
        return mean, jnp.sum(far * far, others) / total

    def _counting(self, x: Array, mask: Array) -> Array:
        mask = jnp.asarray(mask)
        fits = mask.ndim == x.ndim - 1 and all(m in (1, n) for m, n in zip(mask.shape, x.shape, strict=False))
        if not fits:
            raise ShapeError(
                f"Layer {self.path!r} expected a mask of shape {show(x.shape[:-1])}, the input's without the last axis. "
                f"Received shape {show(mask.shape)}. Pass one True or False for each position."
            )
        return jnp.broadcast_to(mask[..., None].astype(bool), x.shape)
