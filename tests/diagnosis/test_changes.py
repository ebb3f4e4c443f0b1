import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.diagnosis import KINDS, changes
from glassnet.layers import Dense, Dropout


@pytest.fixture(scope="module")
def model():
    made = Sequential([Input((3,)), Dense(8, activation="sigmoid"), Dropout(0.1), Dense(6), Dense(1)], seed=0)
    made.compile("adam", "mse", metrics=["mae"])
    return made


def names(model):
    return [type(layer).__name__ for layer in model.layers]


def test_the_same_network_again_differs_by_its_seed_alone(model):
    same, other = changes.AS_IT_IS.model(model, 0), changes.AS_IT_IS.model(model, 1)
    assert all((np.array(a) == np.array(b)).all() for a, b in zip(same.weights, model.weights, strict=True))
    assert (np.array(other.weights[0]) != np.array(model.weights[0])).all()


def test_dropout_stands_after_hidden_layers_only(model):
    made = changes.dropout(0.3).model(model, 1)
    assert names(made) == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert [layer.rate for layer in made.layers if hasattr(layer, "rate")] == [0.3, 0.3]
    assert not changes.dropout(0.05).fits(model)


def test_widths_layers_penalties_and_starts(model):
    assert [layer.units for layer in changes.width(2).model(model, 1).layers if hasattr(layer, "units")] == [16, 12, 1]
    assert names(changes.deeper(5).model(model, 1)) == ["Dense", "Dropout", "Dense", "Dense", "Dense"]
    assert changes.penalty(0.01).model(model, 1).layers[0].kernel_regularizer.l2 == pytest.approx(0.01)
    assert names(changes.free().model(model, 1)) == ["Dense", "Dense", "Dense"]
    assert changes.fresh_start().model(model, 1).get_config()["layers"][0]["config"]["activation"] == "relu"


def test_rates_and_optimizers(model):
    assert float(changes.rate(0.1).model(model, 1).optimizer.learning_rate) == pytest.approx(1e-4)
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-3)
    assert float(changes.ADAM.model(model, 1).optimizer.learning_rate) == pytest.approx(0.003)


def test_a_graph_keeps_its_layers_and_may_have_another_rate():
    end = Input((3,))
    graph = Model(end, Dense(1)(end), seed=0)
    graph.compile("sgd", "mse")
    assert not changes.dropout(0.3).fits(graph) and changes.rate(10).fits(graph) and changes.EARLY.fits(graph)


def test_every_kind_says_what_can_be_tried():
    assert set(changes.TO_TRY) == set(KINDS)
