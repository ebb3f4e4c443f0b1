"""States: given ones, those that are kept from batch to batch, and what does not fit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ConfigError, GlassnetError, ShapeError, UnknownNameError
from glassnet.initializers import RandomNormal
from glassnet.layers import Dense, Layer, Masking
from glassnet.layers.recurrent import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    ConvLSTM2D,
    GRUCell,
    LSTMCell,
    SimpleRNN,
    StackedRNNCells,
    TimeDistributed,
)
from glassnet.optimizers import SGD

X = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")


@pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])
def test_a_sequence_in_two_parts_is_as_one(kind):
    layer = kind(2, return_state=True)
    whole = layer(X)
    _, *states = layer(X[:, :3])
    for y, wanted in zip(layer(X[:, 3:], initial_state=states), whole, strict=True):
        np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-6)
    kept = kind(2, stateful=True)
    kept(X[:, :3])
    kept.set_weights(layer.get_weights())
    assert len(kept.get_weights()) == 3  # states are no weights: they belong to a number of rows
    kept.reset_state()
    kept(X[:, :3])
    np.testing.assert_allclose(kept(X[:, 3:]), whole[0], rtol=1e-5, atol=1e-6)
    kept.reset_states()
    np.testing.assert_allclose(kept(X), whole[0], rtol=1e-5, atol=1e-6)


def test_a_state_may_come_as_one_array_and_stacked_ones_flat():
    state = np.ones((2, 2), "float32")
    layer = GRU(2)
    np.testing.assert_array_equal(layer(X, initial_state=state), layer(X, initial_state=[state]))
    stack = RNN([LSTMCell(2), GRUCell(2)])
    nested = stack(X, initial_state=[[state, 2 * state], [3 * state]])
    np.testing.assert_array_equal(stack(X, initial_state=[state, 2 * state, 3 * state]), nested)


def test_states_of_both_directions_are_kept():
    layer = Bidirectional(GRU(2, stateful=True))
    first = layer(X)
    assert layer.stateful and np.abs(layer(X) - first).max() > 1e-3
    layer.reset_states()
    np.testing.assert_allclose(layer(X), first, rtol=1e-6)


def test_states_travel_through_the_batches_of_fit():
    """With steps too small to change a weight, the loss is that of calls by hand, one after the other."""
    model = Sequential([Input(batch_shape=(2, 3, 3)), LSTM(2, stateful=True), Dense(1)], seed=0)
    model.compile(SGD(1e-12), "mse")
    assert model.layers[0].state_rows == 2 and model.layers[0].always_mixes_rows
    rows, y = np.concatenate([X[:, :3], X[:, 3:]]), np.ones((4, 1), "float32")
    model.layers[0].reset_state()
    history = model.fit(rows, y, batch_size=2, epochs=2, shuffle=False, verbose=0)
    model.layers[0].reset_state()
    by_hand = [np.mean((model(rows[i : i + 2]) - 1) ** 2) for i in (0, 2, 0, 2)]
    np.testing.assert_allclose(history.history["loss"], np.mean(np.reshape(by_hand, (2, 2)), 1), rtol=1e-5)
    assert by_hand[0] != by_hand[2]


def test_a_state_has_no_gradient_from_earlier_batches_and_does_not_leak():
    layer = LSTM(2, stateful=True)
    layer(X)
    before = layer.states
    jax.grad(lambda x: layer(x).sum())(jnp.asarray(X))
    assert layer.states is before


def test_only_the_steps_that_count_change_anything():
    layer = LSTM(2, return_sequences=True, return_state=True)
    mask = np.array([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]], bool)
    y, h, c = layer(X, mask=mask)
    short = layer(X[:1, :3])
    np.testing.assert_allclose(y[0, :3], short[0][0], rtol=1e-6)
    np.testing.assert_allclose([y[0, 5], y[0, 3], h[0]], [y[0, 2]] * 3)
    np.testing.assert_allclose(c[0], short[2][0], rtol=1e-6)
    np.testing.assert_array_equal(layer(X, mask=mask[..., None])[0], y)


class Reader(Layer):
    """Puts out the mask that reaches it."""

    def call(self, inputs, mask=None):
        return jnp.zeros((2, 1)) if mask is None else mask.astype("float32")


@pytest.mark.parametrize(
    ("layer", "wanted"),
    [
        (LSTM(2, return_sequences=True), [[1, 1, 0], [1, 0, 0]]),
        (GRU(2, return_sequences=True, go_backwards=True), [[0, 1, 1], [0, 0, 1]]),
        (GRU(2), [[0], [0]]),
        (Bidirectional(GRU(2, return_sequences=True)), [[1, 1, 0], [1, 0, 0]]),
        (TimeDistributed(Dense(2)), [[1, 1, 0], [1, 0, 0]]),
    ],
    ids=lambda value: value.name if isinstance(value, Layer) else "",
)
def test_the_mask_goes_on_to_the_next_layer(layer, wanted):
    x = X[:, :3] * np.array([[1, 1, 0], [1, 0, 0]], "float32")[..., None]
    np.testing.assert_array_equal(Sequential([Masking(), layer, Reader()])(x), wanted)


@pytest.mark.parametrize(
    "layer",
    [
        LSTM(2, return_sequences=True, return_state=True),
        Bidirectional(GRU(2, return_sequences=True, return_state=True)),
    ],
    ids=["states", "both directions"],
)
def test_the_mask_goes_with_an_output_that_does_not_come_alone(layer):
    class Next(Layer):
        def __init__(self):
            super().__init__()
            self.first, self.second = layer, Reader()

        def call(self, inputs, mask=None):
            return self.second(self.first(inputs, mask=mask)[0])

    mask = np.array([[1, 1, 0], [1, 0, 0]], bool)
    np.testing.assert_array_equal(Next()(X[:, :3], mask=mask), mask)


@pytest.mark.parametrize(
    "cell", [LSTM(20, dropout=0.5, seed=1), LSTM(20, recurrent_dropout=0.5, seed=1), GRU(20, dropout=0.5, seed=2)]
)
def test_dropout_is_for_training_only_and_differs_from_call_to_call(cell):
    y = cell(X)
    np.testing.assert_array_equal(cell(X), y)
    one, other = (cell(X, training=True) for _ in range(2))
    assert np.abs(one - y).max() > 1e-3 and np.abs(one - other).max() > 1e-3


def test_the_same_inputs_are_dropped_at_every_step():
    layer = SimpleRNN(
        1, "linear", kernel_initializer="ones", recurrent_initializer="zeros", return_sequences=True, dropout=0.5
    )
    y = layer(np.ones((50, 4, 1), "float32"), training=True)
    assert set(np.unique(y)) == {0.0, 2.0}
    np.testing.assert_array_equal(y, np.repeat(y[:, :1], 4, 1))


def test_what_a_picture_feeds_back_is_dropped_in_training_only():
    layer, x = ConvLSTM2D(4, 1, recurrent_dropout=0.5), np.ones((2, 2, 3, 3, 1), "float32")
    y = layer(x)
    np.testing.assert_array_equal(layer(x), y)
    assert np.abs(layer(x, training=True) - y).max() > 1e-3


def test_the_forget_gate_starts_open():
    def first_bias(**arguments):
        layer = LSTM(1, **arguments)
        layer.build((None, 3, 3))
        return layer.get_weights()[2].tolist()

    assert first_bias() == [0, 1, 0, 0]
    assert first_bias(unit_forget_bias=False) == [0, 0, 0, 0]
    drawn = first_bias(bias_initializer=RandomNormal(seed=1))
    assert drawn[1] == 1 and drawn[0] != 0 != drawn[3]


class NoSize(Layer):
    def call(self, inputs, states):
        return inputs, states


ZERO = np.zeros((2, 2), "float32")


def built_for_two():
    layer = LSTM(2, stateful=True)
    layer(X)
    return layer


BAD = [
    (lambda: LSTM(0), ConfigError, "LSTM expected `units` to be a whole number above 0. Received 0."),
    (lambda: LSTM(2, dropout=1.0), ConfigError, "LSTM expected `dropout` from 0 and below 1"),
    (lambda: GRU(2, recurrent_dropout=-1), ConfigError, "GRU expected `recurrent_dropout`"),
    (lambda: GRU(2, seed=-1), ConfigError, "GRU expected `seed`"),
    (lambda: GRU(2, use_cudnn="yes"), ConfigError, "`use_cudnn` as 'auto', True or False. Received 'yes'."),
    (lambda: LSTM(2, "tahn"), UnknownNameError, "did you mean 'tanh'"),
    (lambda: LSTM(2, returnsequences=True), ConfigError, "did you mean 'return_sequences'"),
    (
        lambda: LSTM(2)(X[..., 0]),
        ShapeError,
        "'lstm' expected 3 axes (batch first), (batch, steps, features); received 2",
    ),
    (lambda: LSTM(2)(X[..., 0]), ShapeError, "A missing feature axis? Pass x[..., None]"),
    (lambda: LSTM(2)(X[None]), ShapeError, "put TimeDistributed(Flatten()) before it"),
    (lambda: Sequential([Input((6, 4)), LSTM(2)])(X), ShapeError, "received size 3"),
    (lambda: Sequential([Input((5, 6)), LSTM(2)]).layers[0](X), ShapeError, "Features before steps?"),
    (lambda: Sequential([Input((3, 3)), LSTM(2)]).layers[0](X[..., :2]), ShapeError, "features=3"),
    (lambda: LSTM(2).build((None, 3, None)), ShapeError, "expected to know the number of features"),
    (
        lambda: LSTM(2)(X, initial_state=ZERO),
        ShapeError,
        "a list of 2 arrays of shapes (2, 2), (2, 2). Received an array",
    ),
    (
        lambda: LSTM(2)(X, initial_state=[ZERO, ZERO[:1]]),
        ShapeError,
        "Received a list of 2 arrays of shapes (2, 2), (1, 2)",
    ),
    (lambda: GRU(2)(X, mask=np.ones((2, 5))), ShapeError, "expected a mask of shape (2, 6)"),
    (lambda: built_for_two()(X[:1]), ShapeError, "expected batches of 2 rows"),
    (
        lambda: jax.jit(lambda layer, x: layer(x))(Sequential([Input((6, 3)), LSTM(2, stateful=True)]), X),
        ShapeError,
        "fixed",
    ),
    (lambda: RNN(NoSize()), ConfigError, "RNN expected a cell with `state_size`"),
    (lambda: RNN(LSTM(2)), ConfigError, "Pass LSTMCell, or use the layer as it is."),
    (lambda: RNN(len), ConfigError, "RNN expected a cell: a Layer with `state_size`"),
    (lambda: StackedRNNCells([]), ConfigError, "expected a list of cells. Received []."),
    (lambda: LSTMCell(2)(X, [ZERO, ZERO]), ShapeError, "A cell takes one step of a sequence: pass x[:, t]"),
    (lambda: Bidirectional(Dense(2)), ConfigError, "Bidirectional expected a recurrent layer"),
    (lambda: Bidirectional(LSTM(2), "add"), ConfigError, "`merge_mode` as one of 'concat', 'sum', 'ave', 'mul', None"),
    (lambda: Bidirectional(LSTM(2), backward_layer=LSTM(2)), ConfigError, "layers of different directions"),
    (
        lambda: Bidirectional(LSTM(2), backward_layer=LSTM(2, go_backwards=True, return_sequences=True)),
        ConfigError,
        "two layers with the same `return_sequences`",
    ),
    (lambda: TimeDistributed(3), ConfigError, "TimeDistributed expected a layer to wrap. Received 3."),
    (lambda: TimeDistributed(Dense(2))(X[:, 0]), ShapeError, "Pass (batch, steps, ...)"),
    (lambda: TimeDistributed(Dense(2))(X, mask=np.ones((2, 5))), ShapeError, "a mask whose first sizes are (2, 6)"),
    (lambda: ConvLSTM2D(2, 3)(X), ShapeError, "Pass sequences of shape (batch, steps, height, width, channels)."),
    (lambda: ConvLSTM2D(2, 3)(X.reshape(1, 2, 2, 3, 3)), ShapeError, "expected steps as large as its kernel (3, 3)"),
    (lambda: ConvLSTM2D(2, 3, strides=2, dilation_rate=2), ConfigError, "Set one of the two to 1."),
    (lambda: ConvLSTM2D(2, 3).build((None, 3, None, 4, 1)), ShapeError, "to know the spatial sizes"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:50] for _, _, words in BAD])
def test_what_cannot_work_is_named(make, error: type[GlassnetError], words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)


def test_fit_takes_batches_of_any_fixed_size_and_leaves_the_states_in_the_layer():
    x = np.random.default_rng(0).normal(size=(8, 3, 2)).astype("float32")
    layer = LSTM(2, stateful=True)
    model = Sequential([Input(batch_shape=(4, 3, 2)), layer, Dense(1)], seed=0)
    model.compile(SGD(0.0), "mse")
    model.fit(x, x[:, 0, :1], batch_size=4, shuffle=False, verbose=0)
    other = Sequential([Input(batch_shape=(4, 3, 2)), LSTM(2, stateful=True), Dense(1)], seed=0)
    other(x[:4])
    other(x[4:])
    for ours, theirs in zip(layer.states, other.layers[0].states, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
