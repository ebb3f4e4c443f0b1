"""Dropout."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import fraction, int_or_none, show
from glassnet.foundation.types import Array, Shape


@layer_registry.register()
class Dropout(Layer):
    """y = x * m / (1 - rate) in training, m_i = 0 with probability `rate`, else 1; y = x otherwise.

    Units are silenced at random for one step, so that none can rely on another; those left are scaled up so that the
    expected sum stays the same.

    Args:
        rate: the share of units that are **dropped** (not kept), from 0 to 1. 0.2 to 0.5 is usual.
        noise_shape: the mask's shape, a size for each axis of the input, batch included: None for the input's size, 1 to
            keep or drop the axis as a whole. The input's shape by default.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        **kwargs: as in every `Layer`.

    Shapes:
        output as input, any number of axes.

    Raises:
        ConfigError: `rate` outside [0, 1], or sizes or a seed that are not whole numbers.
        ShapeError: the input's sizes do not fit `noise_shape`.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

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
        self.noise_shape = _sizes(noise_shape)
        self.seed = _seed(seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Drop and scale in training, pass through otherwise."""
        return dropped(self, inputs, self._mask_shape(inputs.shape)) if training else inputs

    def loose_numbers(self) -> dict[str, float]:
        """The share that is kept."""
        return {"rate": 1.0 - self.rate}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's own shape."""
        return input_shape

    def _mask_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.noise_shape is None:
            return shape
        pairs = list(zip(self.noise_shape, shape, strict=False))
        if len(self.noise_shape) != len(shape) or any(wanted not in (None, 1, size) for wanted, size in pairs):
            raise ShapeError(
                f"Layer {self.path!r} expected an input whose sizes fit noise_shape {show(self.noise_shape)}. Received "
                f"shape {show(shape)}. Give noise_shape one size for each axis: None, 1, or the input's own."
            )
        return tuple(size if wanted is None else wanted for wanted, size in pairs)


def dropped(layer: Any, inputs: Array, shape: tuple[int, ...]) -> Array:
    """The inputs with each number of a mask of `shape` kept with probability 1 - rate, and scaled up by 1 / (1 - rate).

    Args:
        layer: a layer with a `rate`.
        inputs: its inputs.
        shape: the mask's shape.
    """
    own = layer.own("rate")
    if own is None and layer.rate == 0:
        return inputs
    if own is None and layer.rate == 1:
        return jnp.zeros_like(inputs)
    keeps = np.float32(1.0 - layer.rate) if own is None else own
    kept = jax.random.bernoulli(layer.draw_key(inputs), keeps, shape)
    # One of many networks may drop everything, and x / 0 would spoil its gradient.
    scale = 1.0 - layer.rate if own is None else jnp.maximum(own, 1e-30).astype(inputs.dtype)
    return jnp.where(kept, inputs / scale, 0.0).astype(inputs.dtype)


def _sizes(noise_shape: Any) -> Shape | None:
    if noise_shape is None:
        return None
    given = list(noise_shape) if isinstance(noise_shape, list | tuple) else [0]
    whole = [None if size is None else int_or_none(size) or 0 for size in given]
    if any(size is not None and size < 1 for size in whole):
        raise ConfigError(
            f"Dropout expected `noise_shape` as a list of sizes of 1 or more, or None. Received {noise_shape!r}. Pass "
            f"(None, 1, None), for example, for one draw along the second axis."
        )
    return tuple(whole)


def _seed(seed: Any) -> int | None:
    whole = int_or_none(seed)
    if seed is not None and (whole is None or not 0 <= whole < 2**32):
        raise ConfigError(
            f"Dropout expected `seed` as a whole number from 0 to 2**32 - 1. Received {seed!r}. Pass 0, or leave it out."
        )
    return whole
