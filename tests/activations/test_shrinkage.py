import numpy as np
import pytest

from glassnet import activations

IDENTITY = (1.0, 0.0)


def soft(x, threshold=0.5):
    return np.sign(x) * np.maximum(np.abs(x) - threshold, 0)


def hard(x, threshold=0.5):
    return np.where(np.abs(x) > threshold, x, 0)


ROWS = [
    (activations.soft_shrink, soft, (1.0, 0.5), (1.0, -0.5)),
    (activations.soft_shrink, soft, (1.0, 2.0), (1.0, -2.0), {"threshold": 2.0}),
    (activations.soft_shrink, soft, IDENTITY, IDENTITY, {"threshold": 0.0}),
    (activations.hard_shrink, hard, IDENTITY, IDENTITY),
    (activations.hard_shrink, hard, IDENTITY, IDENTITY, {"threshold": 2.0}),
    (activations.tanh_shrink, lambda x: x - np.tanh(x), (1.0, 1.0), (1.0, -1.0)),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].__name__}{row[4:] or ''}")
def test_contract(keeps_contract, row):
    keeps_contract(*row)


def test_what_is_as_large_as_the_threshold_goes():
    assert activations.hard_shrink([-0.5, 0.5]).tolist() == [0.0, 0.0]
    assert activations.soft_shrink([-0.5, 0.5]).tolist() == [0.0, 0.0]
