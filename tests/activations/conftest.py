"""The contract that every function of single numbers keeps, checked one row at a time.

A row is: the function; its formula in NumPy, in 64 bits; the straight lines it nears at the far left and the far right,
each as (slope, height at 0), or None where there is no such line; and the arguments.
"""

import json
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

#: Points of all sizes that a network meets; none is a corner of a function in the tables.
GRID = np.concatenate([np.linspace(-9.13, 9.17, 61), [-1e-3, 1e-3, -40.3, 40.7]])
FAR = np.array([1e4, 1e19, 1e38, 3e38, np.inf])


@pytest.fixture(scope="session")
def keeps_contract():
    def check(function, formula, left, right, arguments=None):
        called, formula = partial(function, **(arguments or {})), partial(formula, **(arguments or {}))
        short = np.float32([*GRID, *-FAR, *FAR, 0.0, np.nan])
        with jax.enable_x64(True):
            double, single = jax.jit(lambda x, short: (_both(called, x), _both(called, short)))(GRID, short)
        in_double_precision(formula, *map(np.asarray, double))
        in_single_precision(formula, left, right, short, *map(np.asarray, single))
        taken = jax.eval_shape(lambda: called([[1, -2]]))
        assert taken.dtype == jnp.float32 and taken.shape == (1, 2)

    return check


@pytest.fixture(scope="session")
def stored():
    """What Keras says, written by tests/oracles/activations.py."""
    return json.loads((Path(__file__).parents[1] / "oracles/activations.json").read_text())


@pytest.fixture(scope="session")
def value_and_slope():
    return lambda function, x: [np.asarray(array) for array in jax.jit(partial(_both, function))(x)]


def _both(function, x):
    y, pull = jax.vjp(function, x)
    return y, pull(jnp.ones_like(y))[0]


def in_double_precision(formula, y, slope):
    """Value against the formula, slope against central differences of the formula."""
    h = 1e-6
    assert y.dtype == slope.dtype == np.float64
    np.testing.assert_allclose(y, formula(GRID), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(slope, (formula(GRID + h) - formula(GRID - h)) / (2 * h), rtol=1e-5, atol=1e-8)


def in_single_precision(formula, left, right, x, y, slope):
    """The same with fewer digits; at the ends the lines that it nears; NaN stays NaN."""
    assert y.dtype == slope.dtype == np.float32
    near, leftmost, rightmost = slice(0, GRID.size), slice(GRID.size, -FAR.size - 2), slice(-FAR.size - 2, -2)
    size = np.maximum(1.0, np.abs(x[near]))
    np.testing.assert_allclose(y[near] / size, formula(np.float64(x[near])) / size, rtol=3e-6, atol=2e-7)
    for line, end in ((left, leftmost), (right, rightmost)):
        if line is not None:
            height = line[0] * np.float64(x[end]) + line[1] if line[0] else np.full(FAR.size, line[1])
            np.testing.assert_allclose(y[end], height, rtol=1e-6, atol=2e-4)
            np.testing.assert_allclose(slope[end], line[0], rtol=1e-6, atol=2e-8)
    assert np.isfinite(y[-2]) and np.isfinite(slope[-2]), "0 gives a number, and a slope"
    assert np.isnan(y[-1]), "NaN must not be hidden"
