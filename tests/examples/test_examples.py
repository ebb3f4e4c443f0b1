"""Every example runs from top to bottom, prints something worth reading, and reaches its score."""

import importlib.util
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"


def run(name):
    """Import an example as it stands and call its `main`."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main()


def perceptron_gates(scores, said):
    assert scores["AND"] == scores["OR"] == 1.0
    assert scores["XOR"] < 1.0 and "not linearly separable" in said


def xor(shares, said):
    """The shares that an independent program in NumPy found are 27, 78 and 100 of 100."""
    assert shares["2-4-1 with biases"] == 1.0
    assert 0.19 <= shares["2-2-1 without biases"] <= 0.39
    assert 0.68 <= shares["2-2-1 with biases"] <= 0.88
    own_start = "0 0 -> 0.056    0 1 -> 0.837    1 0 -> 0.838    1 1 -> 0.559"
    assert said.count(own_start) == 2  # in the one program for all networks, and by fit


def breast_cancer(accuracies, said):
    assert len(accuracies) == 10 and min(accuracies) >= 0.95
    assert "mean 9" in said


def custom_layer(accuracy, said):
    assert accuracy >= 0.98
    assert "residual_1" in said and "residual/inner/kernel (16, 16)" in said
    apart = float(said.split("largest difference of a weight ")[1].split()[0])
    assert apart < 1e-3


def digits_cnn(accuracy, said):
    assert accuracy >= 0.95
    assert "max_pooling2d" in said and "step by step" in said


CHECKS = [perceptron_gates, xor, breast_cancer, custom_layer, digits_cnn]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_example_reaches_its_score(check, capsys):
    score = run(check.__name__)
    told = capsys.readouterr()
    check(score, told.out)
    assert not told.err and max(len(line) for line in told.out.splitlines()) <= 130


def test_every_example_is_checked():
    assert {path.stem for path in FOLDER.glob("*.py")} == {check.__name__ for check in CHECKS}


def test_every_example_says_at_its_top_what_it_shows():
    for path in FOLDER.glob("*.py"):
        text = path.read_text("utf-8")
        assert text.startswith('"""') and text.endswith('if __name__ == "__main__":\n    main()\n'), path
        assert text.count("\n") < 130, path
