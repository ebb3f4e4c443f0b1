"""Scores against scikit-learn's, intervals against a bootstrap done row by row."""

import numpy as np
import pytest
from sklearn import metrics

from glassnet.workbench import scores
from glassnet.workbench.scores import classification_scores, confusion, measure, regression_scores, resamples


def answers(classes, rows=80, seed=0, ties=False):
    random = np.random.default_rng(seed)
    y = random.integers(0, classes, rows)
    p = random.dirichlet(np.ones(classes), rows) + 0.6 * np.eye(classes)[y]
    p = p.round(1) + 0.01 if ties else p
    return y, p / p.sum(1, keepdims=True)


def of_scikit_learn(y, p):
    classes, said = p.shape[1], p.argmax(1)
    average = {"average": "binary" if classes == 2 else "macro", "zero_division": 0}
    area = metrics.roc_auc_score(y, p[:, 1]) if classes == 2 else metrics.roc_auc_score(y, p, multi_class="ovr")
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "balanced accuracy": metrics.balanced_accuracy_score(y, said),
        "precision": metrics.precision_score(y, said, **average),
        "recall": metrics.recall_score(y, said, **average),
        "F1": metrics.f1_score(y, said, **average),
        "ROC AUC": area,
    }


def once(family, y, p):
    return {name: values[0] for name, values in family(y, p, np.ones((1, len(y)))).items()}


@pytest.mark.parametrize("ties", [False, True], ids=["", "ties"])
@pytest.mark.parametrize("classes", [2, 3, 7])
def test_classification_scores_are_scikit_learns(classes, ties):
    y, p = answers(classes, seed=classes, ties=ties)
    assert once(classification_scores, y, p) == pytest.approx(of_scikit_learn(y, p))


def test_one_answer_for_all_scores_like_scikit_learns():
    y = np.array([0, 0, 1, 1, 0])
    p = np.tile([0.7, 0.3], (5, 1))
    found = once(classification_scores, y, p)
    assert found == pytest.approx(of_scikit_learn(y, p))
    assert found["precision"] == 0 and found["ROC AUC"] == 0.5


def test_a_class_that_is_only_predicted_counts_in_the_mean_precision():
    y, p = np.array([0, 1, 0, 1]), np.eye(3)[[0, 1, 2, 1]]
    found = once(classification_scores, y, p)
    said = p.argmax(1)
    assert found["precision"] == pytest.approx(metrics.precision_score(y, said, average="macro", zero_division=0))
    assert found["F1"] == pytest.approx(metrics.f1_score(y, said, average="macro", zero_division=0))


def test_regression_scores_are_scikit_learns():
    random = np.random.default_rng(0)
    y = 1e6 + random.normal(size=50)  # far from 0: a careless variance would lose all its digits
    p = y + random.normal(size=50) / 3
    assert once(regression_scores, y, p) == pytest.approx(
        {
            "MSE": metrics.mean_squared_error(y, p),
            "MAE": metrics.mean_absolute_error(y, p),
            "R²": metrics.r2_score(y, p),
        },
        rel=1e-6,
    )


@pytest.mark.parametrize("classes", [2, 3])
def test_a_row_that_counts_twice_is_a_row_that_stands_there_twice(classes):
    y, p = answers(classes, rows=30)
    counts = np.random.default_rng(1).integers(0, 4, 30)
    weighed = {name: values[0] for name, values in classification_scores(y, p, counts[None].astype(float)).items()}
    assert weighed == pytest.approx(once(classification_scores, y.repeat(counts), p.repeat(counts, axis=0)))
    values, said = y + p[:, 0], p[:, 1]
    weighed = {name: found[0] for name, found in regression_scores(values, said, counts[None].astype(float)).items()}
    assert weighed == pytest.approx(once(regression_scores, values.repeat(counts), said.repeat(counts)))


def test_what_cannot_be_computed_is_no_number():
    y, p = np.array([1, 1]), np.array([[0.2, 0.8], [0.6, 0.4]])
    found = once(classification_scores, y, p)
    assert np.isnan(found["ROC AUC"]) and found["accuracy"] == 0.5
    assert np.isnan(once(regression_scores, np.array([2.5]), np.array([2.0]))["R²"])
    alone = measure(regression_scores, np.array([2.5]), {"network": np.array([2.0])}, 0)["R²"]["network"]
    assert alone.to_dict() == {"value": None, "low": None, "high": None}


# Intervals.


def test_intervals_are_those_of_a_bootstrap_row_by_row(monkeypatch):
    monkeypatch.setattr(scores, "RESAMPLES", 60)
    y, p = answers(2, rows=25)
    other = answers(2, rows=25, seed=9)[1]
    measured = measure(classification_scores, y, {"network": p, "linear": other}, seed=3)
    drawn = np.random.default_rng(3).integers(0, 25, (scores.RESAMPLES, 25))
    by_hand = [of_scikit_learn(y[rows], p[rows]) for rows in drawn if len(set(y[rows])) == 2]
    beside = [of_scikit_learn(y[rows], other[rows]) for rows in drawn if len(set(y[rows])) == 2]
    assert len(by_hand) == len(drawn)
    for name, by_model in measured.items():
        values = np.array([found[name] for found in by_hand])
        rivals = np.array([found[name] for found in beside])
        network, linear = by_model["network"], by_model["linear"]
        assert (network.low, network.high) == pytest.approx(np.quantile(values, [0.025, 0.975]))
        assert linear.difference == pytest.approx(tuple(np.quantile(values - rivals, [0.025, 0.975])))
        assert network.difference is None


def test_an_interval_has_about_the_width_that_theory_gives():
    random = np.random.default_rng(0)
    y = np.zeros(400, int)
    p = np.eye(2)[(random.random(400) < 0.2).astype(int)]
    found = measure(classification_scores, y, {"network": p}, seed=0)["accuracy"]["network"]
    width = 2 * 1.96 * np.sqrt(found.value * (1 - found.value) / 400)
    assert found.high - found.low == pytest.approx(width, rel=0.1)


def test_resamples_hold_every_row_once_on_average_and_do_not_depend_on_the_pieces(monkeypatch):
    whole = np.concatenate(list(resamples(7, seed=1)))
    assert whole.shape == (scores.RESAMPLES, 7) and (whole.sum(1) == 7).all()
    assert whole.mean() == 1 and abs(whole.mean(0) - 1).max() < 0.15
    monkeypatch.setattr(scores, "_AT_ONCE", 70)
    pieces = list(resamples(7, seed=1))
    assert len(pieces) == 100 and np.array_equal(np.concatenate(pieces), whole)


def test_a_large_table_is_resampled_less_often(monkeypatch):
    monkeypatch.setattr(scores, "_CELLS", 3000)
    assert sum(len(piece) for piece in resamples(10, 0)) == 300


def test_of_very_many_rows_some_give_the_same_interval(monkeypatch):
    y, p = answers(2, rows=8000)
    all_rows = measure(classification_scores, y, {"network": p, "linear": p.round(1)}, seed=0)
    monkeypatch.setattr(scores, "_MOST_ROWS", 2000)
    some = measure(classification_scores, y, {"network": p, "linear": p.round(1)}, seed=0)
    for name, by_model in all_rows.items():
        for model, found in by_model.items():
            assert some[name][model].value == found.value
            assert some[name][model].high - some[name][model].low == pytest.approx(found.high - found.low, rel=0.25)
            assert some[name][model].low < found.value < some[name][model].high


def test_confusion_counts_truth_down_and_predictions_across():
    assert confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3).tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
