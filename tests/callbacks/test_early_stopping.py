"""EarlyStopping on sequences of numbers, with Keras's meanings."""

import numpy as np
import pytest

from glassnet.callbacks import EarlyStopping
from glassnet.foundation.errors import ConfigError


class Dummy:
    """A model of one number: the epoch."""

    def __init__(self):
        self.stop_training = False
        self.value = [np.zeros(1)]

    def get_weights(self):
        return self.value

    def set_weights(self, weights):
        self.value = weights


def drive(values, monitor="val_loss", **arguments):
    """(epochs run, the callback, the model) for these numbers."""
    stop, model = EarlyStopping(monitor, **arguments), Dummy()
    stop.set_model(model)
    stop.on_train_begin()
    for epoch, value in enumerate(values):
        model.value = [np.array([float(epoch)])]
        stop.on_epoch_end(epoch, {monitor: value})
        if model.stop_training:
            break
    stop.on_train_end()
    return epoch + 1, stop, model


DOWN_UP = [1.0, 0.8, 0.6, 0.7, 0.65, 0.9, 0.5]


@pytest.mark.parametrize(
    ("values", "arguments", "epochs", "best"),
    [
        (DOWN_UP, {"patience": 2}, 5, 2),
        (DOWN_UP, {"patience": 3}, 6, 2),
        (DOWN_UP, {"patience": 4}, 7, 6),
        (DOWN_UP, {"patience": 0}, 4, 2),
        (DOWN_UP, {"patience": 2, "min_delta": 0.3}, 5, 2),
        ([0.1, 0.2, 0.3], {"patience": 1, "mode": "min"}, 2, 0),
        (DOWN_UP, {"patience": 2, "baseline": 0.55}, 4, 2),
        (DOWN_UP, {"patience": 1, "start_from_epoch": 4}, 6, 4),
    ],
)
def test_when_it_stops(values, arguments, epochs, best):
    ran, stop, _ = drive(values, **arguments)
    assert (ran, stop.best_epoch) == (epochs, best)


def test_accuracies_go_up_by_themselves():
    ran, stop, _ = drive([0.5, 0.6, 0.55, 0.54], "val_accuracy", patience=2)
    assert ran == 4 and stop.best == 0.6 and stop.stopped_epoch == 3


def test_best_weights_come_back_also_without_a_stop():
    _, _, model = drive(DOWN_UP[:4], patience=10, restore_best_weights=True)
    assert model.value[0][0] == 2.0
    _, _, model = drive(DOWN_UP[:4], patience=10)
    assert model.value[0][0] == 3.0


def test_it_forgets_an_earlier_training():
    stop, model = EarlyStopping(patience=1), Dummy()
    stop.set_model(model)
    for _ in range(2):
        stop.on_train_begin()
        stop.on_epoch_end(0, {"val_loss": 1.0})
        stop.on_epoch_end(1, {"val_loss": 0.5})
    assert not model.stop_training and stop.best == 0.5


def test_a_name_that_is_not_there_is_said():
    stop = EarlyStopping("val_los")
    stop.set_model(Dummy())
    with pytest.warns(UserWarning, match="did you mean 'val_loss'"):
        stop.on_epoch_end(0, {"loss": 1.0, "val_loss": 1.0})


def test_wrong_arguments():
    with pytest.raises(ConfigError, match="patience"):
        EarlyStopping(patience=-1)
    with pytest.raises(ConfigError, match="mode"):
        EarlyStopping(mode="up")


def test_it_says_when_it_stops_and_which_weights_come_back(capsys):
    drive(DOWN_UP, patience=2, restore_best_weights=True, verbose=1)
    assert capsys.readouterr().err.splitlines() == [
        "epoch 5: stopped, no better val_loss for 2 epochs",
        "the model has its weights of epoch 3 back",
    ]
    drive(DOWN_UP, patience=20, verbose=1)
    assert capsys.readouterr().err == ""
