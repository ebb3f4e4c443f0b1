"""What the attention layers with several heads share: projections, masks, and the call."""

import functools
import operator
from abc import abstractmethod
from typing import Any

import jax
import jax.numpy as jnp

from glassnet import constraints, initializers, regularizers
from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, is_shape
from glassnet.foundation.shapes import fraction, positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.initializers.base import checked_seed
from glassnet.layers.attention.scaled_dot import causal_mask, drop, window_mask
from glassnet.layers.einsum_dense import EinsumDense

_LETTERS = "abcdefghijklmnopqrstuvw"


class Heads(Layer):
    """Attention with several heads: query, key and value are projected, each head attends by itself, and the heads' outputs
    are projected together.

    Args:
        dropout: the share of attention weights that are dropped in training, from 0 to below 1.
        use_bias: whether the projections have biases.
        sliding_window: how far a position sees to either side, itself included; None for all.
        kernel_initializer: how the projections' kernels start.
        bias_initializer: how their biases start.
        kernel_regularizer: a penalty on each kernel.
        bias_regularizer: a penalty on each bias.
        activity_regularizer: a penalty on each projection's output.
        kernel_constraint: a rule each kernel is brought back to after each update.
        bias_constraint: the same for each bias.
        use_gate: whether the heads' outputs are multiplied by sigmoid(projected query) first.
        seed: gives the dropout a stream of its own.
        **kwargs: as in every `Layer`.
    """

    supports_masking = True

    def __init__(
        self,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        owner = type(self).__name__
        self.dropout = fraction("dropout", dropout, owner=owner)
        self.use_bias = bool(use_bias)
        self.sliding_window = (
            None if sliding_window is None else positive_int("sliding_window", sliding_window, owner=owner)
        )
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.use_gate = bool(use_gate)
        self.seed = checked_seed(owner, seed)

    def __call__(self, query: Any, value: Any = None, key: Any = None, **kwargs: Any) -> Any:
        """As every layer's call, with the inputs also by name; a random key passed as `key` is told from an array."""
        if value is None:
            raise ConfigError(
                f"Layer {self.path!r} expected a query and a value. Received one input. For a sequence that attends to itself, "
                f"call it on (x, x)."
            )
        if isinstance(key, jax.Array) and jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
            return super().__call__(query, value, value, key=key, **kwargs)
        return super().__call__(query, value, value if key is None else key, **kwargs)

    def build(self, input_shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:
        """Make the projections for a query, value and key of these shapes, or of one list of them."""
        query_shape = input_shape
        if not is_shape(input_shape):
            query_shape, value_shape, key_shape = [*input_shape, None, None][:3]
        value_shape = query_shape if value_shape is None else value_shape
        key_shape = value_shape if key_shape is None else key_shape
        self._check(query_shape, value_shape, key_shape)
        shapes = self.make_projections(query_shape, value_shape, key_shape)
        self.adopt()
        for name, shape in shapes.items():
            getattr(self, name).ensure_built(shape)

    @abstractmethod
    def make_projections(self, query: Shape, value: Shape, key: Shape) -> dict[str, Shape]:
        """Set the layers `query`, `key`, `gate`, `value` and `attention_output`; returns the input shape of each."""

    @abstractmethod
    def attend(self, query: Array, key: Array, value: Array, mask: Array | None, dropped: Any) -> tuple[Array, Array]:
        """The heads' outputs and their weights."""

    def projection(self, rank: int, outputs: tuple[int, ...], *, bound: int = 1, activation: Any = None) -> EinsumDense:
        """A projection of the last `bound` axes of `rank` to axes of the sizes `outputs`."""
        kept, summed = _LETTERS[: rank - bound], _LETTERS[rank - bound : rank]
        made = _LETTERS[rank : rank + len(outputs)]
        return EinsumDense(
            f"{kept}{summed},{summed}{made}->{kept}{made}",
            (*[None] * (len(kept) - 1), *outputs),
            activation,
            made if self.use_bias else None,
            self.kernel_initializer,
            self.bias_initializer,
            self.kernel_regularizer,
            self.bias_regularizer,
            self.kernel_constraint,
            self.bias_constraint,
            self.activity_regularizer,
            dtype=self._precision,
        )

    def call(
        self,
        inputs: Array,
        value: Any = None,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Each query position's mixture of the values, and with `return_attention_scores` the weights too.

        Args:
            inputs: the query, (B, T, D).
            value: (B, S, D_v).
            key: (B, S, D_k); the value by default.
            query_mask: (B, T), False where the query is padding; the mask that travels with the query by default.
            value_mask: (B, S), False where the value is padding; likewise.
            key_mask: (B, S), False where the key is padding; likewise.
            attention_mask: True where a query may look at a key; (B, T, S), (T, S) or (B, H, T, S).
            return_attention_scores: whether the weights (B, H, T, S), before dropout, are returned too.
            training: whether weights are dropped.
            use_causal_mask: whether no position looks at a later one.
        """
        query = inputs
        masks = [
            context.noted(array, "mask") if given is None else given
            for array, given in ((query, query_mask), (value, value_mask), (key, key_mask))
        ]
        mask = self._joined(masks, attention_mask, use_causal_mask, (query.shape[1], value.shape[1]))
        gate = self.gate(query) if self.use_gate else None
        drops = training and self.dropout > 0

        def dropped(weights: Array) -> Array:
            return drop(weights, self.dropout, self.draw_key(weights)) if drops else weights

        heads, weights = self.attend(self.query(query), self.key(key), self.value(value), mask, dropped)
        output = self.attention_output(heads if gate is None else heads * gate)
        return (output, weights) if return_attention_scores else output

    @property
    def query_dense(self) -> EinsumDense:
        """The query's projection."""
        return self.query

    @property
    def key_dense(self) -> EinsumDense:
        """The key's projection."""
        return self.key

    @property
    def value_dense(self) -> EinsumDense:
        """The value's projection."""
        return self.value

    @property
    def output_dense(self) -> EinsumDense:
        """The projection of all heads' outputs."""
        return self.attention_output

    def compute_output_shape(self, input_shape: Any, value_shape: Any = None, key_shape: Any = None) -> Shape:
        """The query's shape."""
        shapes = [input_shape, value_shape, key_shape] if is_shape(input_shape) else list(input_shape)
        query, *others = shapes
        value, *rest = [other for other in others if other is not None] or [query]
        self._check(query, value, rest[0] if rest else value)
        return tuple(query)

    def _joined(self, masks: list[Any], attention_mask: Any, causal: bool, sizes: tuple[int, int]) -> Array | None:
        """All masks as one that broadcasts to (B, T, S), or (B, H, T, S); None where there is none."""
        query, *others = [None if mask is None else jnp.asarray(mask).astype(bool) for mask in masks]
        found = [] if query is None else [query[..., :, None]]
        found += [mask[..., None, :] for mask in others if mask is not None]
        if causal:
            found.append(causal_mask(*sizes)[None])
        if self.sliding_window is not None:
            found.append(window_mask(*sizes, self.sliding_window)[None])
        joined = functools.reduce(operator.and_, found) if found else None
        if attention_mask is None:
            return joined
        given = jnp.asarray(attention_mask).astype(bool)
        given = given[None] if given.ndim == 2 else given
        if joined is None:
            return given
        return given & (joined if given.ndim <= joined.ndim else joined[:, None])

    def _ready(self, args: tuple[Any, ...]) -> None:
        if not self.built:
            self.ensure_built([array.shape for array in args])

    def _activity_penalty(self, outputs: Any) -> Array:
        return jnp.zeros(())  # each projection has its own

    def _check(self, query: Shape, value: Shape, key: Shape) -> None:
        if len(query) < 3 or len(value) < 3 or tuple(value[1:-1]) != tuple(key[1:-1]):
            raise ShapeError(
                f"Layer {self.path!r} expected a query, a value and a key of 3 axes or more (batch, positions, features), value "
                f"and key of one length. Received shapes {show(tuple(query))}, {show(tuple(value))} and {show(tuple(key))}. "
                f"Pass a key for each value."
            )
