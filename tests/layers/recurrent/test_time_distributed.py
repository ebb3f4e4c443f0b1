"""The same layer at every step."""

import numpy as np

from glassnet import Input, Sequential
from glassnet.layers import BatchNormalization, Conv2D, Dense, Dropout, Embedding, Flatten
from glassnet.layers.recurrent import LSTM, TimeDistributed

X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")


def test_each_step_is_as_the_layer_makes_it():
    inner = Sequential([Input((5, 4, 1)), Conv2D(2, 2), Flatten(), Dense(3)])
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 4, 1)).astype("float32")
    y = TimeDistributed(inner)(x)
    for t in range(3):
        np.testing.assert_allclose(y[:, t], inner(x[:, t]), rtol=1e-5, atol=1e-6)


def test_several_outputs_all_get_the_steps():
    layer = TimeDistributed(LSTM(2, return_state=True))
    outputs = layer(np.ones((2, 3, 4, 1), "float32"))
    assert [y.shape for y in outputs] == [(2, 3, 2)] * 3
    assert layer.compute_output_shape((None, 3, 4, 1)) == ((None, 3, 2),) * 3


def test_a_layer_that_looks_at_the_batch_sees_one_step_after_the_other():
    layer = TimeDistributed(BatchNormalization(momentum=0.5, epsilon=1e-9))
    y = layer(X, training=True)
    np.testing.assert_allclose(np.mean(y, 0), np.zeros((3, 4)), atol=1e-4)
    moving = np.zeros(4)
    for t in range(3):
        moving = 0.5 * moving + 0.5 * X[:, t].mean(0)
    np.testing.assert_allclose(layer.layer.moving_mean, moving, rtol=1e-5)


def test_steps_are_dropped_apart():
    y = TimeDistributed(Dropout(0.5))(np.ones((1, 50, 1), "float32"), training=True)
    assert set(np.unique(y)) == {0.0, 2.0}


def test_masks_inside_of_a_step_reach_the_layer():
    words = np.array([[[0, 2, 1], [0, 0, 0]], [[3, 0, 0], [1, 1, 1]]])
    model = Sequential([Embedding(4, 2, mask_zero=True), TimeDistributed(LSTM(2)), LSTM(2)])
    y = model(words)
    sentences = model.layers[1].layer(model.layers[0](words[:, 0]), mask=words[:, 0] != 0)
    np.testing.assert_allclose(model.layers[1](model.layers[0](words), mask=words != 0)[:, 0], sentences, rtol=1e-5)
    # A step without a place that counts does not count itself.
    inner = model.layers[1](model.layers[0](words), mask=words != 0)
    np.testing.assert_allclose(y, model.layers[2](inner, mask=(words != 0).any(-1)), rtol=1e-5)
    kept = TimeDistributed(Dense(2)).compute_mask(np.ones((2, 2, 3, 2)), words != 0)
    np.testing.assert_array_equal(kept, words != 0)
