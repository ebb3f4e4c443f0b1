"""gradients: of each row against differences, their mean against JAX's own gradient of the whole loss."""

import jax
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ConfigError
from glassnet.inspection import gradients, look
from glassnet.layers import Dense


def test_each_row_of_a_line_has_its_closed_form(linear, table):
    y = np.zeros((40, 1), "float32")
    error = 2 * linear.predict(table)
    found = gradients(linear, table, y, layer="line")
    np.testing.assert_allclose(found.by_row["line/kernel"], error[:, None] * table[..., None], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.by_row["line/bias"], error, rtol=1e-5)
    np.testing.assert_allclose(found.loss, (error[:, 0] / 2) ** 2, rtol=1e-4)
    np.testing.assert_allclose(found.norms["line/kernel"], np.linalg.norm(error * table, axis=1), rtol=1e-4)
    both = np.linalg.norm(error * table, axis=1) ** 2 + error[:, 0] ** 2
    assert found.hardest(3).tolist() == np.argsort(-both)[:3].tolist()


@pytest.mark.parametrize("batch_size", [None, 1, 7, 40])
def test_their_mean_is_the_gradient_of_the_loss(curved, table, batch_size):
    model, *_ = curved
    labels = np.arange(40) % 3
    found = gradients(model, table, labels, batch_size=batch_size)
    whole = look(model, table, labels)
    for path, gradient in whole.gradients.items():
        np.testing.assert_allclose(found.mean[path], gradient, atol=2e-6)
    assert found.loss.mean() == pytest.approx(model.evaluate(table, labels)[0], rel=1e-5)
    assert len(found.loss) == 40 and found.by_row == {}


def test_penalties_and_weights_of_rows_count(table):
    model = Sequential([Input((3,)), Dense(2, kernel_regularizer="l2", activity_regularizer="l1"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    y, weights = np.ones((40, 1), "float32"), np.linspace(0, 2, 40)
    found = gradients(model, table, y, sample_weight=weights)
    whole = look(model, table, y, sample_weight=weights)
    for path, gradient in whole.gradients.items():
        np.testing.assert_allclose(found.mean[path], gradient, atol=2e-6)
    assert found.loss.mean() == pytest.approx(whole.loss, rel=1e-5)


def test_layers_are_told_apart(curved, table):
    found = gradients(curved[0], table, np.zeros(40, int))
    norm = np.sqrt(sum((found.mean[f"dense/{n}"] ** 2).sum() for n in ("kernel", "bias")))
    assert found.by_layer()["dense"] == pytest.approx(float(norm), rel=1e-5)
    assert list(found.by_layer()) == ["dense", "dense_1"] and found.plot().numbers["mean"].shape == (2,)


def test_a_loss_of_the_whole_batch_is_refused(table):
    model = Sequential([Input((3,)), Dense(1)], seed=0)
    model.compile("sgd", lambda y, p: jax.numpy.mean((y - p) ** 2))
    with pytest.raises(ConfigError, match="whole batch"):
        gradients(model, table, np.zeros((40, 1), "float32"))
