"""layer_weights: what a layer holds, and what is drawn of it."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ConfigError
from glassnet.inspection import layer_weights
from glassnet.layers import BatchNormalization, Dense, Flatten


def test_weights_are_copies_with_their_numbers(linear):
    found = layer_weights(linear, "line")
    assert found.values["line/kernel"].ravel().tolist() == [2.0, -3.0, 0.5]
    found.values["line/kernel"][:] = 0
    assert np.asarray(linear.get_layer("line").kernel).any()
    told = layer_weights(linear, "line").statistics()["line/kernel"]
    assert told["low"] == -3.0 and told["norm"] == pytest.approx(np.sqrt(4 + 9 + 0.25))


def test_running_means_are_among_them():
    model = Sequential([Input((2,)), BatchNormalization(), Dense(1)], seed=0)
    assert "batch_normalization/moving_mean" in layer_weights(model, "batch_normalization").values


def test_filters_are_tiles_and_matrices_tables(pictures, linear):
    assert len(layer_weights(pictures[0], "first").plot().panels) == 3
    assert len(layer_weights(pictures[0], "first").plot("first/bias").panels) == 1
    assert ">-3<" in layer_weights(linear, "line").plot().svg


def test_what_is_not_there_is_named(linear):
    with pytest.raises(ConfigError, match="has no weight"):
        layer_weights(linear, "line").plot("line/kernels")
    with pytest.raises(ConfigError, match="Flatten that has none"):
        layer_weights(Sequential([Input((2, 2)), Flatten(), Dense(1)]), "flatten")
