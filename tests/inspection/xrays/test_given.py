"""A row is understood with and without the batch's axis."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ShapeError
from glassnet.inspection.xrays.given import as_batch
from glassnet.layers import Dense, Flatten

MODEL = Sequential([Input((2, 3)), Flatten(), Dense(1)])


@pytest.mark.parametrize("x", [np.ones((2, 3)), np.ones((1, 2, 3)), np.ones((2, 3)).tolist()])
@pytest.mark.parametrize("y", [1.0, [1.0], [[1.0]], np.float32(1)])
def test_a_row_becomes_a_batch_of_one(x, y):
    x, y, weight = as_batch(MODEL, x, y, 2.0)
    assert x.shape == (1, 2, 3) and len(y) == 1 and weight.shape == (1,)


def test_a_few_rows_stay_a_few():
    x, y, _ = as_batch(MODEL, np.ones((4, 2, 3)), np.ones(4), None)
    assert x.shape == (4, 2, 3) and y.shape == (4,)


def test_another_number_of_axes_is_named():
    with pytest.raises(ShapeError, match=r"one row of shape \(2, 3\).*Received.*\(3,\)"):
        as_batch(MODEL, np.ones(3), 1.0, None)
