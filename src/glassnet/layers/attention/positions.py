"""Where a position stands in its sequence, which attention by itself does not see."""

from typing import Any

import jax.numpy as jnp

from glassnet import initializers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import InputSpec, int_or_none, positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.activation import SameShape
from glassnet.layers.embedding import Embedding


@layer_registry.register()
class PositionEmbedding(SameShape):
    """y_t = P[t]: a trainable vector for each position, to be added to the input: ``x + PositionEmbedding(100)(x)``.

    Args:
        sequence_length: the length of the longest sequence, 1 or more.
        initializer: how P starts.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, ..., T, D), of which only the shape matters; output the same; P (sequence_length, D).

    Raises:
        ConfigError: a length that is not a whole number above 0.
        ShapeError: a sequence that is longer, or an unknown D.

    Example:
        >>> import numpy as np
        >>> x = np.zeros((2, 3, 4))
        >>> y = x + PositionEmbedding(10)(x)
        >>> y.shape, bool((y[0] == y[1]).all())
        ((2, 3, 4), True)

    Reference:
        Gehring et al. (2017), Convolutional sequence to sequence learning.
    """

    def __init__(self, sequence_length: int, initializer: Any = "glorot_uniform", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sequence_length = positive_int("sequence_length", sequence_length, owner="PositionEmbedding")
        self.initializer = initializers.get(initializer)

    def build(self, input_shape: Shape) -> None:
        """Make P (sequence_length, D)."""
        InputSpec(min_ndim=2).check(self.path, input_shape)
        width = input_shape[-1]
        if width is None:
            raise ShapeError(
                f"Layer {self.path!r} expected to know the size of its input's last axis. Received shape "
                f"{show(input_shape)}. Give it in Input, or call the layer on data first."
            )
        self.position_embeddings = self.add_weight(
            "position_embeddings", (self.sequence_length, width), self.initializer
        )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: width})

    def call(self, inputs: Array, start_index: int = 0) -> Array:
        """The vectors of the input's positions, the first of which is `start_index`."""
        length, last = inputs.shape[-2], start_index + inputs.shape[-2]
        if start_index < 0 or last > self.sequence_length:
            raise ShapeError(
                f"Layer {self.path!r} expected positions from 0 to {self.sequence_length - 1}. Received positions from "
                f"{start_index} to {last - 1}, in an input of shape {show(inputs.shape)}. Make `sequence_length` {last} or "
                f"more, or cut the sequences."
            )
        return jnp.broadcast_to(self.position_embeddings[start_index : start_index + length], inputs.shape)


