"""A call made again has the Jacobian that NumPy works out, with the weights, masks and draws of its moment."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.initializers import Ones
from glassnet.inspection import look
from glassnet.inspection.xrays.replaying import Replay, before_activation
from glassnet.layers import Dense, Dropout, Embedding, GlobalAveragePooling1D, Layer, SimpleRNN

X, Y = np.array([[0.5, -1.0, 2.0]], "float32"), np.array([[1.0]], "float32")


class Bent(Layer):
    """y = x₁ w + sin(x₂)."""

    def build(self, input_shape):
        self.w = self.add_weight("w", (3,), Ones())

    def call(self, inputs):
        return inputs[0] * self.w + jnp.sin(inputs[1])


def bent():
    a, b = Input((3,)), Input((3,))
    model = Model([a, b], Dense(1, kernel_initializer="ones")(Bent(name="bent")([a, b])), seed=0)
    model.compile("sgd", "mse")
    return model


def replayed(model, x, path, index, y=Y, step=0):
    seen = look(model, x, y, training=True)
    replay = Replay(model.blueprint(), seen.weights, (model.seed, step))
    call = seen.of(path)[0]
    return call, replay.slopes(call, index)


def test_rows_columns_and_leaving_slopes_of_a_layer_of_ones_own():
    x = [X, X[:, ::-1].copy()]
    call, slopes = replayed(bent(), x, "bent", (0, 1))
    first, second = slopes.inputs
    np.testing.assert_allclose(first.row, [[0, 1, 0]])
    np.testing.assert_allclose(second.row, [[0, np.cos(-1.0), 0]], rtol=1e-6)
    arriving = call.gradients[0]
    np.testing.assert_allclose(first.leaving, arriving, rtol=1e-6)
    np.testing.assert_allclose(second.leaving, arriving * np.cos(x[1]), rtol=1e-6)
    (w,) = slopes.weights
    assert w.name == "bent/w" and w.index == (2,)  # where x is largest
    np.testing.assert_allclose(w.column, [[0, 0, 2.0]])
    np.testing.assert_allclose(w.leaving, (arriving * X)[0], rtol=1e-6)
    assert not slopes.is_sum  # a sine is none
    assert slopes.value == pytest.approx(-1.0 + np.sin(-1.0))


def test_a_dense_layer_on_three_axes_is_a_sum_before_its_activation():
    model = Sequential([Input((2, 3)), Dense(2, "tanh", name="inner"), GlobalAveragePooling1D(), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(1, 2, 3)).astype("float32")
    call, slopes = replayed(model, x, "inner", (0, 1, 0))
    kernel = np.asarray(model.named_weights()["inner/kernel"])
    assert slopes.name == "z" and slopes.is_sum
    np.testing.assert_allclose(slopes.inputs[0].row[0], [[0, 0, 0], kernel[:, 0]], rtol=1e-6)
    np.testing.assert_array_equal(slopes.arriving, before_activation(call).gradient)
    assert slopes.constant == pytest.approx(0.0, abs=1e-6)


def test_draws_and_masks_are_those_of_the_step():
    model = Sequential([Input((3,)), Dropout(0.5, name="one"), Dense(3), Dropout(0.5, name="two"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    call, slopes = replayed(model, X, "two", (0, 0))
    dropped = np.asarray(call.outputs) == 0
    np.testing.assert_array_equal(slopes.inputs[0].leaving == 0, dropped)

    model = Sequential([Input((3,)), Embedding(4, 2, mask_zero=True), SimpleRNN(1, name="rnn")], seed=0)
    model.compile("sgd", "mse")
    call, slopes = replayed(model, np.array([[1, 2, 0]]), "rnn", (0, 0))
    np.testing.assert_array_equal(slopes.inputs[0].leaving[0, 2], 0)  # the third step does not count
    assert np.abs(slopes.inputs[0].leaving[0, :2]).min() > 0


def test_weights_of_layers_called_inside_have_their_place_there():
    model = Sequential([Sequential([Input((3,)), Dense(2, name="deep")], name="part"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    seen = look(model, X, Y, training=True)
    replay = Replay(model.blueprint(), seen.weights, (model.seed, 0))
    assert not replay.slopes(seen.of("part")[0], (0, 0), frozenset({"part/deep"})).weights
    names = [source.name for source in replay.slopes(seen.of("part/deep")[0], (0, 0)).weights]
    assert names == ["part/deep/bias", "part/deep/kernel"]
