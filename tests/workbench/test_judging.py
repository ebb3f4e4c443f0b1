"""The judgement beside a guess and a linear model."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from glassnet.workbench.judging import evaluate_predictions, guess_loss, rivals


def test_the_loss_of_a_guess_is_that_of_the_training_shares():
    known, y = np.array([0, 0, 0, 1]), np.array([0, 1, 1])
    assert guess_loss("classification", known, y) == pytest.approx(log_loss(y, np.tile([0.75, 0.25], (3, 1))))
    assert guess_loss("regression", np.array([1.0, 3.0]), np.array([2.0, 4.0])) == 2


def test_the_guess_is_named_after_the_most_frequent_class():
    x, y = np.zeros((5, 1), np.float32), np.array([1, 1, 1, 0, 0])
    said, names = rivals("classification", x, y, x[:2], ("ill", "well"))
    assert names == {"linear": "logistic regression", "baseline": "always well"}
    assert said["baseline"].argmax(1).tolist() == [1, 1] and said["linear"].shape == (2, 2)
    said, names = rivals("regression", x, y.astype(float), x[:2], ())
    assert names["baseline"] == "always the mean" and said["baseline"].tolist() == [0.6, 0.6]


def test_plain_data_of_a_classification():
    said = {"network": np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]), "linear": np.eye(2)[[0, 0, 0]]}
    found = evaluate_predictions("classification", np.array([0, 1, 0]), said, [False, True], seed=0)
    data = found.to_dict({"linear": "logistic regression"})
    assert data["linear_name"] == "logistic regression" and data["positive"] == "True" and data["rows"] == 3
    assert data["confusion"] == {"labels": ["False", "True"], "counts": [[1, 1], [0, 1]]}
    first = data["metrics"][0]
    assert first["name"] == "accuracy" and first["better"] == "higher"
    assert first["network"]["value"] == pytest.approx(2 / 3) and set(first["linear"]) > {"difference_low"}


def test_plain_data_of_a_regression():
    found = evaluate_predictions("regression", np.array([1.0, 2.0]), {"network": np.array([1.0, 3.0])}, [], seed=0)
    data = found.to_dict()
    assert [metric["better"] for metric in data["metrics"]] == ["lower", "lower", "higher"]
    assert data["residuals"] == {"truth": [1.0, 2.0], "predicted": [1.0, 3.0]}
    assert found.positive is None and found.value("MAE") == 0.5
