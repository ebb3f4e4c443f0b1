"""The decoder block against Keras Hub's numbers, and which masks reach it."""

import json
from pathlib import Path

import jax
import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer
from glassnet.layers.attention import TokenAndPositionEmbedding, TransformerDecoder, TransformerEncoder

STORED = json.loads((Path(__file__).parents[2] / "oracles" / "transformer_decoder.json").read_text("utf-8"))
RANDOM = np.random.default_rng(0)
X, Z = RANDOM.normal(size=(2, 3, 4)).astype("float32"), RANDOM.normal(size=(2, 5, 6)).astype("float32")


def numbers(shapes, seed):
    return [
        np.random.RandomState(seed + i).uniform(0.1, 1.1, shape).astype("float32") for i, shape in enumerate(shapes)
    ]


@pytest.mark.parametrize("case", STORED, ids=[f"{c['arguments']} {len(c['inputs'])} {list(c['call'])}" for c in STORED])
def test_the_numbers_are_those_of_keras_hub(case):
    layer, inputs = TransformerDecoder(**case["arguments"]), numbers(case["inputs"], 0)
    layer(*inputs)
    assert [(path, list(w.shape)) for path, w in layer.named_weights().items()] == list(case["weights"].items())
    layer.set_weights([w - 0.5 for w in numbers(case["weights"].values(), 100)])
    call = {
        name: np.array(value, bool) if "mask" in name and "causal" not in name else value
        for name, value in case["call"].items()
    }
    np.testing.assert_allclose(np.ravel(layer(*inputs, **call)), case["output"], rtol=2e-5, atol=2e-5)


def test_no_position_sees_a_later_one():
    layer, changed = TransformerDecoder(5, 2), X.copy()
    changed[:, 2] = 9
    np.testing.assert_allclose(layer(changed)[:, :2], layer(X)[:, :2], rtol=1e-4, atol=1e-5)
    free = layer(changed, use_causal_mask=False) - layer(X, use_causal_mask=False)
    assert np.abs(free[:, :2]).max() > 1e-3


def test_sequences_may_be_given_by_name():
    layer = TransformerDecoder(5, 2)
    named = layer(decoder_sequence=X, encoder_sequence=Z)
    np.testing.assert_array_equal(named, layer(X, Z))
    assert layer.compute_output_shape((None, 3, 4), (None, 5, 6)) == (None, 3, 4)
    assert layer.compute_output_shape([(None, 3, 4), (None, 5, 6)]) == (None, 3, 4)


def test_padding_travels_with_both_sequences():
    class Translates(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.words = TokenAndPositionEmbedding(9, 5, 4, mask_zero=True)
            self.other = TokenAndPositionEmbedding(9, 5, 4, mask_zero=True)
            self.reads, self.writes = TransformerEncoder(5, 2), [TransformerDecoder(5, 2), TransformerDecoder(5, 2)]

        def call(self, inputs):
            z, x = self.reads(self.words(inputs[0])), self.other(inputs[1])
            for block in self.writes:
                x = block(x, z, use_causal_mask=False)
            return x

    layer = Translates()
    short = layer([np.array([[3, 4]]), np.array([[5, 6]])])
    long = layer([np.array([[3, 4, 0]]), np.array([[5, 6, 0, 0]])])
    np.testing.assert_allclose(long[:, :2], short, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["mask", "decoder_padding_mask"])
def test_a_mask_may_be_given_by_hand(name):
    layer, changed = TransformerDecoder(5, 2), X.copy()
    changed[:, 0] = 9
    mask = np.array([[False, True, True]] * 2)
    np.testing.assert_allclose(
        layer(changed, **{name: mask})[:, 1:], layer(X, **{name: mask})[:, 1:], rtol=1e-4, atol=1e-5
    )


def test_branches_are_dropped_in_training_only():
    layer = TransformerDecoder(5, 2, dropout=0.5)
    np.testing.assert_array_equal(layer(X, Z), layer(X, Z, training=False))
    drawn = [layer(X, Z, training=True, key=jax.random.key(seed)) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[0] - drawn[2]).max() > 1e-3


@pytest.mark.parametrize("branch", ["self_attention", "cross_attention", "feedforward"])
def test_each_branch_is_dropped(branch):
    layer = TransformerDecoder(5, 2, dropout=0.5)
    plain = layer(X, Z)
    layer.self_attention.dropout = layer.cross_attention.dropout = 0.0
    for other in {"self_attention", "cross_attention", "feedforward"} - {branch}:
        getattr(layer, f"{other}_dropout").rate = 0.0
    assert np.abs(layer(X, Z, training=True, key=jax.random.key(0)) - plain).max() > 1e-3


def test_a_block_is_used_as_it_was_built():
    alone, both = TransformerDecoder(5, 2), TransformerDecoder(5, 2)
    alone(X), both(X, Z)
    assert len(alone.weights) == 16 and len(both.weights) == 26
    with pytest.raises(ConfigError, match="expected calls without an encoder's sequence, as when it was built"):
        alone(X, Z)
    with pytest.raises(ConfigError, match="expected calls with an encoder's sequence, as when it was built"):
        both(X)
    with pytest.raises(ShapeError, match="expected 8 features or more, one a head"):
        TransformerDecoder(5, 8)(X)
    with pytest.raises(ConfigError, match="TransformerDecoder expected `num_heads`"):
        TransformerDecoder(5, 0)
