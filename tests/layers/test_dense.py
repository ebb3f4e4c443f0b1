"""Dense: f(x W + b), checked against NumPy with 64 bits."""

import numpy as np
import pytest

from glassnet.constraints import MaxNorm, NonNeg
from glassnet.foundation import context
from glassnet.layers import Dense

random = np.random.default_rng(0)
X = random.normal(size=(6, 4)).astype("float32")
W, B = random.normal(size=(4, 3)), random.normal(size=3)


def dense(**settings):
    layer = Dense(3, **settings)
    layer.ensure_built((None, 4))
    layer.set_weights([W, B][: len(layer.weights)])
    return layer


@pytest.mark.parametrize("shape", [(6, 4), (2, 3, 4), (1, 2, 3, 4)], ids=str)
def test_every_unit_weighs_every_number_of_the_last_axis(shape):
    x = X.reshape(shape)
    np.testing.assert_allclose(dense()(x), np.float64(x) @ W + B, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(dense(activation="tanh")(x), np.tanh(np.float64(x) @ W + B), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(dense(use_bias=False)(x), np.float64(x) @ W, rtol=1e-5, atol=1e-6)
    assert dense(use_bias=False).bias is None


def test_whole_numbers_and_doubles_are_taken_as_float32():
    layer = dense()
    whole = np.arange(8).reshape(2, 4)
    for x in (whole, whole.astype("float64"), whole.astype("uint8")):
        y = layer(x)
        assert y.dtype == "float32"
        np.testing.assert_allclose(y, whole @ W + B, rtol=1e-5, atol=1e-5)


def test_weights_start_as_glorot_and_bengio_say_and_biases_at_zero():
    layer = Dense(300)
    layer.ensure_built((None, 200))
    limit = np.sqrt(6 / 500)
    assert list(layer.named_weights()) == ["kernel", "bias"]
    assert np.abs(layer.kernel).max() <= limit
    np.testing.assert_allclose(np.std(layer.kernel), limit / np.sqrt(3), rtol=0.02)
    assert not np.asarray(layer.bias).any()
    assert layer.count_params() == 200 * 300 + 300


def test_penalties_and_constraints_are_kept_by_weight():
    layer = dense(kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2")
    y = layer(X)
    penalties = [0.01 * np.sum(W**2), 0.01 * np.sum(np.abs(B)), 0.01 * np.sum(np.square(y)) / 6]
    np.testing.assert_allclose(layer.losses, penalties, rtol=1e-5)
    bound = dense(kernel_constraint="max_norm", bias_constraint="non_neg")
    assert bound._specs["bias"].constraint == NonNeg() and bound._specs["kernel"].constraint == MaxNorm()
    assert layer._specs["bias"].constraint is None and layer._specs["kernel"].constraint is None


@pytest.mark.parametrize("link", ["sigmoid", "softmax"])
def test_the_logits_under_probabilities_are_noted_for_the_loss(link):
    with context.entered(context.Call()):
        y = dense(activation=link)(X)
        assert context.noted(y, "link") == link
        np.testing.assert_allclose(context.noted(y, "logits"), np.float64(X) @ W + B, rtol=1e-5, atol=1e-6)


def test_the_input_shape_of_a_first_layer_may_be_said_with_it():
    assert Dense(3, input_shape=(4,)).declared_shape == Dense(3, input_dim=4).declared_shape == (4,)
    assert Dense(3, input_dim=4).get_config()["input_shape"] == [4]
