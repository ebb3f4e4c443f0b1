import math

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.diagnosis.sight.race import Race, race_of
from glassnet.layers import Dense


def trained(rate, epochs=8):
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    model = Sequential([Input((3,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = rate
    return model.fit(x, x.sum(1), epochs=epochs, verbose=0).trained


def test_a_race_finds_the_better_rate_and_leaves_the_model_alone():
    run = trained(1e-4)
    before = [np.array(w) for w in run.model.weights]
    race = race_of(run, 8)
    assert race.best == 100 and race.level(100.0) < 0.7 * race.level(1.0)
    assert all((a == np.array(b)).all() for a, b in zip(before, run.model.weights, strict=True))
    assert float(run.model.optimizer.learning_rate) == pytest.approx(1e-4)
    assert race == race_of(run, 8)


def test_the_same_rate_ends_where_the_training_ended():
    run = trained(0.01)
    assert race_of(run, 8).level(1.0) == pytest.approx(run.model.history.history["loss"][-1], rel=1e-4)


def test_a_rate_that_breaks_is_infinite_and_survives_storage():
    race = race_of(trained(1.0, epochs=30), 30)
    assert math.isinf(race.level(100.0)) and race.best < 1
    assert Race.from_dict(race.to_dict()).levels[-1] == math.inf


def test_too_much_work_is_left_alone(monkeypatch):
    monkeypatch.setattr("glassnet.diagnosis.sight.race.MOST_WORK", 10.0)
    assert race_of(trained(0.01), 8) is None
