"""Rosenblatt's perceptron: the rule, what it can and cannot learn, and what it says then."""

import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from glassnet.estimators import NotConvergedWarning, NotSeparableWarning, Perceptron
from glassnet.estimators.separability import is_separable
from glassnet.foundation.errors import ConfigError, DataError, NotBuiltError

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
GATES = {
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "nand": [1, 1, 1, 0],
    "nor": [1, 0, 0, 0],
    "not the first": [1, 1, 0, 0],
}
XOR = [0, 1, 1, 0]


def textbook(rows, target, rate, epochs):
    """The rule as a textbook's Python prints it, with the bias as the weight of a leading 1."""
    weights = np.zeros(rows.shape[1] + 1)
    for _ in range(epochs):
        for row, label in zip(rows, target, strict=True):
            row = np.insert(row, 0, 1)
            prediction = 1 if np.dot(weights, row) >= 0 else 0
            weights += rate * (label - prediction) * row
    return weights


def blobs(gap, seed=0, count=40):
    """Two clouds of points; parted by a line when the gap is wide."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    return rng.uniform(-1, 1, (count, 2)) + gap * y[:, None], y


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("rate", [0.1, 1.0, 0.03])
def test_gates_are_learned_within_ten_epochs(gate, rate):
    y = np.array(GATES[gate])
    perceptron = Perceptron(rate).fit(X, y)
    np.testing.assert_array_equal(perceptron.predict(X), y)
    assert perceptron.converged_ is True and perceptron.separable_ is True
    assert perceptron.score(X, y) == 1.0
    weights = textbook(X, y, rate, 10)
    np.testing.assert_array_equal(perceptron.intercept_, weights[:1])  # the same floats: rounding decides on the line
    np.testing.assert_array_equal(perceptron.coef_, weights[None, 1:])


def test_the_attributes_tell_what_happened():
    perceptron = Perceptron().fit(X, GATES["or"])
    assert perceptron.errors_ == [2, 2, 1, 0]
    assert perceptron.n_iter_ == 4
    assert perceptron.n_features_in_ == 2
    assert perceptron.coef_.shape == (1, 2) and perceptron.intercept_.shape == (1,)
    assert perceptron.path_ is None
    np.testing.assert_array_equal(perceptron.classes_, [0, 1])


def test_the_path_holds_each_correction():
    perceptron = Perceptron(keep_path=True).fit(X, GATES["or"])
    assert len(perceptron.path_) == sum(perceptron.errors_)
    steps = [np.append(w, b) for w, b in perceptron.path_]
    np.testing.assert_allclose(steps[:2], [[0, 0, -0.1], [0, 0.1, 0]], atol=1e-15)
    np.testing.assert_array_equal(steps[-1], [*perceptron.coef_[0], *perceptron.intercept_])


def test_xor_is_said_to_be_out_of_reach():
    with pytest.warns(
        NotSeparableWarning, match="no straight line .* best made 3 mistakes on 4 rows.* hidden layer"
    ) as caught:
        perceptron = Perceptron().fit(X, XOR)
    assert caught[0].filename == __file__
    assert perceptron.separable_ is False and perceptron.converged_ is False
    assert perceptron.n_iter_ == 10 and min(perceptron.errors_) > 0
    assert perceptron.score(X, XOR) < 1


@pytest.mark.parametrize(
    ("columns", "boundary"), [(1, "single threshold"), (3, "flat plane"), (4, "boundary in 4 dim")]
)
def test_the_boundary_is_named_for_its_dimension(columns, boundary):
    rows = np.repeat([[0.0], [1.0], [2.0]], columns, axis=1)
    with pytest.warns(NotSeparableWarning, match=boundary):
        Perceptron(epochs=1).fit(rows, [0, 1, 0])


def test_too_few_epochs_are_told_from_the_impossible():
    rows, y = blobs(2.1)
    rows += 3  # away from the origin, where a boundary takes longer to find
    with pytest.warns(NotConvergedWarning, match=r"is linearly separable, .* In 1 epoch .* epochs=10\."):
        perceptron = Perceptron(epochs=1).fit(rows, y)
    assert perceptron.separable_ is True and perceptron.converged_ is False
    assert Perceptron(epochs=1000).fit(rows, y).converged_


def test_an_answer_that_takes_too_long_is_left_open(monkeypatch):
    monkeypatch.setattr("scipy.optimize.linprog", lambda *args, **kwargs: SimpleNamespace(status=1))
    with pytest.warns(NotConvergedWarning, match="may or may not be"):
        assert Perceptron().fit(X, XOR).separable_ is None


def test_a_last_epoch_with_mistakes_can_still_end_right():
    rows, y = np.array([[1.0], [-1.0]]), [1, 0]
    perceptron = Perceptron(epochs=1).fit(rows, y)  # one mistake, and the correction sets everything right
    assert perceptron.errors_ == [1] and perceptron.converged_ is True


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 2**32 - 1))
def test_what_a_line_has_labelled_is_found_separable_and_learned(seed):
    rng = np.random.default_rng(seed)
    rows = rng.uniform(-1, 1, (20, 3)) * [1.0, 1e3, 1e-3] + [0.0, 1e4, 0.0]
    height = (rows - [0.0, 1e4, 0.0]) / [1.0, 1e3, 1e-3] @ rng.normal(size=3)
    y = (height >= np.median(height)).astype(int)
    assert is_separable(rows, y) is True
    assert is_separable(np.vstack([rows, rows[:1]]), np.append(y, 1 - y[0])) is False  # one row with both labels
    scaled = StandardScaler().fit_transform(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotConvergedWarning)
        perceptron = Perceptron(epochs=300).fit(scaled, y)
    assert perceptron.separable_ is True
    assert perceptron.converged_ == (perceptron.score(scaled, y) == 1)


@pytest.mark.parametrize("labels", [("no", "yes"), (False, True), (-1, 1), (2.5, 7.0)])
def test_any_two_labels_will_do(labels):
    y = np.array(labels)[GATES["and"]]
    perceptron = Perceptron().fit(X, y)
    assert perceptron.classes_.tolist() == sorted(labels)
    assert perceptron.predict(X).tolist() == y.tolist()
    assert perceptron.score(X.tolist(), y.tolist()) == 1


def test_data_frames_and_a_column_of_labels_are_taken():
    table = pd.DataFrame(X, columns=["a", "b"])
    for y in (pd.Series(GATES["or"]), np.array(GATES["or"])[:, None], pd.Series(GATES["or"], dtype="Int64")):
        assert Perceptron().fit(table, y).score(table, y) == 1


def test_a_row_gets_the_same_number_alone_and_among_others():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 33))
    perceptron = Perceptron(epochs=100).fit(rows, (rows[:, 0] > 0).astype(int))
    alone = [perceptron.decision_function(row[None, :])[0] for row in rows]
    np.testing.assert_array_equal(perceptron.decision_function(rows), alone)


def test_the_rate_only_scales_the_weights():
    rows, y = blobs(2.5)
    one, eight = Perceptron(1.0, epochs=100).fit(rows, y), Perceptron(8.0, epochs=100).fit(rows, y)
    np.testing.assert_array_equal(8 * one.coef_, eight.coef_)
    assert one.errors_ == eight.errors_


def test_shuffling_is_repeatable_and_changes_the_order():
    rows, y = blobs(2.1)

    def fitted(seed, shuffle=True):
        return Perceptron(epochs=1000, shuffle=shuffle, random_state=seed).fit(rows, y)

    np.testing.assert_array_equal(fitted(0).coef_, fitted(0).coef_)
    np.testing.assert_array_equal(fitted(np.random.default_rng(0)).coef_, fitted(0).coef_)
    assert not np.array_equal(fitted(0).coef_, fitted(1).coef_)
    assert not np.array_equal(fitted(0).coef_, fitted(0, shuffle=False).coef_)
    np.testing.assert_array_equal(fitted(0, shuffle=False).coef_, fitted(1, shuffle=False).coef_)


@pytest.mark.parametrize(
    ("rows", "labels", "message"),
    [
        ([[0, 0], [0, np.nan], [1, 1]], [0, 0, 1], "nan .* row 1, column 1, and 1 such cell in all"),
        ([[0, 0], [np.inf, 1], [1, 1]], [0, 0, 1], "inf .* row 1, column 0"),
        ([["red", 1], ["blue", 2]], [0, 1], "table of numbers"),
        (csr_matrix(X), GATES["and"], r"sparse csr_matrix\. Pass X\.toarray"),
        ([0, 1], [0, 1], r"shape \(2,\)"),
        (np.zeros((0, 2)), [], "at least one of each"),
        (np.zeros((2, 0)), [0, 1], "at least one of each"),
        (X, [0, 1, 2, 1], "exactly two classes. Received 3: 0, 1, 2. Use a network"),
        (X, [0.5, 0.1, 0.2, 0.3], "Received 4"),
        (X, [1, 1, 1, 1], "Received 1: 1. Pass rows of both"),
        (X, [0, 1, 1], r"each of 4 rows, shape \(4,\). Received shape \(3,\)"),
        (X, [[0, 1]] * 4, r"Received shape \(4, 2\)"),
        (X, [0, 1, np.nan, 1], r"label for every row\. Received none \(NaN\) in row 2"),
        (X, np.array(["a", "b", None, "a"], dtype=object), "in row 2"),
        (X, np.array([0, pd.NA, 1, pd.NA], dtype=object), "in row 1, and 2 such rows"),
        (X, np.array(["a", 1, "b", 2], dtype=object), "mixture"),
    ],
)
def test_data_that_cannot_be_learned_from_is_refused(rows, labels, message):
    with pytest.raises(DataError, match=message):
        Perceptron().fit(rows, labels)


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": 0},
        {"learning_rate": -0.1},
        {"learning_rate": np.nan},
        {"learning_rate": "fast"},
        {"learning_rate": [0.1]},
        {"epochs": 0},
        {"epochs": 2.5},
        {"random_state": "lucky"},
        {"random_state": -1},
    ],
    ids=str,
)
def test_arguments_that_cannot_work_are_refused_by_fit(wrong):
    perceptron = Perceptron(**wrong)
    with pytest.raises(ConfigError, match=f"Perceptron expected `{next(iter(wrong))}`"):
        perceptron.fit(X, GATES["and"])


def test_use_before_fit_and_other_columns_are_refused():
    with pytest.raises(NotBuiltError, match="fit has not run"):
        Perceptron().predict(X)
    fitted = Perceptron().fit(X, GATES["and"])
    with pytest.raises(DataError, match="X has 3 features, but Perceptron is expecting 2"):
        fitted.predict(np.zeros((1, 3)))
    with pytest.raises(DataError, match="finite"):
        fitted.decision_function([[0, np.nan]])
    with pytest.raises(DataError, match="one label"):
        fitted.score(X, [0])


def test_it_works_inside_scikit_learn():
    rows, y = blobs(3.0)
    model = make_pipeline(StandardScaler(), Perceptron(epochs=100))
    assert cross_val_score(model, rows, y).tolist() == [1.0] * 5
    search = GridSearchCV(Perceptron(), {"epochs": [50, 100], "learning_rate": [0.5]}).fit(rows, y)
    assert search.best_score_ == 1
    perceptron = Perceptron(0.3, shuffle=True)
    copy = clone(perceptron)
    assert copy is not perceptron and copy != perceptron
    assert copy.get_params() == perceptron.get_params()
    assert is_classifier(perceptron) and perceptron._estimator_type == "classifier"
    check_is_fitted(perceptron.fit(rows, y))


def test_parameters_can_be_read_and_assigned():
    perceptron = Perceptron().set_params(epochs=3, learning_rate=1.0)
    assert perceptron.get_params() == {
        "learning_rate": 1.0,
        "epochs": 3,
        "shuffle": False,
        "random_state": None,
        "keep_path": False,
    }
    assert repr(perceptron) == "Perceptron(learning_rate=1.0, epochs=3)"
    assert Perceptron.from_config(perceptron.get_config()).get_params() == perceptron.get_params()
    with pytest.raises(ConfigError, match="'epoch'; did you mean 'epochs'"):
        perceptron.set_params(epoch=3)


def test_scikit_learn_and_scipy_are_not_needed_to_import():
    import subprocess

    code = "import sys, glassnet.estimators; print([m for m in ('sklearn', 'scipy.optimize') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
