"""The perceptron's rule seen through: the numbers of each correction are those of the rule, and of `fit`."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from glassnet import Perceptron
from glassnet.foundation.errors import ConfigError, DataError

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
AND, OR, XOR = [0, 0, 0, 1], [0, 1, 1, 1], [0, 1, 1, 0]


def textbook(rows, target, rate=0.1, epochs=10):
    """(epoch, row, prediction, weights after) of each correction of the rule, with the bias in front."""
    weights, found = np.zeros(rows.shape[1] + 1), []
    for epoch in range(epochs):
        for place, (row, label) in enumerate(zip(rows, target, strict=True)):
            row = np.insert(row, 0, 1)
            prediction = 1 if np.dot(weights, row) >= 0 else 0
            weights = weights + rate * (label - prediction) * row
            if prediction != label:
                found.append((epoch + 1, place, prediction, weights))
    return found


@pytest.mark.parametrize("target", [AND, OR, XOR])
def test_corrections_are_those_of_the_rule_written_out(target):
    seen, known = Perceptron().xray(X, target), textbook(X, target)
    assert [(c.epoch, c.row, c.prediction) for c in seen.corrections] == [entry[:3] for entry in known]
    before = np.zeros(3)
    for number, (c, (_, row, prediction, after)) in enumerate(zip(seen.corrections, known, strict=True), 1):
        assert c.number == number and c.error == c.y - prediction == target[row] - prediction
        np.testing.assert_array_equal([c.bias, *c.weights], before)
        np.testing.assert_array_equal([c.new_bias, *c.new_weights], after)
        assert c.z == pytest.approx(before[0] + X[row] @ before[1:])
        before = after


def test_and_and_or_converge_and_xor_is_said_not_to():
    for target, corrections in ((AND, 8), (OR, 5)):
        seen, fitted = Perceptron().xray(X, target), Perceptron().fit(X, target)
        assert seen.converged and seen.separable and len(seen.corrections) == corrections
        np.testing.assert_array_equal(seen.weights, fitted.coef_[0])
        assert seen.bias == fitted.intercept_[0] and list(seen.errors) == fitted.errors_
        assert str(seen).count("Converged: ") == 1 and f"after {corrections} corrections in 4 epochs" in str(seen)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the x-ray says it itself
        seen = Perceptron().xray(X, XOR)
    assert not seen.converged and seen.separable is False
    assert "Not converged. The data is not linearly separable" in " ".join(str(seen).split())
    assert "25 more corrections" in str(seen) and len(seen.corrections) == 38


def test_a_correction_says_its_numbers_in_80_columns():
    text = str(Perceptron().xray(X, ["no", "no", "no", "yes"]))
    assert max(map(len, text.splitlines())) <= 80
    for line in (
        "2  epoch 1, row 3: x = (1, 1), y = 1 (yes)",
        "w·x + b = 0 × 1 + 0 × 1 + (-0.1) = -0.1 < 0, so ŷ = 0; y - ŷ = 1",
        "w ← w + α (y - ŷ) x = (0, 0) + 0.1 × 1 × (1, 1) = (0.1, 0.1)",
        "b ← b + α (y - ŷ) = -0.1 + 0.1 × 1 = 0",
        "no line: w = 0, so ŷ = 0 everywhere",
        "the line: 0.2 x[0] + 0.1 x[1] = 0.2",
    ):
        assert f"   {line}\n" in text or text.startswith(line) or f"\n{line}\n" in text
    wide = np.random.default_rng(0).normal(size=(6, 9))
    text = str(Perceptron().xray(wide, [0, 1, 0, 1, 0, 1]).corrections[2])
    assert "from 3 more" in text and "… 3 more)" in text and max(map(len, text.splitlines())) <= 80


def test_the_perceptron_itself_stays_as_it_is():
    fitted = Perceptron(shuffle=True, random_state=np.random.default_rng(3)).fit(X, AND)
    again = Perceptron(shuffle=True, random_state=np.random.default_rng(3)).fit(X, AND)
    state, weights = fitted.random_state.bit_generator.state, fitted.coef_.copy()
    fitted.xray(X, OR)
    assert fitted.random_state.bit_generator.state == state == again.random_state.bit_generator.state
    np.testing.assert_array_equal(fitted.coef_, weights)
    unfitted = Perceptron()
    unfitted.xray(X, AND)
    assert not hasattr(unfitted, "coef_")


def test_it_is_a_page_plain_data_and_a_picture():
    seen = Perceptron().xray(pd.DataFrame(X, columns=["rain", "wind"]), AND)
    page = seen._repr_html_()
    assert page.count("<tr>") == 9 and "<svg" in page and "Converged" in page and "<script" not in page
    data = json.loads(json.dumps(seen.to_dict()))
    assert data["corrections"][1]["new_weights"] == [0.1, 0.1] and data["errors"] == [2, 3, 3, 0]
    assert data["columns"] == ["rain", "wind"] and "0.2 rain + 0.1 wind = 0.2" in str(seen)
    picture = seen.plot()
    assert picture.numbers["lines"].shape == (8, 3) and "rain" in picture.svg
    np.testing.assert_allclose(picture.numbers["lines"][-1], [0.2, 0.1, -0.2])


def test_other_columns_are_pinned_at_their_means():
    random = np.random.default_rng(1)
    rows = random.normal((0, 2, 5), 1, (20, 3))
    target = (rows @ [1.0, -1.0, 0.5] > 0.5).astype(int)
    seen = Perceptron(epochs=500).xray(rows, target)
    line = seen.plot((2, 0)).numbers["lines"][-1]
    np.testing.assert_allclose(
        line, [seen.weights[2], seen.weights[0], seen.bias + seen.weights[1] * rows[:, 1].mean()]
    )
    alone = Perceptron(epochs=50).xray([[0.0], [1.0], [2.0]], [0, 1, 1]).plot()
    np.testing.assert_array_equal(alone.numbers["points"][:, 1], 0)
    np.testing.assert_array_equal(alone.numbers["lines"][:, 1], 0)


def test_wrong_use_is_named():
    with pytest.raises(DataError, match="two classes"):
        Perceptron().xray(X, [1, 1, 1, 1])
    with pytest.raises(ConfigError, match="Expected two different columns"):
        Perceptron().xray(X, AND).plot((0, 2))
