"""The LSTM's own way through a sequence: the same numbers and gradients as one step after the other."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.activations import sigmoid, tanh
from glassnet.layers.recurrent.lstm import gated
from glassnet.layers.recurrent.lstm_sweep import lstm_sweep
from glassnet.layers.recurrent.sweep import over_time

RANDOM = np.random.default_rng(0)
Z, KERNEL, H, C = (RANDOM.normal(size=s).astype("float32") for s in [(5, 3, 8), (2, 8), (3, 2), (3, 2)])
COUNTS = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0]], bool)
KEPT = np.array([[0, 2], [2, 2], [2, 0]], "float32")


def plainly(whole, z, kernel, h, c, counts, kept):
    def step(z, states):
        h, c = states
        return gated(z + (h if kept is None else h * kept) @ kernel, c, tanh, sigmoid)

    every, _, (h, c) = over_time(step, z, [h, c], counts, whole=whole, unroll=False)
    return every, h, c


@pytest.mark.parametrize(
    ("whole", "kept", "counts"), [(False, None, None), (False, None, COUNTS), (True, KEPT, COUNTS)]
)
def test_numbers_and_gradients_are_those_of_single_steps(whole, kept, counts):
    counts = None if counts is None else jnp.asarray(counts)
    mixture = [RANDOM.normal(size=s) for s in [(5, 3, 2), (3, 2), (3, 2)]]

    def mixed(way, *numbers):
        found = way(whole, *numbers, counts, kept)
        return sum(jnp.sum(m * y) for m, y in zip(mixture, found, strict=True) if y is not None)

    def quickly(whole, *rest):
        return lstm_sweep(whole, False, *rest)

    both = [jax.jit(jax.value_and_grad(lambda *a, way=way: mixed(way, *a), (0, 1, 2, 3))) for way in (quickly, plainly)]
    (value, gradients), (wanted, others) = (each(Z, KERNEL, H, C) for each in both)
    np.testing.assert_allclose(value, wanted, rtol=1e-5)
    for gradient, other in zip(gradients, others, strict=True):
        np.testing.assert_allclose(gradient, other, rtol=1e-4, atol=1e-5)


def test_it_gives_the_same_with_and_without_a_loop_and_a_gradient():
    found = [
        jax.jit(lambda *a, unroll=unroll, whole=whole: lstm_sweep(whole, unroll, *a, None, None)[1:])(Z, KERNEL, H, C)
        for unroll, whole in [(False, False), (False, True), (True, False)]
    ]
    for h, c in found[1:]:
        np.testing.assert_allclose(h, found[0][0], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(c, found[0][1], rtol=1e-5, atol=1e-6)


def test_a_row_that_never_counts_has_gradients_for_its_own_state_only():
    h, z = jax.grad(lambda h, z: lstm_sweep(False, False, z, KERNEL, h, C, jnp.asarray(COUNTS), None)[1].sum(), (0, 1))(
        H, Z
    )
    np.testing.assert_array_equal(h[2], [1, 1])
    np.testing.assert_array_equal(z[:, 2], np.zeros((5, 8)))
