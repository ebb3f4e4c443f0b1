"""The lines of the textbook's layers: their numbers are NumPy's, and the last is what the layer put out."""

import jax
import numpy as np
import pytest

from glassnet import layers
from glassnet.foundation import context
from glassnet.foundation.observing import observed_by
from glassnet.inspection.looking import LayerCall, Number
from glassnet.inspection.recording import Recorder
from glassnet.inspection.xrays.textbook import worked

X = np.array(
    [[[0.5, -1.0, 2.0, 0.25], [1.5, 0.75, -0.5, 3.0]], [[-1.0, 0.3, 0.2, 0.1], [2.0, 1.0, 0.5, -2.0]]], "float32"
)


def called(layer, x=X, training=True, mask=None):
    """A call as it would be seen, with the layer's weights at no special place."""
    layer.ensure_built(x.shape)
    random = np.random.default_rng(0)
    layer.set_weights([random.uniform(0.5, 1.5, w.shape) for w in layer.weights])
    weights = {f"{layer.path}/{path}": np.asarray(w) for path, w in layer.named_weights().items()}
    recorder = Recorder()
    with context.entered(context.Call(training, jax.random.key(1))), observed_by(recorder):
        y = layer(x) if mask is None else layer(x, mask=mask)
    inside = tuple(Number(name, np.asarray(value)) for name, value in recorder.calls[0].inside)
    options = {**recorder.calls[0].options, **({} if mask is None else {"mask": mask})}
    return LayerCall(layer.path, layer, 1, (x,), np.asarray(y), (None,), inside, options), weights


def lines(layer, index, **arguments):
    call, weights = called(layer, **arguments)
    found = worked(call, weights, index)
    assert found[-1].value == pytest.approx(float(call.outputs[index]), rel=1e-6) or found[-1].name.startswith("dy")
    return {line.name: line for line in found}, weights


def standard(x, axes, epsilon=1e-3):
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return mean, variance, (x - mean) / np.sqrt(variance + epsilon)


NORMS = {
    "batch": (layers.BatchNormalization, lambda x: standard(x, (0, 1))),
    "layer": (layers.LayerNormalization, lambda x: standard(x, (2,))),
    "group": (lambda: layers.GroupNormalization(4), lambda x: standard(x, (1,))),
}


@pytest.mark.parametrize("name", NORMS)
def test_a_normalization_shows_mean_variance_and_what_is_normalized(name):
    make, reference = NORMS[name]
    layer = make()
    found, weights = lines(layer, (0, 1, 2))
    mean, variance, hat = (np.broadcast_to(a, X.shape)[0, 1, 2] for a in reference(X.astype("float64")))
    assert found["mean"].value == pytest.approx(mean) and found["variance"].value == pytest.approx(variance)
    assert found["x̂[1, 2]"].value == pytest.approx(hat, rel=1e-5)
    gamma, beta = weights[f"{layer.path}/gamma"][2], weights[f"{layer.path}/beta"][2]
    assert found["y[1, 2]"].value == pytest.approx(gamma * hat + beta, rel=1e-5)


def test_batch_normalization_outside_of_training_and_with_a_mask():
    layer = layers.BatchNormalization()
    found, weights = lines(layer, (0, 0, 1), training=False)
    assert found["mean"].value == pytest.approx(weights["batch_normalization/moving_mean"][1])
    mask = np.array([[True, False], [True, True]])
    found, _ = lines(layers.BatchNormalization(), (0, 0, 1), mask=mask)
    assert found["mean"].value == pytest.approx(X[mask][:, 1].mean(), rel=1e-6)


def test_root_mean_square_and_unit():
    found, _ = lines(layers.RMSNormalization(), (1, 0, 3))
    assert found["mean of x²"].value == pytest.approx(np.mean(X[1, 0] ** 2), rel=1e-6)
    found, _ = lines(layers.UnitNormalization(), (1, 1, 0))
    assert found["‖x‖"].value == pytest.approx(np.linalg.norm(X[1, 1]), rel=1e-6)


def test_an_activation_shows_its_slope():
    for layer, slope in (
        (layers.Activation("tanh"), 1 - np.tanh(-1.0) ** 2),
        (layers.LeakyReLU(0.3), 0.3),
        (layers.ReLU(), 0.0),
    ):
        found, _ = lines(layer, (0, 0, 1))
        assert found["dy[0, 1]/dx[0, 1]"].value == pytest.approx(slope, rel=1e-5)
    found, weights = lines(layers.PReLU(), (0, 0, 1))
    assert found["dy[0, 1]/dx[0, 1]"].value == pytest.approx(weights["p_re_lu/alpha"][0, 1])
    assert found["y[0, 1]"].value == pytest.approx(-weights["p_re_lu/alpha"][0, 1])


def test_a_softmax_shows_its_exponentials_and_their_sum():
    found, _ = lines(layers.Softmax(), (0, 0, 1))
    e = np.exp(X[0, 0] - 2.0)
    assert found["e[0, 1]"].value == pytest.approx(e[1]) and found["Σ e"].value == pytest.approx(e.sum())


def test_dropout_shows_what_was_kept_and_the_scale():
    found, _ = lines(layers.Dropout(0.25), (0, 0, 0))
    call, weights = called(layers.Dropout(0.25))
    kept = (call.outputs[0] != 0).ravel()
    assert found["kept"].value == kept.sum() and 0 < kept.sum() < 8
    assert found["kept"].numbers.startswith("".join(str(int(k)) for k in kept))
    assert found["scale"].value == pytest.approx(1 / 0.75)
    call, weights = called(layers.Dropout(0.25), training=False)
    assert worked(call, weights, (0, 0, 0)) == []


def test_an_embedding_shows_which_row():
    tokens = np.array([[2, 0], [1, 1]])
    found, weights = lines(layers.Embedding(3, 2), (0, 0, 1), x=tokens)
    line = found["y[0, 1]"]
    assert "E[2, 1]" in line.numbers and line.value == weights["embedding/embeddings"][2, 1]


def test_recurrent_layers_show_their_last_step():
    found, _ = lines(layers.LSTM(2), (0, 1))
    call, _ = called(layers.LSTM(2))
    i, f, g, c = (call.named(n)[1].value[0, 1] for n in ("input_gate", "forget_gate", "candidate", "memory"))
    assert found["c(t=1)"].value == pytest.approx(f * call.named("memory")[0].value[0, 1] + i * g, rel=1e-5) == c
    found, _ = lines(layers.GRU(2, return_sequences=True), (1, 0, 1))
    call, _ = called(layers.GRU(2, return_sequences=True))
    z, g = (call.named(n)[0].value[1, 1] for n in ("update_gate", "candidate"))
    assert found["h(t=0)"].value == pytest.approx((1 - z) * g, rel=1e-5)
    found, _ = lines(layers.SimpleRNN(2), (0, 0))
    assert "tanh(" in found["h(t=1)"].numbers
