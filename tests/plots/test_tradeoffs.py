"""roc, precision_recall and their intervals: against scikit-learn, counting, and simulation."""

import numpy as np
import pytest
from sklearn import metrics

from glassnet.plots import precision_recall, roc
from glassnet.plots.tradeoffs import auc_interval, share_interval


@pytest.fixture(scope="module", params=[0, 1])
def scored(request):
    generator = np.random.default_rng(request.param)
    truth = generator.integers(0, 2, 90)
    scores = 1 / (1 + np.exp(-(truth + generator.normal(size=90))))
    return truth, np.round(scores, 2 if request.param else 9)  # the second with many ties


def test_the_area_is_the_share_of_pairs_in_order(scored):
    truth, scores = scored
    found = roc(truth, scores).numbers
    yes, no = scores[truth == 1][:, None], scores[truth == 0][None]
    assert found["auc"] == pytest.approx(float(np.mean((yes > no) + 0.5 * (yes == no))))
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(truth, scores))
    fpr, tpr, cut = metrics.roc_curve(truth, scores, drop_intermediate=False)
    np.testing.assert_allclose(found["false_positive_rate"], fpr)
    np.testing.assert_allclose(found["true_positive_rate"], tpr)
    np.testing.assert_allclose(found["threshold"], cut)


def test_average_precision_is_the_usual_one(scored):
    truth, scores = scored
    found = precision_recall(truth, scores).numbers
    assert found["average_precision"] == pytest.approx(metrics.average_precision_score(truth, scores))
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    np.testing.assert_allclose(found["recall"], recall[::-1][1:])
    np.testing.assert_allclose(found["precision"], precision[::-1][1:])


@pytest.mark.parametrize("auc", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_the_interval_ends_where_the_standard_error_stops_ruling_out(auc):
    n, m = 20, 30
    low, high = auc_interval(auc, n, m)
    grid = np.linspace(0, 1, 200_001)
    inner = (n + m) / 2 - 1
    error = np.sqrt(grid * (1 - grid) * (1 + inner * ((1 - grid) / (2 - grid) + grid / (1 + grid))) / (n * m))
    kept = grid[np.abs(auc - grid) <= 1.959964 * error]
    assert (low, high) == pytest.approx((kept.min(), kept.max()), abs=1e-5)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    generator = np.random.default_rng(0)
    truth = 0.7602499  # P(N(1, 1) > N(0, 1))
    held = 0
    for _ in range(300):
        yes, no = generator.normal(size=25) + 1, generator.normal(size=25)
        low, high = auc_interval(float(np.mean(yes[:, None] > no)), 25, 25)
        held += low <= truth <= high
    assert 0.92 <= held / 300 <= 0.985


def test_wilsons_interval_solves_its_equation():
    share, count = np.array([0.0, 0.2, 1.0]), np.array([5, 30, 8])
    for end in share_interval(share, count):
        error = 1.959964 * np.sqrt(end * (1 - end) / count)
        np.testing.assert_allclose(np.abs(share - end), error, atol=1e-9)


def test_the_point_of_one_half_is_marked_for_probabilities_only(scored):
    truth, scores = scored
    assert "at threshold 0.5" in roc(truth, scores).svg
    assert "at threshold 0.5" not in roc(truth, 40 * scores).svg
