"""Rates, areas and agreements against scikit-learn, with and without weights."""

import jax
import numpy as np
import pytest
import sklearn.metrics as sk

from glassnet import metrics

RANDOM = np.random.default_rng(5)
N, K = 60, 4
BIT = RANDOM.integers(0, 2, N)
SCORE = np.clip(0.3 * BIT + 0.7 * RANDOM.uniform(size=N), 0, 1).astype("float32")
IDS = RANDOM.integers(0, K, N)
SCORES = (RANDOM.uniform(size=(N, K)) + 0.6 * np.eye(K)[IDS]).astype("float32")
NAMED = SCORES.argmax(-1)
WEIGHTS = RANDOM.uniform(0.2, 2.0, N).astype("float32")
YES = SCORE > 0.5

PAIRS = [
    (metrics.Precision(), sk.precision_score, BIT, SCORE, YES),
    (metrics.Recall(), sk.recall_score, BIT, SCORE, YES),
    (metrics.Specificity(), lambda t, p, **w: sk.recall_score(1 - t, ~p, **w), BIT, SCORE, YES),
    (metrics.F1Score(), lambda t, p, **w: [sk.f1_score(t, p, **w)], BIT, SCORE, YES),
    (metrics.FBetaScore(beta=2.0), lambda t, p, **w: [sk.fbeta_score(t, p, beta=2, **w)], BIT, SCORE, YES),
    (metrics.AUC(num_thresholds=20001), sk.roc_auc_score, BIT, SCORE, SCORE),
    (metrics.F1Score(average="macro"), lambda t, p, **w: sk.f1_score(t, p, average="macro", **w), IDS, SCORES, NAMED),
    (metrics.F1Score(average="micro"), lambda t, p, **w: sk.f1_score(t, p, average="micro", **w), IDS, SCORES, NAMED),
    (
        metrics.F1Score(average="weighted"),
        lambda t, p, **w: sk.f1_score(t, p, average="weighted", **w),
        IDS,
        SCORES,
        NAMED,
    ),
    (metrics.BinaryAccuracy(), sk.accuracy_score, BIT, SCORE, YES),
    (metrics.SparseCategoricalAccuracy(), sk.accuracy_score, IDS, SCORES, NAMED),
    (metrics.BalancedAccuracy(), sk.balanced_accuracy_score, BIT, SCORE, YES),
    (metrics.BalancedAccuracy(), sk.balanced_accuracy_score, IDS, SCORES, NAMED),
    (
        metrics.BalancedAccuracy(adjusted=True),
        lambda t, p, **w: sk.balanced_accuracy_score(t, p, adjusted=True, **w),
        IDS,
        SCORES,
        NAMED,
    ),
    (metrics.CohenKappa(), sk.cohen_kappa_score, BIT, SCORE, YES),
    (metrics.CohenKappa(), sk.cohen_kappa_score, IDS, SCORES, NAMED),
    (
        metrics.CohenKappa("linear"),
        lambda t, p, **w: sk.cohen_kappa_score(t, p, weights="linear", **w),
        IDS,
        SCORES,
        NAMED,
    ),
    (
        metrics.CohenKappa("quadratic"),
        lambda t, p, **w: sk.cohen_kappa_score(t, p, weights="quadratic", **w),
        IDS,
        SCORES,
        NAMED,
    ),
    (metrics.MatthewsCorrelation(), sk.matthews_corrcoef, BIT, SCORE, YES),
    (metrics.MatthewsCorrelation(), sk.matthews_corrcoef, IDS, SCORES, NAMED),
    (metrics.R2Score(), sk.r2_score, SCORES[:, 0], SCORES[:, 1], SCORES[:, 1]),
    (
        metrics.MeanIoU(K, dtype="float32"),
        lambda t, p, **w: sk.jaccard_score(t, p, average="macro", **w),
        IDS,
        NAMED,
        NAMED,
    ),
]


@pytest.fixture(scope="module")
def results():
    """Each pair's result without weights and with them; compiled together."""

    def result(metric, target, output, weights):
        return metric.compute(metric.update(metric.init(target.shape, output.shape), target, output, weights))

    @jax.jit
    def program(arrays, weights):
        return [
            (result(pair[0], *each, None), result(pair[0], *each, weights))
            for pair, each in zip(PAIRS, arrays, strict=True)
        ]

    return program([(target, output) for _, _, target, output, _ in PAIRS], WEIGHTS)


@pytest.mark.parametrize(
    "number", range(len(PAIRS)), ids=lambda number: f"{PAIRS[number][0]!r}-{PAIRS[number][3].ndim}"
)
def test_agrees(number, results):
    _, reference, target, _, answers = PAIRS[number]
    plain, weighted = results[number]
    np.testing.assert_allclose(plain, reference(target, answers), rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(weighted, reference(target, answers, sample_weight=WEIGHTS), rtol=2e-5, atol=2e-6)


def test_one_hot_targets_are_the_same_classes():
    for metric in (metrics.CohenKappa(), metrics.F1Score(average="macro")):
        start = metric.init((N, K), (N, K))
        by_number, by_row = (jax.jit(metric.update)(start, target, SCORES) for target in (IDS, np.eye(K)[IDS]))
        for name, array in by_number.items():
            np.testing.assert_array_equal(array, by_row[name])


def test_the_area_under_precision_and_recall_is_near_that_of_all_its_points():
    metric = metrics.AUC(num_thresholds=20001, curve="PR")
    area = jax.jit(lambda y_true, y_pred: metric.compute(metric.update(metric.init(), y_true, y_pred)))(BIT, SCORE)
    precision, recall, _ = sk.precision_recall_curve(BIT, SCORE)
    assert abs(area - sk.average_precision_score(BIT, SCORE)) < 0.01
    assert abs(area - sk.auc(recall, precision)) < 0.01


def test_one_class_only_is_no_agreement_and_no_nan():
    kinds = metrics.CohenKappa(), metrics.MatthewsCorrelation(), metrics.BalancedAccuracy()

    @jax.jit
    def results(same):
        return [metric.compute(metric.update(metric.init((N,), (N,)), same, same)) for metric in kinds]

    for value in (0.0, 1.0):
        assert results(np.full(N, value)) == [0, 0, 1]


def test_names_that_vary_where_the_class_does_not_are_no_correlation():
    result = jax.jit(metrics.MatthewsCorrelation().compute)
    for named in RANDOM.uniform(size=(20, 2)).astype("float32"):
        assert result({"confusion": np.stack([named, 0 * named])}) == 0


def test_labels_beyond_the_classes_are_left_out():
    metric = metrics.BalancedAccuracy(num_classes=K)
    labels = np.where(np.arange(N) == 0, -1, np.where(np.arange(N) == 1, K, IDS))
    state = metric.update(metric.init(), labels, SCORES)
    np.testing.assert_allclose(metric.compute(state), sk.balanced_accuracy_score(IDS[2:], NAMED[2:]), rtol=1e-6)
