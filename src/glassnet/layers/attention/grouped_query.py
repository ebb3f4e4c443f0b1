"""Attention whose query heads share key heads."""

from typing import Any

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.attention.heads import Heads
from glassnet.layers.attention.scaled_dot import scaled_dot


@layer_registry.register("GroupQueryAttention", "group_query_attention")
class GroupedQueryAttention(Heads):
    """`MultiHeadAttention` with fewer heads of keys and values than of queries: query head i uses key head i // (H / G).

    Keys and values, which have to be kept when a text is written word by word, take G / H of the memory. G = 1 is
    multi-query attention. In Keras it is called ``GroupQueryAttention``, which works here too.

    Args:
        head_dim: the width of one head.
        num_query_heads: H, the number of query heads.
        num_key_value_heads: G, the number of heads of keys and values; a divisor of H.
        dropout: the share of attention weights that are dropped in training, from 0 to below 1.
        use_bias: whether the projections have biases.
        **kwargs: `sliding_window`, `use_gate`, `seed`, and `kernel_initializer`, `bias_initializer`, `kernel_regularizer`,
            `bias_regularizer`, `kernel_constraint`, `bias_constraint`, `activity_regularizer` of all projections, as in
            `Heads`, and what every `Layer` takes.

    Shapes:
        query (B, T, D), value and key (B, S, ...), output (B, T, D); weights (B, H, T, S).

    Raises:
        ConfigError: a size that is not a whole number above 0, or G is not a divisor of H.
        ShapeError: inputs of another number of axes than 3, or a key that is not as long as the value.

    Example:
        >>> import numpy as np
        >>> layer = GroupedQueryAttention(head_dim=3, num_query_heads=4, num_key_value_heads=2)
        >>> x = np.ones((1, 5, 6))
        >>> layer(x, x).shape, layer.query.kernel.shape, layer.key.kernel.shape
        ((1, 5, 6), (6, 4, 3), (6, 2, 3))

    Reference:
        Ainslie et al. (2023), GQA: training generalized multi-query transformer models from multi-head checkpoints.
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(dropout, use_bias, **kwargs)
        owner = "GroupedQueryAttention"
        self.head_dim = positive_int("head_dim", head_dim, owner=owner)
        self.num_query_heads = positive_int("num_query_heads", num_query_heads, owner=owner)
        self.num_key_value_heads = positive_int("num_key_value_heads", num_key_value_heads, owner=owner)
        if self.num_query_heads % self.num_key_value_heads:
            raise ConfigError(
                f"{owner} expected `num_key_value_heads` to be a divisor of `num_query_heads`. Received "
                f"{num_key_value_heads} and {num_query_heads}. Pass 1, or half as many, for example."
            )

    def make_projections(self, query: Shape, value: Shape, key: Shape) -> dict[str, Shape]:
        """Set the projections, those of key and value with fewer heads."""
        if len(query) != 3 or len(value) != 3 or query[-1] is None:
            raise ShapeError(
                f"Layer {self.path!r} expected a query and a value of 3 axes, the last of a known size. Received shapes "
                f"{show(query)} and {show(value)}. Bring them to (batch, positions, features)."
            )
        own, shared = (self.num_query_heads, self.head_dim), (self.num_key_value_heads, self.head_dim)
        self.query = self.projection(3, own)
        self.key = self.projection(3, shared)
        shapes = {"query": query, "key": key}
        if self.use_gate:
            self.gate = self.projection(3, own, activation="sigmoid")
            shapes["gate"] = query
        self.value = self.projection(3, shared)
        self.attention_output = self.projection(4, (query[-1],), bound=2)
        return {**shapes, "value": value, "attention_output": (*query[:-1], *own)}

    def attend(self, query: Array, key: Array, value: Array, mask: Array | None, dropped: Any) -> tuple[Array, Array]:
        """Attention of each query head to the key head of its group."""
        return scaled_dot(query, key, value, mask[:, None] if mask is not None and mask.ndim == 3 else mask, dropped)
