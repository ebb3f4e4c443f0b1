"""standing: where units stand on their activation, for each kind of layer that has one."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.observing import observed_by
from glassnet.inspection.standing import Watcher
from glassnet.layers import ELU, Activation, Conv2D, Dense, LeakyReLU, PReLU, ReLU, SimpleRNN

LOW, HIGH = np.full((3, 4), -50, "float32"), np.full((3, 4), 50, "float32")


def stood(layer, x):
    watcher = Watcher()
    with observed_by(watcher):
        layer(x)
    return np.asarray(watcher.calls[-1].numbers)[:2]  # dead, saturated


@pytest.mark.parametrize("name", ["relu", "relu6", "elu", "gelu", "silu", "softplus"])
def test_what_is_off_far_below_zero_is_dead(name):
    assert stood(Activation(name), LOW)[0] == 1
    assert stood(Activation(name), HIGH * (0.05 if name == "relu6" else 1))[0] == 0
    assert np.isnan(stood(Activation(name), LOW)[1])


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "hard_sigmoid", "softsign", "hard_tanh", "sparse_sigmoid"])
def test_an_s_is_saturated_at_both_ends_and_not_in_the_middle(name):
    for x in (LOW, HIGH):
        assert stood(Activation(name), x)[1] == 1
    assert stood(Activation(name), LOW * 0)[1] == 0
    assert np.isnan(stood(Activation(name), LOW)[0])


@pytest.mark.parametrize(("layer", "dead"), [(ReLU(), 1), (LeakyReLU(0.1), 0), (PReLU(), 1), (ELU(), 1)])
def test_activations_that_are_layers_are_judged_alike(layer, dead):
    assert stood(layer, LOW)[0] == dead


@pytest.mark.parametrize("name", ["linear", "softmax"])
def test_an_activation_without_flat_places_is_not_judged(name):
    assert np.isnan(stood(Activation(name), LOW)).all()


def test_a_unit_on_at_one_row_is_not_dead():
    x = LOW.copy()
    x[1, 2] = 1
    assert stood(Activation("relu"), x)[0] == pytest.approx(0.75)


@pytest.mark.parametrize("order", ["channels_last", "channels_first"])
def test_the_units_of_a_convolution_are_its_channels(order):
    shape = (2, 5, 5, 1) if order == "channels_last" else (2, 1, 5, 5)
    layer = Conv2D(4, 3, activation="relu", data_format=order)
    model = Sequential([Input(shape[1:]), layer], seed=0)
    model.set_weights([np.zeros((3, 3, 1, 4), "float32"), np.float32([1, -1, 1, 1])])
    assert stood(layer, np.ones(shape, "float32"))[0] == pytest.approx(0.25)


def test_a_recurrent_layer_is_judged_by_its_outputs():
    layer = SimpleRNN(2, return_sequences=True)
    model = Sequential([Input((3, 1)), layer], seed=0)
    zeros = [np.zeros_like(w) for w in model.get_weights()]
    model.set_weights([*zeros[:2], np.float32([20, 0])])
    assert stood(layer, np.ones((2, 3, 1), "float32"))[1] == pytest.approx(0.5)


def test_dense_without_an_activation_is_kept_for_its_outputs_only():
    layer = Dense(3)
    assert np.isnan(stood(layer, LOW)).all()
