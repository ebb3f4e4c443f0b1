import numpy as np
import pytest
from scipy.special import ndtr

from glassnet import activations
from glassnet.foundation.errors import ShapeError

ZERO, IDENTITY = (0.0, 0.0), (1.0, 0.0)


def gelu_by_tanh(x, approximate):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


ROWS = [
    (activations.silu, lambda x: x / (1 + np.exp(-x)), ZERO, IDENTITY),
    (activations.hard_silu, lambda x: x * np.clip(x + 3, 0, 6) / 6, ZERO, IDENTITY),
    (activations.gelu, lambda x: x * ndtr(x), ZERO, IDENTITY),
    (activations.gelu, gelu_by_tanh, ZERO, IDENTITY, {"approximate": True}),
    (activations.mish, lambda x: x * np.tanh(np.log1p(np.exp(x))), ZERO, IDENTITY),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].__name__}{row[4:] or ''}")
def test_contract(keeps_contract, row):
    keeps_contract(*row)


@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (activations.silu, lambda x: x * np.exp(x)),
        (activations.gelu, lambda x: x * ndtr(x)),
        (activations.mish, lambda x: x * np.exp(x)),
    ],
    ids=["silu", "gelu", "mish"],
)
def test_the_left_tail_keeps_its_digits(function, formula):
    x = np.float32([-12.25, -11.5])
    np.testing.assert_allclose(function(x), formula(np.float64(x)), rtol=2e-5)


def test_the_approximate_gelu_is_near_the_exact_one():
    x = np.linspace(-6, 6, 200)
    assert 1e-4 < np.abs(activations.gelu(x) - activations.gelu(x, approximate=True)).max() < 5e-4


def test_glu_lets_the_first_half_through_by_the_second(value_and_slope):
    x = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    y = activations.glu(x, axis=1)
    np.testing.assert_allclose(y, x[:, :2] / (1 + np.exp(-x[:, 2:])), rtol=1e-6)
    far = np.float32([1e38, -1e38, 1e38, -1e38])
    y, slope = value_and_slope(activations.glu, far)
    assert y.tolist() == [np.float32(1e38), 0.0]
    assert slope.tolist() == [1.0, 0.0, 0.0, 0.0]


def test_glu_needs_an_even_axis_that_is_there():
    with pytest.raises(
        ShapeError, match=r"even size at axis -1, to halve it\. Received 3, in an input of shape \(2, 3\)"
    ):
        activations.glu(np.ones((2, 3)))
    with pytest.raises(ShapeError, match="has axis 2"):
        activations.glu(np.ones((2, 4)), axis=2)
