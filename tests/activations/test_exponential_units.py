import numpy as np
import pytest

from glassnet import activations
from glassnet.foundation.errors import ConfigError

IDENTITY = (1.0, 0.0)
LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def celu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0) / alpha))


ROWS = [
    (activations.elu, elu, (0.0, -1.0), IDENTITY),
    (activations.elu, elu, (0.0, -0.3), IDENTITY, {"alpha": 0.3}),
    (activations.selu, lambda x: LAMBDA * elu(x, ALPHA), (0.0, -LAMBDA * ALPHA), (LAMBDA, 0.0)),
    (activations.celu, celu, (0.0, -1.0), IDENTITY),
    (activations.celu, celu, (0.0, -0.01), IDENTITY, {"alpha": 0.01}),
    (activations.exponential, np.exp, (0.0, 0.0), None),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].__name__}{row[4:] or ''}")
def test_contract(keeps_contract, row):
    keeps_contract(*row)


def test_exponential_overflows_to_infinity_and_nothing_worse(value_and_slope):
    y, slope = value_and_slope(activations.exponential, np.float32([88.0, 90.0, np.inf]))
    assert np.isfinite(y[0]) and np.isinf(y[1:]).all() and np.isinf(slope[1:]).all()


def test_selu_keeps_mean_0_and_variance_1_of_normal_inputs():
    y = np.asarray(activations.selu(np.random.default_rng(0).standard_normal(200_000, np.float32)))
    assert abs(y.mean()) < 0.01 and abs(y.var() - 1) < 0.02


def test_celu_needs_an_alpha_above_zero():
    with pytest.raises(ConfigError, match=r"celu expected `alpha` above 0\. Received 0\."):
        activations.celu([1.0], alpha=0)
