"""search(method="optuna") with a small stand-in for Optuna: trials in a storage, counted, given up, gone on with."""

import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.data import stratified_validation_rows
from glassnet.foundation.errors import ConfigError, DivergedError
from glassnet.layers import Dense
from glassnet.optimizers import SGD
from glassnet.tuning import Choice, Integer, LogUniform, Uniform, search, searching_optuna
from glassnet.tuning.spaces import Space

SPACE = {
    "rate": LogUniform(1e-3, 1.0),
    "units": Choice([2, 4]),
    "more": Integer(1, 3),
    "scale": Uniform(0.5, 1),
    "x": 3,
}


class PrunedError(Exception):
    pass


class FakeTrial:
    def __init__(self, study, number):
        self.number, self.study, self.params, self.user_attrs, self.intermediate_values = number, study, {}, {}, {}
        self.rng, self.state = np.random.default_rng(study.sampler + number), SimpleNamespace(name="RUNNING")

    def suggest_float(self, name, low, high, log=False):
        return self.params.setdefault(name, float(LogUniform(low, high).draw(self.rng)))

    def suggest_int(self, name, low, high, log=False):
        return self.params.setdefault(name, int(self.rng.integers(low, high + 1)))

    def suggest_categorical(self, name, options):
        return self.params.setdefault(name, options[int(self.rng.integers(len(options)))])

    def set_user_attr(self, name, value):
        self.user_attrs[name] = value

    def report(self, value, step):
        self.intermediate_values[step] = value

    def should_prune(self):
        return self.number in self.study.given_up and len(self.intermediate_values) == 2


class FakeStudy:
    def __init__(self, given_up):
        self.trials, self.user_attrs, self.given_up, self.sampler = [], {}, given_up, 0

    def set_user_attr(self, name, value):
        self.user_attrs[name] = value

    def optimize(self, objective, n_trials):
        for _ in range(n_trials):
            trial = FakeTrial(self, len(self.trials))
            self.trials.append(trial)
            try:
                objective(trial)
                trial.state.name = "COMPLETE"
            except PrunedError:
                trial.state.name = "PRUNED"


@pytest.fixture
def optuna(monkeypatch):
    """A stand-in that keeps its studies by storage and name."""
    studies, made = {}, SimpleNamespace(TrialPruned=PrunedError, given_up=(), studies={}, directions=[])

    def create_study(study_name, storage, direction, pruner, load_if_exists):
        made.directions.append(direction)
        return studies.setdefault((storage, study_name), FakeStudy(made.given_up))

    made.studies, made.create_study = studies, create_study
    made.logging = SimpleNamespace(get_verbosity=lambda: 1, set_verbosity=lambda level: None, WARNING=2)
    made.samplers = SimpleNamespace(TPESampler=lambda seed: seed)
    made.pruners = SimpleNamespace(MedianPruner=lambda *counts: counts)
    made.storages = SimpleNamespace(RDBStorage=lambda address: address)
    monkeypatch.setitem(sys.modules, "optuna", made)
    return made


def build(rate, units, more, scale, x):
    model = Sequential([Input((2,)), Dense(units, activation="tanh"), Dense(1, activation="sigmoid")])
    model.compile(SGD(rate), "binary_crossentropy", metrics=["accuracy"])
    return model


def searched(plane, tmp_path, **arguments):
    given = {"build": build, "space": SPACE, "trials": 4, "epochs": 4, "batch_size": 16, **arguments}
    return search(x=plane[0], y=plane[1], method="optuna", storage=tmp_path / "deep" / "search.db", **given)


def test_settings_are_trained_and_the_best_is_kept(optuna, plane, tmp_path):
    found = searched(plane, tmp_path, seeds=2)
    scores = [trial.score for trial in found.trials]
    assert scores == sorted(scores) and len(scores) == 4 and found.programs == 2 and optuna.directions == ["minimize"]
    assert set(found.best_params) == set(SPACE) and found.best_params["x"] == 3 and found.best_params["units"] in (2, 4)
    assert list(optuna.studies) == [(f"sqlite:///{tmp_path / 'deep' / 'search.db'}", "search")]
    held = stratified_validation_rows(plane[1], 0.2, 0).validation
    judged = found.model.evaluate(plane[0][held], plane[1][held])[0]
    assert judged == pytest.approx(found.trials[0].scores.min(), rel=1e-5)
    study = next(iter(optuna.studies.values()))
    assert all(sorted(trial.intermediate_values) == list(range(8)) for trial in study.trials)


