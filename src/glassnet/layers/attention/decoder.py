"""The transformer's decoder block: a sequence looks back at itself, then at another sequence where there is one."""

from collections.abc import Callable
from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import is_shape, layer_registry
from glassnet.foundation.types import Array, Shape
from glassnet.layers.attention.block import TransformerBlock
from glassnet.layers.attention.multi_head import MultiHeadAttention
from glassnet.layers.dropout import Dropout


@layer_registry.register()
class TransformerDecoder(TransformerBlock):
    """a = norm(x + attention(x)), h = norm(a + attention(a, z)), y = norm(h + W_2 f(W_1 h + b_1) + b_2): a block that writes.

    No position of x looks at a later one. z is a sequence that an encoder has read; called on x alone for the first time,
    the block has no branch for z, and is one of GPT's. With `normalize_first`, each branch is x + branch(norm(x)).

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

    Shapes:
        x (B, T, D), z (B, S, E), output as x. Masks (B, T) and (B, S) that travel with x and z hide their padding.

    Raises:
        ConfigError: a size that is not a whole number above 0, a dropout outside [0, 1), or a call with z of a block that
            was built without it, or the other way round.
        ShapeError: inputs of another number of axes, or an unknown D or one smaller than the number of heads.

    Example:
        >>> import numpy as np
        >>> x, z = np.ones((2, 3, 8)), np.ones((2, 5, 6))
        >>> TransformerDecoder(16, num_heads=2)(x, z).shape
        (2, 3, 8)
        >>> alone = TransformerDecoder(16, num_heads=2)
        >>> alone(x).shape, alone.cross_attention
        ((2, 3, 8), None)

    Reference:
        Vaswani et al. (2017), Attention is all you need; Radford et al. (2019), Language models are unsupervised multitask
        learners.
    """

    cross_attention: MultiHeadAttention | None = None

    def __call__(self, decoder_sequence: Any, encoder_sequence: Any = None, **kwargs: Any) -> Any:
        """As every layer's call, with both sequences also by name."""
        sequences = [decoder_sequence] if encoder_sequence is None else [decoder_sequence, encoder_sequence]
        return super().__call__(*sequences, **kwargs)

    def build(self, input_shape: Any, encoder_shape: Shape | None = None) -> None:
        """Make the layers inside, those that look at z only where its shape is given; or for a list of both shapes."""
        if not is_shape(input_shape):
            input_shape, encoder_shape = [*input_shape, None][:2]
        width = self.checked_width(input_shape)
        self.make_self_attention(width)
        if encoder_shape is not None:
            self.cross_attention = self.attention(width)
            self.cross_attention_layer_norm = self.norm()
            self.cross_attention_dropout = Dropout(self.dropout)
        self.make_feed_forward(width)
        self.feedforward_layer_norm = self.norm()
        self.build_inside(input_shape, encoder_shape)

    def call(
        self,
        inputs: Array,
        encoder_sequence: Array | None = None,
        decoder_padding_mask: Any = None,
        decoder_attention_mask: Any = None,
        encoder_padding_mask: Any = None,
        encoder_attention_mask: Any = None,
        use_causal_mask: bool = True,
        mask: Any = None,
    ) -> Array:
        """All branches.

        Args:
            inputs: x, (B, T, D), in Keras the `decoder_sequence`.
            encoder_sequence: z, (B, S, E); given always or never.
            decoder_padding_mask: (B, T), False where x is padding; the mask that travels with x by default.
            decoder_attention_mask: (B, T, T), True where a position of x may look at one of x.
            encoder_padding_mask: (B, S), False where z is padding; the mask that travels with z by default.
            encoder_attention_mask: (B, T, S), True where a position of x may look at one of z.
            use_causal_mask: whether no position of x looks at a later one.
            mask: another name of `decoder_padding_mask`.
        """
        attention, across = self.self_attention, self.cross_attention
        if (across is None) != (encoder_sequence is None):
            raise ConfigError(
                f"Layer {self.path!r} expected {_calls(across is not None)}, as when it was built. Received one of the "
                f"{_calls(encoder_sequence is not None)}. Make a second TransformerDecoder for the other use."
            )
        padding = mask if decoder_padding_mask is None else decoder_padding_mask

        def look_back(x: Array) -> Array:
            return attention(
                x, x, value_mask=padding, attention_mask=decoder_attention_mask, use_causal_mask=use_causal_mask
            )

        if across is None:
            return self.through(inputs, look_back)

        def look_across(x: Array) -> Array:
            return across(x, encoder_sequence, value_mask=encoder_padding_mask, attention_mask=encoder_attention_mask)

        return self.through(inputs, look_back, look_across)

    def through(
        self, x: Array, look_back: Callable[[Array], Array], look_across: Callable[[Array], Array] | None = None
    ) -> Array:
        """The block around whatever attends: one that writes step by step gives attention to keys it has kept.

        Args:
            x: (B, T, D).
            look_back: what stands for self-attention, a function from (B, T, D) to (B, T, D).
            look_across: likewise for attention to z; None where there is none.
        """
        x = self.shortcut(x, self.self_attention_layer_norm, lambda x: self.self_attention_dropout(look_back(x)))
        if look_across is not None:
            norm, dropout = self.cross_attention_layer_norm, self.cross_attention_dropout
            x = self.shortcut(x, norm, lambda x: dropout(look_across(x)))
        return self.feed_forward(x)

    def compute_output_shape(self, input_shape: Any, encoder_shape: Shape | None = None) -> Any:
        """The shape of x."""
        return input_shape if is_shape(input_shape) else input_shape[0]

    def _ready(self, args: tuple[Any, ...]) -> None:
        if not self.built:
            self.ensure_built([array.shape for array in args])
        super()._ready(args)


def _calls(with_encoder: bool) -> str:
    return "calls with an encoder's sequence" if with_encoder else "calls without an encoder's sequence"
