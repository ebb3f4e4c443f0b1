import numpy as np
import pytest

from glassnet import activations
from glassnet.foundation.errors import ConfigError

ZERO, IDENTITY = (0.0, 0.0), (1.0, 0.0)


def squareplus(x, b=4.0):
    root = np.sqrt(x * x + b)
    return np.where(x < 0, b / (2 * (root - x)), (x + root) / 2)


ROWS = [
    (activations.softplus, lambda x: np.logaddexp(0, x), ZERO, IDENTITY),
    (activations.squareplus, squareplus, ZERO, IDENTITY),
    (activations.squareplus, squareplus, ZERO, IDENTITY, {"b": 0.3}),
    (activations.sparse_plus, lambda x: np.where(x > 1, x, np.clip(x + 1, 0, 2) ** 2 / 4), ZERO, IDENTITY),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].__name__}{row[4:] or ''}")
def test_contract(keeps_contract, row):
    keeps_contract(*row)


def test_the_left_tails_keep_their_digits(value_and_slope):
    x = np.float32([-60.0, -25.0])
    np.testing.assert_allclose(activations.softplus(x), np.exp(np.float64(x)), rtol=1e-5)
    x = np.float32([-1e12, -1e6, -1e3])
    y, slope = value_and_slope(activations.squareplus, x)
    np.testing.assert_allclose(y, squareplus(np.float64(x)), rtol=1e-6)
    np.testing.assert_allclose(slope, squareplus(np.float64(x)) / np.sqrt(np.float64(x) ** 2 + 4), rtol=1e-6)


def test_the_slope_of_sparse_plus_is_sparse_sigmoid(value_and_slope):
    x = np.float32([-3.0, -0.5, 0.0, 0.5, 3.0])
    np.testing.assert_allclose(value_and_slope(activations.sparse_plus, x)[1], activations.sparse_sigmoid(x))


def test_the_slopes_at_zero(value_and_slope):
    for function in (activations.softplus, activations.squareplus, activations.sparse_plus):
        assert value_and_slope(function, np.float32([-0.0, 0.0]))[1].tolist() == [0.5, 0.5]


def test_squareplus_needs_a_bend():
    with pytest.raises(ConfigError, match="squareplus expected `b` above 0"):
        activations.squareplus([1.0], b=0.0)
