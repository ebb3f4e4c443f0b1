"""first_broken: the layer and the direction, with and without the equations of JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.inspection import jaxprs
from glassnet.inspection.first_broken import LOSS, PENALTY, place_of, rough_place_of
from glassnet.layers import BatchNormalization, Dense, Lambda
from glassnet.models import readiness
from glassnet.optimizers import SGD, Adam
from glassnet.regularizers import L2
from glassnet.training.replay import BadStep
from glassnet.training.step import Batch

X = np.array([[0.0, 1.0], [1.0, -1.0], [2.0, 0.5], [0.3, 0.4]], np.float32)
Y = np.ones((4, 1), np.float32)


def bad_step(layers, optimizer="sgd", loss="mse", y=Y, rate=0.01):
    model = Sequential([Input((2,)), *layers], seed=0)
    model.compile(optimizer, loss)
    recipe = readiness.ready(model, X, y)
    state = jax.tree.map(np.array, model.train_state())
    batch = Batch(X, y, np.ones(4, np.float32), np.ones(4, np.float32))
    return BadStep(recipe, 0, 0, state, state, batch, np.arange(4), 0, np.float32(rate), (np.nan,))


def mine(function):
    return Lambda(function, name="mine")


#: name: (layers, optimizer, loss, targets, rate), then layer, direction and operation.
PLACES = {
    "layer": (([mine(jnp.log), Dense(1)], "sgd", "mse", Y, 0.01), "mine", "forward", "log"),
    "slope": (([Dense(2), mine(lambda x: jnp.sqrt(x * 0)), Dense(1)], "sgd", "mse", Y, 0.01), "mine", "backward", "sqrt"),
    "loss": (([Dense(1)], "sgd", "mse", Y * 1e25, 0.01), LOSS, "forward", "square"),
    "penalty": (([Dense(1, kernel_regularizer=L2(3e38))], "sgd", "mse", 2 * Y, 0.01), PENALTY, "forward", "mul"),
    "update": (([Dense(1)], SGD(1.0), "mse", Y * 1e10, 1e30), "dense/bias", "update", "mul"),
    "epsilon": (([Dense(1), mine(lambda x: 0 * x)], Adam(epsilon=0.0), "mse", Y, 0.01), "dense/bias", "update", "div"),
    "running state": (
        ([mine(lambda x: 1e20 * x), BatchNormalization(), Dense(1)], "sgd", "mse", Y, 0.01),
        "batch_normalization", "forward", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_the_place_is_named(name):
    (layers, optimizer, loss, y, rate), layer, direction, operation = PLACES[name]
    place = place_of(bad_step(layers, optimizer, loss, y, rate))
    assert (place.layer, place.direction) == (layer, direction)
    assert operation in (None, place.broken.operation)


@pytest.mark.parametrize("name", ["layer", "loss", "update"])
def test_the_layer_is_named_where_equations_cannot_be_read(name, monkeypatch):
    (layers, optimizer, loss, y, rate), layer, direction, _ = PLACES[name]
    monkeypatch.setattr(jaxprs, "AVAILABLE", False)
    place = place_of(bad_step(layers, optimizer, loss, y, rate))
    assert (place.layer, place.direction, place.broken.operation) == (layer, direction, "")


def test_a_broken_slope_is_roughly_placed_at_the_layer_whose_weights_it_spoils():
    place = rough_place_of(bad_step(*PLACES["slope"][0][:2]))
    assert (place.layer, place.direction) == ("dense", "backward")


def test_a_step_that_is_finite_has_no_place():
    step = bad_step([Dense(1)])
    assert place_of(step) is None and rough_place_of(step) is None


def test_sizes_are_told_even_where_their_squares_overflow():
    place = place_of(bad_step([mine(lambda x: 1e30 * x), Dense(1)]))
    assert 1e29 < place.sizes["mine"] < 1e31
