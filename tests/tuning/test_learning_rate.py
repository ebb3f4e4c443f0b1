"""find_learning_rate: one number with a band and a reason, or none with a reason; the model is left as it was."""

import numpy as np
import pytest

from glassnet import Input, Sequential, data
from glassnet.foundation.errors import ConfigError
from glassnet.initializers import Constant
from glassnet.layers import Conv1D, Dense, Flatten
from glassnet.optimizers import SGD
from glassnet.plots.marks import Rule
from glassnet.training.rows import collect
from glassnet.tuning import find_learning_rate, learning_rate
from glassnet.tuning.members import fresh_copy
from glassnet.tuning.range_test import band, read, smoothed
from glassnet.tuning.sweep import sweep

RATES = np.geomspace(1e-4, 10, 60)


@pytest.fixture(scope="module")
def found(plane, small):
    return find_learning_rate(small(), *plane, epochs=4, seeds=3, trials=4, steps=40)


def test_one_number_with_a_band_a_reason_and_its_figures(found):
    assert found.low <= found.rate <= found.high
    assert any(np.isclose(found.rate, rate, rtol=0.01) for rate in found.trial_rates)
    assert found.losses.shape == (3, 40) and found.trial_losses.shape == (4, 3)
    assert "ended lowest over 3 seeds after 4 epochs" in found.reason
    lines = repr(found).splitlines()
    assert lines[0].startswith("Learning rate: ") and lines[1].split() == [
        "rate",
        "validation",
        "loss",
        "lowest",
        "highest",
    ]
    assert len(lines) == 6


def test_a_trial_is_a_training_at_its_rate_on_rows_of_the_seeds_own(found, plane, small):
    x, y = plane
    split = data.stratified_validation_rows(y, 0.2, 1)
    alone = fresh_copy(small(metrics=()), 1)
    alone.optimizer.learning_rate = float(found.trial_rates[2])
    alone.fit(x[split.train], y[split.train], epochs=4, verbose=0)
    held = split.validation
    np.testing.assert_allclose(found.trial_losses[2, 1], alone.evaluate(x[held], y[held]), rtol=1e-4)


def test_the_picture_marks_the_rate(found):
    picture = found.picture()
    assert picture.numbers["chosen"] == found.rate
    np.testing.assert_array_equal(picture.numbers["losses"], found.losses)
    rules = [mark for panel in picture.panels for mark in panel.marks if isinstance(mark, Rule)]
    assert [rule.at for rule in rules] == [found.rate] * len(picture.panels)


def test_the_model_is_left_to_the_bit_and_the_same_call_gives_the_same(found, plane, small, untouched):
    model = small(seed=4)
    model.fit(*plane, epochs=1, verbose=0)
    check = untouched(model)
    again = find_learning_rate(model, *plane, epochs=4, seeds=3, trials=4, steps=40)
    check()
    assert again.rate == found.rate
    np.testing.assert_array_equal(again.losses, found.losses)


def test_a_sweep_is_a_training_whose_rate_grows(plane, small):
    x, y = plane
    members = [fresh_copy(small(metrics=()), seed) for seed in (3, 4)]
    rows, rates = collect(x, y), np.geomspace(0.01, 1, 6).astype("float32")
    losses = sweep(members, rows, rates, 20, np.arange(60))
    alone = fresh_copy(small(metrics=()), 4)
    np.testing.assert_allclose(losses[1, 0], alone.evaluate(x, y), rtol=1e-5)
    orders = [data.epoch_order(60, 4, epoch, True).reshape(3, 20) for epoch in (0, 1)]
    for step, (rate, mine) in enumerate(zip(rates, np.concatenate(orders), strict=True)):
        alone.optimizer.learning_rate = float(rate)
        alone.train_on_batch(x[mine], y[mine])
        np.testing.assert_allclose(losses[1, step + 1], alone.evaluate(x, y), rtol=1e-4)


def test_networks_that_prefer_steps_are_swept_step_by_step(plane):
    x, y = plane
    model = Sequential([Input((2, 1)), Conv1D(2, 2), Flatten(), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    found = find_learning_rate(model, x[..., None], y, trials=0, seeds=2, steps=20, lowest=1e-3)
    assert found.rate is not None and found.losses.shape == (2, 20)


def fall_and_rise(start, lowest_at):
    return start / (1 + 5 * RATES / lowest_at) + np.where(3 * lowest_at < RATES, (RATES / lowest_at) ** 2, 0)


def seen(curve, start=1.0, seeds=2):
    return np.stack([np.r_[start, curve]] * seeds)


@pytest.mark.parametrize("lowest_at", [0.01, 0.1, 1.0])
def test_the_lowest_point_before_the_explosion_is_found(lowest_at):
    found = read(RATES, seen(fall_and_rise(1.0, lowest_at)))
    assert lowest_at < found.highest < 6 * lowest_at and np.isclose(found.rate, found.highest / 8, rtol=0.01)


def test_a_second_valley_beyond_the_explosion_does_not_count():
    curve = fall_and_rise(1.0, 0.01)
    curve[-5:] = -10
    assert read(RATES, seen(curve)).highest < 0.1


def test_numbers_that_break_late_are_an_explosion():
    curve = np.where(RATES > 1, np.nan, 1 / (1 + 50 * RATES))
    assert 0.3 < read(RATES, seen(curve)).highest < 1.5


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (seen(np.ones(60)), "nothing that is trained changes it"),
        (seen(1 + RATES**2), "explodes before it falls"),
        (seen(np.full(60, np.nan)), "explodes before it falls"),
        (seen(np.ones(60), start=np.nan), "not finite before the first step"),
    ],
    ids=["flat", "rises", "breaks", "starts broken"],
)
def test_where_there_is_nothing_to_find_no_number_is_made_up(raw, words):
    found = read(RATES, raw)
    assert found.rate is found.highest is found.low is None and words in found.reason


