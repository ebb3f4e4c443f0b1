"""Training, evaluating and predicting give Keras's numbers, which tests/oracles/fit.py has stored."""

import json
from pathlib import Path

import numpy as np
import pytest

from glassnet import optimizers
from glassnet.callbacks import EarlyStopping
from glassnet.layers import Dense, Input
from glassnet.models import Sequential

STORED = json.loads((Path(__file__).parents[1] / "oracles/fit.json").read_text())
DATA = STORED["data"]
X, WEIGHTS, HELD_OUT = np.float32(DATA["x"]), np.float32(DATA["weights"]), DATA["held_out"]


def network(case):
    """The case's network with its initial weights."""
    (name, settings), (width, activation) = case["optimizer"], case["last"]
    hidden = Dense(4, activation="tanh", **case["hidden"])
    model = Sequential([Input((3,)), hidden, Dense(width, activation=activation)])
    model.compile(getattr(optimizers, name)(**settings), case["loss"], metrics=case["metrics"])
    model.set_weights(case["start"])
    return model


@pytest.mark.parametrize("case", STORED["cases"], ids=[case["name"] for case in STORED["cases"]])
def test_the_numbers_of_keras(case):
    model, y = network(case), np.array(DATA[case["targets"]])
    stop = EarlyStopping(**case["stop"]) if "stop" in case else None
    weights = WEIGHTS if case["weighted"] else None
    history = model.fit(
        X,
        y,
        sample_weight=weights,
        validation_data=(X[:HELD_OUT], y[:HELD_OUT]),
        callbacks=[stop] if stop else [],
        verbose=0,
        **case["fit"],
    )
    assert set(history.history) == set(case["history"])
    for name, values in case["history"].items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-4, atol=1e-6, err_msg=name)
    for found, expected in zip(model.get_weights(), case["end"], strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    evaluated = model.evaluate(X, y, sample_weight=weights, return_dict=True)
    assert evaluated == pytest.approx(case["evaluated"], rel=1e-4)
    np.testing.assert_allclose(model.predict(X[:3]), case["predicted"], rtol=1e-4, atol=1e-6)
    for name, value in case["traced"].items():
        assert getattr(stop, name) == pytest.approx(value, rel=1e-4), name
