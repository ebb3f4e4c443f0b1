"""MLflowCallback against a small stand-in for the few functions of MLflow that it calls."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import MLflowCallback
from glassnet.foundation.errors import ConfigError
from glassnet.layers import Dense
from glassnet.models import load_model

X = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")


class Tracker:
    """What MLflow would keep."""

    def __init__(self):
        self.active, self.params, self.texts, self.metrics, self.ended, self.models = None, {}, {}, [], [], []
        self.entities = SimpleNamespace(Metric=lambda key, value, timestamp, step: (key, value, step))

    def active_run(self):
        return self.active

    def start_run(self, run_id=None):
        self.active = SimpleNamespace(info=SimpleNamespace(run_id=run_id or "new"))
        return self.active

    def end_run(self, status="FINISHED"):
        self.ended.append((self.active.info.run_id, status))
        self.active = None

    def log_params(self, params):
        self.params |= params

    def log_text(self, text, name):
        self.texts[name] = text

    def log_artifact(self, path):
        self.models.append(load_model(path))

    def MlflowClient(self):  # noqa: N802
        return SimpleNamespace(log_batch=lambda run, metrics: self.metrics.extend((run, *m) for m in metrics))


@pytest.fixture
def tracker(monkeypatch):
    made = Tracker()
    monkeypatch.setitem(sys.modules, "mlflow", made)
    return made


def fitted(*callbacks, **arguments):
    model = Sequential([Input((2,)), Dense(1)], seed=7)
    model.compile("sgd", "mse")
    given = {"epochs": 3, "batch_size": 4, "verbose": 0, **arguments}
    return model, model.fit(X, X[:, :1], callbacks=callbacks, **given)


def test_a_training_is_kept_in_a_run_of_its_own(tracker):
    model, history = fitted(MLflowCallback())
    assert tracker.metrics == [("new", "loss", value, i) for i, value in enumerate(history.history["loss"])]
    assert tracker.params["optimizer_learning_rate"] == 0.01
    assert (tracker.params["epochs"], tracker.params["steps"], tracker.params["seed"]) == (3, 4, 7)
    assert "dense" in tracker.texts["model_summary.txt"] and tracker.ended == [("new", "FINISHED")]
    np.testing.assert_array_equal(tracker.models[0].predict(X), model.predict(X))


def test_an_active_run_is_used_and_left_open(tracker):
    tracker.start_run("mine")
    fitted(MLflowCallback(log_model=False))
    assert {run for run, *_ in tracker.metrics} == {"mine"} and not tracker.ended and not tracker.models


def test_every_so_many_steps(tracker):
    _, history = fitted(MLflowCallback(log_every_epoch=False, log_every_n_steps=5, log_model=False))
    assert [step for *_, step in tracker.metrics] == [5, 10]
    assert any("step by step" in note for note in history.notes)


def test_a_training_that_fails_leaves_no_run_open(tracker):
    callback = MLflowCallback()
    callback.model = SimpleNamespace(optimizer=SimpleNamespace(get_config=dict), seed=0, summary=lambda print_fn: None)
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    callback.on_train_begin()
    assert tracker.ended == [("new", "FAILED")]


def test_a_resumed_training_goes_on_in_its_run(tracker):
    first, second = MLflowCallback(), MLflowCallback()
    first.on_train_begin()
    first._run_id = "old"
    second.on_train_begin()
    second.set_state(first.get_state())
    second.on_epoch_begin(2)
    assert tracker.active.info.run_id == "old" and not tracker.params


def test_what_cannot_work(monkeypatch):
    with pytest.raises(ConfigError, match="log_every_epoch=True, or False"):
        MLflowCallback(log_every_n_steps=3)
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ConfigError, match=r"pip install 'glassnet\[mlflow\]'"):
        MLflowCallback()
