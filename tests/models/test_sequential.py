"""Sequential: built at once or late, named, counted, shown."""

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, NotBuiltError, ShapeError
from glassnet.layers import Dense, Flatten, Input, InputLayer
from glassnet.models import Model, Sequential


def test_the_three_ways_to_say_the_input():
    for model in (
        Sequential([Input((3,)), Dense(2)]),
        Sequential([Dense(2, input_shape=(3,))]),
        Sequential([Dense(2, input_dim=3)]),
        Sequential([InputLayer((3,)), Dense(2)]),
    ):
        assert model.built and model.input_shape == (None, 3) and model.output_shape == (None, 2)
        assert model.count_params() == 8 and len(model.layers) == 1


def test_it_is_built_by_the_first_rows():
    model = Sequential([Dense(2), Dense(1)])
    with pytest.raises(NotBuiltError, match="Input"):
        model.output_shape
    assert model(np.zeros((5, 3))).shape == (5, 1)
    assert model.input_shape == (None, 3)


def test_add_and_pop():
    model = Sequential()
    model.add(Input((3,)))
    model.add(Dense(4))
    model.add(Dense(2))
    assert [layer.name for layer in model.layers] == ["dense", "dense_1"]
    model.pop()
    assert model.output_shape == (None, 4) and model.count_params() == 16


def test_names_are_unique():
    model = Sequential([Dense(2), Dense(2), Dense(2, name="head")])
    assert [layer.name for layer in model.layers] == ["dense", "dense_1", "head"]
    assert model.get_layer("head") is model.get_layer(index=2)
    with pytest.raises(ConfigError, match="did you mean 'head'"):
        model.get_layer("hed")
    with pytest.raises(ConfigError, match="second 'head'"):
        model.add(Dense(2, name="head"))


def test_a_model_inside_a_model():
    encoder = Sequential([Dense(4), Dense(3)], name="encoder")
    model = Sequential([Input((5,)), encoder, Dense(1)])
    assert list(model.named_weights())[:2] == ["encoder/dense/kernel", "encoder/dense/bias"]
    assert model.predict(np.zeros((2, 5))).shape == (2, 1)
    first = Sequential([Sequential([Input((5,)), Dense(2)]), Dense(1)])
    assert first.built and first.input_shape == (None, 5)


def test_what_is_no_layer_says_so():
    with pytest.raises(ConfigError, match="expected layers; received 3"):
        Sequential([3])
    with pytest.raises(ConfigError, match="first entry"):
        Sequential([Dense(2), Input((3,))])
    with pytest.raises(AttributeError):
        Sequential().layers = []


def test_an_empty_one_cannot_be_called():
    with pytest.raises(ConfigError, match="at least one layer"):
        Sequential()(np.ones((3, 2)))


def test_wrong_rows_name_the_model(classifier):
    with pytest.raises(ShapeError, match="'sequential' expected size 4 at axis 1; received size 2"):
        classifier().predict(np.zeros((3, 2)))


def test_config_round_trip():
    model = Sequential([Input((2, 3)), Flatten(), Dense(2, activation="relu", kernel_regularizer="l2")], name="net")
    again = Sequential.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    assert again.output_shape == (None, 2) and again.name == "net"


def test_summary_counts(capsys):
    model = Sequential([Input((30,)), Dense(16, activation="relu"), Dense(1)], seed=0)
    model.summary()
    text = capsys.readouterr().out
    assert "dense    Dense  (None, 16)           496" in text
    assert "513 parameters, 513 of them trained" in text
    model.layers[0].trainable = False
    lines = []
    model.summary(print_fn=lines.append)
    assert "513 parameters, 17 of them trained" in lines[0]


def test_predict_fills_up_to_few_sizes(classifier, monkeypatch):
    model = classifier()
    x = np.random.default_rng(0).normal(size=(1500, 4)).astype("float32")
    whole = model.predict(x)
    sizes = set()
    from glassnet.models import evaluation

    real = evaluation.programs.predict_program(model.blueprint())
    monkeypatch.setattr(
        evaluation.programs, "predict_program", lambda _: lambda p, r, rows: (sizes.add(len(rows)), real(p, r, rows))[1]
    )
    for count in (1, 2, 3, 5, 8, 13, 17, 21, 34, 55, 89, 127, 128, 129, 144, 233, 377, 610, 987, 1500):
        np.testing.assert_allclose(model.predict(x[:count]), whole[:count], rtol=1e-5, atol=1e-6)
    assert len(sizes) <= 6


def test_predict_refuses_no_rows(classifier):
    from glassnet.foundation.errors import DataError

    with pytest.raises(DataError, match="at least one row"):
        classifier().predict(np.zeros((0, 4)))


def test_model_is_exported():
    assert issubclass(Sequential, Model)
