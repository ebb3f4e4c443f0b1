"""Tables of results."""

import io

import numpy as np
import pytest

from glassnet.cli import results
from glassnet.cli.gate import check
from glassnet.cli.terminal import Out
from glassnet.workbench.judging import evaluate_predictions


@pytest.fixture
def out():
    return Out(io.StringIO())


def judged(classes=("ill", "well"), rows=40):
    random = np.random.default_rng(0)
    y = random.integers(0, len(classes), rows)
    said = {name: random.dirichlet(np.ones(len(classes)), rows) for name in ("network", "linear", "baseline")}
    return evaluate_predictions("classification", y, said, classes, 0)


NAMES = {"linear": "logistic regression", "baseline": "always well"}


def test_scores_beside_the_rivals(out):
    evaluation = judged()
    results.scores(out, evaluation, NAMES)
    head, first, *_ = out.stream.getvalue().splitlines()
    assert head.split("  ")[-2:] == ["logistic regression", "always well"]
    value = evaluation.measured["accuracy"]
    assert first.split()[:2] == ["accuracy", f"{value['network'].value:.3f}"]
    assert first.split()[-2:] == [f"{value['linear'].value:.3f}", f"{value['baseline'].value:.3f}"]


def test_headings_that_are_too_wide_are_broken(out, monkeypatch):
    monkeypatch.setattr(Out, "columns", 70)
    results.scores(out, judged(), {**NAMES, "baseline": "always malignant"})
    head, second, *rest = out.stream.getvalue().splitlines()
    assert (head.split(), second.split()) == (
        ["95", "%", "logistic", "always"],
        ["network", "interval", "regression", "malignant"],
    )
    assert max(map(len, [head, second, *rest])) <= 70


def test_more_classes_than_a_terminal_holds_are_left_to_the_report(out):
    labels = [f"c{i}" for i in range(13)]
    results.confusion(out, {"labels": labels, "counts": np.eye(13, dtype=int).tolist()}, elsewhere="the report")
    assert out.stream.getvalue().split() == [
        "13",
        "classes:",
        "the",
        "confusion",
        "matrix",
        "is",
        "in",
        "the",
        "report",
    ]
    assert results.meaning(judged(tuple(labels), 400)).startswith(
        "precision, recall and F1 are averaged over the classes"
    )


def test_answers_of_a_regression(out):
    results.answers(out, [{"row": 7, "predicted": 152.13348, "truth": 151.0}])
    assert out.stream.getvalue().splitlines()[1].split() == ["7", "152.1", "151", "1.133"]


def test_a_gate_that_no_number_can_pass():
    one = evaluate_predictions("regression", np.array([1.0]), {"network": np.array([1.0])}, [], 0)
    assert check(-5.0, one) == "R² nan is below the asked -5"
    assert check(None, one) == ""
    assert check(0.0, judged()) == "" and "accuracy" in check(1.0, judged())
