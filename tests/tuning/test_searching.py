"""search: settings drawn by seed, networks of one structure together, the best one named and kept."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.data import stratified_validation_rows
from glassnet.foundation.errors import ConfigError, DivergedError
from glassnet.layers import Dense
from glassnet.models import fit_together
from glassnet.optimizers import SGD
from glassnet.tuning import Choice, Integer, LogUniform, Uniform, search, searching
from glassnet.tuning.members import fresh_copy
from glassnet.tuning.searching import _rungs
from glassnet.tuning.spaces import Space, draw_settings

SPACE = {"rate": LogUniform(1e-3, 1.0), "units": Choice([2, 4])}


def build(rate, units=4, seed=None):
    model = Sequential([Input((2,)), Dense(units, activation="tanh"), Dense(1, activation="sigmoid")], seed=seed)
    model.compile(SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture(scope="module")
def found(plane):
    return search(build, SPACE, *plane, trials=6, epochs=4, seeds=[3, 5], batch_size=16)


def test_each_setting_is_trained_as_fit_would(found, plane):
    x, y = plane
    split = stratified_validation_rows(y, 0.2, 0)
    mine, held = split.train, split.validation
    for trial in found.trials[:2]:
        alone = fresh_copy(build(**trial.params), 5)
        alone.fit(x[mine], y[mine], epochs=4, batch_size=16, verbose=0)
        assert trial.scores[1] == pytest.approx(alone.evaluate(x[held], y[held])[0], rel=1e-5)


def test_the_best_is_first_and_kept(found, plane):
    x, y = plane
    scores = [trial.score for trial in found.trials]
    assert scores == sorted(scores) and found.best_score == scores[0] and len(scores) == 6 and found.programs == 2
    held = stratified_validation_rows(y, 0.2, 0).validation
    assert found.model.evaluate(x[held], y[held])[0] == pytest.approx(found.trials[0].scores.min(), rel=1e-5)
    assert found.rows()[0] == {**found.best_params, "epochs": 4, "val_loss": found.best_score}
    lines = repr(found).splitlines()
    assert lines[0].startswith("Search: 6 settings in 2 structures") and len(lines) == 8


def test_the_same_seed_gives_the_same_search(found, plane):
    again = search(build, SPACE, *plane, trials=6, epochs=4, seeds=[3, 5], batch_size=16)
    assert [trial.params for trial in again.trials] == [trial.params for trial in found.trials]
    assert [trial.score for trial in again.trials] == [trial.score for trial in found.trials]


def test_halving_trains_the_better_half_on(plane, monkeypatch):
    calls = []

    def noted(models, *args, **arguments):
        calls.append((len(models), arguments["epochs"]))
        return fit_together(models, *args, **arguments)

    monkeypatch.setattr(searching, "fit_together", noted)
    found = search(
        build, {"rate": LogUniform(1e-3, 1.0)}, *plane, method="halving", trials=4, epochs=8, factor=2, batch_size=16
    )
    assert sorted(trial.epochs for trial in found.trials) == [2, 2, 4, 8]
    assert [trial.epochs for trial in found.trials] == [8, 4, 2, 2]
    assert calls == [(4, 2), (2, 2), (1, 4)] and found.model.seed == 0


def test_accuracies_are_better_when_higher(plane):
    found = search(build, SPACE, *plane, trials=4, epochs=4, monitor="val_accuracy", seeds=2, batch_size=16)
    scores = [trial.score for trial in found.trials]
    assert scores == sorted(scores, reverse=True)
    held = stratified_validation_rows(plane[1], 0.2, 0).validation
    assert found.model.evaluate(plane[0][held], plane[1][held])[1] == pytest.approx(found.trials[0].scores.max())


def test_the_best_can_be_trained_anew_on_all_rows(plane):
    x, y = plane
    found = search(build, {"rate": Choice([0.1]), "units": 4}, x, y, trials=1, epochs=4, refit=True, batch_size=16)
    alone = fresh_copy(build(0.1), 0)
    alone.fit(x, y, epochs=4, batch_size=16, verbose=0)
    for one, other in zip(found.model.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def line(rate):
    model = Sequential([Input((2,)), Dense(1)])
    model.compile(SGD(rate), "mse")
    return model


def test_a_setting_that_breaks_comes_last_and_all_of_them_raise(plane):
    x, y = plane
    found = search(line, {"rate": Choice([0.01, 1e25])}, x, y, trials=2, epochs=3)
    assert [trial.params["rate"] for trial in found.trials] == [0.01, 1e25] and found.trials[1].score == np.inf
    with pytest.raises(DivergedError, match="none among 1"):
        search(line, {"rate": Choice([1e25])}, x, y, trials=1, epochs=3)


@pytest.mark.parametrize(
    ("space", "low", "high", "whole"),
    [
        (Uniform(-1, 3), -1, 3, False),
        (LogUniform(1e-4, 1), 1e-4, 1, False),
        (Integer(2, 5), 2, 5, True),
        (Integer(1, 100, log=True), 1, 100, True),
    ],
    ids=["uniform", "log", "integer", "log integer"],
)
def test_what_is_drawn_lies_in_the_space_and_fills_it(space, low, high, whole):
    rng = np.random.default_rng(0)
    drawn = np.array([space.draw(rng) for _ in range(2000)])
    assert low <= drawn.min() and drawn.max() <= high and isinstance(space.draw(rng), int if whole else float)
    log = isinstance(space, LogUniform) or getattr(space, "log", False)
    middle = np.sqrt(low * high) if log else (low + high) / 2
    assert 0.4 < (drawn < middle).mean() < 0.6 and (not whole or {low, high} <= set(drawn.tolist()))


def test_settings_differ_and_the_first_ones_stay():
    space = {"a": Choice([1, 2]), "b": Choice(["x", "y"]), "c": 7}
    all_of_them = draw_settings(space, 50, seed=1)
    assert len(all_of_them) == 4 and all(one["c"] == 7 for one in all_of_them)
    assert draw_settings(space, 2, seed=1) == all_of_them[:2]


@pytest.mark.parametrize(
    ("given", "rungs"),
    [
        ((9, 18, 3), [(9, 2), (3, 6), (1, 18)]),
        ((20, 20, 3), [(20, 2), (7, 7), (3, 20)]),
        ((1, 5, 3), [(1, 5)]),
        ((8, 1, 2), [(8, 1)]),
    ],
)
def test_rungs(given, rungs):
    assert _rungs(*given) == rungs


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Uniform(1, 1), "low < high"),
        (lambda: LogUniform(0, 1), "above 0"),
        (lambda: Integer(0.5, 2), "whole numbers"),
        (lambda: Integer(0, 5, log=True), "above 0"),
        (lambda: Choice([]), "a list of values"),
        (lambda: Choice("ab"), "a list of values"),
        (lambda: Space().draw(np.random.default_rng(0)), "`draw"),
    ],
)
def test_spaces_that_cannot_be(make, words):
    with pytest.raises(ConfigError, match=words):
        make()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"method": "halfing"}, "did you mean 'halving'"),
        ({"trials": 0}, "`trials`"),
        ({"factor": 1}, "`factor`"),
        ({"validation_split": 1}, "`validation_split`"),
        ({"monitor": "val_acuracy"}, "did you mean 'val_accuracy'"),
        ({"build": lambda **_: Sequential([Dense(1)])}, "compiled with a loss"),
    ],
)
def test_what_cannot_work_is_said(arguments, words, plane):
    arguments = {"build": build, "space": SPACE, "trials": 1, "epochs": 4, "batch_size": 16, **arguments}
    with pytest.raises(ConfigError, match=words):
        search(x=plane[0], y=plane[1], **arguments)
