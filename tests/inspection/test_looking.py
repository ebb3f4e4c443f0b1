"""One pass with all its numbers: they are those of the network, and their gradients those of moving them."""

import jax
import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.foundation.errors import ConfigError, DataError, ShapeError
from glassnet.inspection import look
from glassnet.layers import LSTM, Dense, Dropout, Embedding, Masking


def network(loss="mse", final=None):
    model = Sequential([Input((2,)), Dense(3, "tanh", name="hidden"), Dense(1, final, name="out")], seed=1)
    model.compile("sgd", loss)
    return model


X, Y = np.array([[0.5, -1.0], [2.0, 0.25]], "float32"), np.array([[1.0], [0.0]], "float32")


def test_values_and_gradients_are_those_that_numpy_works_out():
    model = network()
    seen = look(model, X, Y)
    w1, b1, w2, b2 = (np.asarray(w, "float64") for w in model.get_weights())
    a = np.tanh(X @ w1 + b1)
    y = a @ w2 + b2
    hidden, out = seen.of("hidden")[0], seen.of("out")[0]
    np.testing.assert_allclose(hidden.named("pre_activation")[0].value, X @ w1 + b1, rtol=1e-6)
    np.testing.assert_allclose(hidden.outputs, a, rtol=1e-6)
    np.testing.assert_allclose(seen.outputs, y, rtol=1e-6)
    assert seen.loss == pytest.approx(np.mean((y - Y) ** 2), rel=1e-6)
    dy = 2 * (y - Y) / 2
    np.testing.assert_allclose(out.gradients[0], dy, rtol=1e-6)
    np.testing.assert_allclose(hidden.gradients[0], dy @ w2.T, rtol=1e-6)
    dz = dy @ w2.T * (1 - a**2)
    np.testing.assert_allclose(hidden.named("pre_activation")[0].gradient, dz, rtol=1e-5)
    np.testing.assert_allclose(seen.gradients["hidden/kernel"], X.T @ dz, rtol=1e-5)
    assert seen.parts == {"out": pytest.approx(seen.loss)}


def test_under_a_sigmoid_the_output_has_the_slope_of_the_loss_as_it_is_written():
    seen = look(network("binary_crossentropy", "sigmoid"), X, Y)
    p = np.asarray(seen.outputs, "float64")
    out = seen.of("out")[0]
    np.testing.assert_allclose(out.gradients[0], (p - Y) / (p * (1 - p)) / 2, rtol=1e-5)
    np.testing.assert_allclose(out.named("pre_activation")[0].gradient, (p - Y) / 2, rtol=1e-5)


def test_without_targets_there_are_numbers_and_no_gradients_and_dropout_lets_all_pass():
    model = Sequential([Input((2,)), Dropout(0.5), Dense(1)], seed=0)
    seen = look(model, X)
    assert seen.loss is None and seen.gradients == {} and seen.calls[1].gradients == (None,)
    np.testing.assert_array_equal(seen.calls[1].outputs, X)
    assert seen.calls[1].options == {"training": False}


def test_a_recurrent_layer_shows_every_step_and_its_numbers_are_those_of_the_network():
    model = Sequential([Input((3, 2)), Masking(), LSTM(2, name="lstm"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(2, 3, 2)).astype("float32")
    x[1, 2] = 0
    seen = look(model, x, Y)
    call = seen.of("lstm")[0]
    assert len(call.named("forget_gate")) == len(call.named("hidden")) == 3
    np.testing.assert_allclose(call.named("hidden")[-1].value[0], call.outputs[0], rtol=1e-6)
    np.testing.assert_allclose(
        call.named("hidden")[1].value[1], call.outputs[1], rtol=1e-6
    )  # the third step does not count
    np.testing.assert_allclose(seen.outputs, model.predict(x), rtol=1e-5)
    np.testing.assert_array_equal(call.options["mask"], [[True, True, True], [True, True, False]])


def test_a_shared_layer_is_seen_at_each_call_and_several_outputs_have_a_loss_each():
    a, b = Input((2,), name="a"), Input((2,), name="b")
    shared = Dense(2, "tanh", name="shared")
    model = Model([a, b], {"one": Dense(1, name="one")(shared(a)), "two": Dense(1, name="two")(shared(b))}, seed=0)
    model.compile("sgd", "mse", loss_weights={"one": 1.0, "two": 0.5})
    seen = look(model, [X, X[::-1]], {"one": Y, "two": Y})
    assert len(seen.of("shared")) == 2
    np.testing.assert_array_equal(seen.of("shared")[0].inputs[0], X)
    assert seen.loss == pytest.approx(seen.parts["one"] + 0.5 * seen.parts["two"], rel=1e-6)
    slopes = [call.named("pre_activation")[0].gradient for call in seen.of("shared")]
    both = X.T @ slopes[0] + X[::-1].T @ slopes[1]
    np.testing.assert_allclose(seen.gradients["shared/kernel"], both, rtol=1e-5, atol=1e-7)


def test_the_model_stays_as_it_is_and_whole_numbers_have_no_gradient():
    model = Sequential([Input((2,)), Embedding(3, 2), LSTM(1)], seed=0)
    model.compile("adam", "mse")
    before = jax.tree.map(np.array, model.train_state())
    seen = look(model, np.array([[0, 2]]), np.array([[1.0]]), training=True)
    for now, then in zip(jax.tree.leaves(model.train_state()), jax.tree.leaves(before), strict=True):
        np.testing.assert_array_equal(now, then)
    assert seen.calls[1].inputs[0].dtype.kind == "i" and seen.calls[1].gradients[0].shape == (1, 2, 2)
    np.testing.assert_array_equal(seen.gradients["embedding/embeddings"][1], 0)


def test_wrong_use_is_named():
    with pytest.raises(ShapeError, match="expected size 2"):
        look(network(), np.ones((1, 3)))
    with pytest.raises(ConfigError, match="compile"):
        look(Sequential([Input((2,)), Dense(1)]), X, Y)
    with pytest.raises(DataError, match="row 1"):
        look(network(), np.array([[1.0, 2.0], [np.nan, 0.0]]))
