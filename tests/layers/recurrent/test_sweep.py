"""Going through a sequence: which steps count, and what is put out where none has yet."""

import jax.numpy as jnp
import numpy as np

from glassnet.layers.recurrent.sweep import keep, over_time

X = jnp.arange(1.0, 7.0).reshape(3, 2, 1)  # (T, B, 1)
COUNTS = jnp.array([[False, True], [True, False], [False, True]])


def adding(x, states):
    total = states[0] + x
    return 10 * total, [total]


def test_a_step_that_does_not_count_keeps_the_state_and_repeats_the_output():
    every, last, (state,) = over_time(adding, X, [jnp.ones((2, 1))], COUNTS, whole=True, unroll=False)
    np.testing.assert_array_equal(every[..., 0], [[1, 30], [40, 30], [40, 90]])  # at first the state, as in Keras
    np.testing.assert_array_equal(last, every[-1])
    np.testing.assert_array_equal(state[:, 0], [4, 9])


def test_only_the_last_output_is_kept_where_no_other_is_wanted():
    for counts in (None, COUNTS):
        for unroll in (False, True):
            wanted = over_time(adding, X, [jnp.ones((2, 1))], counts, whole=True, unroll=False)
            every, last, state = over_time(adding, X, [jnp.ones((2, 1))], counts, whole=False, unroll=unroll)
            assert every is None
            np.testing.assert_array_equal(last, wanted[1])
            np.testing.assert_array_equal(state[0], wanted[2][0])


def test_an_output_of_another_shape_than_the_state_starts_from_zeros():
    def wide(x, states):
        return jnp.concatenate([x, x], 1), states

    every, _, _ = over_time(wide, X, [jnp.ones((2, 1))], COUNTS, whole=True, unroll=False)
    np.testing.assert_array_equal(every[0], [[0, 0], [2, 2]])


def test_rows_are_kept_whatever_axes_follow():
    new, old = jnp.ones((2, 3, 4)), jnp.zeros((2, 3, 4))
    assert keep(jnp.array([True, False]), new, old).sum(axis=(1, 2)).tolist() == [12.0, 0.0]
