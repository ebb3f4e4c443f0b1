"""Embedding: float numbers, masks, and numbers that have no row."""

import jax
import numpy as np
import pytest

from glassnet.foundation.errors import ShapeError
from glassnet.layers import Input
from glassnet.layers.attention import Attention
from glassnet.layers.embedding import Embedding
from glassnet.models import Sequential

LAYER = Embedding(4, 2, mask_zero=True)
LAYER.build()
IDS = np.array([[1, 3, 0], [2, 0, 0]])


def test_whole_numbers_of_a_float_type_are_rows_too() -> None:
    np.testing.assert_array_equal(LAYER(IDS.astype("float32")), LAYER(IDS))
    np.testing.assert_array_equal(LAYER(IDS), np.asarray(LAYER.embeddings)[IDS])


def test_inside_jit_the_nearest_row_stands_in_for_one_that_is_not_there() -> None:
    found = jax.jit(lambda layer, x: layer(x))(LAYER, np.array([-5, 4, 99]))
    np.testing.assert_array_equal(found, np.asarray(LAYER.embeddings)[[0, 3, 3]])


def test_zero_is_padding_where_that_is_said() -> None:
    assert LAYER.supports_masking and not Embedding(4, 2).supports_masking
    assert Embedding(4, 2).compute_mask(IDS) is None
    np.testing.assert_array_equal(LAYER.compute_mask(IDS), IDS != 0)


def test_the_mask_travels_to_the_next_layer() -> None:
    from glassnet.foundation.layer import Layer

    class Reads(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.table, self.look = Embedding(4, 2, mask_zero=True), Attention()

        def call(self, x):
            found = self.table(x)
            return self.look([found, found], return_attention_scores=True)

    _, weights = Reads()(IDS)
    np.testing.assert_allclose(np.asarray(weights)[1], [[1, 0, 0]] * 3)


def test_a_table_to_start_from() -> None:
    table = np.arange(6, dtype="float32").reshape(3, 2)
    for given in (table, [table], table.tolist()):
        layer = Embedding(3, 2, weights=given, input_length=4)
        assert layer(np.array([[2, 0]])).tolist() == [[[4, 5], [0, 1]]]
        assert not {"weights", "input_length"} & set(layer.get_config())
    model = Sequential([Input((1,)), Embedding(3, 2, weights=table)], seed=0)
    np.testing.assert_array_equal(model.named_weights()["embedding/embeddings"], table)
    with pytest.raises(ShapeError, match=r"expected shape \(3, 2\); received \(2, 3\)"):
        Embedding(3, 2, weights=table.T)
