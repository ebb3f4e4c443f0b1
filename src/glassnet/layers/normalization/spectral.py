"""Spectral normalization."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
from jax.core import Tracer

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array
from glassnet.foundation.weights import WeightHolder
from glassnet.initializers import TruncatedNormal
from glassnet.layers.wrapper import Wrapper

#: What the weight that is normalized may be called.
KERNELS = ("kernel", "embeddings")


@layer_registry.register()
class SpectralNormalization(Wrapper):
    """y = layer(x) with W_SN = W / sigma(W), sigma the largest singular value of the layer's kernel W, in training.

    So the layer cannot make the distance of two inputs larger, whatever W becomes; the discriminators of GANs train
    steadily with it. sigma = v W u^T comes from power iteration, which goes on from step to step: v = u W^T / ||u W^T||,
    u = v W / ||v W||. Outside of training the kernel is used as it is.

    In `fit` the optimizer changes W itself, slopes pass through sigma, and W_SN lives for one step; the layer's own penalty
    on its kernel sees W_SN. A training call by hand leaves W_SN in the kernel's place. Both are as in Keras on JAX.

    Args:
        layer: a layer with a `kernel`, such as `Dense` or `Conv2D`, or with `embeddings`.
        power_iterations: the number of iterations at each step, 1 or more. One is enough as W changes slowly.
        **kwargs: as in every `Layer`.

    Shapes:
        input and output as in the layer inside; u (1, F), F the last size of W. W counts as a matrix (..., F).

    Raises:
        ConfigError: `layer` is no layer, or one without kernel and embeddings; `power_iterations` is not a whole number
            above 0.

    Example:
        >>> import numpy as np
        >>> from glassnet.layers import Dense
        >>> layer = SpectralNormalization(Dense(2, kernel_initializer="ones"), power_iterations=5)
        >>> layer(np.ones((1, 2))).tolist(), layer(np.ones((1, 2)), training=True).round(3).tolist()
        ([[2.0, 2.0]], [[1.0, 1.0]])

    Reference:
        Miyato, Kataoka, Koyama & Yoshida (2018), Spectral normalization for generative adversarial networks.
    """

    full_precision = True

    def __init__(self, layer: Layer, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.power_iterations = positive_int("power_iterations", power_iterations, owner="SpectralNormalization")

    def build(self, input_shape: Any) -> None:
        """Make the weights of the layer inside, and u (1, F)."""
        super().build(input_shape)
        kernel = getattr(self.layer, self._target)
        self.vector_u = self.add_weight(
            "vector_u", (1, kernel.shape[-1]), TruncatedNormal(stddev=0.02), dtype=kernel.dtype, trainable=False
        )

    def call(self, inputs: Any, training: bool = False) -> Any:
        """The layer inside, with its kernel divided by its largest singular value in training."""
        if not training:
            return self.layer(inputs)
        target, kernel = self._target, getattr(self.layer, self._target)
        self.vector_u, normalized = self.normalized_weights()
        setattr(self.layer, target, normalized)
        outputs = self.layer(inputs)
        if isinstance(normalized, Tracer) and not self.layer.is_private():
            setattr(self.layer, target, kernel)  # a tracer must not outlive its program
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """As the layer inside."""
        return self.layer.compute_output_shape(input_shape)

    def normalized_weights(self) -> tuple[Array, Array]:
        """The next u, and W / sigma. Both stay what they are where W is all zeros."""
        kernel = getattr(self.layer, self._target)
        matrix = kernel.reshape(-1, kernel.shape[-1])
        u = v = self.vector_u
        for _ in range(self.power_iterations):
            v = _unit(u @ matrix.T)  # (1, ...)
            u = _unit(v @ matrix)  # (1, F)
        u, v = jax.lax.stop_gradient((u, v))
        sigma = (v @ matrix @ u.T)[0, 0]
        nothing = jnp.all(kernel == 0)
        u = jnp.where(nothing, self.vector_u, u).astype(self.vector_u.dtype)
        return u, (kernel / jnp.where(nothing, 1.0, sigma)).astype(kernel.dtype)

    def _locate(self, prefix: str, trains: bool, seen: set[int]) -> Iterator[tuple[str, WeightHolder, str, bool]]:
        found = list(super()._locate(prefix, trains, seen))
        # Keras counts the kernel as the wrapper's own too, so it stands before u in the order of all weights.
        yield from sorted(found, key=lambda place: place[1] is not self.layer or place[2] not in KERNELS)

    @property
    def _target(self) -> str:
        """The name of the weight that is normalized."""
        held = {name for _, owner, name, _ in self.layer.locate_weights() if owner is self.layer}
        found = [name for name in KERNELS if name in held]
        if not found:
            names = ", ".join(sorted(held)) or "no weights"
            raise ConfigError(
                f"Layer {self.path!r} expected a layer with a kernel or embeddings. Received a {type(self.layer).__name__}, "
                f"which has {names} of its own. Wrap Dense, a convolution or Embedding."
            )
        return found[0]


def _unit(vector: Array) -> Array:
    """`vector` at length 1; zeros stay zeros."""
    return vector * jnp.minimum(jax.lax.rsqrt(jnp.sum(vector * vector)), 1e7)
