"""A recurrent layer around a cell of one's own."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.layer import layer_registry
from glassnet.layers import Dense, Layer
from glassnet.layers.recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, SimpleRNN, SimpleRNNCell
from glassnet.optimizers import Adam

X = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
MASK = np.array([[1, 1, 0, 0], [1, 0, 1, 1]], bool)


@pytest.mark.parametrize(("cell", "kind"), [(LSTMCell, LSTM), (GRUCell, GRU), (SimpleRNNCell, SimpleRNN)])
def test_a_known_cell_gives_the_numbers_of_its_layer(cell, kind):
    around, layer = RNN(cell(2), return_sequences=True), kind(2, return_sequences=True)
    layer.build((None, 4, 3))
    around.build((None, 4, 3))
    around.set_weights(layer.get_weights())
    np.testing.assert_array_equal(around(X, mask=MASK), layer(X, mask=MASK))
    one, states = around.cell(X[:, 0], around.get_initial_state(2))
    np.testing.assert_allclose(one, layer(X)[:, 0], rtol=1e-5, atol=1e-6)
    alone, state = around.cell(X[:, 0], states[0]) if len(states) == 1 else (one, states[0])
    assert alone.shape == state.shape == (2, 2)


@pytest.mark.parametrize("cell", [SimpleRNNCell(2), LSTMCell(2), GRUCell(2), GRUCell(2, reset_after=False)])
def test_what_is_dropped_is_fed_back_nowhere(cell):
    cell.build((None, 3))
    states = [np.ones((2, 2), "float32")] * len(cell.get_initial_state(2))
    y, _ = cell.advance(cell.project(X[:, 0]), states, np.zeros((2, 2), "float32"))
    cell.recurrent_kernel = jnp.zeros_like(cell.recurrent_kernel)
    np.testing.assert_allclose(cell.advance(cell.project(X[:, 0]), states, None)[0], y, rtol=1e-5)


@pytest.mark.parametrize("layer", [GRU(2, unroll=True), LSTM(2, unroll=True), RNN([LSTMCell(2)], unroll=True)])
def test_steps_are_unrolled_where_that_is_asked(layer):
    layer.build((None, 4, 3))
    program = str(jax.make_jaxpr(lambda x: layer(x))(X))
    assert "unroll=4" in program and "unroll=1" not in program


@layer_registry.register()
class Leaky(Layer):
    """Half of the state and a projection; its inner layer is made by its first input."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.inner = Dense(units)

    def call(self, inputs, states):
        h = 0.5 * states[0] + self.inner(inputs)
        return h, h


@layer_registry.register()
class Counter(Layer):
    """Two states of different sizes, an output of a third, and a first state that is not zero."""

    state_size = (1, 2)
    output_size = 3

    def get_initial_state(self, batch_size):
        return [jnp.ones((batch_size, 1)), jnp.zeros((batch_size, 2))]

    def call(self, inputs, states):
        count, total = states
        return jnp.concatenate([count, total], 1), [count + 1, total + inputs[:, :2]]


def test_a_cell_of_ones_own_learns():
    model = Sequential([Input((4, 3)), RNN(Leaky(3)), Dense(1)], seed=0)
    model.compile(Adam(0.05), "mse")
    assert list(model.named_weights())[:2] == ["rnn/cell/inner/kernel", "rnn/cell/inner/bias"]
    x = np.random.default_rng(1).normal(size=(32, 4, 3)).astype("float32")
    losses = model.fit(x, x.sum((1, 2)), epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]


def test_states_of_several_sizes_and_an_output_of_its_own():
    layer = RNN(Counter(), return_sequences=True, return_state=True)
    y, count, total = layer(X, mask=MASK)
    assert layer.compute_output_shape(X.shape) == (y.shape, count.shape, total.shape) == ((2, 4, 3), (2, 1), (2, 2))
    np.testing.assert_array_equal(count[:, 0], [3, 4])
    np.testing.assert_allclose(total, np.einsum("bt,btd->bd", MASK, X[..., :2]), rtol=1e-5)
    np.testing.assert_allclose(y[0, 3], y[0, 1])  # the output before is repeated, not the state


def test_cells_of_ones_own_are_stacked_with_known_ones():
    layer = RNN([GRUCell(2), Leaky(3)], return_state=True)
    y, (h,), (state,) = layer(X)
    assert h.shape == (2, 2) and y.shape == (2, 3)
    np.testing.assert_array_equal(y, state)
    one, states = layer.cell(X[:, 0], layer.get_initial_state(2))
    np.testing.assert_allclose(one, layer(X[:, :1])[0], rtol=1e-5, atol=1e-6)
    assert [len(state) if isinstance(state, list) else 1 for state in states] == [1, 1]
    again = type(layer).from_config(json.loads(json.dumps(layer.get_config())))
    assert again.get_config() == layer.get_config()
    assert layer.state_size == [2, 3] and layer.cell.output_size == 3
