"""LearningRateScheduler and ReduceLROnPlateau: which rate when, and that training goes on with it."""

from types import SimpleNamespace

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import LearningRateScheduler, ReduceLROnPlateau
from glassnet.foundation.errors import ConfigError
from glassnet.layers import Dense
from glassnet.optimizers import SGD

X = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")


def fitted(*callbacks, rate=0.1, epochs=4):
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile(SGD(rate), "mse")
    history = model.fit(X, X[:, :1], epochs=epochs, verbose=0, callbacks=callbacks)
    return model, history.history


def driven(callback, values, rate=1.0):
    """The rates after each epoch when these are the monitored values."""
    callback.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=rate)))
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        logs = {"val_loss": value}
        callback.on_epoch_end(epoch, logs)
        rates.append(callback.model.optimizer.learning_rate)
    return rates


def test_the_rate_is_set_before_each_epoch_and_reported():
    _, history = fitted(LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)))
    assert history["learning_rate"] == [0.1 / (epoch + 1) for epoch in range(4)]
    _, halved = fitted(LearningRateScheduler(lambda epoch, rate: rate / 2))
    assert halved["learning_rate"] == [0.05, 0.025, 0.0125, 0.00625]


def test_training_uses_the_rate_that_was_set():
    still, _ = fitted(LearningRateScheduler(lambda epoch: 0.0))
    start = Sequential([Input((2,)), Dense(1)], seed=0)
    np.testing.assert_array_equal(still.get_weights()[0], start.get_weights()[0])
    one, _ = fitted(LearningRateScheduler(lambda epoch: 0.1 if epoch == 0 else 0.0))
    same, _ = fitted(epochs=1)
    np.testing.assert_array_equal(one.get_weights()[0], same.get_weights()[0])


@pytest.mark.parametrize(
    ("arguments", "values", "rates"),
    [
        ({"patience": 2}, [1, 1, 1, 1, 1], [1, 1, 0.1, 0.1, 0.01]),
        ({"patience": 2, "cooldown": 2}, [1, 1, 1, 1, 1, 1, 1], [1, 1, 0.1, 0.1, 0.1, 0.01, 0.01]),
        ({"patience": 1, "min_lr": 0.05}, [1, 1, 1, 1], [1, 0.1, 0.05, 0.05]),
        ({"patience": 1, "min_delta": 0.1}, [1, 0.95, 0.5, 0.5], [1, 0.1, 0.1, 0.01]),
        ({"patience": 1, "mode": "max", "factor": 0.5}, [1, 2, 1, 1], [1, 1, 0.5, 0.25]),
    ],
    ids=["patience", "cooldown", "min_lr", "min_delta", "max"],
)
def test_when_a_plateau_reduces_the_rate(arguments, values, rates):
    assert driven(ReduceLROnPlateau(**arguments), values) == pytest.approx(rates)


def test_it_goes_on_from_its_state():
    whole = driven(ReduceLROnPlateau(patience=3, factor=0.5), [1, 1, 1, 1, 1, 1, 1])
    first, second = ReduceLROnPlateau(patience=3, factor=0.5), ReduceLROnPlateau(patience=3, factor=0.5)
    driven(first, [1, 1, 1])
    second.on_train_begin = lambda: second.set_state(first.get_state())
    assert driven(second, [1, 1, 1, 1]) == whole[3:]


def test_what_was_said(capsys):
    fitted(LearningRateScheduler(lambda epoch: 0.25, verbose=1), epochs=1)
    driven(ReduceLROnPlateau(patience=1, verbose=1), [1, 1])
    assert capsys.readouterr().err.splitlines() == [
        "epoch 1: learning rate 0.25",
        "epoch 2: no better val_loss for 1 epochs, learning rate 0.1",
    ]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: LearningRateScheduler(0.1), "a function of the epoch"),
        (lambda: fitted(LearningRateScheduler(lambda epoch: "fast")), "a learning rate of 0 or more for epoch 0"),
        (lambda: fitted(LearningRateScheduler(lambda epoch: -1)), "Received -1.0 from its function"),
        (lambda: fitted(LearningRateScheduler(lambda e: 0.1), rate=lambda step: 0.1), "Received a schedule"),
        (lambda: ReduceLROnPlateau(factor=1.0), "a factor from 0 to below 1"),
        (lambda: ReduceLROnPlateau(mode="least"), "mode 'auto', 'min' or 'max'"),
    ],
)
def test_what_cannot_work(make, words):
    with pytest.raises(ConfigError, match=words):
        make()


def test_a_number_that_is_not_there_is_warned_of():
    with pytest.warns(UserWarning, match=r"ReduceLROnPlateau expected to find 'val_los'.*did you mean 'val_loss'"):
        driven(ReduceLROnPlateau(monitor="val_los"), [1])
