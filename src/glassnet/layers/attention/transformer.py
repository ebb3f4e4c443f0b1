"""The transformer's encoder block: attention, then two dense layers, each around a shortcut."""

from typing import Any

from glassnet import activations, initializers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import InputSpec, fraction, positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.activation import SameShape
from glassnet.layers.attention.multi_head import MultiHeadAttention
from glassnet.layers.dense import Dense
from glassnet.layers.dropout import Dropout
from glassnet.layers.normalization import LayerNormalization


@layer_registry.register()
class TransformerEncoder(SameShape):
    """h = norm(x + attention(x)), y = norm(h + W_2 f(W_1 h + b_1) + b_2): one block of a transformer that reads.

    With `normalize_first`, h = x + attention(norm(x)) and y = h + W_2 f(W_1 norm(h) + b_1) + b_2: deeper stacks then train
    without a warm-up of the learning rate.

    Args:
        intermediate_dim: the width between the two dense layers; often 4 D.
        num_heads: the number of heads, at most D.
        dropout: the share dropped of attention weights and of both branches in training, from 0 to below 1.
        activation: f, a name or a function of an array.
        layer_norm_epsilon: added to the variances, above 0.
        kernel_initializer: how all kernels start.
        bias_initializer: how all biases start.
        normalize_first: whether each branch is normalized where it begins, and not where it ends.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, D), output the same. A mask (B, T) that travels with the input hides its padding.

    Raises:
        ConfigError: a size that is not a whole number above 0, or a dropout outside [0, 1).
        ShapeError: an input of another number of axes, or an unknown D or one smaller than the number of heads.

    Example:
        >>> import numpy as np
        >>> TransformerEncoder(16, num_heads=2)(np.ones((2, 3, 8))).shape
        (2, 3, 8)

    Reference:
        Vaswani et al. (2017), Attention is all you need; Xiong et al. (2020), On layer normalization in the transformer
        architecture.
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
        owner = "TransformerEncoder"
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

    def build(self, input_shape: Shape) -> None:
        """Make the layers inside, which depend on D."""
        InputSpec(ndim=3).check(self.path, input_shape)
        width = input_shape[-1]
        if width is None or width < self.num_heads:
            raise ShapeError(
                f"Layer {self.path!r} expected {self.num_heads} features or more, one a head. Received shape "
                f"{show(input_shape)}. Give the width in Input, or choose fewer heads."
            )
        starts = {"kernel_initializer": self.kernel_initializer, "bias_initializer": self.bias_initializer}
        self.self_attention = MultiHeadAttention(
            self.num_heads, width // self.num_heads, dropout=self.dropout, dtype=self.dtype, **starts
        )
        self.self_attention_layer_norm = LayerNormalization(epsilon=self.layer_norm_epsilon, dtype=self.dtype)
        self.feedforward_layer_norm = LayerNormalization(epsilon=self.layer_norm_epsilon, dtype=self.dtype)
        self.feedforward_intermediate_dense = Dense(self.intermediate_dim, self.activation, dtype=self.dtype, **starts)
        self.feedforward_output_dense = Dense(width, dtype=self.dtype, **starts)
        self.self_attention_dropout = Dropout(self.dropout)
        self.feedforward_dropout = Dropout(self.dropout)
        self.adopt()
        inner = (*input_shape[:-1], self.intermediate_dim)
        for _, layer in self.sublayers():
            layer.ensure_built(inner if layer is self.feedforward_output_dense else input_shape)
        self.input_spec = InputSpec(ndim=3, axes={-1: width})

    def call(self, inputs: Array, mask: Array | None = None, attention_mask: Any = None) -> Array:
        """Both branches; `attention_mask` (B, T, T) hides keys from queries beside the padding."""
        x = self.self_attention_layer_norm(inputs) if self.normalize_first else inputs
        x = self.self_attention(x, x, value_mask=mask, attention_mask=attention_mask)
        h = inputs + self.self_attention_dropout(x)
        h = h if self.normalize_first else self.self_attention_layer_norm(h)
        x = self.feedforward_layer_norm(h) if self.normalize_first else h
        x = self.feedforward_output_dense(self.feedforward_intermediate_dense(x))
        y = h + self.feedforward_dropout(x)
        return y if self.normalize_first else self.feedforward_layer_norm(y)
