"""What the tests of this room share: small models whose numbers NumPy can work out again."""

import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.layers import (
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    MaxPooling2D,
    MultiHeadAttention,
)

W, B = np.array([[2.0], [-3.0], [0.5]], "float32"), np.array([0.25], "float32")


@pytest.fixture(scope="session")
def table():
    """40 rows of 3 numbers."""
    return np.random.default_rng(0).normal(size=(40, 3)).astype("float32")


@pytest.fixture(scope="session")
def linear(table):
    """x W + b, compiled with a squared error."""
    model = Sequential([Input((3,)), Dense(1, name="line")], seed=0)
    model.set_weights([W, B])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


@pytest.fixture(scope="session")
def curved():
    """softmax(tanh(x W1 + b1) W2 + b2) over 3 classes, with the function in NumPy's float64 beside it."""
    model = Sequential([Input((3,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")], seed=3)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    w1, b1, w2, b2 = (np.asarray(w, np.float64) for w in model.get_weights())

    def logits(x):
        return np.tanh(np.asarray(x, np.float64) @ w1 + b1) @ w2 + b2

    def outputs(x):
        shares = np.exp(logits(x))
        return shares / shares.sum(axis=1, keepdims=True)

    return model, outputs, logits


@pytest.fixture(scope="session")
def pictures():
    """A small network for images of 8 by 8, and three of them."""
    layers = [
        Input((8, 8, 1)),
        Conv2D(3, 3, activation="relu", name="first"),
        MaxPooling2D(2),
        Conv2D(4, 2, name="last"),
        GlobalAveragePooling2D(),
        Dense(2, activation="softmax"),
    ]
    return Sequential(layers, seed=1), np.random.default_rng(1).normal(size=(3, 8, 8, 1)).astype("float32")


@pytest.fixture(scope="session")
def text():
    """A network with attention over 6 words of 9, and four rows of them."""
    words = Input((6,), dtype="int32")
    vectors = Embedding(9, 4)(words)
    mixed = MultiHeadAttention(2, 3)(vectors, vectors)
    model = Model(words, Dense(1, activation="sigmoid")(GlobalAveragePooling1D()(mixed)), seed=2)
    return model, np.random.default_rng(2).integers(0, 9, (4, 6))


@pytest.fixture(scope="session")
def line_of_pixels():
    """A linear network on images: each pixel has its own weight."""
    model = Sequential([Input((4, 4, 1)), Flatten(), Dense(1, use_bias=False)], seed=0)
    return model, np.asarray(model.get_weights()[0]).reshape(4, 4)
