"""What the tests of this room share: two classes in the plane, and a small network for them."""

import numpy as np
import pytest

from glassnet.layers import Dense, Input
from glassnet.models import Sequential


@pytest.fixture(scope="session")
def plane():
    """60 rows of 2 numbers, two classes that a bent line parts: (x, y), y (60, 1)."""
    x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    return x, (x[:, :1] + 0.5 * x[:, 1:] ** 2 > 0.3).astype("float32")


@pytest.fixture(scope="session")
def small():
    """Makes the network: 2 inputs, 4 hidden units, one probability."""

    def make(seed=0, optimizer="sgd", metrics=("accuracy",), **arguments):
        model = Sequential([Input((2,)), Dense(4, activation="tanh"), Dense(1, activation="sigmoid")], seed=seed)
        model.compile(optimizer, "binary_crossentropy", metrics=list(metrics), **arguments)
        return model

    return make


@pytest.fixture
def untouched():
    """Says whether a model is what it was, to the bit: call it before, and what it returns after."""

    def remember(model):
        weights, names, seed, optimizer = model.get_weights(), list(model.named_weights()), model.seed, model.optimizer
        rate, progress, history, config = optimizer.learning_rate, model._progress, model.history, model.get_config()

        def check():
            assert list(model.named_weights()) == names and model.seed == seed and model.optimizer is optimizer
            assert optimizer.learning_rate == rate and model._progress is progress and model.history is history
            assert model.get_config() == config
            for now, then in zip(model.get_weights(), weights, strict=True):
                np.testing.assert_array_equal(now, then)

        return check

    return remember