@layer_registry.register()
class SinePositionEncoding(SameShape):
    """y_t,2i = sin(t / L^(2i/D)), y_t,2i+1 = cos(t / L^(2i/D)): a fixed pattern for each position, to be added to the input.

    Args:
        max_wavelength: L, above 0; the slowest wave takes 2 pi L positions.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, ..., T, D), of which only the shape matters; output the same.

    Raises:
        ConfigError: a wavelength of 0 or below.

    Example:
        >>> import numpy as np
        >>> SinePositionEncoding()(np.zeros((1, 2, 2)))[0, 0].tolist()
        [0.0, 1.0]

    Reference:
        Vaswani et al. (2017), Attention is all you need, section 3.5.
    """

    def __init__(self, max_wavelength: float = 10000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_wavelength = _above_zero("SinePositionEncoding", "max_wavelength", max_wavelength)
        self.input_spec = InputSpec(min_ndim=2)

    def call(self, inputs: Array, start_index: int = 0) -> Array:
        """The waves at the input's positions, the first of which is `start_index`."""
        length, width = inputs.shape[-2:]
        axis = jnp.arange(width)
        speed = jnp.float32(self.max_wavelength) ** (-2 * (axis // 2) / width)
        angles = (start_index + jnp.arange(length))[:, None] * speed  # (T, D)
        waves = jnp.where(axis % 2 == 0, jnp.sin(angles), jnp.cos(angles))
        return jnp.broadcast_to(waves, inputs.shape).astype(inputs.dtype)


@layer_registry.register()
class RotaryEmbedding(SameShape):
    """y_t = R(t) x_t, R(t) a rotation of the pairs (x_i, x_i+D/2) by t / (s L^(2i/D)): for queries and keys.

    The dot product of two rotated vectors depends on how far apart they stand, not on where.

    Args:
        max_wavelength: L, above 0.
        scaling_factor: s, above 0; above 1 for sequences longer than those trained on.
        sequence_axis: the axis of positions.
        feature_axis: the axis of features, of an even size.
        **kwargs: as in every `Layer`.

    Shapes:
        input with both axes, such as (B, T, H, d) or (B, T, D); output the same.

    Raises:
        ConfigError: a wavelength or factor of 0 or below, or an axis that is not a whole number.
        ShapeError: no such axis, or an odd number of features.

    Example:
        >>> import numpy as np
        >>> y = RotaryEmbedding()(np.ones((1, 2, 2)))
        >>> y[0, 0].tolist(), [round(number, 2) for number in y[0, 1].tolist()]
        ([1.0, 1.0], [-0.3, 1.38])

    Reference:
        Su et al. (2021), RoFormer: enhanced transformer with rotary position embedding.
    """

    def __init__(
        self,
        max_wavelength: float = 10000,
        scaling_factor: float = 1.0,
        sequence_axis: int = 1,
        feature_axis: int = -1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.max_wavelength = _above_zero("RotaryEmbedding", "max_wavelength", max_wavelength)
        self.scaling_factor = _above_zero("RotaryEmbedding", "scaling_factor", scaling_factor)
        for name, axis in (("sequence_axis", sequence_axis), ("feature_axis", feature_axis)):
            if int_or_none(axis) is None:
                raise ConfigError(
                    f"RotaryEmbedding expected `{name}` as a whole number. Received {axis!r}. Pass 1 or -1."
                )
        self.sequence_axis = int(sequence_axis)
        self.feature_axis = int(feature_axis)

    def call(self, inputs: Array, start_index: int = 0) -> Array:
        """Rotate each position's features, the first position being `start_index`."""
        x = jnp.moveaxis(inputs, self._axes(inputs.shape), (-2, -1))  # (..., T, D)
        half = x.shape[-1] // 2
        speed = jnp.float32(self.max_wavelength) ** (-jnp.arange(half) / half) / self.scaling_factor
        angles = (start_index + jnp.arange(x.shape[-2]))[:, None] * speed  # (T, D / 2)
        cos, sin = jnp.cos(angles), jnp.sin(angles)
        first, second = x[..., :half], x[..., half:]
        y = jnp.concatenate([first * cos - second * sin, second * cos + first * sin], -1)
        return jnp.moveaxis(y, (-2, -1), self._axes(inputs.shape)).astype(inputs.dtype)

    def _axes(self, shape: tuple[int, ...]) -> tuple[int, int]:
        rank, axes = len(shape), (self.sequence_axis, self.feature_axis)
        inside = all(-rank <= axis < rank for axis in axes)
        if not inside or axes[0] % rank == axes[1] % rank or shape[axes[1]] % 2:
            raise ShapeError(
                f"Layer {self.path!r} expected an input with positions at axis {axes[0]} and an even number of features at "
                f"axis {axes[1]}. Received shape {show(shape)}. Set `sequence_axis` and `feature_axis`, or choose an even width."
            )
        return axes[0] % rank, axes[1] % rank


@layer_registry.register()
class TokenAndPositionEmbedding(Layer):
    """y_t = E[x_t] + P[t]: an `Embedding` of words and a `PositionEmbedding`, added: how a transformer begins.

    Args:
        vocabulary_size: the number of words.
        sequence_length: the length of the longest sequence.
        embedding_dim: D, the length of a vector.
        embeddings_initializer: how both tables start.
        mask_zero: whether 0 stands for padding, as in `Embedding`.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T) of whole numbers, output (B, T, embedding_dim).

    Raises:
        ConfigError: a size that is not a whole number above 0.
        DataError: a number that is no word's, as in `Embedding`.
        ShapeError: a sequence that is longer than `sequence_length`.

    Example:
        >>> import numpy as np
        >>> TokenAndPositionEmbedding(50, 10, 4)(np.array([[3, 7, 0]])).shape
        (1, 3, 4)

    Reference:
        Vaswani et al. (2017), Attention is all you need, sections 3.4 and 3.5.
    """

    supports_masking = True

    def __init__(
        self,
        vocabulary_size: int,
        sequence_length: int,
        embedding_dim: int,
        embeddings_initializer: Any = "uniform",
        mask_zero: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        owner = "TokenAndPositionEmbedding"
        self.vocabulary_size = positive_int("vocabulary_size", vocabulary_size, owner=owner)
        self.sequence_length = positive_int("sequence_length", sequence_length, owner=owner)
        self.embedding_dim = positive_int("embedding_dim", embedding_dim, owner=owner)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.mask_zero = bool(mask_zero)
        self.token_embedding = Embedding(
            self.vocabulary_size, self.embedding_dim, self.embeddings_initializer, mask_zero=self.mask_zero
        )
        self.position_embedding = PositionEmbedding(self.sequence_length, self.embeddings_initializer)

    def build(self, input_shape: Shape) -> None:
        """Make both tables."""
        self.token_embedding.ensure_built(input_shape)
        self.position_embedding.ensure_built((*input_shape, self.embedding_dim))

    def call(self, inputs: Array) -> Array:
        """The words' vectors plus the positions'."""
        found = self.token_embedding(inputs)
        return found + self.position_embedding(found)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Where the number is not 0, when `mask_zero` is set."""
        return self.token_embedding.compute_mask(inputs, mask)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape with `embedding_dim` as a further axis."""
        return (*input_shape, self.embedding_dim)


def _above_zero(owner: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ConfigError(
            f"{owner} expected `{name}` as a number above 0. Received {value!r}. Leave it out for the default."
        )
    return float(value)
