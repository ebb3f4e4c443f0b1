"""What every recurrent layer promises; a new one passes by a row in `TABLE`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential, load_model
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import deserialize, serialize
from glassnet.layers import Dense, Flatten, recurrent
from glassnet.layers.recurrent import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    ConvLSTM1D,
    ConvLSTM2D,
    ConvLSTM3D,
    GRUCell,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
    TimeDistributed,
)
from glassnet.optimizers import SGD

ORACLE = json.loads((Path(__file__).parents[2] / "oracles" / "recurrent.json").read_text(encoding="utf-8"))


class Row(NamedTuple):
    """One layer: how it is made, the shape of one input without the batch, and how many weights it then has."""

    make: Callable[[], Layer]
    shape: tuple[int, ...]
    weights: int = 3


X = (3, 2)
TABLE = {
    "SimpleRNN": Row(lambda: SimpleRNN(2, kernel_regularizer="l2", bias_constraint="non_neg"), X),
    "LSTM": Row(lambda: LSTM(2, return_sequences=True, dropout=0.5, seed=1, recurrent_regularizer="l1"), X),
    "LSTM, other gates": Row(lambda: LSTM(2, "softsign", recurrent_activation="tanh", recurrent_dropout=0.3), X),
    "LSTM, dropped states": Row(lambda: LSTM(2, recurrent_dropout=0.5, go_backwards=True, unit_forget_bias=False), X),
    "GRU": Row(lambda: GRU(2, recurrent_constraint="max_norm", unroll=True), X),
    "GRU, reset before": Row(lambda: GRU(2, reset_after=False, return_sequences=True, use_bias=False), X, 2),
    "RNN": Row(lambda: RNN(LSTMCell(2, recurrent_initializer="glorot_normal"), return_sequences=True), X),
    "RNN over two cells": Row(lambda: RNN([SimpleRNNCell(2), GRUCell(1, recurrent_dropout=0.2)]), X, 6),
    "Bidirectional": Row(lambda: Bidirectional(LSTM(1, return_sequences=True), "sum"), X, 6),
    "Bidirectional, own": Row(lambda: Bidirectional(GRU(1), backward_layer=SimpleRNN(2, go_backwards=True)), X, 6),
    "TimeDistributed": Row(lambda: TimeDistributed(Dense(2, "tanh")), X, 2),
    "TimeDistributed LSTM": Row(lambda: TimeDistributed(LSTM(1)), (2, 2, 2)),
    "ConvLSTM1D": Row(lambda: ConvLSTM1D(1, 2, activity_regularizer="l2", recurrent_dropout=0.3), (2, 3, 1)),
    "ConvLSTM2D": Row(lambda: ConvLSTM2D(1, 2, strides=2, return_sequences=True), (2, 3, 2, 1)),
    "ConvLSTM2D, channels first": Row(lambda: ConvLSTM2D(1, 2, data_format="channels_first"), (2, 1, 3, 2)),
    "ConvLSTM3D": Row(lambda: ConvLSTM3D(1, 1, padding="same", use_bias=False), (2, 2, 1, 1, 1), 2),
    "SimpleRNNCell": Row(lambda: SimpleRNNCell(2, use_bias=False), (2,), 2),
    "LSTMCell": Row(lambda: LSTMCell(2, dropout=0.5), (2,)),
    "GRUCell": Row(lambda: GRUCell(2, recurrent_dropout=0.5), (2,)),
    "StackedRNNCells": Row(lambda: StackedRNNCells([LSTMCell(1), GRUCell(2)]), (2,), 6),
}
LAYERS = {name: row for name, row in TABLE.items() if "Cell" not in name}

of_each = pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)


def wave(shape: Any, start: int) -> np.ndarray:
    """The same numbers that the oracle was asked with."""
    return np.sin(np.arange(np.prod(shape), dtype="float64") ** 2 + start).reshape(shape).astype("float32")


def output(layer: Any, x: Any, **arguments: Any) -> Any:
    """What a layer makes of a sequence, or a cell of one step from a state of zeros on."""
    if not hasattr(layer, "get_initial_state") or hasattr(layer, "return_sequences"):
        return layer(x, **arguments)
    return layer(x, layer.get_initial_state(len(x)), **arguments)[0]


def given(row: Row) -> tuple[Layer, np.ndarray]:
    """The layer with weights of its own, and two inputs."""
    layer = row.make()
    layer.build_all((None, *row.shape))
    layer.set_weights([wave(w.shape, 1 + i) for i, w in enumerate(layer.weights)])
    return layer, wave((2, *row.shape), 0)


def test_every_public_layer_has_a_row() -> None:
    assert {getattr(recurrent, name) for name in recurrent.__all__} == {type(row.make()) for row in TABLE.values()}
    for name in recurrent.__all__:
        assert layer_registry.find(name) is getattr(recurrent, name)


def built(spec: Any) -> Any:
    if isinstance(spec, list):
        return [built(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    return layer_registry.find(spec["layer"])(**{name: built(value) for name, value in spec["settings"].items()})


@pytest.mark.parametrize("case", ORACLE, ids=[f"{c['layer']} {i}" for i, c in enumerate(ORACLE)])
def test_numbers_and_weights_are_those_of_keras(case: Any) -> None:
    layer = built(case)
    layer.build_all((None, *case["input"][1:]))
    assert [list(w.shape) for w in layer.weights] == case["weights"]
    layer.set_weights([wave(w.shape, 1 + i) for i, w in enumerate(layer.weights)])
    call = dict(case["call"])
    if "mask" in call:
        call["mask"] = np.array(call["mask"], bool)
    if "initial_state" in call:
        call["initial_state"] = [wave(shape, 20 + i) for i, shape in enumerate(call["initial_state"])]
    found = jax.tree.leaves(jax.jit(lambda layer, x: layer(x, **call))(layer, wave(case["input"], 0)))
    assert [list(y.shape) for y in found] == [wanted["shape"] for wanted in case["outputs"]]
    for y, wanted in zip(found, case["outputs"], strict=True):
        np.testing.assert_allclose(np.ravel(y), wanted["numbers"], rtol=2e-5, atol=2e-6)


@of_each
def test_the_configuration_goes_through_json_and_back(row: Row) -> None:
    layer = row.make()
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert again.get_config() == config and again._identity() == layer._identity()
    assert deserialize(json.loads(json.dumps(serialize(layer)))).get_config() == config
    assert repr(layer).startswith(f"{type(layer).__name__}(")
    assert type(layer).from_config({**config, "name": "mine"}).path == "mine"


@of_each
def test_the_output_has_the_declared_shape(row: Row) -> None:
    layer, x = row.make(), wave((2, *row.shape), 0)
    layer.build_all((None, *row.shape))
    y = jax.eval_shape(lambda layer, x: output(layer, x), layer, x)
    assert y.dtype == jnp.float32
    assert len(layer.weights) == len(layer.trainable_weights) == row.weights
    declared, unknown = layer.compute_output_shape((2, *row.shape)), layer.compute_output_shape((None, *row.shape))
    if row not in LAYERS.values():
        declared, unknown = declared[0], unknown[0]
    assert declared == y.shape and unknown == (None, *y.shape[1:])


SLOPES = [
    "LSTM",
    "LSTM, other gates",
    "LSTM, dropped states",
    "GRU",
    "GRU, reset before",
    "RNN over two cells",
    "GRUCell",
]


@pytest.mark.parametrize("name", [*SLOPES, "Bidirectional, own", "ConvLSTM2D, channels first"])
def test_slopes_are_those_of_central_differences(name: str) -> None:
    """Of a random mixture of the outputs in training, along a random direction of all weights and inputs."""
    layer, x = given(TABLE[name])
    leaves, structure = jax.tree.flatten((layer, x))
    random = np.random.default_rng(3)
    ways = [random.normal(size=leaf.shape) for leaf in leaves]

    def mixed(step: Any, parts: Any, ways: Any) -> Any:
        moved = [part + step * way for part, way in zip(parts, ways, strict=True)]
        layer, x = jax.tree.unflatten(structure, moved)
        y = output(layer, x, training=True, key=jax.random.key(1))
        return jnp.sum(wave(y.shape, 9) * y)

    with jax.enable_x64(True):
        parts = [jnp.asarray(leaf, "float64") for leaf in leaves]
        both = jax.jit(jax.value_and_grad(mixed))
        slope = float(both(np.float64(0), parts, ways)[1])
        values = [float(both(np.float64(step), parts, ways)[0]) for step in (1e-6, -1e-6)]
    assert abs(slope) > 1e-3
    np.testing.assert_allclose(slope, (values[0] - values[1]) / 2e-6, rtol=1e-6)


@pytest.mark.parametrize("name", ["LSTM", "RNN over two cells"])
def test_it_trains_in_a_model_and_is_saved_with_it(name: str, tmp_path: Any) -> None:
    row = TABLE[name]
    model = Sequential([Input(row.shape), row.make(), Flatten(), Dense(1, name="head")], seed=0)
    model.compile(SGD(0.1), "mse")
    before = model.get_weights()
    x = wave((4, *row.shape), 0)
    model.fit(x, np.ones((4, 1)), batch_size=2, verbose=0)
    assert all((w != b).any() for w, b in zip(model.get_weights(), before, strict=True))
    model.save(tmp_path / "model.glass")
    np.testing.assert_array_equal(load_model(tmp_path / "model.glass").predict(x), model.predict(x))


def test_weights_lie_where_their_layer_is() -> None:
    def paths(layer: Layer) -> list[str]:
        return list(Sequential([Input((3, 2)), layer]).named_weights())

    names = ["kernel", "recurrent_kernel", "bias"]
    assert paths(LSTM(2)) == [f"lstm/{name}" for name in names]
    assert paths(RNN(GRUCell(2))) == [f"rnn/cell/{name}" for name in names]
    assert paths(RNN([GRUCell(2)])) == [f"rnn/cell/cells/0/{name}" for name in names]
    assert paths(Bidirectional(GRU(2)))[3:] == [f"bidirectional/backward_layer/{name}" for name in names]
    assert LSTM(2).cell.units == 2
