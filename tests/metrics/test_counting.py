"""Thresholds, counts and areas at their edges, and arguments that cannot work."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import metrics
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.metrics.counting import Thresholds


def test_a_score_on_a_threshold_does_not_pass_it():
    for number in (11, 101):
        even = Thresholds.spread("test", number)
        uneven = Thresholds((*even.values, 1.0))
        assert even.even and not uneven.even
        scores = jnp.asarray(np.array(even.values, "float32"))
        np.testing.assert_array_equal(even.passed(scores)[:, ::7], uneven.passed(scores)[:-1, ::7])


def test_a_score_that_rounds_past_a_threshold_passes_it_as_in_keras():
    thresholds, score = Thresholds.spread("test", 200), jnp.float32(119 / 199)
    passed = np.asarray(thresholds.passed(score[None]))[:, 0]
    assert passed[:120].all() and not passed[120:].any()


def test_open_ends_let_every_score_pass_the_first_and_none_the_last():
    for thresholds in (Thresholds((0.0, 0.5, 1.0), open_ends=True), Thresholds((0.0, 0.3, 1.0), open_ends=True)):
        passed = np.asarray(thresholds.passed(jnp.array([0.0, 1.0])))
        np.testing.assert_array_equal(passed[0], [True, True])
        np.testing.assert_array_equal(passed[-1], [False, False])


def test_an_area_is_exact_for_scores_that_the_thresholds_part():
    perfect, reverse, level = np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.9, 0.8, 0.2, 0.1]), np.full(4, 0.5)
    for scores, area in ((perfect, 1.0), (reverse, 0.0), (level, 0.5)):
        metric = metrics.AUC()
        state = metric.update(metric.init(), np.array([0, 0, 1, 1]), scores)
        np.testing.assert_allclose(metric.compute(state), area, atol=1e-6)


def test_one_class_only_has_no_area_and_no_nan():
    for curve in ("ROC", "PR", "PRGAIN"):
        metric = metrics.AUC(curve=curve)
        assert np.isfinite(metric.compute(metric.update(metric.init(), np.zeros(4), np.linspace(0, 1, 4))))


def test_top_k_of_a_row():
    metric = metrics.Precision(top_k=2)
    state = metric.update(metric.init(), np.array([[1, 1, 0], [0, 0, 1]]), np.array([[0.5, 0.3, 0.4], [0.9, 0.1, 0.2]]))
    assert metric.compute(state) == 2 / 4


def test_a_top_k_guess_counts_ties_in_its_favour_and_no_nan():
    outputs = np.array([[0.4, 0.4, 0.2], [np.nan, 0.5, 0.5]])
    told = metrics.sparse_top_k_categorical_accuracy(np.array([1, 0]), outputs, k=1)
    np.testing.assert_array_equal(told, [1.0, 0.0])
    np.testing.assert_array_equal(metrics.sparse_top_k_categorical_accuracy([3, -1], outputs, k=3), [0.0, 0.0])
    ranked = metrics.sparse_top_k_categorical_accuracy([2, 0], [[2.0, 1.0], [1.0, 2.0]], k=1, from_sorted_ids=True)
    np.testing.assert_array_equal(ranked, [1.0, 0.0])


def test_r2_does_not_cancel_far_from_0():
    targets = np.array([0.0, 1.0, 2.0, 3.0]) + 2**20
    metric = metrics.R2Score()
    start = metric.init((4,), (4,))
    half = np.array([1.0, 1.0, 0.0, 0.0])
    parts = metric.update(metric.update(start, targets, targets + 0.5, half), targets, targets + 0.5, 1 - half)
    np.testing.assert_allclose(metric.compute(parts), 1 - 4 * 0.25 / 5, rtol=1e-6)


def test_r2_of_targets_that_do_not_vary():
    metric = metrics.R2Score()
    start, same = metric.init((4,), (4,)), np.ones(4)
    assert metric.compute(metric.update(start, same, same)) == 1
    assert metric.compute(metric.update(start, same, same + 1)) == 0


def test_adjusted_r2_where_there_are_rows_enough():
    y, p = np.arange(6.0), np.array([0, 1, 2, 3, 4, 6.0])
    plain, adjusted, starved = (metrics.R2Score(num_regressors=number) for number in (0, 2, 5))
    scores = [metric.compute(metric.update(metric.init((6,), (6,)), y, p)) for metric in (plain, adjusted, starved)]
    np.testing.assert_allclose(scores[1], 1 - (1 - scores[0]) * 5 / 3, rtol=1e-6)
    assert scores[2] == scores[0]
    state = adjusted.update(adjusted.init((6,), (6,)), y, p, np.array([2.0, 2, 2, 2, 0.5, 0]))
    assert state["num_samples"] == 5, "rows are counted, not weights"


def test_a_correlation_of_what_does_not_vary_is_0():
    assert metrics.pearson_correlation([[1.0, 1.0]], [[1.0, 2.0]]) == 0
    assert metrics.concordance_correlation([[1.0, 1.0]], [[1.0, 1.0]]) == 0


def test_ignored_rows_do_not_count_with_weights_or_without():
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=-1)
    y_true, y_pred = np.array([1, -1]), np.array([[0.5, 0.5], [0.9, 0.1]])
    for weights in (None, np.ones(2)):
        np.testing.assert_allclose(
            metric.compute(metric.update(metric.init(), y_true, y_pred, weights)), np.log(2), rtol=1e-6
        )


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("Precision", {"thresholds": [-1, 0.5, 2]}, "`thresholds` from 0 to 1"),
        ("TruePositives", {"thresholds": [None]}, "`thresholds` from 0 to 1"),
        ("Recall", {"class_id": -1}, "`class_id` from 0 up"),
        ("Recall", {"top_k": 0}, "`top_k` to be a whole number above 0"),
        ("AUC", {"num_thresholds": 1}, "`num_thresholds` as a whole number from 2 up"),
        ("AUC", {"curve": "ROCK"}, "`curve` to be one of ROC, PR, PRGAIN"),
        ("AUC", {"summation_method": "best"}, "`summation_method` to be one of"),
        ("AUC", {"num_labels": 3}, "`num_labels` with multi_label=True only"),
        ("SensitivityAtSpecificity", {"specificity": -1}, "`specificity` from 0 and at most 1"),
        ("PrecisionAtRecall", {"recall": 0.4, "num_thresholds": -1}, "`num_thresholds` as a whole number from 1 up"),
        ("FBetaScore", {"average": "mean"}, "`average` to be"),
        ("FBetaScore", {"beta": "1.0"}, "`beta` as a number above 0"),
        ("F1Score", {"threshold": 0.0}, "`threshold` above 0 and at most 1"),
        ("R2Score", {"class_aggregation": "mean"}, "`class_aggregation` to be"),
        ("R2Score", {"num_regressors": -1}, "`num_regressors` from 0 up"),
        ("CohenKappa", {"weights": "cubic"}, "`weights` to be 'linear'"),
        ("MatthewsCorrelation", {"threshold": "0.5"}, "`threshold` as a number"),
        ("IoU", {"num_classes": 2, "target_class_ids": [2]}, "`target_class_ids` from 0 to 1"),
        ("MeanIoU", {"num_classes": 0}, "`num_classes` to be a whole number above 0"),
        ("TopKCategoricalAccuracy", {"k": 0}, "`k` to be a whole number above 0"),
        ("BinaryAccuracy", {"threshold": None}, "`threshold` as a number"),
    ],
)
def test_an_argument_out_of_range_is_told(name, settings, message):
    with pytest.raises(ConfigError, match=message):
        getattr(metrics, name)(**settings)


@pytest.mark.parametrize(
    ("metric", "targets", "outputs", "message"),
    [
        (metrics.Precision(), (4,), (4, 3), "one-hot targets of width 3"),
        (metrics.Precision(class_id=3), (4, 3), (4, 3), "a class 3"),
        (metrics.Precision(class_id=0), (4,), (4,), "a class 0"),
        (metrics.AUC(multi_label=True, num_labels=2), (4, 3), (4, 3), "expected 2 labels"),
        (metrics.AUC(multi_label=True), (4,), (4,), "one column a label"),
        (metrics.BinaryAccuracy(), (4,), (4, 3), "of shape \\(4,\\) and outputs of shape \\(4, 3\\)"),
        (metrics.CategoricalAccuracy(), (4,), (4, 3), "use the sparse kind"),
        (metrics.SparseCategoricalAccuracy(), (4, 3), (4, 3), "categorical"),
        (metrics.SparseCategoricalAccuracy(), (4,), (4, 1), "two or more outputs"),
        (metrics.CohenKappa(), (3,), (4, 3), "one class number for each row"),
        (metrics.F1Score(), (3,), (4, 3), "one class number for each row"),
        (metrics.MeanIoU(3), (3,), (4,), "targets of shape \\(3,\\)"),
        (metrics.MeanSquaredError(), (4,), (4, 3), "Dense\\(1\\)"),
    ],
)
def test_shapes_that_do_not_fit_are_told(metric, targets, outputs, message):
    with pytest.raises(ShapeError, match=message):
        metric.update(metric.init(targets, outputs), np.zeros(targets), np.zeros(outputs))