def test_flat_exploding_and_tiny_data_have_a_reason_and_no_rate(plane, small):
    x, y = plane
    dead = Sequential([Input((2,)), Dense(1, activation="relu", bias_initializer=Constant(-100))], seed=0)
    dead.compile("sgd", "mse")
    flat = find_learning_rate(dead, x, y, seeds=2, steps=20)
    assert "nothing that is trained changes it" in flat.reason
    huge = find_learning_rate(small(metrics=()), x, y, trials=0, seeds=2, steps=20, lowest=1e8, highest=1e12)
    tiny = find_learning_rate(small(), x[:10], y[:10])
    for found in (flat, huge, tiny):
        assert found.rate is None and repr(found).startswith("Learning rate: none. ")
    assert "fewer than 20" in tiny.reason


def test_trials_that_all_break_give_no_rate(plane, monkeypatch, small):
    monkeypatch.setattr(learning_rate, "_tried", lambda *_: np.full((9, 3), np.inf))
    found = find_learning_rate(small(), *plane, seeds=3, steps=40)
    assert found.rate is None and "none kept finite numbers" in found.reason


@pytest.mark.parametrize(
    ("means", "wanted"),
    [
        ([0.5, 0.6, 0.7], [0.125, 0.25, 0.5]),
        ([0.7, 0.6, 0.5], [8.0, 16.0, 32.0]),
        ([0.6, 0.5, 0.7], None),
        ([0.5, 0.502, 0.7], None),
        ([np.inf, np.inf, 0.5], [8.0, 16.0, 32.0]),
        ([np.inf, np.inf, np.inf], None),
    ],
    ids=["down", "up", "inside", "flat", "the rest broke", "all broke"],
)
def test_it_looks_beyond_an_end_towards_which_the_loss_still_falls(means, wanted):
    found = learning_rate._beyond(np.array([1.0, 2.0, 4.0]), np.array(means)[:, None] * np.ones((1, 2)))
    assert (found is None) == (wanted is None) and (wanted is None or found.tolist() == wanted)


@pytest.mark.parametrize(("rows", "seeds"), [(20, 25), (500, 20), (1_250, 8), (10_000, 8)])
def test_few_rows_have_many_seeds(rows, seeds):
    assert learning_rate._enough(rows) == seeds


def test_the_band_is_the_middle_half_and_holds_the_rate():
    assert band(2.0, np.array([1.0, 2.0, 3.0, 4.0, 100.0])) == (2.0, 4.0)
    assert band(9.0, np.array([1.0, 1.0, 1.0])) == (1.0, 9.0)


def test_the_lowest_mean_decides_and_a_broken_training_never_wins(plane, small, monkeypatch):
    losses = np.array([[0.1, np.inf, 0.1], [0.3, 0.3, 0.3], [0.2, 0.2, 0.9], [0.5, 0.4, 0.3]])
    monkeypatch.setattr(learning_rate, "_tried", lambda *_: losses)
    found = find_learning_rate(small(), *plane, epochs=4, seeds=3, trials=4, steps=40)
    assert found.rate == pytest.approx(found.trial_rates[1], rel=0.01) and "validation loss of 0.3" in found.reason


def test_smoothing_keeps_a_constant_and_follows_a_step():
    curve = smoothed(np.r_[np.zeros(30), np.ones(30)][None])[0]
    assert curve[29] == 0 and 0.1 < curve[30] < 0.25 and curve[-1] > 0.99


def test_weights_can_be_kept(plane, small):
    x, y = plane
    model = small(optimizer=SGD(0.5), metrics=())
    model.fit(x, y, epochs=10, verbose=0)
    kept = find_learning_rate(model, x, y, trials=0, seeds=2, steps=40, keep_weights=True)
    fresh = find_learning_rate(model, x, y, trials=0, seeds=2, steps=40)
    np.testing.assert_allclose(kept.losses[:, 0], model.evaluate(x, y), rtol=1e-3)
    assert not np.isclose(fresh.losses[0, 0], fresh.losses[1, 0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"trials": 2}, "`trials`"),
        ({"trials": True}, "`trials`"),
        ({"steps": 5}, "`steps`"),
        ({"lowest": 0}, "0 < lowest < highest"),
        ({"lowest": 1, "highest": 0.1}, "0 < lowest < highest"),
        ({"epochs": 0}, "`epochs`"),
        ({"seeds": []}, "`seeds`"),
    ],
)
def test_what_cannot_work_is_said(arguments, words, plane, small):
    with pytest.raises(ConfigError, match=words):
        find_learning_rate(small(), *plane, **arguments)
