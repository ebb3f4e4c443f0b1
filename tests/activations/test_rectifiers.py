import numpy as np
import pytest

from glassnet import activations

ZERO, IDENTITY = (0.0, 0.0), (1.0, 0.0)


def relu(x, negative_slope=0.0, max_value=np.inf, threshold=0.0):
    return np.where(x > threshold, np.minimum(x, max_value), negative_slope * (x - threshold))


ROWS = [
    (activations.relu, relu, ZERO, IDENTITY),
    (activations.relu, relu, (0.1, 0.0), IDENTITY, {"negative_slope": 0.1}),
    (activations.relu, relu, ZERO, (0.0, 2.0), {"max_value": 2.0}),
    (activations.relu, relu, ZERO, IDENTITY, {"threshold": 0.7}),
    (
        activations.relu,
        relu,
        (0.1, -0.05),
        (0.0, 5.0),
        {"negative_slope": 0.1, "max_value": 5.0, "threshold": 0.5},
    ),
    (activations.leaky_relu, lambda x: np.maximum(x, 0.2 * x), (0.2, 0.0), IDENTITY),
    (
        activations.leaky_relu,
        lambda x, negative_slope: np.maximum(0.01 * x, x),
        (0.01, 0.0),
        IDENTITY,
        {"negative_slope": 0.01},
    ),
    (activations.leaky_relu, lambda x, negative_slope: np.maximum(x, 0), ZERO, IDENTITY, {"negative_slope": 0.0}),
    (activations.relu6, lambda x: np.clip(x, 0, 6), ZERO, (0.0, 6.0)),
    (
        activations.threshold,
        lambda x, threshold, default_value: np.where(x > threshold, x, default_value),
        (0.0, -1.5),
        IDENTITY,
        {"threshold": 0.2, "default_value": -1.5},
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].__name__}{row[4:] or ''}")
def test_contract(keeps_contract, row):
    keeps_contract(*row)


def test_at_the_corners(value_and_slope):
    def capped(x):
        return activations.relu(x, negative_slope=0.1, max_value=5.0, threshold=0.5)

    y, slope = value_and_slope(capped, np.float32([0.5, 5.0]))
    assert y.tolist() == [0.0, 5.0]
    np.testing.assert_allclose(slope, [0.1, 1.0])
    assert value_and_slope(activations.relu, np.float32([0.0]))[1].tolist() == [0.0]
    assert activations.threshold([0.2], 0.2, -1.0).tolist() == [-1.0]
