"""Attention with several heads."""

from collections.abc import Sequence
from math import prod
from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import int_or_none, positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.attention.heads import Heads
from glassnet.layers.attention.scaled_dot import scaled_dot


@layer_registry.register()
class MultiHeadAttention(Heads):
    """y = concat(head_1, ..., head_H) W_o, head_i = softmax(Q_i K_i' / sqrt(key_dim)) V_i, Q_i = q W_q,i and so on.

    Each position of the query looks at all positions of the value and takes the mean of what it finds fitting, once a head.

    Args:
        num_heads: H, the number of heads.
        key_dim: the width of one head's queries and keys; often D / H.
        value_dim: the width of one head's values; `key_dim` by default.
        dropout: the share of attention weights that are dropped in training, from 0 to below 1.
        use_bias: whether the projections have biases.
        output_shape: the sizes the last axis becomes; the query's last axis by default.
        attention_axes: the axes of positions; all but the batch and the features by default.
        **kwargs: `sliding_window`, `use_gate`, `seed`, and `kernel_initializer`, `bias_initializer`, `kernel_regularizer`,
            `bias_regularizer`, `kernel_constraint`, `bias_constraint`, `activity_regularizer` of all projections, as in
            `Heads`, and what every `Layer` takes.

    Shapes:
        query (B, T, D), value and key (B, S, ...), output (B, T, D); weights (B, H, T, S). More axes than these are
        allowed: those in `attention_axes` are positions, the others a part of the batch.

    Raises:
        ConfigError: a number of heads or a width that is not a whole number above 0, or a dropout outside [0, 1).
        ShapeError: inputs of less than 3 axes, or a key that is not as long as the value.

    Example:
        >>> import numpy as np
        >>> layer = MultiHeadAttention(num_heads=2, key_dim=3)
        >>> x = np.ones((1, 4, 6))
        >>> y, weights = layer(x, x, use_causal_mask=True, return_attention_scores=True)
        >>> y.shape, weights[0, 0, 1].tolist()
        ((1, 4, 6), [0.5, 0.5, 0.0, 0.0])

    Reference:
        Vaswani et al. (2017), Attention is all you need, section 3.2.2.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | Sequence[int] | None = None,
        attention_axes: Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dropout, use_bias, **kwargs)
        owner = "MultiHeadAttention"
        self.num_heads = positive_int("num_heads", num_heads, owner=owner)
        self.key_dim = positive_int("key_dim", key_dim, owner=owner)
        self.value_dim = self.key_dim if value_dim is None else positive_int("value_dim", value_dim, owner=owner)
        self.output_shape = _output_sizes(output_shape)
        self.attention_axes = _whole(attention_axes)

    def make_projections(self, query: Shape, value: Shape, key: Shape) -> dict[str, Shape]:
        """Set the projections, the heads' outputs' last."""
        heads, rank = self.num_heads, len(query)
        width = (query[-1],) if self.output_shape is None else self.output_shape
        if None in width:
            raise ShapeError(
                f"Layer {self.path!r} expected to know the size of the query's last axis. Received shape {show(query)}. Give "
                f"it in Input, or set `output_shape`."
            )
        self.query = self.projection(rank, (heads, self.key_dim))
        self.key = self.projection(len(key), (heads, self.key_dim))
        shapes = {"query": query, "key": key}
        if self.use_gate:
            self.gate = self.projection(rank, (heads, self.value_dim), activation="sigmoid")
            shapes["gate"] = query
        self.value = self.projection(len(value), (heads, self.value_dim))
        self.attention_output = self.projection(rank + 1, tuple(size for size in width if size is not None), bound=2)
        return {**shapes, "value": value, "attention_output": (*query[:-1], heads, self.value_dim)}

    def attend(self, query: Array, key: Array, value: Array, mask: Array | None, dropped: Any) -> tuple[Array, Array]:
        """Attention along `attention_axes`, the other axes being a part of the batch."""
        if query.ndim == 4:
            return scaled_dot(query, key, value, None if mask is None else _with_heads(mask, 4, 1), dropped)
        rank = query.ndim
        axes = tuple(range(1, rank - 2)) if self.attention_axes is None else self.attention_axes
        axes = tuple(axis % (rank - 1) for axis in axes)
        batch = tuple(axis for axis in range(rank - 2) if axis not in axes)
        order = (*batch, *axes, rank - 2, rank - 1)

        def flat(x: Array) -> Array:
            x = jnp.transpose(x, order)  # batch, positions, heads, width
            rows = prod(x.shape[: len(batch)])
            return x.reshape(rows, prod(x.shape[len(batch) : -2]), *x.shape[-2:])

        rows = tuple(query.shape[axis] for axis in batch)
        ahead = tuple(query.shape[axis] for axis in axes)
        behind = tuple(key.shape[axis] for axis in axes)
        if mask is not None:
            mask = _with_heads(mask, len(rows) + 1 + 2 * len(axes), len(axes))
            mask = jnp.broadcast_to(mask, (*rows, mask.shape[len(rows)], *ahead, *behind))
            mask = mask.reshape(prod(rows), -1, prod(ahead), prod(behind))
        y, weights = scaled_dot(flat(query), flat(key), flat(value), mask, dropped)
        y = jnp.transpose(y.reshape(*rows, *ahead, *y.shape[-2:]), sorted(range(rank), key=order.__getitem__))
        return y, weights.reshape(*rows, self.num_heads, *ahead, *behind)

    def compute_output_shape(self, input_shape: Any, value_shape: Any = None, key_shape: Any = None) -> Shape:
        """The query's shape, its last axis replaced by `output_shape` where that is given."""
        query = super().compute_output_shape(input_shape, value_shape, key_shape)
        return query if self.output_shape is None else (*query[:-1], *self.output_shape)


def _with_heads(mask: Array, rank: int, positions: int) -> Array:
    """The mask with axes of size 1 where the heads are, up to `rank` axes."""
    while mask.ndim < rank:
        mask = jnp.expand_dims(mask, -2 * positions - 1)
    return mask


def _output_sizes(sizes: Any) -> tuple[int, ...] | None:
    if sizes is None:
        return None
    given = sizes if isinstance(sizes, list | tuple) else [sizes]
    return tuple(positive_int("output_shape", size, owner="MultiHeadAttention") for size in given)


def _whole(axes: Any) -> tuple[int, ...] | None:
    if axes is None:
        return None
    whole = [int_or_none(axis) for axis in (axes if isinstance(axes, list | tuple) else [axes])]
    if not whole or None in whole or 0 in whole:
        raise ConfigError(
            f"MultiHeadAttention expected `attention_axes` as a list of axes, the batch's left out. Received {axes!r}. Leave it "
            f"out for all axes of positions."
        )
    return tuple(axis for axis in whole if axis is not None)
