"""The public surface: what each public module offers is pinned, so that a name appears or goes on purpose only."""

import importlib
import inspect
from pathlib import Path

import pytest

PINNED = Path(__file__).with_name("public_names.txt")
EXPECTED = dict(line.split(": ", 1) for line in PINNED.read_text(encoding="utf-8").splitlines() if line)


def offered(module):
    return sorted(importlib.import_module(module).__all__)


@pytest.mark.parametrize("module", EXPECTED)
def test_public_names_are_as_pinned(module):
    assert offered(module) == EXPECTED[module].split(", "), f"if this is meant, change {PINNED.name} and the CHANGELOG"


def test_the_modules_a_keras_user_reaches_for_are_there():
    wanted = "models layers optimizers losses metrics regularizers callbacks activations initializers utils datasets"
    assert {f"glassnet.{name}" for name in wanted.split()} <= set(EXPECTED)


def test_every_name_can_be_had_from_the_package():
    package = importlib.import_module("glassnet")
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="nothing"):
        package.nothing


def test_as_keras_in_one_line():
    keras = importlib.import_module("glassnet")
    assert inspect.isclass(keras.layers.Dense) and inspect.isclass(keras.optimizers.Adam)
    assert callable(keras.regularizers.l2) and callable(keras.callbacks.EarlyStopping)
    assert keras.models.Sequential is keras.Sequential and callable(keras.models.load_model)
