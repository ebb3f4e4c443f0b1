"""Noise in training: it keeps a network from learning by heart."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array
from glassnet.layers.activation import SameShape
from glassnet.layers.arguments import not_negative, seed_for
from glassnet.layers.dropout import Dropout

#: The lower limit of SELU, -λα: what a dropped unit of a self-normalizing network is set to.
_SELU_FLOOR = -1.0507009873554805 * 1.6732632423543772


@layer_registry.register()
class GaussianNoise(SameShape):
    """``y = x + ε``, ε ~ N(0, stddev²), in training; ``y = x`` otherwise.

    Args:
        stddev: the noise's standard deviation, from 0 up, in the input's unit.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same.

    Raises:
        ConfigError: `stddev` is not a number from 0 up, or `seed` not a whole number.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> layer, x = GaussianNoise(0.1, seed=0), np.zeros((1, 1000))
        >>> float(layer(x).std()), round(float(layer(x, training=True).std()), 1)
        (0.0, 0.1)

    Reference:
        Bishop (1995), Training with noise is equivalent to Tikhonov regularization.
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stddev = not_negative("GaussianNoise", "stddev", stddev)
        self.seed = seed_for("GaussianNoise", seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Add noise in training, pass through otherwise."""
        sigma = self.own("stddev")
        if not training or (sigma is None and self.stddev == 0):
            return inputs
        return inputs + _noise(self, inputs, self.stddev if sigma is None else sigma)

    def loose_numbers(self) -> dict[str, float]:
        """The standard deviation."""
        return {"stddev": self.stddev}


@layer_registry.register()
class GaussianDropout(SameShape):
    """``y = x · ε``, ε ~ N(1, rate / (1 - rate)), in training; ``y = x`` otherwise: Dropout's mean and variance, smooth.

    Args:
        rate: the share that a `Dropout` of equal variance would drop, from 0 to below 1.
        seed: as in `GaussianNoise`.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same.

    Raises:
        ConfigError: `rate` outside [0, 1), or `seed` not a whole number.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> y = GaussianDropout(0.5, seed=0)(np.ones((1, 1000)), training=True)
        >>> round(float(y.mean()), 1), round(float(y.std()), 1)
        (1.0, 1.0)

    Reference:
        Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting, section 10.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = fraction("rate", rate, owner="GaussianDropout")
        self.seed = seed_for("GaussianDropout", seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Multiply by noise in training, pass through otherwise."""
        sigma = self.own("rate")
        if not training or (sigma is None and self.rate == 0):
            return inputs
        return inputs * (1.0 + _noise(self, inputs, self._sigma if sigma is None else sigma))

    def loose_numbers(self) -> dict[str, float]:
        """The noise's standard deviation."""
        return {"rate": self._sigma}

    @property
    def _sigma(self) -> float:
        return math.sqrt(self.rate / (1.0 - self.rate))


@layer_registry.register()
class AlphaDropout(Dropout):
    """``y = a (x m + α' (1 - m)) + b``, m_i = 0 with probability `rate`, in training: Dropout for SELU networks.

    Dropped units go to SELU's lower limit α' = -λα, and a = ((1 - rate)(1 + rate α'²))^(-1/2), b = -a α' rate bring mean 0
    and variance 1 back.

    Args:
        rate: the share of units that are dropped, from 0 to below 1. 0.05 to 0.1 is usual.
        noise_shape: the mask's shape, as in `Dropout`.
        seed: as in `Dropout`.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same.

    Raises:
        ConfigError: `rate` outside [0, 1), or sizes or a seed that are not whole numbers.
        ShapeError: the input's sizes do not fit `noise_shape`.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> x = np.random.default_rng(0).normal(size=(1, 10000))
        >>> y = AlphaDropout(0.3, seed=1)(x, training=True)
        >>> abs(round(float(y.mean()), 1)), round(float(y.std()), 1)
        (0.0, 1.0)

    Reference:
        Klambauer et al. (2017), Self-normalizing neural networks.
    """

    def __init__(
        self, rate: float, noise_shape: Sequence[int | None] | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        fraction("rate", rate, owner="AlphaDropout")
        super().__init__(rate, noise_shape, seed_for("AlphaDropout", seed), **kwargs)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Drop to the lower limit and restore mean and variance in training, pass through otherwise."""
        if not training or self.rate == 0:
            return inputs
        a = ((1.0 - self.rate) * (1.0 + self.rate * _SELU_FLOOR**2)) ** -0.5
        b = -a * _SELU_FLOOR * self.rate
        kept = jax.random.bernoulli(self.draw_key(inputs), np.float32(1.0 - self.rate), self._mask_shape(inputs.shape))
        return jnp.where(kept, a * inputs + b, a * _SELU_FLOOR + b).astype(inputs.dtype)

    def loose_numbers(self) -> dict[str, float]:
        """None: two numbers follow from the rate."""
        return {}


def _noise(layer: Any, inputs: Array, sigma: Any) -> Array:
    """σ ε, ε ~ N(0, 1), in the inputs' shape and type."""
    drawn = jax.random.normal(layer.draw_key(inputs), inputs.shape, jnp.float32).astype(inputs.dtype)
    return drawn * (sigma.astype(inputs.dtype) if hasattr(sigma, "astype") else sigma)
