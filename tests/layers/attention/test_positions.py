"""Positions against the formulas in NumPy, number by number."""

import numpy as np

from glassnet.layers.attention import (
    PositionEmbedding,
    RotaryEmbedding,
    SinePositionEncoding,
    TokenAndPositionEmbedding,
)

X = np.random.default_rng(0).normal(size=(2, 5, 6)).astype("float32")


def test_waves_are_those_of_the_formula() -> None:
    wanted = np.zeros((5, 6))
    for t in range(5):
        for i in range(3):
            wanted[t, 2 * i] = np.sin(t / 100 ** (2 * i / 6))
            wanted[t, 2 * i + 1] = np.cos(t / 100 ** (2 * i / 6))
    found = SinePositionEncoding(100)(X)
    np.testing.assert_allclose(found[1], wanted, atol=1e-6)
    np.testing.assert_allclose(SinePositionEncoding(100)(X[:, :3], start_index=2)[0], wanted[2:], atol=1e-6)


def test_rotations_are_those_of_the_formula() -> None:
    wanted = np.zeros((5, 6))
    for t in range(5):
        for i in range(3):
            turn = t / (2 * 100 ** (2 * i / 6))
            pair = X[0, t, i] + 1j * X[0, t, i + 3]
            wanted[t, i], wanted[t, i + 3] = (pair * np.exp(1j * turn)).real, (pair * np.exp(1j * turn)).imag
    np.testing.assert_allclose(RotaryEmbedding(100, 2)(X)[0], wanted, rtol=1e-5, atol=1e-6)
    turned = RotaryEmbedding(100, 2, sequence_axis=2, feature_axis=1)(np.swapaxes(X, 1, 2))
    np.testing.assert_allclose(np.swapaxes(turned, 1, 2)[0], wanted, rtol=1e-5, atol=1e-6)


def test_products_of_rotated_vectors_depend_on_their_distance() -> None:
    same = np.broadcast_to(X[:1, :1], (1, 5, 6))
    y = np.asarray(RotaryEmbedding(100)(same))[0]
    np.testing.assert_allclose(y[1] @ y[0], y[4] @ y[3], rtol=1e-5)
    assert abs(y[2] @ y[0] - y[1] @ y[0]) > 1e-3


def test_trainable_positions_are_rows_of_their_table() -> None:
    layer = PositionEmbedding(8)
    np.testing.assert_array_equal(layer(X)[1], np.asarray(layer.position_embeddings)[:5])
    np.testing.assert_array_equal(layer(X, start_index=3)[0], np.asarray(layer.position_embeddings)[3:])


def test_words_and_positions_are_added() -> None:
    layer, ids = TokenAndPositionEmbedding(9, 8, 4, mask_zero=True), np.array([[3, 0, 8]])
    y = layer(ids)
    words, places = layer.get_weights()
    assert list(layer.named_weights()) == ["token_embedding/embeddings", "position_embedding/position_embeddings"]
    np.testing.assert_allclose(y[0], words[[3, 0, 8]] + places[:3], rtol=1e-6)
    assert layer.compute_mask(ids).tolist() == [[True, False, True]]
