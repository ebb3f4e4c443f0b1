"""Flatten: one row of numbers a sample, in the order in which NumPy lays them out."""

import jax.numpy as jnp
import numpy as np

from glassnet.layers import Flatten

X = np.arange(48, dtype="float32").reshape(2, 2, 3, 4)


def test_the_numbers_of_a_sample_stay_in_order():
    np.testing.assert_array_equal(Flatten()(X), np.arange(48).reshape(2, 24))


def test_channels_first_gives_the_order_of_channels_last():
    first = np.moveaxis(X, -1, 1)
    np.testing.assert_array_equal(Flatten("channels_first")(first), Flatten("channels_last")(X))
    rows = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(Flatten("channels_first")(rows), rows)


def test_a_column_without_a_width_becomes_one_of_width_one():
    assert Flatten()(np.ones(5)).shape == (5, 1)
    assert Flatten().compute_output_shape((None,)) == (None, 1)


def test_a_size_that_is_not_known_stays_unknown():
    assert Flatten().compute_output_shape((None, None, 3)) == (None, None)
    assert Flatten().compute_output_shape((8, 2, 3)) == (8, 6)


def test_no_rows_are_rows_too():
    assert Flatten()(jnp.ones((0, 2, 3))).shape == (0, 6)