def test_it_goes_on_where_it_was_and_draws_others(optuna, plane, tmp_path):
    first = searched(plane, tmp_path, trials=2)
    again = searched(plane, tmp_path, trials=4)
    rates = [trial.params["rate"] for trial in again.trials]
    assert len(set(rates)) == 4 and {trial.params["rate"] for trial in first.trials} < set(rates)
    rested = searched(plane, tmp_path, trials=4)  # nothing is left: the best network is trained again, the same
    assert [t.score for t in rested.trials] == [t.score for t in again.trials]
    for one, other in zip(rested.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ConfigError, match=r"the epochs of the search 'search', 4\. Received 5"):
        searched(plane, tmp_path, epochs=5)


def test_what_was_given_up_stands_behind_what_was_not(optuna, plane, tmp_path):
    optuna.given_up = (1, 2)
    found = searched(plane, tmp_path)
    assert [trial.epochs for trial in found.trials] == [4, 4, 2, 2]


def test_accuracies_are_better_when_higher(optuna, plane, tmp_path):
    found = searched(plane, tmp_path, monitor="val_accuracy")
    scores = [trial.score for trial in found.trials]
    assert scores == sorted(scores, reverse=True) and optuna.directions == ["maximize"]


def line(rate):
    model = Sequential([Input((2,)), Dense(1)])
    model.compile(SGD(rate), "mse")
    return model


def test_a_setting_that_breaks_is_the_worst_and_all_of_them_raise(optuna, plane, tmp_path):
    found = searched(plane, tmp_path, build=line, space={"rate": Choice([0.01, 1e25])}, epochs=3, seed=1)
    assert found.trials[0].params["rate"] == 0.01 and found.trials[-1].score == math.inf
    with pytest.raises(DivergedError, match="none among 1"):
        searched(plane, tmp_path, build=line, space={"rate": Choice([1e25])}, trials=1, epochs=3, study_name="other")


class Even(Space):
    def draw(self, rng):
        return 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"space": {**SPACE, "units": Even()}}, "Uniform, LogUniform, Integer or Choice for 'units'"),
        ({"monitor": "val_acuracy"}, "did you mean"),
        ({"build": lambda **_: Sequential([Dense(1)])}, "compiled with a loss"),
    ],
)
@pytest.mark.filterwarnings("ignore:OptunaPruning expected to find")
def test_what_cannot_work_is_said(arguments, words, optuna, plane, tmp_path):
    with pytest.raises(ConfigError, match=words):
        searched(plane, tmp_path, **arguments)


def test_without_optuna_it_says_what_to_install(monkeypatch, plane, tmp_path):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match=r"search with method=.optuna. expected .*pip install 'glassnet\[optuna\]'"):
        searched(plane, tmp_path)


class OperationalError(Exception):
    """What the database's driver raises when another process was faster."""


def test_a_database_that_another_process_is_making_is_waited_for(monkeypatch):
    tries = []

    def opened(address):
        tries.append(address)
        if len(tries) < 3:
            raise OperationalError("table trials already exists")
        return "opened"

    monkeypatch.setattr(searching_optuna, "_PAUSE", 0.0)
    stand_in = SimpleNamespace(storages=SimpleNamespace(RDBStorage=opened))
    assert searching_optuna._storage(stand_in, "postgresql://there") == "opened" and len(tries) == 3
    tries[:] = [None] * 2 + [None] * 9
    stand_in.storages.RDBStorage = lambda address: (_ for _ in ()).throw(OperationalError("no such host"))
    with pytest.raises(OperationalError, match="no such host"):
        searching_optuna._storage(stand_in, "postgresql://nowhere")


def test_no_two_trials_draw_from_one_seed(optuna, tmp_path):
    seeds = []
    optuna.samplers.TPESampler = lambda seed: seeds.append(seed) or seed
    x = np.random.default_rng(0).normal(size=(30, 2)).astype("float32")

    def build(rate):
        model = Sequential([Input((2,)), Dense(1)])
        model.compile(SGD(rate), "mse")
        return model

    space = {"rate": LogUniform(1e-3, 0.1)}
    search(build, space, x, x[:, :1], method="optuna", trials=3, epochs=1, seed=7, storage=str(tmp_path / "s.db"))
    assert seeds == [7, 8, 9]
