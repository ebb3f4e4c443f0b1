"""From values to one number: weights of every shape, every reduction, padded rows."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import losses
from glassnet.foundation.errors import ConfigError, ShapeError

V = np.arange(1.0, 7.0, dtype="float32").reshape(3, 2)
W = np.array([1.0, 2.0, 0.0], "float32")
FULL = np.array([[1, 0], [2, 1], [0, 3]], "float32")


@pytest.mark.parametrize("reduce", [losses.reduce_values, losses.weighted_mean])
@pytest.mark.parametrize(
    ("values", "weights", "spread"),
    [
        (V, None, np.ones((3, 2))),
        (V, 2.0, np.full((3, 2), 2.0)),
        (V, W, np.stack([W, W], 1)),
        (V, W[:, None], np.stack([W, W], 1)),
        (V, FULL, FULL),
        (V, FULL[..., None], FULL),
        (V[:, 0], W[:, None], W),
        (V[:, :1], W, W[:, None]),
    ],
)
def test_the_mean_divides_by_the_number_of_values(reduce, values, weights, spread):
    np.testing.assert_allclose(reduce(values, weights), (values * spread).mean(), rtol=1e-6)


@pytest.mark.parametrize(
    ("reduction", "wanted"),
    [
        (None, V * FULL),
        ("none", V * FULL),
        ("sum", (V * FULL).sum()),
        ("mean", (V * FULL).mean()),
        ("sum_over_batch_size", (V * FULL).mean()),
        ("mean_with_sample_weight", (V * FULL).sum() / FULL.sum()),
    ],
)
def test_each_reduction(reduction, wanted):
    np.testing.assert_allclose(losses.reduce_values(V, FULL, reduction), wanted, rtol=1e-6)


def test_only_kept_values_count():
    kept = np.array([[True, False], [True, True], [False, False]])
    assert losses.reduce_values(V, kept=kept) == (1 + 3 + 4) / 3
    assert losses.reduce_values(V, W, kept=kept) == (1 + 6 + 8) / 3
    assert losses.reduce_values(V, W, "sum", kept=kept) == 15
    np.testing.assert_allclose(losses.reduce_values(V, W, "mean_with_sample_weight", kept=kept), 15 / 5)
    # Of four rows the last is padding, though its values are kept.
    longer = np.concatenate([V, V[:1]]), np.append(W, 0.0), np.concatenate([kept, kept[1:2]])
    assert losses.weighted_mean(*longer[:2], 3, kept=longer[2]) == (1 + 6 + 8) / 3


def test_nothing_gives_zero_and_not_nan():
    assert losses.weighted_mean(V, np.zeros(3), 0) == 0
    assert losses.reduce_values(V, np.zeros(3), "mean_with_sample_weight") == 0
    assert losses.reduce_values(V, kept=np.zeros((3, 2), bool)) == 0
    assert losses.weighted_mean(np.zeros((0, 2))) == 0


def test_a_row_of_weight_0_cannot_spoil_the_mean():
    assert losses.weighted_mean(np.array([1.0, np.nan, np.inf]), np.array([1.0, 0.0, 0.0]), 1) == 1


def test_one_value_for_the_batch_counts_for_every_row():
    assert losses.reduce_values(5.0) == 5
    assert losses.weighted_mean(5.0, None, 3) == 5
    assert losses.weighted_mean(5.0, np.array([1.0, 1.0, 0.0]), 2) == 5
    np.testing.assert_allclose(losses.reduce_values(5.0, W), 5 * W.mean())


@pytest.mark.parametrize("shape", [(2,), (2, 1), (3, 3), (3, 2, 2), (1, 3, 2)])
def test_weights_that_do_not_fit_are_told(shape):
    with pytest.raises(ShapeError, match="weights that fit values of shape \\(3, 2\\)"):
        losses.reduce_values(V, np.ones(shape))


def test_the_count_may_be_unknown_until_the_program_runs():
    mean = jax.jit(losses.weighted_mean)
    assert mean(jnp.array([3.0, 5.0, 100.0]), jnp.array([1.0, 1.0, 0.0]), jnp.float32(2)) == 4


def test_training_needs_one_number():
    with pytest.raises(ConfigError, match="one number to minimise"):
        losses.reduced(losses.MeanSquaredError(reduction=None), V, V)
    assert losses.reduced(losses.MeanSquaredError(reduction="sum"), V, V + 1, W) == 3
