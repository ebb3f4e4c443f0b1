"""What the blocks of a transformer share: their settings, self-attention, two dense layers, and the shortcut around each."""

from collections.abc import Callable
from typing import Any

from glassnet import activations, initializers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import InputSpec, fraction, positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.activation import SameShape
from glassnet.layers.attention.multi_head import MultiHeadAttention
from glassnet.layers.dense import Dense
from glassnet.layers.dropout import Dropout
from glassnet.layers.normalization import LayerNormalization


class TransformerBlock(SameShape):
    """Base of `TransformerEncoder` and `TransformerDecoder`: branches one after the other, each around a shortcut.

    Args:
        intermediate_dim: the width between the two dense layers; often 4 D.
        num_heads: the number of heads, at most D.
        dropout: the share dropped of attention weights and of each branch in training, from 0 to below 1.
        activation: f, a name or a function of an array.
        layer_norm_epsilon: added to the variances, above 0.
        kernel_initializer: how all kernels start.
        bias_initializer: how all biases start.
        normalize_first: whether each branch is normalized where it begins, and not where it ends.
        **kwargs: as in every `Layer`.
    """

    def __init__(
        self,
        intermediate_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        activation: Any = "relu",
        layer_norm_epsilon: float = 1e-5,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        normalize_first: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.intermediate_dim = positive_int("intermediate_dim", intermediate_dim, owner=owner)
        self.num_heads = positive_int("num_heads", num_heads, owner=owner)
        self.dropout = fraction("dropout", dropout, owner=owner)
        self.activation = activations.get(activation)
        if not isinstance(layer_norm_epsilon, int | float) or not layer_norm_epsilon > 0:
            raise ConfigError(
                f"{owner} expected `layer_norm_epsilon` as a number above 0. Received {layer_norm_epsilon!r}. Pass 1e-5."
            )
        self.layer_norm_epsilon = float(layer_norm_epsilon)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.normalize_first = bool(normalize_first)
        self.input_spec = InputSpec(ndim=3)

    feedforward_layer_norm: LayerNormalization

    def make_self_attention(self, width: int) -> None:
        """Set the layers of the branch in which a sequence looks at itself."""
        self.self_attention = self.attention(width)
        self.self_attention_layer_norm = self.norm()
        self.self_attention_dropout = Dropout(self.dropout)

    def make_feed_forward(self, width: int) -> None:
        """Set the layers of the branch in which each position is worked on by itself, but for its normalization."""
        starts = {"kernel_initializer": self.kernel_initializer, "bias_initializer": self.bias_initializer}
        self.feedforward_intermediate_dense = Dense(
            self.intermediate_dim, self.activation, dtype=self._precision, **starts
        )
        self.feedforward_output_dense = Dense(width, dtype=self._precision, **starts)
        self.feedforward_dropout = Dropout(self.dropout)

    def attention(self, width: int) -> MultiHeadAttention:
        """A new attention layer of the block's settings for inputs of this width."""
        return MultiHeadAttention(
            self.num_heads,
            width // self.num_heads,
            dropout=self.dropout,
            kernel_initializer=self.kernel_initializer,
            bias_initializer=self.bias_initializer,
            dtype=self._precision,
        )

    def norm(self) -> LayerNormalization:
        """A new normalization of the block's settings."""
        return LayerNormalization(epsilon=self.layer_norm_epsilon, dtype=self._precision)

    def build_inside(self, shape: Shape, encoder_shape: Shape | None = None) -> None:
        """Make the weights of the layers set, for inputs of this shape."""
        self.adopt()
        others = {
            "feedforward_output_dense": (*shape[:-1], self.intermediate_dim),
            "cross_attention": [shape, encoder_shape],
        }
        for name, layer in self.sublayers():
            layer.ensure_built(others.get(name, shape))

    def checked_width(self, input_shape: Shape) -> int:
        """D of inputs (B, T, D), which is known and has room for all heads."""
        InputSpec(ndim=3).check(self.path, input_shape)
        width = input_shape[-1]
        if width is None or width < self.num_heads:
            raise ShapeError(
                f"Layer {self.path!r} expected {self.num_heads} features or more, one a head. Received shape "
                f"{show(input_shape)}. Give the width in Input, or choose fewer heads."
            )
        self.input_spec = InputSpec(ndim=3, axes={-1: width})
        return width

    def shortcut(self, x: Array, norm: LayerNormalization, branch: Callable[[Array], Array]) -> Array:
        """norm(x + branch(x)); with `normalize_first`, x + branch(norm(x))."""
        return x + branch(norm(x)) if self.normalize_first else norm(x + branch(x))

    def feed_forward(self, x: Array) -> Array:
        """The branch W_2 f(W_1 x + b_1) + b_2 and its shortcut."""

        def branch(x: Array) -> Array:
            return self.feedforward_dropout(self.feedforward_output_dense(self.feedforward_intermediate_dense(x)))

        return self.shortcut(x, self.feedforward_layer_norm, branch)
