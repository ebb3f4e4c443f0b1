import json
import math

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import EarlyStopping, History
from glassnet.diagnosis.case import Case, case_of
from glassnet.foundation.errors import DivergedError
from glassnet.layers import Dense, Dropout


@pytest.fixture(scope="module")
def history():
    r = np.random.default_rng(0)
    x = r.normal(size=(120, 3)).astype("float32")
    y = (x[:, 0] > 0).astype("int32")
    model = Sequential([Input((3,)), Dense(4, activation="relu"), Dropout(0.2), Dense(1, activation="sigmoid")], seed=0)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model.fit(x, y, epochs=6, validation_split=0.25, verbose=0)


def test_a_case_knows_how_it_was_run(history):
    told = case_of(history).told
    assert (told.optimizer, told.rate, told.steps, told.validation_rows) == ("adam", 0.001, 3, 30)
    assert told.metric == "accuracy" and told.dropout == 0.2 and not told.penalty
    assert told.baseline_loss == pytest.approx(math.log(2), abs=0.05)


def test_a_case_survives_storage_with_what_was_seen(history):
    case = case_of(history)
    assert case.to_dict()["race"] is None  # not asked for so far
    assert case.race is not None
    again = Case.from_dict(json.loads(json.dumps(case.to_dict(), allow_nan=False)))
    assert again.told == case.told and again.race == case.race.from_dict(case.race.to_dict())
    assert again.sight.val_rows == 30 and again.sight.lead.mean == pytest.approx(case.sight.lead.mean, rel=1e-3)


def test_nothing_is_trained_again_unless_it_may(history):
    assert case_of(history, tries=False).race is None


def test_a_regression_has_its_baseline_in_its_own_unit():
    x = np.linspace(-1, 1, 80, dtype="float32")[:, None]
    y = 1000 * x[:, 0]
    model = Sequential([Input((1,)), Dense(1)], seed=0)
    model.compile("adam", "mse")
    history = model.fit(x[::2], y[::2], epochs=1, validation_data=(x[1::2], y[1::2]), verbose=0)
    assert case_of(history).told.baseline_loss == pytest.approx(
        float(np.mean((y[1::2] - y[::2].mean()) ** 2)), rel=1e-4
    )


def test_a_later_fit_leaves_an_earlier_history_without_the_networks_numbers(history):
    model = history.trained.model
    part = history.trained.train.sample()
    try:
        later = model.fit(part.x, part.y, epochs=1, verbose=0)
        assert case_of(history).sight.lead is None and case_of(later).sight is None
        assert not later.trained.fresh and case_of(later).race is None
    finally:
        model.history = history


def test_restored_and_broken_epochs_are_known():
    x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    stop = EarlyStopping("val_loss", patience=1, restore_best_weights=True)
    noise = np.random.default_rng(1).normal(size=60).astype("float32")
    history = model.fit(x, noise, epochs=30, validation_split=0.5, callbacks=[stop], verbose=0)
    assert case_of(history).told.restored_epoch == stop.best_epoch + 1
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 1e9
    with pytest.raises(DivergedError):
        model.fit(x, noise, epochs=30, verbose=0)
    assert model.history.verdict().kind == "diverged"
    assert model.history.verdict().since_epoch == model.history.diverged_epoch


def of(**curves):
    history = History()
    for epoch, row in enumerate(zip(*curves.values(), strict=True)):
        history.on_epoch_end(epoch, dict(zip(curves, row, strict=True)))
    return history


def test_the_epoch_that_broke_is_known_though_its_numbers_were_not_accepted():
    history = of(loss=[0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    assert history.verdict().kind != "diverged"
    history.diverged_epoch = 7
    assert history.verdict().kind == "diverged"


def test_a_gap_counts_only_beyond_the_luck_of_the_validation_rows_that_fit_was_given():
    def judged(rows):
        model = Sequential([Input((1,)), Dense(1)], seed=0)
        model.compile("sgd", "mse")
        x = np.linspace(-1, 1, 2 * rows, dtype="float32")[:, None]
        history = model.fit(x[::2], x[::2], epochs=1, validation_data=(x[1::2], x[1::2]), verbose=0)
        curves = of(
            loss=list(np.linspace(1.0, 0.5, 20)) + [0.5] * 20, val_loss=list(np.linspace(1.0, 0.6, 20)) + [0.6] * 20
        )
        curves.trained = history.trained
        return {evidence.name: evidence.text for evidence in curves.verdict().evidence}["gap"]

    assert judged(4) != judged(4000)
