"""Recurrent layers of both libraries: losses, weights and answers after some steps of fit, with and without padding."""

import keras
import numpy as np
import pytest

import glassnet

# A habit of Keras 3 with NumPy 2, not of ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

LAYERS = {
    "SimpleRNN": lambda of: [of.SimpleRNN(5, recurrent_regularizer="l2")],
    "LSTM": lambda of: [of.LSTM(5, return_sequences=True, kernel_constraint="max_norm"), of.LSTM(3, go_backwards=True)],
    "LSTM, other gates": lambda of: [of.LSTM(5, activation="softsign", recurrent_activation="hard_sigmoid")],
    "GRU": lambda of: [of.GRU(5, return_sequences=True), of.GRU(3, reset_after=False, activity_regularizer="l2")],
    "RNN": lambda of: [of.RNN([of.LSTMCell(4), of.GRUCell(3), of.SimpleRNNCell(2)])],
    "Bidirectional": lambda of: [
        of.Bidirectional(of.LSTM(4, return_sequences=True)),
        of.Bidirectional(of.GRU(3), "ave"),
    ],
    "TimeDistributed": lambda of: [
        of.LSTM(4, return_sequences=True),
        of.TimeDistributed(of.Dense(3, "tanh")),
        of.SimpleRNN(4),
    ],
}


def fitted(make, first, x, y):
    """Each library's model after two epochs from the same weights, and its losses."""
    models = []
    for library in (glassnet, keras):
        if library is glassnet:
            library.utils.set_random_seed(0)
        of = library.layers
        model = library.Sequential([*first(of), *make(of), of.Dense(1)])
        model.compile(library.optimizers.SGD(0.05), "mse")
        models.append(model)
    ours, theirs = models
    theirs.set_weights(ours.get_weights())
    losses = [model.fit(x, y, epochs=2, batch_size=16, shuffle=False, verbose=0).history["loss"] for model in models]
    np.testing.assert_allclose(*losses, rtol=1e-4)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_sequences(make):
    x = np.random.default_rng(0).normal(size=(40, 6, 3)).astype("float32")
    fitted(make, lambda of: [of.Input((6, 3))], x, x.mean((1, 2))[:, None])


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_sequences_filled_up(make):
    random = np.random.default_rng(0)
    words = random.integers(1, 9, size=(40, 6)) * (np.arange(6) < random.integers(1, 7, size=(40, 1)))
    y = (words == 3).sum(1)[:, None].astype("float32")
    fitted(make, lambda of: [of.Input((6,)), of.Embedding(9, 3, mask_zero=True)], words, y)


def test_pictures_in_time():
    x = np.random.default_rng(0).normal(size=(20, 3, 5, 4, 1)).astype("float32")
    fitted(
        lambda of: [
            of.ConvLSTM2D(2, 3, padding="same", return_sequences=True),
            of.ConvLSTM2D(2, 2, strides=2, activation="relu"),
            of.Flatten(),
        ],
        lambda of: [of.Input((3, 5, 4, 1))],
        x,
        x.mean((1, 2, 3)),
    )
