"""The same seed and rows give the same weights to the bit, whatever looks on and whichever of the two ways ran."""

import contextlib
import io

import numpy as np
import pytest

from glassnet import Input, Sequential, layers
from glassnet.callbacks import CSVLogger, LambdaCallback, ModelCheckpoint, TensorBoard
from glassnet.models import readiness
from glassnet.optimizers import SGD
from glassnet.optimizers.schedules import OneCycle

X = np.random.default_rng(0).normal(size=(40, 6, 6, 1)).astype("float32")
Y = (np.arange(40) % 3).astype("int32")
CYCLE = OneCycle(0.2, 12)

NETWORKS = {
    "dense": lambda: [layers.Flatten(), layers.Dense(8, activation="relu")],
    "batch normalization and dropout": lambda: [
        layers.Flatten(),
        layers.Dense(8),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
    ],
    "convolution": lambda: [layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()],
    "lstm": lambda: [layers.Reshape((6, 6)), layers.LSTM(5)],
}


def fitted(name, *callbacks, optimizer="adam", epochs=3, **arguments):
    model = Sequential([Input((6, 6, 1)), *NETWORKS[name](), layers.Dense(3, activation="softmax")], seed=3)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    arguments = {"validation_split": 0.2, "verbose": 0, **arguments}
    return model, model.fit(X, Y, epochs=epochs, batch_size=8, callbacks=list(callbacks), **arguments)


def same(one, two):
    for path, weight in one.named_weights().items():
        np.testing.assert_array_equal(weight, two.named_weights()[path], err_msg=path)


def looking_on(folder):
    """Every callback that writes, and one that asks the model for all it knows between epochs."""

    def look(epoch, logs):
        if epoch:  # the history has the epochs before this one
            with contextlib.redirect_stdout(io.StringIO()):
                curious.model.history.plot()
        curious.model.xray(X[:1], Y[:1])
        curious.model.evaluate(X, Y)
        curious.model.predict(X[:3])

    curious = LambdaCallback(on_epoch_end=look)
    board = TensorBoard(folder / "board", histogram_freq=1)
    return [CSVLogger(folder / "log.csv"), board, ModelCheckpoint(folder / "{epoch}.glass"), curious]


@pytest.mark.parametrize("name", ["dense", "batch normalization and dropout"])
def test_looking_on_changes_no_bit(name, tmp_path):
    plain, history = fitted(name)
    watched, seen = fitted(name, *looking_on(tmp_path))
    same(plain, watched)
    assert seen.history == history.history
    assert len(list(tmp_path.glob("*.glass"))) == 3


@pytest.mark.parametrize("name", NETWORKS)
def test_epochs_in_one_call_and_step_by_step_give_the_same_bits(name, monkeypatch):
    by_step, steps = fitted(name, LambdaCallback(on_train_batch_end=lambda batch, logs: None))
    monkeypatch.setattr(readiness, "prefers_steps", lambda model: False)
    by_epoch, epochs = fitted(name)
    assert any("step by step" in note for note in steps.notes)
    assert not any("step by step" in note for note in epochs.notes)
    same(by_step, by_epoch)
    assert steps.history == epochs.history


def test_a_cycle_of_rate_and_momentum_goes_on_after_a_cut_to_the_bit(tmp_path):
    def cut(epoch, logs):
        if epoch == 1:
            raise KeyboardInterrupt

    def optimizer():
        return SGD(CYCLE, momentum=CYCLE.momentum(), nesterov=True)

    whole, history = fitted("dense", optimizer=optimizer())
    with pytest.raises(KeyboardInterrupt):
        fitted("dense", LambdaCallback(on_epoch_end=cut), optimizer=optimizer(), resume=tmp_path / "run")
    nothing = LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    again, resumed = fitted("dense", nothing, optimizer=optimizer(), resume=tmp_path / "run")
    same(whole, again)
    assert resumed.history == history.history
    first, _ = fitted("dense", optimizer=optimizer(), epochs=1)
    assert int(first.train_state().step) == 4
    first.fit(X, Y, epochs=3, initial_epoch=1, batch_size=8, validation_split=0.2, verbose=0)
    same(whole, first)
