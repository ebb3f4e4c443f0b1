"""Graphs train to Keras's numbers, which tests/oracles/graphs.py has stored; the networks' code is the same for both."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import glassnet

PATH = Path(__file__).parents[1] / "oracles/graphs.py"
STORED = json.loads(PATH.with_suffix(".json").read_text())


def oracle():
    spec = importlib.util.spec_from_file_location("graphs", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", [name for name in STORED if name != "keras"])
def test_the_numbers_of_keras(name):
    graphs, stored = oracle(), STORED[name]
    model, x, y, weights = graphs.NETWORKS[name](glassnet)
    model.set_weights(stored["start"])
    history = model.fit(x, y, sample_weight=weights, **graphs.FIT)
    assert set(history.history) == set(stored["history"])
    for key, values in stored["history"].items():
        np.testing.assert_allclose(history.history[key], values, rtol=1e-4, atol=1e-6, err_msg=key)
    for found, expected in zip(model.get_weights(), stored["end"], strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert model.evaluate(x, y, sample_weight=weights, return_dict=True) == pytest.approx(stored["evaluated"], rel=1e-4)
    predicted = model.predict(x)
    for found, expected in zip(
        predicted if isinstance(predicted, list) else [predicted], stored["predicted"], strict=True
    ):
        np.testing.assert_allclose(found[:3], expected, rtol=1e-4, atol=1e-5)
