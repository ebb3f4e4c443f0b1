import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import LambdaCallback
from glassnet.diagnosis.case import Case
from glassnet.diagnosis.sight.flow import flow_of
from glassnet.initializers import Constant, RandomNormal
from glassnet.layers import Dense

X = np.random.default_rng(0).normal(size=(60, 3)).astype("float32")


def flow(*hidden):
    model = Sequential([Input((3,)), *hidden, Dense(1)], seed=0)
    model.compile("sgd", "mse")
    history = model.fit(X, X.sum(1), epochs=1, validation_split=0.2, verbose=0)
    before = [np.array(w) for w in model.weights]
    found = flow_of(history.trained, current=True)
    assert all((a == np.array(b)).all() for a, b in zip(before, model.weights, strict=True))
    return found


def test_a_healthy_network_lets_the_error_through():
    found = flow(Dense(8, activation="relu"), Dense(8, activation="tanh"))
    assert 0.2 < found.passes < 0.8 and 0.1 < found.fades < 10 and not found.blocked


@pytest.mark.parametrize(
    "layer",
    [
        Dense(8, activation="relu", bias_initializer=Constant(-100.0)),
        Dense(8, activation="sigmoid", kernel_initializer=RandomNormal(stddev=500.0)),
    ],
)
def test_dead_and_saturated_units_let_nothing_through(layer):
    found = flow(Dense(8, activation="relu"), layer)
    assert found.blocked and found.passes < 0.01 and found.layer == layer.path


def test_gradients_vanish_through_many_sigmoids():
    found = flow(*(Dense(8, activation="sigmoid") for _ in range(8)))
    assert found.blocked and found.fades < 0.001 < 0.05 < found.passes


def test_nothing_is_said_of_a_network_without_hidden_layers_or_with_other_weights():
    assert flow() is None and flow_of(None, current=True) is None
    model = Sequential([Input((3,)), Dense(4, activation="relu"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    first = model.fit(X, X.sum(1), epochs=1, callbacks=[LambdaCallback()], verbose=0)
    assert flow_of(first.trained, current=False) is None


def test_a_case_keeps_what_was_seen():
    case = Case({"loss": [1.0]})
    assert case.flow is None
    case.__dict__["flow"] = flow(Dense(4, activation="relu"))
    assert Case.from_dict(case.to_dict()).flow == case.flow
