"""activations, attention_maps, top_rows: against NumPy's own sums."""

import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.foundation.errors import ConfigError
from glassnet.inspection import activations, attention_maps, top_rows
from glassnet.layers import LSTM, Add, Attention, Conv1D, Dense, Dropout


def test_a_layer_puts_out_what_its_formula_says(curved, table):
    model, *_ = curved
    w1, b1, *_ = model.get_weights()
    before = table @ np.asarray(w1) + np.asarray(b1)
    np.testing.assert_allclose(activations(model, table, "dense", name="pre_activation").values, before, atol=1e-5)
    found = activations(model, table, model.layers[-2])
    np.testing.assert_allclose(found.values, np.tanh(before), atol=1e-5)
    np.testing.assert_allclose(found.by_unit()["mean"], np.tanh(before).mean(axis=0), atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 8, 13, 40])
def test_batches_change_nothing(curved, table, batch_size):
    model, *_ = curved
    whole = activations(model, table, "dense").values
    np.testing.assert_allclose(activations(model, table, "dense", batch_size=batch_size).values, whole, atol=1e-6)


def test_a_gate_is_there_for_each_step():
    model = Sequential([Input((4, 2)), LSTM(3), Dense(1)], seed=0)
    rows = np.random.default_rng(0).normal(size=(5, 4, 2)).astype("float32")
    gates = {
        n: activations(model, rows, "lstm", name=n).values for n in ("forget_gate", "input_gate", "candidate", "memory")
    }
    assert {v.shape for v in gates.values()} == {(5, 4, 3)}
    memory = np.zeros((5, 3))
    for t in range(4):
        memory = gates["forget_gate"][:, t] * memory + gates["input_gate"][:, t] * gates["candidate"][:, t]
        np.testing.assert_allclose(gates["memory"][:, t], memory, atol=1e-6)


def test_each_call_of_a_shared_layer_is_its_own():
    a, b = Input((2,)), Input((2,))
    shared = Dense(2, use_bias=False, name="shared")
    model = Model([a, b], Add()([shared(a), shared(b)]), seed=0)
    rows = [np.ones((3, 2), "float32"), np.full((3, 2), 2.0, "float32")]
    one, two = (activations(model, rows, "shared", call=n).values for n in (0, 1))
    np.testing.assert_allclose(2 * one, two, rtol=1e-6)
    with pytest.raises(ConfigError, match="call number 2"):
        activations(model, rows, "shared", call=2)


def test_dropout_is_off(table):
    model = Sequential([Input((3,)), Dropout(0.9), Dense(1)], seed=0)
    np.testing.assert_array_equal(activations(model, table, "dropout").values, table)


def test_names_that_are_not_there_are_told(curved, table):
    with pytest.raises(ConfigError, match=r"'dense'"):
        activations(curved[0], table, "densse")
    with pytest.raises(ConfigError, match="'pre_activation'"):
        activations(curved[0], table, "dense", name="preactivation")
    with pytest.raises(ConfigError, match="a layer of this model"):
        activations(curved[0], table, Dense(3))


def test_attention_is_the_softmax_of_its_scores(text):
    model, rows = text
    found = attention_maps(model, rows)
    assert found.values.shape == (4, 2, 6, 6) and found.layer == "multi_head_attention"
    shares = np.exp(found.scores) / np.exp(found.scores).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(found.values, shares, atol=1e-6)
    vectors = np.asarray(model.get_layer("embedding").embeddings)[rows]
    layer = model.get_layer("multi_head_attention")
    q, k = (
        np.einsum("btd,dhe->bthe", vectors, np.asarray(part.kernel)) + np.asarray(part.bias)
        for part in (layer.query, layer.key)
    )
    np.testing.assert_allclose(found.scores, np.einsum("bthe,bshe->bhts", q, k) / np.sqrt(3), atol=1e-6)
    np.testing.assert_allclose(found.entropy(), -(shares * np.log(shares)).sum(axis=-1), atol=1e-5)
    assert len(found.plot(1).panels) == 2


def test_attention_of_one_head_has_a_head_axis_too():
    x = Input((3, 2))
    model = Model(x, Attention()([x, x]), seed=0)
    assert attention_maps(model, np.ones((2, 3, 2))).values.shape == (2, 1, 3, 3)


def test_a_model_without_attention_is_told(linear, table):
    with pytest.raises(ConfigError, match="attention layer"):
        attention_maps(linear, table)
    with pytest.raises(ConfigError, match="'line'"):
        attention_maps(linear, table, "line")


@pytest.mark.parametrize("batch_size", [None, 8])
def test_the_strongest_rows_are_found(curved, table, batch_size):
    values = activations(curved[0], table, "dense").values
    found = top_rows(curved[0], table, "dense", k=4, batch_size=batch_size)
    for unit in range(5):
        best = sorted(range(40), key=lambda row, unit=unit: -values[row, unit])[:4]
        assert found.rows[unit].tolist() == best
        np.testing.assert_allclose(found.values[unit], values[best, unit], atol=1e-6)
    np.testing.assert_allclose(found.mean, values.mean(axis=0), atol=1e-6)
    assert (found.positions == 0).all() and repr(found).count("\n") == 5


def test_a_channel_counts_where_it_is_strongest():
    model = Sequential([Input((6, 1)), Conv1D(2, 2), Dense(1)], seed=0)
    rows = np.random.default_rng(0).normal(size=(9, 6, 1)).astype("float32")
    values = activations(model, rows, "conv1d").values
    found = top_rows(model, rows, "conv1d", k=1)
    for unit in range(2):
        row, place = np.unravel_index(values[..., unit].argmax(), (9, 5))
        assert (found.rows[unit, 0], found.positions[unit, 0]) == (row, place)
