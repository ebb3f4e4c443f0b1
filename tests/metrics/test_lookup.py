"""Metrics by name, and the kind of accuracy that fits."""

import pytest

from glassnet import losses, metrics
from glassnet.foundation.errors import ConfigError, UnknownNameError

ALIASES = {
    "mse": "MeanSquaredError",
    "MSE": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "MAPE": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "rmse": "RootMeanSquaredError",
    "bce": "BinaryCrossentropy",
    "BCE": "BinaryCrossentropy",
    "kld": "KLDivergence",
    "auc": "AUC",
    "AUC": "AUC",
    "f1": "F1Score",
    "f1_score": "F1Score",
    "fbeta_score": "FBetaScore",
    "f_beta_score": "FBetaScore",
    "cce": "CategoricalCrossentropy",
    "logcosh": "LogCoshError",
    "mcc": "MatthewsCorrelation",
    "kappa": "CohenKappa",
    "r2": "R2Score",
    "r2_score": "R2Score",
}


@pytest.mark.parametrize("alias", ALIASES)
def test_short_names(alias):
    assert metrics.get(alias) == getattr(metrics, ALIASES[alias])()


def test_a_formula_is_the_metric_made_of_it():
    assert metrics.get(metrics.mean_squared_error) == metrics.MeanSquaredError()
    assert metrics.get(metrics.binary_accuracy) == metrics.BinaryAccuracy()
    assert metrics.get(metrics.huber) == metrics.MeanMetricWrapper(losses.huber)


def test_a_wrong_name_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'precision'"):
        metrics.get("precison")
    with pytest.raises(ConfigError, match="Expected the metric"):
        metrics.get(3)
    assert metrics.get(None) is None


COLUMN, SCORES = (None, 1), (None, 3)


@pytest.mark.parametrize(
    ("loss", "outputs", "targets", "kind"),
    [
        ("binary_crossentropy", COLUMN, None, "Binary"),
        ("mse", (None,), None, "Binary"),
        ("sparse_categorical_crossentropy", SCORES, None, "SparseCategorical"),
        ("categorical_crossentropy", SCORES, None, "Categorical"),
        (None, SCORES, (None,), "SparseCategorical"),
        (None, SCORES, (None, 1), "SparseCategorical"),
        (None, SCORES, SCORES, "Categorical"),
        ("binary_crossentropy", SCORES, SCORES, "Categorical"),
        ("sparse_categorical_crossentropy", (None, 7, 3), (None, 7), "SparseCategorical"),
    ],
)
def test_accuracy_and_crossentropy_are_the_kind_that_fits(loss, outputs, targets, kind):
    for identifier in ("accuracy", "acc"):
        metric = metrics.resolve(identifier, loss, outputs, targets)
        assert type(metric).__name__ == f"{kind}Accuracy" and metric.name == identifier
    for identifier in ("crossentropy", "ce"):
        metric = metrics.resolve(identifier, loss, outputs, targets)
        assert type(metric).__name__ == f"{kind}Crossentropy" and metric.name == identifier


def test_after_a_loss_on_logits_outputs_are_read_as_logits():
    binary, many = losses.BinaryCrossentropy(from_logits=True), losses.CategoricalCrossentropy(from_logits=True)
    assert metrics.resolve("accuracy", binary, COLUMN).threshold == 0.0
    assert metrics.resolve("accuracy", losses.get("bce"), COLUMN).threshold == 0.5
    assert metrics.resolve("ce", binary, COLUMN).from_logits
    assert metrics.resolve("ce", many, SCORES).from_logits
    assert type(metrics.resolve("accuracy", many, SCORES)) is metrics.CategoricalAccuracy


def test_a_name_given_names_the_metric():
    assert metrics.resolve("mae").name == "mae"
    assert metrics.resolve("AUC").name == "AUC"
    assert metrics.resolve(metrics.AUC(name="area")).name == "area"
    assert metrics.resolve(metrics.AUC).name == "auc"
    with pytest.raises(ConfigError, match="outputs' shape to choose"):
        metrics.resolve("accuracy")
    with pytest.raises(ConfigError, match="Received None"):
        metrics.resolve(None)
