"""Batch normalization."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import initializers
from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import InputSpec, fraction, show
from glassnet.foundation.types import Array, HostArray, Shape
from glassnet.layers.normalization.axes import ScaleAndShift, checked_axis, places, positive, sizes_at, spread
from glassnet.layers.normalization.renorm import Clipping, checked_clipping, corrections


@layer_registry.register()
class BatchNormalization(ScaleAndShift):
    """y = gamma * (x - mu) / sqrt(sigma^2 + epsilon) + beta: each feature brought to mean 0 and variance 1.

    In training, mu and sigma^2 are the batch's, and running averages of them are kept: moving = momentum * moving +
    (1 - momentum) * batch. Otherwise those averages are used, so that a row's output does not depend on its neighbours.
    A frozen layer (``trainable=False``) always uses the averages and leaves them as they are.

    With `renorm`, training brings y to where the running averages would have put it: (x - mu) / sigma * r + d before gamma
    and beta, r = sigma / sigma_run and d = (mu - mu_run) / sigma_run. Small or uneven batches then harm less.

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
        renorm: whether to use batch renormalization, which needs three more running averages.
        renorm_clipping: limits of its corrections, a dict of ``"rmax"``, ``"rmin"`` and ``"dmax"`` or some of them: r is kept
            in [rmin, rmax], d in [-dmax, dmax]. No limits by default.
        renorm_momentum: how much of mu_run and sigma_run is kept at each step, from 0 to 1.
        synchronized: Keras's wish for statistics of the whole batch where several devices share it. Here they always are: a
            step is one program over all devices. Kept in the configuration, without effect.
        **kwargs: `beta_regularizer`, `gamma_regularizer`, `beta_constraint`, `gamma_constraint`, as in `Dense` for its
            weights, and what every `Layer` takes.

    Shapes:
        input (B, ..., C), output the same; gamma, beta and both averages (C,). A mask has all axes but the last, and its
        False positions do not count in mu and sigma^2.

    Raises:
        ConfigError: a momentum outside [0, 1], an epsilon of 0 or below, an axis that is not a whole number, or a limit of
            `renorm_clipping` that has another name, is no number, or contradicts another one.
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
        shift. Ioffe (2017), Batch renormalization: towards reducing minibatch dependence in batch-normalized models.
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
        *,
        renorm: bool = False,
        renorm_clipping: Clipping | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(center, scale, beta_initializer, gamma_initializer, **kwargs)
        self.axis = checked_axis(axis, owner="BatchNormalization")
        self.momentum = fraction("momentum", momentum, owner="BatchNormalization", below_one=False)
        self.epsilon = positive("epsilon", epsilon, owner="BatchNormalization")
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm = bool(renorm)
        self.renorm_clipping = checked_clipping(renorm_clipping)
        self.renorm_momentum = fraction("renorm_momentum", renorm_momentum, owner="BatchNormalization", below_one=False)
        self.synchronized = bool(synchronized)

    def build(self, input_shape: Shape) -> None:
        """Make gamma, beta and the running averages, (C,) each."""
        axes = places(self.axis, input_shape, layer=self.path)
        shape = sizes_at(axes, input_shape, layer=self.path)
        self.add_scale_and_shift(shape)
        self.moving_mean = self.add_weight("moving_mean", shape, self.moving_mean_initializer, trainable=False)
        self.moving_variance = self.add_weight(
            "moving_variance", shape, self.moving_variance_initializer, trainable=False
        )
        if self.renorm:
            self._add_renorm_averages(shape)
        self.input_spec = InputSpec(ndim=len(input_shape), axes=dict(zip(axes, shape, strict=True)))

    def call(self, inputs: Array, training: bool = False, mask: Array | None = None) -> Array:
        """Normalize by the batch in training, by the running averages otherwise."""
        axes = places(self.axis, inputs.shape, layer=self.path)
        x = inputs.astype(jnp.promote_types(inputs.dtype, jnp.float32))  # half precision would overflow in the squares
        mean, variance = self.moving_mean, self.moving_variance
        if training and self.trainable:
            mean, variance = self._moments(x, axes, mask)
        y = (x - spread(mean, axes, x.ndim)) * spread(jax.lax.rsqrt(variance + self.epsilon), axes, x.ndim)
        if training and self.trainable and self.renorm:
            r, d = self._renorm_step(mean, jnp.sqrt(variance + self.epsilon))
            y = y * spread(r, axes, x.ndim) + spread(d, axes, x.ndim)
        elif training and self.trainable:
            self.moving_mean = _moved(self.moving_mean, mean, self.momentum)
            self.moving_variance = _moved(self.moving_variance, variance, self.momentum)
        return self.scaled_and_shifted(y, axes).astype(inputs.dtype)

    def _add_renorm_averages(self, shape: tuple[int, ...]) -> None:
        """The running deviation for inference, and the mean and deviation that the corrections are made with."""

        def mean(shape: tuple[int, ...], dtype: Any) -> HostArray:
            return np.asarray(self.moving_mean)

        def deviation(shape: tuple[int, ...], dtype: Any) -> HostArray:
            return np.sqrt(np.asarray(self.moving_variance))

        for name, start in (("moving_stddev", deviation), ("renorm_mean", mean), ("renorm_stddev", deviation)):
            self.add_weight(name, shape, start, trainable=False)

    def _renorm_step(self, mean: Array, stddev: Array) -> tuple[Array, Array]:
        """r and d by the averages so far; then the averages move."""
        limits, least = self.renorm_clipping or {}, self.epsilon**0.5
        r, d = corrections(mean, stddev, self.renorm_mean, self.renorm_stddev, least, limits)
        self.renorm_mean = _moved(self.renorm_mean, mean, self.renorm_momentum)
        self.renorm_stddev = _moved(self.renorm_stddev, stddev, self.renorm_momentum)
        self.moving_mean = _moved(self.moving_mean, mean, self.momentum)
        self.moving_stddev = moving = _moved(self.moving_stddev, stddev, self.momentum)
        self.moving_variance = jnp.maximum(moving * moving - self.epsilon, 0)  # rounding may bring it below 0
        return r, d

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


def _moved(moving: Array, batch: Array, momentum: float) -> Array:
    kept = moving * momentum + batch * (1.0 - momentum)
    return jax.lax.stop_gradient(kept).astype(moving.dtype)
