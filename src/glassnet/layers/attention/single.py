"""Attention without projections: by a dot product, and by a sum."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, is_shape, layer_registry
from glassnet.foundation.observing import seen
from glassnet.foundation.shapes import fraction, show
from glassnet.foundation.types import Array, Shape
from glassnet.initializers import GlorotUniform, Ones
from glassnet.initializers.base import checked_seed
from glassnet.layers.attention.scaled_dot import causal_mask, drop, softmax


class OneHead(Layer):
    """softmax(scores) V: what both layers share; a subclass says what the scores are."""

    supports_masking = True

    def __init__(self, use_scale: bool, dropout: float, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use_scale = bool(use_scale)
        self.dropout = fraction("dropout", dropout, owner=type(self).__name__)
        self.seed = checked_seed(type(self).__name__, seed)

    def scores(self, query: Array, key: Array) -> Array:
        """How well each query fits each key: (B, T, d) and (B, S, d) give (B, T, S)."""
        return query @ jnp.swapaxes(key, -2, -1)

    def call(
        self,
        inputs: Any,
        training: bool = False,
        mask: Any = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """The values' mean by the weights, and with `return_attention_scores` the weights too.

        Args:
            inputs: [query, value] or [query, value, key]; the key is the value by default.
            training: whether weights are dropped.
            mask: [query mask, value mask], True where a position counts; either may be None.
            return_attention_scores: whether the weights (B, T, S) are returned beside the output.
            use_causal_mask: whether no position looks at a later one.
        """
        query, value, key = self._three(inputs)
        query_mask, value_mask = self._two(mask)
        scores = seen("scores", self.scores(query, key))
        visible = None if value_mask is None else jnp.asarray(value_mask).astype(bool)
        if visible is not None and visible.ndim == 2:
            visible = visible.reshape(visible.shape[0], *[1] * (scores.ndim - 2), visible.shape[1])
        if use_causal_mask:
            past = causal_mask(scores.shape[-2], scores.shape[-1])
            visible = past if visible is None else visible & past
        if visible is not None:
            seen("mask", jnp.broadcast_to(visible, scores.shape))
        weights = seen("weights", softmax(scores, visible))
        used = drop(weights, self.dropout, self.draw_key(weights)) if training and self.dropout else weights
        output = used @ seen("values", value)
        if query_mask is not None:
            output = jnp.where(jnp.asarray(query_mask).astype(bool)[..., None], output, 0)
        return (output, weights) if return_attention_scores else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The query's mask."""
        self._three(inputs)
        query_mask, _ = self._two(mask)
        return None if query_mask is None else jnp.asarray(query_mask)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """The query's shape with the value's last axis."""
        query, value, _ = self._three(input_shape)
        return (*query[:-1], value[-1])

    def _three(self, inputs: Any) -> tuple[Any, Any, Any]:
        alone = not isinstance(inputs, list | tuple) or is_shape(inputs)
        if alone or len(inputs) not in (2, 3):
            received = "one input" if alone else f"a list of {len(inputs)}"
            raise ConfigError(
                f"Layer {self.path!r} expected a list of inputs, [query, value] or [query, value, key]. Received {received}. "
                f"For a sequence that attends to itself, pass [x, x]."
            )
        query, value, *key = inputs
        return query, value, key[0] if key else value

    def _two(self, mask: Any) -> tuple[Any, Any]:
        if mask is None:
            return None, None
        if not isinstance(mask, list | tuple) or len(mask) not in (2, 3):
            raise ConfigError(
                f"Layer {self.path!r} expected `mask` as a list [query mask, value mask]. Received "
                f"{type(mask).__name__} {'' if not isinstance(mask, list | tuple) else f'of {len(mask)}'}. Pass None for one "
                f"that is not there."
            )
        return mask[0], mask[1]


