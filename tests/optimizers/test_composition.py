"""What composes around a rule: averages of weights, accumulated gradients, rates of single layers, a scaled loss."""

import jax
import numpy as np
import pytest

from glassnet import optimizers
from glassnet.foundation.errors import ConfigError
from glassnet.optimizers import SGD, Adam, AdamW
from glassnet.optimizers.multipliers import factor_for, matches
from glassnet.optimizers.schedules import StepDecay

PARAMS = {
    "dense/kernel": np.arange(12, dtype="float32").reshape(4, 3) / 4,
    "dense/bias": np.float32([1.0, -1.0, 0.5]),
}


def gradients(steps, params=PARAMS):
    draw = np.random.default_rng(0)
    return [{path: draw.normal(size=w.shape).astype("float32") for path, w in params.items()} for _ in range(steps)]


def walk(optimizer, grads, params=PARAMS, step=None):
    """The weights and states after each step."""
    state, passed, step = optimizer.init(params), [], step or optimizer.step
    for g in grads:
        params, state = step(params, g, state)
        passed.append((params, state))
    return passed


def close(one, other, rtol=1e-6):
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-7)


# The average of the weights.


def test_the_average_follows_the_weights_from_the_first_step_on():
    optimizer = SGD(0.1, use_ema=True, ema_momentum=0.75)
    passed = walk(optimizer, gradients(4))
    expected = passed[0][0]
    for params, state in passed[1:]:
        expected = jax.tree.map(lambda a, w: 0.75 * a + 0.25 * w, expected, params)
        close(optimizer.averaged(params, state), expected)
    close([params for params, _ in passed], [params for params, _ in walk(SGD(0.1), gradients(4))])
    state = optimizer.init(PARAMS)
    close(optimizer.averaged(PARAMS, state), PARAMS)
    assert not np.shares_memory(state.around["average"]["dense/bias"], PARAMS["dense/bias"])
    assert optimizer.ends_averaged and not SGD().ends_averaged
    assert SGD().averaged(PARAMS, SGD().init(PARAMS)) is PARAMS


def test_the_weights_may_be_set_to_their_average_now_and_then():
    optimizer = SGD(0.1, use_ema=True, ema_momentum=0.75, ema_overwrite_frequency=3)
    passed = walk(optimizer, gradients(7))
    same = [np.array_equal(params["dense/bias"], state.around["average"]["dense/bias"]) for params, state in passed]
    assert same == [True, False, True, False, False, True, False]  # the first step's average is its weights


# Gradients of several batches.


def test_every_kth_step_moves_by_the_average_gradient():
    grads = gradients(6)
    means = [jax.tree.map(lambda *g: np.mean(g, axis=0), *grads[i : i + 3]) for i in (0, 3)]
    optimizer = Adam(0.1, gradient_accumulation_steps=3, weight_decay=0.1, clipnorm=0.5)
    passed = walk(optimizer, grads)
    expected = walk(Adam(0.1, weight_decay=0.1, clipnorm=0.5), means)
    for i, (params, state) in enumerate(passed):
        done = (i + 1) // 3
        close(params, expected[done - 1][0] if done else PARAMS)
        assert state.step == i + 1
    close(passed[-1][1].slots, expected[-1][1].slots)
    assert not any(np.any(leaf) for leaf in jax.tree.leaves(passed[-1][1].around))


def test_accumulation_compiles_and_a_missing_gradient_stays_missing():
    optimizer = SGD(0.1, momentum=0.9, gradient_accumulation_steps=2, use_ema=True)
    grads = [{**g, "dense/bias": None} for g in gradients(4)]
    slow = walk(optimizer, grads)[-1]
    close(slow, walk(optimizer, grads, step=jax.jit(optimizer.step))[-1])
    np.testing.assert_array_equal(slow[0]["dense/bias"], PARAMS["dense/bias"])
    assert not np.array_equal(slow[0]["dense/kernel"], PARAMS["dense/kernel"])


def test_a_schedule_counts_every_step_of_an_accumulation():
    optimizer = SGD(StepDecay(1.0, 0.5, every=1), gradient_accumulation_steps=2)
    ones = jax.tree.map(np.ones_like, PARAMS)
    biases = [float(params["dense/bias"][0]) for params, _ in walk(optimizer, [ones] * 4)]
    assert biases == [1.0, 0.5, 0.5, 0.375]


# Rates of single layers.


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("encoder", "encoder/dense/kernel", True),
        ("encoder", "encoder", True),
        ("encoder", "encoder_1/kernel", False),
        ("encoder", "my/encoder/kernel", False),
        ("encoder/dense", "encoder/dense/kernel", True),
        ("encoder/dense", "encoder/dense_1/kernel", False),
        ("*/bias", "a/b/bias", True),
        ("*/bias", "a/bias_1", False),
        ("dense_?", "dense_1/kernel", True),
        ("*", "anything/at/all", True),
    ],
)
def test_a_pattern_stands_for_a_weight_or_all_in_a_layer(pattern, path, fits):
    assert matches(pattern, path) == fits
    assert factor_for({pattern: 0.5, "?*": 3.0}, path) == (1.5 if fits else 3.0)


