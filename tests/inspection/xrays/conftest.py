"""One small network's x-ray, which several tests look at."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.layers import Conv2D, Dense, Flatten, MaxPooling2D


@pytest.fixture(scope="session")
def pictures():
    """A step of a network of every sort of line: patches, a window, sums and an activation, on a picture of 5 by 5."""
    layers = [Conv2D(2, 3, strides=2, padding="same", activation="tanh", name="conv"), MaxPooling2D(2, name="pool")]
    model = Sequential([Input((5, 5, 2)), *layers, Flatten(), Dense(2, "softmax", name="out")], seed=1)
    model.compile("adam", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).normal(size=(5, 5, 2)).astype("float32")
    return model.xray(x, 1)
