import numpy as np
import pytest

from glassnet import activations

FLAT = (0.0, 0.0)
ROWS = [
    (activations.linear, lambda x: x, (1.0, 0.0), (1.0, 0.0)),
    (activations.step, lambda x: np.float64(x >= 0), FLAT, (0.0, 1.0)),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)
def test_contract(keeps_contract, row):
    keeps_contract(*row)


def test_step_fires_at_zero_from_both_sides():
    assert activations.step([-0.0, 0.0, -1e-30, 1e-30]).tolist() == [1.0, 1.0, 0.0, 1.0]


def test_step_has_no_slope_to_learn_from(value_and_slope):
    assert not value_and_slope(activations.step, np.float32([-1.0, 0.0, 1.0]))[1].any()
