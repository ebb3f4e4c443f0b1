"""outline: the outputs' shape, and whether they are probabilities, without computing a number."""

import numpy as np
import pytest

from glassnet.layers import Activation, Dense, Dropout, Flatten, Input, Softmax
from glassnet.models import Sequential
from glassnet.training.outline import Outline, Seen, outline

X = np.ones((5, 4), "float32")


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ([Dense(1, activation="sigmoid")], ((None, 1), "sigmoid")),
        ([Dense(3), Softmax()], ((None, 3), "softmax")),
        ([Dense(3), Activation("softmax")], ((None, 3), "softmax")),
        ([Dense(3, activation="relu")], ((None, 3), None)),
        ([Dense(1, activation="sigmoid"), Dense(2)], ((None, 2), None)),
    ],
    ids=["sigmoid", "softmax layer", "activation layer", "relu", "no longer"],
)
def test_shape_and_link_of_the_last_layer(last, expected):
    model = Sequential([Input((4,)), *last])
    assert outline(model.blueprint(), *model.arrays(), X) == Outline((Seen(None, *expected),))


def test_the_model_and_the_number_of_rows_play_no_part():
    model = Sequential([Input((2, 2)), Flatten(), Dropout(0.5), Dense(3)], seed=0)
    before = model.get_weights()
    for rows in (1, 7):
        found = outline(model.blueprint(), *model.arrays(), np.ones((rows, 2, 2), "float32"))
        assert found == Outline((Seen(None, (None, 3), None),))
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
