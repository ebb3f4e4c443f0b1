"""What all tests share: small data, and the small network that is compiled once for many of them."""

import numpy as np
import pytest

from glassnet.layers import Dense, Input
from glassnet.models import Sequential


@pytest.fixture(scope="session")
def rows():
    """70 rows of 4 numbers, two classes a line parts: (x, y)."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(70, 4)).astype("float32")
    return x, (x @ np.array([1.0, -2.0, 0.5, 0.0]) > 0).astype("int32")


@pytest.fixture(scope="session")
def classifier():
    """Makes the small network: 4 inputs, 5 hidden units, one probability."""

    def make(seed=0, *, hidden=(), optimizer="adam", loss="binary_crossentropy", metrics=("accuracy",)):
        layers = [Input((4,)), Dense(5, activation="relu"), *hidden, Dense(1, activation="sigmoid")]
        model = Sequential(layers, seed=seed)
        model.compile(optimizer, loss, metrics=list(metrics))
        return model

    return make
