"""Keras on JAX beside Glassnet: one builder makes a network with either, and both start from the same weights."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
import pytest

import glassnet

ROWS, COLUMNS = 70, 4  # batches of 32, 32 and 6


def network(library, *, outputs, activation, optimizer, loss, metrics, weighted, seed, options):
    """A network of two layers; `optimizer` is a name or a pair (name, settings), `options` go to the hidden layer."""
    name, settings = (optimizer, {}) if isinstance(optimizer, str) else optimizer
    if library is glassnet:
        library.utils.set_random_seed(seed)
    model = library.Sequential(
        [
            library.layers.Input((COLUMNS,)),
            library.layers.Dense(6, activation="tanh", **options),
            library.layers.Dense(outputs, activation=activation),
        ]
    )
    loss = loss(library) if callable(loss) else loss
    chosen = getattr(library.optimizers, name)(**settings)
    model.compile(optimizer=chosen, loss=loss, metrics=list(metrics), weighted_metrics=list(weighted) or None)
    return model


@pytest.fixture
def pair():
    """Makes (Glassnet's network, Keras's network) from one description."""

    def make(*, outputs=1, activation=None, optimizer="SGD", loss="mse", metrics=(), weighted=(), seed=0, **options):
        both = [
            network(
                library,
                outputs=outputs,
                activation=activation,
                optimizer=optimizer,
                loss=loss,
                metrics=metrics,
                weighted=weighted,
                seed=seed,
                options=options,
            )
            for library in (glassnet, keras)
        ]
        both[1].set_weights(both[0].get_weights())
        return both

    return make


@pytest.fixture(scope="session")
def x():
    """70 rows of 4 numbers."""
    return np.random.default_rng(0).normal(size=(ROWS, COLUMNS)).astype("float32")


@pytest.fixture(scope="session")
def targets(x):
    """Targets by kind: a number, yes or no, a class, and a class one-hot."""
    scores = x @ np.random.default_rng(1).normal(size=(COLUMNS, 3))
    classes = scores.argmax(1)
    return {
        "number": scores[:, :1].astype("float32"),
        "yes": (scores[:, :1] > 0).astype("float32"),
        "class": classes.astype("int32"),
        "hot": np.eye(3, dtype="float32")[classes],
    }
