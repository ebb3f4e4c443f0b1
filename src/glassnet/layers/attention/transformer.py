"""The transformer's encoder block: attention, then two dense layers, each around a shortcut."""

from typing import Any

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array, Shape
from glassnet.layers.attention.block import TransformerBlock


@layer_registry.register()
class TransformerEncoder(TransformerBlock):
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

    def build(self, input_shape: Shape) -> None:
        """Make the layers inside, which depend on D."""
        width = self.checked_width(input_shape)
        self.make_self_attention(width)
        self.feedforward_layer_norm = self.norm()
        self.make_feed_forward(width)
        self.build_inside(input_shape)

    def call(self, inputs: Array, mask: Array | None = None, attention_mask: Any = None) -> Array:
        """Both branches; `attention_mask` (B, T, T) hides keys from queries beside the padding."""

        def look_around(x: Array) -> Array:
            x = self.self_attention(x, x, value_mask=mask, attention_mask=attention_mask)
            return self.self_attention_dropout(x)

        return self.feed_forward(self.shortcut(inputs, self.self_attention_layer_norm, look_around))
