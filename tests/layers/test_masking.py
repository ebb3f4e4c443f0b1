"""Masks: which steps count after Masking, and what merging three masked inputs leaves of them."""

import numpy as np
import pytest

from glassnet.layers.masking import Masking
from glassnet.layers.merging import Maximum, Minimum, Multiply

X = np.float32([[[1, 0], [0, 0], [0, 2]]])


def test_a_step_counts_when_any_of_its_numbers_is_not_the_filler():
    layer = Masking()
    assert layer.compute_mask(X).tolist() == [[True, False, True]]
    np.testing.assert_array_equal(layer(X), X)
    other = Masking(mask_value=2)
    assert other.compute_mask(np.full_like(X, 2)).tolist() == [[False] * 3]
    assert not np.asarray(other(np.full_like(X, 2))).any()


@pytest.mark.parametrize(
    ("layer", "expected"), [(Maximum(), [9, 5, 1]), (Minimum(), [4, 5, 1]), (Multiply(), [36, 5, 0])]
)
def test_of_three_inputs_the_masked_ones_are_left_out(layer, expected):
    inputs = [np.float32([[[n], [5 * n], [1]]]) for n in (4, 7, 9)]
    inputs[0][0, 1] = 5
    masks = [np.array([m]) for m in ([True, True, False], [False, False, False], [True, False, False])]
    assert layer(inputs, mask=masks)[0, :, 0].tolist() == expected
    assert layer.compute_mask(inputs, masks).tolist() == [[True, True, False]]


def test_a_mask_of_the_first_input_alone_does_not_hide_the_others():
    inputs = [np.float32([[[n]]]) for n in (9, 4, 7)]
    assert float(Maximum()(inputs, mask=[np.array([[False]]), None, np.array([[True]])])[0, 0, 0]) == 7
    assert float(Minimum()(inputs, mask=[None, np.array([[True]]), np.array([[False]])])[0, 0, 0]) == 4
