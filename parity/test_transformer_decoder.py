"""The decoder block beside the same block put together from Keras's layers."""

import keras
import numpy as np
import pytest

from glassnet.layers import TransformerDecoder

# A habit of Keras 3 with NumPy 2, not of ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RANDOM = np.random.default_rng(0)
X, Z = RANDOM.normal(size=(2, 5, 8)).astype("float32"), RANDOM.normal(size=(2, 3, 6)).astype("float32")


def block(x, z, first, make):
    """The block's output, made by layers that are called in their order."""
    made = {}

    def layer(name, kind, *args, **kwargs):
        made[name] = make(name, kind, *args, **kwargs)
        return made[name]

    def around(x, name, branch):
        norm = layer(name, keras.layers.LayerNormalization, epsilon=1e-5)
        return x + branch(norm(x)) if first else norm(x + branch(x))

    attention, heads = keras.layers.MultiHeadAttention, {"num_heads": 2, "key_dim": 4}
    back = layer("self_attention", attention, **heads)
    x = around(x, "self_attention_layer_norm", lambda x: back(x, x, use_causal_mask=True))
    if z is not None:
        across = layer("cross_attention", attention, **heads)
        x = around(x, "cross_attention_layer_norm", lambda x: across(x, z))
    inner = layer("feedforward_intermediate_dense", keras.layers.Dense, 7, activation="gelu")
    outer = layer("feedforward_output_dense", keras.layers.Dense, 8)
    return around(x, "feedforward_layer_norm", lambda x: outer(inner(x))), made


@pytest.mark.parametrize("z", [None, Z], ids=["alone", "with an encoder"])
@pytest.mark.parametrize("first", [False, True])
def test_the_block_is_that_of_keras(z, first):
    ours = TransformerDecoder(7, 2, activation="gelu", normalize_first=first)
    ours(X, z)
    ours.set_weights([RANDOM.normal(0, 0.5, w.shape) for w in ours.weights])
    _, made = block(X, z, first, lambda name, kind, *args, **kwargs: kind(*args, **kwargs))
    for name, layer in made.items():
        layer.set_weights(getattr(ours, name).get_weights())
    theirs, _ = block(X, z, first, lambda name, *args, **kwargs: made[name])
    np.testing.assert_allclose(ours(X, z), theirs, rtol=1e-4, atol=1e-5)
