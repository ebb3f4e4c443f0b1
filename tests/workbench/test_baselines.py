"""The guess and the linear models against scikit-learn's."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, Ridge

from glassnet.workbench import baselines


def rows(count, columns, classes, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, columns))
    x[:, -1] = x[:, 0] + 1e-3 * random.normal(size=count)  # two columns that say nearly the same
    w = random.normal(size=(columns, classes))
    return x.astype(np.float32), (x @ w + random.gumbel(size=(count, classes))).argmax(1), random


@pytest.mark.parametrize(("classes", "columns"), [(2, 4), (3, 6), (5, 30)])
def test_logistic_regression_is_scikit_learns(classes, columns):
    x, y, random = rows(120, columns, classes)
    new = random.normal(size=(40, columns))
    theirs = LogisticRegression(tol=1e-10, max_iter=10_000).fit(x.astype(float), y).predict_proba(new)
    np.testing.assert_allclose(baselines.logistic_regression(x, y, classes, new), theirs, atol=1e-4)


def test_logistic_regression_of_rows_that_a_line_parts_is_scikit_learns():
    x = np.linspace(-3, 3, 40)[:, None]
    y = (x[:, 0] > 0).astype(int)
    theirs = LogisticRegression(tol=1e-10, max_iter=10_000).fit(x, y).predict_proba(x)
    np.testing.assert_allclose(baselines.logistic_regression(x, y, 2, x), theirs, atol=1e-4)


def test_a_class_without_training_rows_is_hardly_ever_predicted():
    x, y, _ = rows(90, 3, 2)
    p = baselines.logistic_regression(x, y, 3, x)
    assert p.shape == (90, 3) and p[:, 2].max() < 0.05


@pytest.mark.parametrize("columns", [1, 7, 60])
def test_ridge_regression_is_scikit_learns(columns):
    x, _, random = rows(50, columns, 2)
    y = 100 + x @ random.normal(size=columns) + random.normal(size=50)
    new = random.normal(size=(20, columns))
    theirs = Ridge(solver="cholesky").fit(x.astype(float), y).predict(new)
    np.testing.assert_allclose(baselines.ridge_regression(x, y, new), theirs, rtol=1e-5)


def test_many_cells_are_computed_with_in_float32_to_three_digits(monkeypatch):
    monkeypatch.setattr(baselines, "_LARGE", 10)
    x, y, random = rows(120, 6, 3)
    theirs = LogisticRegression(tol=1e-10, max_iter=10_000).fit(x, y).predict_proba(x)
    np.testing.assert_allclose(baselines.logistic_regression(x, y, 3, x), theirs, atol=1e-3)
    values = (x @ random.normal(size=6)).astype(np.float32)
    np.testing.assert_allclose(baselines.ridge_regression(x, values, x), Ridge().fit(x, values).predict(x), atol=1e-3)


def test_a_linear_model_that_may_not_take_long_is_still_a_model(monkeypatch):
    monkeypatch.setattr(baselines, "_WORK", 1)
    x, y, _ = rows(200, 30, 3)
    p = baselines.logistic_regression(x, y, 3, x)
    assert np.allclose(p.sum(1), 1) and (p.argmax(1) == y).mean() > 0.8


def test_a_guess_is_the_training_rows_shares_and_mean():
    y = np.array([0, 0, 2, 2, 2])
    theirs = DummyClassifier().fit(np.zeros((5, 1)), y).predict_proba(np.zeros((2, 1)))
    assert np.array_equal(baselines.class_frequencies(y, 3, 2)[:, [0, 2]], theirs)
    assert baselines.mean_value(np.float32([1, 2, 6]), 2).tolist() == [3, 3]
