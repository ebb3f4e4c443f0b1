"""Attention with several heads: masks, dropout, and what it is a special case of."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.foundation.errors import RandomKeyError
from glassnet.foundation.layer import Layer
from glassnet.layers.attention import GroupedQueryAttention, GroupQueryAttention, MultiHeadAttention, scaled_dot
from glassnet.layers.embedding import Embedding

X = np.random.default_rng(0).normal(size=(2, 4, 6)).astype("float32")
LAYER = MultiHeadAttention(2, 3)
LAYER(X, X)


def test_no_position_looks_at_a_later_one() -> None:
    changed = X.copy()
    changed[:, 2:] = 7
    before, after = LAYER(X, X, use_causal_mask=True), LAYER(changed, changed, use_causal_mask=True)
    np.testing.assert_allclose(after[:, :2], before[:, :2], atol=1e-6)
    assert not np.allclose(after[:, 2:], before[:, 2:])


def test_padding_and_given_masks_join() -> None:
    padding = np.array([[True, True, True, False]] * 2)
    given = np.array([True, False, True, True]) & np.ones((4, 4), bool)
    _, weights = LAYER(X, X, value_mask=padding, attention_mask=given, return_attention_scores=True)
    assert weights.shape == (2, 2, 4, 4)
    assert not np.asarray(weights)[..., [1, 3]].any() and np.asarray(weights)[..., [0, 2]].all()
    _, also = LAYER(
        X, X, key_mask=padding, attention_mask=np.broadcast_to(given, (2, 2, 4, 4)), return_attention_scores=True
    )
    np.testing.assert_array_equal(also, weights)


def test_the_mask_that_travels_with_the_input_is_used() -> None:
    class Reads(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.table, self.look = Embedding(4, 2, mask_zero=True), MultiHeadAttention(1, 2)

        def call(self, x):
            found = self.table(x)
            return self.look(found, found, return_attention_scores=True)[1]

    weights = Reads()(np.array([[1, 2, 0]]))
    assert (np.asarray(weights)[0, 0, :2, 2] == 0).all() and (np.asarray(weights)[0, 0, :2, :2] > 0).all()


def test_weights_are_dropped_in_training_only() -> None:
    layer = MultiHeadAttention(2, 3, dropout=0.5, seed=1)
    layer(X, X)
    layer.set_weights(LAYER.get_weights())
    np.testing.assert_allclose(layer(X, X), LAYER(X, X), rtol=1e-6)
    assert not np.allclose(layer(X, X, training=True), LAYER(X, X))
    with pytest.raises(RandomKeyError):
        jax.jit(lambda layer, x: layer(x, x, training=True))(layer, X)
    keyed = jax.jit(lambda layer, x, key: layer(x, x, training=True, key=key))
    first, same = (keyed(layer, X, jax.random.key(0)) for _ in range(2))
    np.testing.assert_array_equal(first, same)


def test_the_key_may_be_given_by_name_and_is_not_taken_for_a_random_one() -> None:
    np.testing.assert_array_equal(LAYER(query=X, value=X, key=X), LAYER(X, X))


def test_as_many_key_heads_as_query_heads_is_multi_head_attention() -> None:
    grouped = GroupQueryAttention(3, 2, 2)
    assert isinstance(grouped, GroupedQueryAttention)
    grouped(X, X)
    grouped.set_weights(LAYER.get_weights())
    np.testing.assert_allclose(grouped(X, X), LAYER(X, X), rtol=1e-6)


def test_it_is_the_attention_of_jax() -> None:
    random = np.random.default_rng(1)
    query, key, value = (random.normal(size=(2, 4, heads, 3)).astype("float32") for heads in (4, 2, 2))
    mask = random.random((2, 1, 4, 4)) > 0.3
    found, _ = scaled_dot(query, key, value, mask)
    wanted = jax.nn.dot_product_attention(query, key, value, mask=jnp.asarray(mask))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_activity_penalties_are_those_of_the_projections() -> None:
    layer = MultiHeadAttention(2, 3, activity_regularizer="l2")
    layer(X, X)
    assert sum(float(loss) != 0 for loss in layer.losses) == 4