@layer_registry.register()
class Attention(OneHead):
    """y = softmax(Q K') V: each query gets the mean of the values whose keys are like it.

    Unlike `MultiHeadAttention` it has no projections, and does not divide by the square root of the width.

    Args:
        use_scale: whether the scores are multiplied by a trainable number.
        score_mode: ``"dot"`` for Q K', ``"concat"`` for a trainable number times sum_d tanh(q_d + k_d).
        dropout: the share of weights that are dropped in training, from 0 to below 1.
        seed: gives the dropout a stream of its own.
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [query (B, ..., T, d), value (B, ..., S, v), key (B, ..., S, d)], output (B, ..., T, v).

    Raises:
        ConfigError: the inputs or masks are not such a list, another score mode, or a dropout outside [0, 1).

    Example:
        >>> import numpy as np
        >>> query, value = np.array([[[1.0, 0.0]]]), np.array([[[1.0, 1.0], [1.0, -1.0]]])
        >>> Attention()([query, value]).tolist()
        [[[1.0, 0.0]]]

    Reference:
        Luong, Pham & Manning (2015), Effective approaches to attention-based neural machine translation.
    """

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(use_scale, dropout, seed, **kwargs)
        if score_mode not in ("dot", "concat"):
            raise ConfigError(
                f"Attention expected `score_mode` 'dot' or 'concat'. Received {score_mode!r}. Leave it out for 'dot'."
            )
        self.score_mode = score_mode

    def build(self, input_shape: Any) -> None:
        """Make the trainable numbers that are wanted, () each."""
        self._three(input_shape)
        if self.use_scale:
            self.scale = self.add_weight("scale", (), Ones())
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight("concat_score_weight", (), Ones())

    def scores(self, query: Array, key: Array) -> Array:
        """Q K', or the weighted sum of tanh(q + k)."""
        if self.score_mode == "dot":
            found = super().scores(query, key)
            return found * self.scale if self.use_scale else found
        both = query[..., :, None, :] + key[..., None, :, :]  # (B, T, S, d)
        both = both * self.scale if self.use_scale else both
        return self.concat_score_weight * jnp.sum(jnp.tanh(both), axis=-1)


@layer_registry.register()
class AdditiveAttention(OneHead):
    """y = softmax(S) V, S_ts = sum_d scale_d tanh(q_td + k_sd): attention by a sum instead of a product.

    Args:
        use_scale: whether the trainable scale is there; 1 otherwise.
        dropout: the share of weights that are dropped in training, from 0 to below 1.
        seed: gives the dropout a stream of its own.
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [query (B, ..., T, d), value (B, ..., S, v), key (B, ..., S, d)], output (B, ..., T, v), scale (d,).

    Raises:
        ConfigError: the inputs or masks are not such a list, or a dropout outside [0, 1).
        ShapeError: the width d is unknown.

    Example:
        >>> import numpy as np
        >>> query, value = np.array([[[1.0, 0.0]]]), np.array([[[1.0, 2.0], [1.0, 2.0]]])
        >>> AdditiveAttention()([query, value]).tolist()
        [[[1.0, 2.0]]]

    Reference:
        Bahdanau, Cho & Bengio (2015), Neural machine translation by jointly learning to align and translate.
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(use_scale, dropout, seed, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Make the scale (d,)."""
        query, _, _ = self._three(input_shape)
        if query[-1] is None:
            raise ShapeError(
                f"Layer {self.path!r} expected to know the size of the query's last axis. Received shape {show(query)}. Give "
                f"it in Input, or call the layer on data first."
            )
        if self.use_scale:
            self.scale = self.add_weight("scale", (query[-1],), GlorotUniform())

    def scores(self, query: Array, key: Array) -> Array:
        """The weighted sum of tanh(q + k)."""
        both = jnp.tanh(query[..., :, None, :] + key[..., None, :, :])  # (B, T, S, d)
        return jnp.sum(both * self.scale if self.use_scale else both, axis=-1)
