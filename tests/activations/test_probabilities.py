import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import activations
from glassnet.foundation import context
from glassnet.foundation.errors import ShapeError

ROWS = np.random.default_rng(3).normal(size=(5, 7)) * 1.5
FAMILY = [activations.softmax, activations.log_softmax, activations.sparsemax]


def softmax(x):
    return np.exp(x) / np.exp(x).sum(-1, keepdims=True)


def log_softmax(x):
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def nearest_probabilities(x):
    """The projection on the simplex, τ found by halving."""
    low, high = x.min(-1, keepdims=True) - 1, x.max(-1, keepdims=True)
    for _ in range(200):
        tau = (low + high) / 2
        over = np.maximum(x - tau, 0).sum(-1, keepdims=True) > 1
        low, high = np.where(over, tau, low), np.where(over, high, tau)
    return np.maximum(x - tau, 0)


FORMULAS = [softmax, log_softmax, nearest_probabilities]
BY_NAME = {"ids": lambda f: f.__name__}


@pytest.mark.parametrize(("function", "formula"), list(zip(FAMILY, FORMULAS, strict=True)), **BY_NAME)
def test_value_and_derivative(function, formula):
    with jax.enable_x64(True):
        x = jnp.asarray(ROWS)
        y, jacobian = jax.jit(lambda x: (function(x), jax.vmap(jax.jacobian(function))(x)))(x)
    np.testing.assert_allclose(y, formula(ROWS), rtol=1e-10, atol=1e-12)
    h = 1e-6
    moved = [(formula(ROWS + h * unit) - formula(ROWS - h * unit)) / (2 * h) for unit in np.eye(7)]
    np.testing.assert_allclose(jacobian, np.stack(moved, -1), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(function(np.float32(ROWS)), formula(ROWS), rtol=3e-6, atol=3e-7)


@pytest.mark.parametrize("function", FAMILY, **BY_NAME)
@pytest.mark.parametrize("row", [[1e38, -1e38, 0.0], [3e38, 2e38, -3e38], [0.0, -1e3, -np.inf], [1e4, 9e3, -1e4]])
def test_one_score_far_above_the_others(function, row, value_and_slope):
    y, slope = value_and_slope(lambda x: function(x)[:1], np.float32(row))
    assert y.tolist() == [0.0 if function is activations.log_softmax else 1.0]
    assert not slope.any()


@pytest.mark.parametrize("function", FAMILY, **BY_NAME)
def test_only_differences_count(function):
    x = np.float32(ROWS)
    np.testing.assert_allclose(function(x + 64), function(x), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("function", FAMILY, **BY_NAME)
def test_nan_is_not_hidden_and_other_rows_are_spared(function):
    y = np.asarray(function([[np.nan, 0.0], [1.0, 1.0]]))
    assert np.isnan(y[0, 0]) and np.isfinite(y[1]).all()


@pytest.mark.parametrize("function", FAMILY, **BY_NAME)
def test_along_another_axis(function):
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    turned = np.moveaxis(np.asarray(function(np.moveaxis(x, 1, -1))), -1, 1)
    np.testing.assert_allclose(function(x, axis=1), turned, rtol=1e-6)
    np.testing.assert_allclose(function(x, axis=-2), turned, rtol=1e-6)
    with pytest.raises(ShapeError, match=f"{function.__name__} expected an input that has axis 3"):
        function(x, axis=3)


@pytest.mark.parametrize("axis", [(0, 2), [0, 2], (-3, -1)])
def test_along_several_axes_at_once(axis):
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    np.testing.assert_allclose(np.asarray(activations.softmax(x, axis)).sum((0, 2)), 1, rtol=1e-6)
    np.testing.assert_allclose(np.exp(np.asarray(activations.log_softmax(x, axis))).sum((0, 2)), 1, rtol=1e-6)


def test_sparsemax_gives_probabilities_of_which_some_are_zero():
    x = np.random.default_rng(4).normal(size=(300, 7)) * np.linspace(0.05, 4, 300)[:, None]
    y = np.asarray(activations.sparsemax(x))
    np.testing.assert_allclose(y, nearest_probabilities(x), atol=1e-6)
    np.testing.assert_allclose(y.sum(-1), 1, rtol=1e-6)
    assert (y >= 0).all() and set((y > 0).sum(-1)) == {1, 2, 3, 4, 5, 6, 7}


@pytest.mark.parametrize(("axis", "kept"), [(-1, True), (1, True), ((1,), True), (0, False), ((0, 1), False)])
def test_softmax_notes_its_logits_when_its_axis_is_the_last(axis, kept):
    x = jnp.float32(ROWS)
    with context.entered(context.Call()):
        y = activations.softmax(x, axis=axis)
        assert (context.noted(y, "logits") is x) == kept
        assert context.noted(y, "link") == ("softmax" if kept else None)
