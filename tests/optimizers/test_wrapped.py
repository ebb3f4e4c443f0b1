"""Optax's transformations as optimizers."""

import jax
import numpy as np
import optax
import pytest

from glassnet import optimizers
from glassnet.foundation.errors import ConfigError
from glassnet.optimizers import Adam, OptaxOptimizer


def walk(optimizer, steps=3):
    w, state = np.float32([1.0, -2.0]), optimizer.init(np.float32([1.0, -2.0]))
    step = jax.jit(optimizer.step)
    for _ in range(steps):
        w, state = step(w, 2 * np.asarray(w) - 1, state)
    return np.asarray(w)


@pytest.mark.parametrize("transformation", [optax.adam(0.1), optax.sgd(0.1, momentum=0.9)], ids=["adam", "sgd"])
def test_the_steps_are_optaxs(transformation):
    w, state = np.float32([1.0, -2.0]), transformation.init(np.float32([1.0, -2.0]))
    for _ in range(3):
        moves, state = transformation.update(2 * np.asarray(w) - 1, state, w)
        w = optax.apply_updates(w, moves)
    np.testing.assert_allclose(walk(optimizers.get(transformation)), w, rtol=1e-6)


def test_our_adam_and_optaxs_agree():
    np.testing.assert_allclose(walk(Adam(0.1, epsilon=0.0)), walk(OptaxOptimizer(optax.adam(0.1, eps=0.0))), rtol=1e-5)


def test_the_learning_rate_is_a_factor_and_the_rest_composes_around():
    w = np.float32([1.0, 1.0])
    optimizer = OptaxOptimizer(optax.sgd(1.0), learning_rate=0.5, clipvalue=0.1, weight_decay=0.2)
    after, state = optimizer.step(w, np.float32([5.0, -5.0]), optimizer.init(w))
    np.testing.assert_allclose(after, [0.9 - 0.05, 0.9 + 0.05], rtol=1e-6)
    assert state.step == 1
    assert OptaxOptimizer(optax.sgd(1.0)).learning_rate == 1.0


def test_averages_accumulation_and_rates_of_layers_work_around_it():
    params = {"a": np.float32([1.0, 1.0]), "b": np.float32([1.0, 1.0])}
    optimizer = OptaxOptimizer(
        optax.adam(0.1),
        learning_rate_multipliers={"a": 0.5},
        gradient_accumulation_steps=2,
        use_ema=True,
        ema_momentum=0.5,
    )
    state, path = optimizer.init(params), []
    for _ in range(4):
        params, state = jax.jit(optimizer.step)(params, {"a": np.ones(2), "b": np.ones(2)}, state)
        path.append([float(params["a"][0]), float(params["b"][0])])
    np.testing.assert_allclose(path, [[1, 1], [0.95, 0.9], [0.95, 0.9], [0.9, 0.8]], rtol=1e-5)
    # Adam's own count of steps is the updates', of which the first two steps' average is the first.
    np.testing.assert_allclose(
        optimizer.averaged(params, state)["b"], 0.5 * (0.5 * 0.9 + 0.5 * 0.9) + 0.5 * 0.8, rtol=1e-5
    )


def test_equality_is_by_transformation():
    transformation = optax.sgd(1.0)
    assert OptaxOptimizer(transformation) == OptaxOptimizer(transformation)
    assert OptaxOptimizer(transformation).without_rate() == OptaxOptimizer(transformation, 0.5).without_rate()
    assert OptaxOptimizer(transformation) != OptaxOptimizer(optax.sgd(1.0))


def test_what_cannot_work_is_refused():
    with pytest.raises(ConfigError, match=r"optax\.adam"):
        OptaxOptimizer(optax.adam)
    for name in ("OptaxOptimizer", "optax_optimizer", OptaxOptimizer):
        with pytest.raises(
            ConfigError, match=r"Received OptaxOptimizer, which wraps an object .* told `transformation`"
        ):
            optimizers.get(name)
    with pytest.raises(ConfigError, match="Received <function adam"):
        optimizers.get(optax.adam)
    with pytest.raises(ConfigError, match="made of functions"):
        optimizers.serialize(OptaxOptimizer(optax.sgd(1.0)))
    params = {"a": np.float32([1.0]), "b": np.float32([1.0])}
    optimizer = OptaxOptimizer(optax.sgd(1.0))
    with pytest.raises(ConfigError, match="every weight"):
        optimizer.step(params, {"a": np.float32([1.0])}, optimizer.init(params))
