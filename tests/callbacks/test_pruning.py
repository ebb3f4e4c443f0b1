"""OptunaPruning: what a trial is told, and how a training ends that is given up."""

import sys
from types import SimpleNamespace

import pytest

from glassnet.callbacks import OptunaPruning
from glassnet.foundation.errors import ConfigError


class PrunedError(Exception):
    pass


class Trial:
    def __init__(self):
        self.told = []

    def report(self, value, step):
        self.told.append((value, step))

    def should_prune(self):
        return len(self.told) == 3


def test_each_epoch_is_told_until_the_trial_is_given_up(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", SimpleNamespace(TrialPruned=PrunedError))
    trial = Trial()
    callback = OptunaPruning(trial, "val_loss", first_step=10)
    callback.on_epoch_end(0, {"val_loss": 0.5})
    callback.on_epoch_end(1, {"val_loss": float("nan")})
    callback.on_epoch_end(2, {"val_loss": 0.4})
    with pytest.raises(PrunedError, match="after epoch 4 with val_loss"):
        callback.on_epoch_end(3, {"val_loss": 0.3})
    assert trial.told == [(0.5, 10), (0.4, 12), (0.3, 13)]
    with pytest.warns(UserWarning, match="did you mean 'val_loss'"):
        OptunaPruning(trial, "val_los").on_epoch_end(0, {"val_loss": 1.0})


def test_without_optuna_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ConfigError, match=r"pip install 'glassnet\[optuna\]'"):
        OptunaPruning(Trial())
