"""Optimizers around others: Lookahead, and LossScaleOptimizer."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from glassnet import optimizers
from glassnet.foundation.errors import ConfigError
from glassnet.optimizers import SGD, Adam, Lookahead, LossScaleOptimizer, Optimizer
from glassnet.optimizers.schedules import StepDecay

KERAS = json.loads((Path(__file__).parents[1] / "oracles" / "optimizers.json").read_text(encoding="utf-8"))
WRAPPERS = {
    "Lookahead": {"sync_period": 3, "slow_step": 0.25},
    "LossScaleOptimizer": {"initial_scale": 8.0, "dynamic_growth_steps": 4},
}
ALL = pytest.mark.parametrize("name", WRAPPERS)


def make(wrapper, inner, **more):
    return getattr(optimizers, wrapper)(inner, **WRAPPERS[wrapper], **more)


def drawn(steps=12):
    draw = np.random.RandomState(2)
    params = {k: draw.uniform(-1, 1, shape).astype("float32") for k, shape in (("kernel", (4, 3)), ("bias", (3,)))}
    return params, [{k: draw.normal(size=w.shape).astype("float32") for k, w in params.items()} for _ in range(steps)]


@ALL
def test_the_rate_and_all_else_are_the_inner_optimizers(name):
    inner = SGD(0.5, weight_decay=0.1)
    optimizer = make(name, inner)
    assert isinstance(optimizer, Optimizer) and optimizer.learning_rate == 0.5
    optimizer.learning_rate = 0.25
    assert inner.learning_rate == 0.25 and optimizer.rate_at(3) == 0.25
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    assert inner.exclude_from_decay == ["bias"] and not optimizer.works_by_number
    assert make(name, Adam()).works_by_number
    assert type(getattr(optimizers, name)("adam").inner_optimizer) is Adam


@ALL
def test_a_configuration_makes_an_equal_optimizer(name):
    optimizer = make(name, Adam(StepDecay(0.1, 0.5, 3), clipnorm=1.0), name="mine")
    config = optimizers.serialize(optimizer)
    assert set(config["config"]) == {"inner_optimizer", *WRAPPERS[name], "name"}
    again = optimizers.deserialize(json.loads(json.dumps(config)))
    assert again == optimizer and hash(again) == hash(optimizer) and again.get_config() == optimizer.get_config()
    keras = {
        "module": "keras.optimizers",
        **{k: config["config"]["inner_optimizer"][k] for k in ("class_name", "config")},
    }
    assert type(optimizer).from_config({**config["config"], "inner_optimizer": keras}) == optimizer
    assert optimizer != make(name, Adam(0.1), name="mine")
    shown = repr(make(name, SGD(0.1)))
    assert shown.startswith(f"{name}(inner_optimizer=SGD(learning_rate=0.1), ") and "name" not in shown


@ALL
def test_a_program_is_shared_by_those_that_differ_in_rate_and_name_only(name):
    one, other = make(name, Adam(0.1)), make(name, Adam(0.2), name="mine")
    assert (
        one != other and one.without_rate() == other.without_rate() != getattr(optimizers, name)(Adam()).without_rate()
    )
    assert one.learning_rate == 0.1 and other.name == "mine"
    params, grads = drawn(1)
    after, _ = one.without_rate().step(params, grads[0], one.init(params), 0.1)
    np.testing.assert_array_equal(after["bias"], one.step(params, grads[0], one.init(params))[0]["bias"])
    around_optax = make(name, optax.sgd(0.1))
    assert around_optax.without_rate().learning_rate is None and around_optax.learning_rate == 1.0
    with pytest.raises(ConfigError, match="Expected a learning rate"):
        one.without_rate().step(params, grads[0], one.init(params))


@ALL
def test_it_composes_with_all_an_inner_optimizer_may_do(name):
    optimizer = make(name, SGD(0.1, use_ema=True, gradient_accumulation_steps=2, weight_decay=0.1))
    params, grads = drawn(5)
    state = optimizer.init(params)
    step, slow_params, slow_state = jax.jit(optimizer.step), params, state
    for g in grads:
        params, state = step(params, g, state)
        slow_params, slow_state = optimizer.step(slow_params, g, slow_state)
    assert jax.tree.structure(state) == jax.tree.structure(optimizer.init(params))
    for fast, slow in zip(jax.tree.leaves((params, state)), jax.tree.leaves((slow_params, slow_state)), strict=True):
        np.testing.assert_allclose(fast, slow, rtol=1e-5, atol=1e-6)
    assert optimizer.ends_averaged
    np.testing.assert_array_equal(optimizer.averaged(params, state)["bias"], state.around["average"]["bias"])


@ALL
def test_a_name_alone_does_not_describe_it(name):
    for given in (name, name.lower(), getattr(optimizers, name)):
        with pytest.raises(ConfigError, match=rf"{name}, which .* needs to be told `inner_optimizer`"):
            optimizers.get(given)
    with pytest.raises(ConfigError, match="did you mean 'adam"):
        getattr(optimizers, name)("adm")


def test_lookahead_is_optaxs():
    params, grads = drawn()
    theirs = optax.lookahead(optax.sgd(0.1), sync_period=3, slow_step_size=0.25)
    pair = optax.LookaheadParams.init_synced(params)
    memory = theirs.init(pair)
    ours, state = make("Lookahead", SGD(0.1)), None
    state = ours.init(params)
    for g in grads:
        updates, memory = theirs.update(g, memory, pair)
        pair = optax.apply_updates(pair, updates)
        params, state = ours.step(params, g, state)
        for path in params:
            np.testing.assert_allclose(params[path], pair.fast[path], rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(ours.averaged(params, state)[path], pair.slow[path], rtol=1e-5, atol=1e-6)
    assert ours.ends_averaged


def test_lookahead_copies_the_weights_it_starts_from():
    params, _ = drawn(1)
    slow = Lookahead("sgd").init(params).around["slow"]
    assert not any(np.shares_memory(slow[path], params[path]) for path in params)


def test_a_scaled_loss_moves_weights_as_keras_does():
    params, grads = drawn()
    optimizer = LossScaleOptimizer(SGD(0.5, momentum=0.5), initial_scale=4.0, dynamic_growth_steps=2)
    state = optimizer.init(params)
    for step, g in enumerate(grads, 1):
        if step in (3, 4):
            g["kernel"][0, 0] = np.inf
        params, state = optimizer.step(params, g, state)
        expected = dict(KERAS["loss_scale"].get(str(step), {}))
        if expected:
            assert state.around["loss_scale"] == expected.pop("scale")
        for path, numbers in expected.items():
            np.testing.assert_allclose(np.ravel(params[path]), numbers, rtol=2e-5, atol=5e-6)
    assert state.step == 10  # two steps were left out


def test_small_gradients_survive_in_short_numbers():
    """A slope of 3e-8 is 0 in float16, as is a product of two small numbers on the way to it."""
    w = {"w": np.float32([1.0])}

    def loss(w):
        half = (w["w"] * jnp.float32(1e-4)).astype(jnp.float16)
        return jnp.sum(half * jnp.float16(3e-4)).astype(jnp.float32)

    optimizer = LossScaleOptimizer(SGD(1e6))
    state = optimizer.init(w)
    plain = jax.grad(loss)(w)
    scaled = jax.grad(lambda w: optimizer.scale_loss(loss(w), state))(w)
    after, _ = optimizer.step(w, scaled, state)
    assert optimizer.scale_loss(2.0) == 2.0**16
    np.testing.assert_allclose(1 - after["w"], 0.03, rtol=0.01)
    assert plain["w"].dtype == np.float32


def test_arguments_that_cannot_be_are_refused():
    for wrong in ({"sync_period": 0}, {"sync_period": 1.5}, {"slow_step": 1.1}, {"slow_step": -0.1}):
        with pytest.raises(ConfigError, match=f"Lookahead expected `{next(iter(wrong))}`"):
            Lookahead("adam", **wrong)
    for wrong in ({"initial_scale": 0.0}, {"dynamic_growth_steps": 0}):
        with pytest.raises(ConfigError, match=f"LossScaleOptimizer expected `{next(iter(wrong))}`"):
            LossScaleOptimizer("adam", **wrong)
    for belongs_inside in ({"use_ema": True}, {"clipnorm": 1.0}, {"dynamic": False}, {"foo": 1}):
        with pytest.raises(ConfigError, match=f"`{next(iter(belongs_inside))}`. Give it to the inner optimizer"):
            LossScaleOptimizer("adam", **belongs_inside)
    assert LossScaleOptimizer("adam", dynamic=True, use_ema=False, clipnorm=None) == LossScaleOptimizer("adam")
