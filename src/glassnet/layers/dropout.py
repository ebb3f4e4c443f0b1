"""Dropout."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array, Shape


@layer_registry.register()
class Dropout(Layer):
    """y = x * m / (1 - rate) in training, m_i = 0 with probability `rate`, else 1; y = x otherwise.

    Units are silenced at random for one step, so that none can rely on another; those left are scaled up so that the
    expected sum stays the same.

    Args:
        rate: the share of units that are **dropped** (not kept), from 0 to 1. 0.2 to 0.5 is usual.
        noise_shape: the mask's shape; an axis of size 1 (or None to copy the input's) is dropped as a whole.
        seed: gives this layer a stream of its own; by default the stream follows from the model's seed and the layer's path.
        **kwargs: as in every `Layer`.

    Shapes:
        output as input, any number of axes.

    Raises:
        ConfigError: `rate` outside [0, 1].

    Example:
        >>> import numpy as np
        >>> Dropout(0.5)(np.ones((1, 4))).tolist()
        [[1.0, 1.0, 1.0, 1.0]]
        >>> y = Dropout(0.5, seed=1)(np.ones((1, 1000)), training=True)
        >>> sorted(set(y[0].tolist()))
        [0.0, 2.0]

    Reference:
        Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15 (2014).
    """

    supports_masking = True

    def __init__(
        self, rate: float, noise_shape: Sequence[int | None] | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.rate = fraction("rate", rate, owner="Dropout", below_one=False)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)
        self.seed = seed
        if noise_shape is not None and any(size is not None and size < 1 for size in noise_shape):
            raise ConfigError(
                f"Dropout expected sizes of 1 or more in `noise_shape`. Received {noise_shape}. Use 1 or None."
            )

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Drop and scale in training, pass through otherwise."""
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return jnp.zeros_like(inputs)
        shape = inputs.shape
        if self.noise_shape is not None:
            shape = tuple(inputs.shape[i] if size is None else size for i, size in enumerate(self.noise_shape))
        kept = jax.random.bernoulli(self.draw_key(inputs), 1.0 - self.rate, shape)
        return jnp.where(kept, inputs / (1.0 - self.rate), 0.0).astype(inputs.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's own shape."""
        return input_shape
