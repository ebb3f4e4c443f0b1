"""The encoder block against its formula, and its masks."""

import numpy as np
import pytest

from glassnet.foundation.layer import Layer
from glassnet.layers.attention import TokenAndPositionEmbedding, TransformerEncoder

X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")


def norm(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)


@pytest.mark.parametrize("first", [False, True])
def test_it_is_the_two_branches_of_the_formula(first: bool) -> None:
    layer = TransformerEncoder(5, 2, normalize_first=first)
    y = np.asarray(layer(X))

    def attention(x):
        return np.asarray(layer.self_attention(x, x))

    def dense(x):
        return (
            np.maximum(x @ weights["feedforward_intermediate_dense/kernel"], 0)
            @ weights["feedforward_output_dense/kernel"]
        )

    weights = {path: np.asarray(w) for path, w in layer.named_weights().items()}
    if first:
        h = X + attention(norm(X))
        wanted = h + dense(norm(h))
    else:
        h = norm(X + attention(X))
        wanted = norm(h + dense(h))
    np.testing.assert_allclose(y, wanted, rtol=1e-4, atol=1e-5)


def test_padding_changes_nothing_for_the_words() -> None:
    class Reads(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.words = TokenAndPositionEmbedding(9, 5, 4, mask_zero=True)
            self.blocks = [TransformerEncoder(5, 2), TransformerEncoder(5, 2)]

        def call(self, x):
            x = self.words(x)
            for block in self.blocks:
                x = block(x)
            return x

    reads = Reads()
    short, long = reads(np.array([[3, 4]])), reads(np.array([[3, 4, 0, 0]]))
    np.testing.assert_allclose(long[:, :2], short, rtol=1e-4, atol=1e-5)


def test_hidden_keys_do_not_matter() -> None:
    layer, changed = TransformerEncoder(5, 2), X.copy()
    changed[:, 2] = 9
    seen = np.tril(np.ones((3, 3), bool))
    np.testing.assert_allclose(
        layer(changed, attention_mask=seen)[:, :2], layer(X, attention_mask=seen)[:, :2], rtol=1e-4, atol=1e-5
    )


def test_a_mask_may_be_given_by_hand() -> None:
    layer, changed = TransformerEncoder(5, 2), X.copy()
    changed[:, 2] = 9
    mask = np.array([[True, True, False]] * 2)
    np.testing.assert_allclose(layer(changed, mask=mask)[:, :2], layer(X, mask=mask)[:, :2], rtol=1e-4, atol=1e-5)
