"""Tables hold the layer's own numbers, and what the textbook says of them is true."""

import jax
import numpy as np

from glassnet import layers
from glassnet.foundation import context
from glassnet.foundation.observing import observed_by
from glassnet.inspection.looking import LayerCall, Number
from glassnet.inspection.recording import Recorder
from glassnet.inspection.xrays.tabled import tables


def called(layer, x, **options):
    recorder = Recorder()
    with context.entered(context.Call(True, jax.random.key(0))), observed_by(recorder):
        y = layer(x, **options)
    inside = tuple(Number(name, np.asarray(value)) for name, value in recorder.calls[0].inside)
    return LayerCall(layer.path, layer, 1, (x,), np.asarray(y), (None,), inside)


def test_patch_times_kernel_summed_over_channels_is_what_goes_into_the_activation(pictures):
    conv = pictures.layer("conv")
    for index in ((0, 0, 1), (1, 1, 0), (2, 1, 1)):  # at a corner, in the middle, at an edge
        here = conv.unit(*index)
        made = [table for table in here.tables if table.title.startswith("patch × kernel")]
        assert len(made) == 2  # channels
        z = conv.call.named("pre_activation")[0].value[(0, *index)]
        bias = pictures.seen.weights["conv/bias"][index[-1]]
        np.testing.assert_allclose(sum(table.values.sum() for table in made) + bias, z, rtol=1e-5, atol=1e-6)
    corner = conv.unit(0, 0, 1).tables[0]
    np.testing.assert_array_equal(corner.values, conv.call.inputs[0][0, :2, :2, 0])  # the rest lies outside
    assert (corner.rows, corner.columns) == (("[0]", "[1]"), ("[0]", "[1]"))


def test_a_window_holds_the_number_that_won(pictures):
    pool = pictures.layer("pool")
    (window,) = pool.unit(0, 0, 1).tables
    np.testing.assert_array_equal(window.values, pool.call.inputs[0][0, :2, :2, 1])
    assert window.values.max() == pool.call.outputs[0, 0, 0, 1]


def test_gates_are_a_row_a_step():
    call = called(layers.LSTM(3), np.random.default_rng(0).normal(size=(2, 4, 2)).astype("float32"))
    (table,) = tables(call, None, (1, 2))
    assert [column.split()[0] for column in table.columns] == ["i", "f", "g", "o", "c", "h"]
    i, f, g, o, c, h = table.values.T
    np.testing.assert_allclose(c[1:], f[1:] * c[:-1] + i[1:] * g[1:], rtol=1e-5)
    np.testing.assert_allclose(h, o * np.tanh(c), rtol=1e-5)
    assert h[-1] == call.outputs[1, 2]
    (table,) = tables(called(layers.SimpleRNN(1), np.ones((1, 2, 1), "float32")), None, (0, 0))
    np.testing.assert_allclose(np.tanh(table.values[:, 0]), table.values[:, 1], rtol=1e-6)


def test_each_head_shows_scores_mask_weights_and_values():
    random = np.random.default_rng(0)
    x = [random.normal(size=(2, 3, 2)).astype("float32") for _ in range(2)]
    call = called(layers.Attention(), x, use_causal_mask=True)
    scores, mask, weights, values = (table.values for table in tables(call, None, (1, 0, 0)))
    np.testing.assert_array_equal(mask, np.tril(np.ones((3, 3))))
    e = np.exp(scores) * mask
    np.testing.assert_allclose(weights, e / e.sum(1, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(weights @ x[1][1], call.outputs[1], rtol=1e-5)
    np.testing.assert_array_equal(values, x[1][1])
