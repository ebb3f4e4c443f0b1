import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import activations
from glassnet.foundation import context

ZERO, ONE, MINUS_ONE = (0.0, 0.0), (0.0, 1.0), (0.0, -1.0)
ROWS = [
    (activations.sigmoid, lambda x: (1 + np.tanh(x / 2)) / 2, ZERO, ONE),
    (activations.log_sigmoid, lambda x: -np.logaddexp(0, -x), (1.0, 0.0), ZERO),
    (activations.tanh, lambda x: np.expm1(2 * x) / (np.expm1(2 * x) + 2), MINUS_ONE, ONE),
    (activations.softsign, lambda x: x / (1 + np.abs(x)), MINUS_ONE, ONE),
    (activations.hard_sigmoid, lambda x: np.clip((x + 3) / 6, 0, 1), ZERO, ONE),
    (activations.sparse_sigmoid, lambda x: np.clip((x + 1) / 2, 0, 1), ZERO, ONE),
    (activations.hard_tanh, lambda x: np.clip(x, -1, 1), MINUS_ONE, ONE),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_contract(keeps_contract, row):
    keeps_contract(*row)


def test_log_sigmoid_keeps_its_digits_where_the_sigmoid_is_zero_or_one():
    exact = [-150.0, -80.0, -np.exp(-20.0), -np.exp(-60.0)]
    np.testing.assert_allclose(activations.log_sigmoid([-150.0, -80.0, 20.0, 60.0]), exact, rtol=1e-6)


def test_softsign_keeps_the_digits_of_its_slope_far_out(value_and_slope):
    far = np.float32([-1e4, 1e6, 1e15])
    np.testing.assert_allclose(
        value_and_slope(activations.softsign, far)[1], 1 / (1 + np.abs(far, dtype="f8")) ** 2, 1e-6
    )


def test_sigmoid_notes_its_logits_while_a_call_lasts():
    x = jnp.float32([0.5, -2.0])
    with context.entered(context.Call()):
        y = activations.sigmoid(x)
        assert context.noted(y, "logits") is x
        assert context.noted(y, "link") == "sigmoid"
    assert context.noted(y, "logits") is None
