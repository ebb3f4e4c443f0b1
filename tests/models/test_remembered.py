import copy
import pickle

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.layers import Dense
from glassnet.models import fit_together, remembered
from glassnet.models.remembered import Part
from glassnet.training.rows import collect


def compiled(seed=0):
    model = Sequential([Input((2,)), Dense(1)], seed=seed)
    model.compile("sgd", "mse")
    return model


X = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
Y = X.sum(1)


def test_fit_remembers_its_rows_and_how_it_began():
    model = compiled()
    history = model.fit(X, Y, epochs=2, batch_size=8, validation_split=0.25, verbose=0)
    trained = history.trained
    assert trained.model is model and trained.batch_size == 8 and trained.fresh
    assert (trained.train.count, trained.validation.count) == (30, 10)
    together = np.concatenate([trained.train.sample().x, trained.validation.sample().x])
    assert sorted(map(tuple, together)) == sorted(map(tuple, X))
    assert not model.fit(X, Y, verbose=0).trained.fresh


def test_members_of_a_population_remember_their_own_rows():
    models = [compiled(0), compiled(1)]
    parts = [np.arange(20), np.arange(20, 40)]
    histories = fit_together(models, X, Y, epochs=2, rows=parts, validation_rows=parts[::-1])
    for history, model, mine, other in zip(histories, models, parts, parts[::-1], strict=True):
        assert history.trained.model is model and history.trained.fresh
        assert (history.trained.train.sample().x == X[mine]).all()
        assert (history.trained.validation.sample().x == X[other]).all()


def test_of_too_many_rows_only_some_are_kept(monkeypatch):
    monkeypatch.setattr(remembered, "_MOST_BYTES", 100)
    part = compiled().fit(X, Y, verbose=0).trained.train
    assert part.count == 40 and 1 <= part.rows.count < 40


@pytest.mark.parametrize("index", [None, np.arange(5, 35)])
def test_a_sample_keeps_the_order_and_is_the_same_each_time(index):
    part = Part(collect(np.arange(40.0)[:, None], np.arange(40.0)), index, 40)
    few = part.sample(10)
    assert few.count == 10 and (np.diff(few.y) > 0).all() and (few.y == part.sample(10).y).all()
    assert part.sample().count == (40 if index is None else 30)


def test_rows_do_not_travel_with_a_copied_or_pickled_history():
    history = compiled().fit(X, Y, verbose=0)
    history.model = None
    assert pickle.loads(pickle.dumps(history)).trained is None
    assert copy.copy(history).trained is None and history.trained is not None