@pytest.mark.parametrize("make", [SGD, Adam, lambda *a, **k: AdamW(*a, weight_decay=0.5, **k)])
def test_each_weight_moves_at_its_own_rate(make):
    grads = gradients(1)
    fast, slow, both = (make(0.1, **kw) for kw in ({}, {"learning_rate_multipliers": {"*/bias": 0.5}}, {}))
    (after, _), (with_factor, state) = (walk(optimizer, grads)[0] for optimizer in (fast, slow))
    np.testing.assert_array_equal(after["dense/kernel"], with_factor["dense/kernel"])
    alone, _ = both.step(PARAMS, grads[0], both.init(PARAMS), learning_rate=0.05)
    np.testing.assert_allclose(with_factor["dense/bias"], alone["dense/bias"], rtol=1e-6)
    close(jax.jit(slow.step)(PARAMS, grads[0], slow.init(PARAMS)), (with_factor, state))


def test_a_factor_of_zero_freezes_a_layer():
    optimizer = SGD(0.1, weight_decay=0.5, learning_rate_multipliers={"dense": 0.0})
    close(walk(optimizer, gradients(2))[-1][0], PARAMS)


def test_a_pattern_that_stands_for_nothing_is_refused():
    with pytest.raises(ConfigError, match=r"Received 'dens', which stands for none; did you mean 'dense'"):
        SGD(learning_rate_multipliers={"dense": 0.5, "dens": 0.5}).init(PARAMS)
    for wrong in ([("dense", 0.5)], {"": 0.5}, {3: 0.5}):
        with pytest.raises(ConfigError, match="factors by patterns"):
            SGD(learning_rate_multipliers=wrong)
    with pytest.raises(ConfigError, match=r"learning_rate_multipliers\['dense'\]` as a finite number of at least 0"):
        SGD(learning_rate_multipliers={"dense": -1.0})


# Weight decay, but not of all.


def test_exclusions_may_be_given_when_an_optimizer_is_made():
    made, told = AdamW(exclude_from_decay=["bias$"]), AdamW()
    told.exclude_from_weight_decay(var_names=["bias$"])
    assert made == told != AdamW() and made.exclude_from_decay == ["bias$"]
    told.exclude_from_weight_decay(var_list=["dense/bias"])
    assert told.exclude_from_decay == ["^dense/bias$"]
    assert optimizers.deserialize(optimizers.serialize(told)) == told
    with pytest.raises(ConfigError, match="regular expression"):
        AdamW(exclude_from_decay=["bias("])


# A scaled loss.


def test_a_constant_scale_multiplies_the_loss_and_divides_the_gradient():
    optimizer, grads = SGD(0.1, loss_scale_factor=8.0, clipvalue=0.5), gradients(3)
    scaled = [jax.tree.map(lambda g: g * 8, g) for g in grads]
    close(walk(optimizer, scaled)[-1][0], walk(SGD(0.1, clipvalue=0.5), grads)[-1][0])
    assert optimizer.scale_loss(2.0, optimizer.init(PARAMS)) == 16.0
    assert SGD().scale_loss(2.0) == 2.0


# All of it.


def test_everything_together_compiles_and_keeps_its_structure():
    optimizer = AdamW(
        StepDecay(0.1, 0.5, 2),
        use_ema=True,
        ema_momentum=0.5,
        ema_overwrite_frequency=2,
        loss_scale_factor=2.0,
        gradient_accumulation_steps=2,
        learning_rate_multipliers={"*/bias": 0.5},
        exclude_from_decay=["bias"],
        global_clipnorm=1.0,
    )
    grads = gradients(5)
    close(walk(optimizer, grads)[-1], walk(optimizer, grads, step=jax.jit(optimizer.step))[-1], rtol=1e-5)
    state = optimizer.init(PARAMS)
    assert jax.tree.structure(optimizer.step(PARAMS, grads[0], state)[1]) == jax.tree.structure(state)
    assert all(type(leaf) is np.ndarray for leaf in jax.tree.leaves(state))
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again == optimizer == optimizer.without_rate() and again.get_config() == optimizer.get_config()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ema_momentum": 1.5},
        {"ema_momentum": -0.1},
        {"ema_overwrite_frequency": 0.5},
        {"ema_overwrite_frequency": -1},
        {"loss_scale_factor": 0.0},
        {"gradient_accumulation_steps": 1},
        {"gradient_accumulation_steps": 2.5},
    ],
    ids=str,
)
def test_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(ConfigError, match=f"SGD expected `{next(iter(wrong))}`.*Received"):
        SGD(**wrong)


def test_which_rules_may_work_on_all_weights_in_one_array():
    whole = {name: getattr(optimizers, name)() for name in ("SGD", "Adam", "AdamW", "RAdam", "ScheduleFreeAdamW")}
    assert all(optimizer.works_by_number for optimizer in whole.values())
    assert SGD(use_ema=True, gradient_accumulation_steps=2, global_clipnorm=1.0, weight_decay=0.1).works_by_number
    parted = [getattr(optimizers, name)() for name in ("Lamb", "Adafactor", "Muon")]
    parted += [SGD(clipnorm=1.0), SGD(learning_rate_multipliers={"a": 2.0}), SGD(exclude_from_decay=["a"])]
    parted += [type("Mine", (SGD,), {})()]
    assert not any(optimizer.works_by_number for optimizer in parted)
