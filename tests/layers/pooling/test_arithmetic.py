"""Maxima and means, against windows cut out with NumPy."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.layers.convolution.arithmetic import output_size, pads
from glassnet.layers.pooling.arithmetic import (
    _window_max,
    adaptive_max,
    adaptive_mean,
    adaptive_windows,
    pool_max,
    pool_mean,
)

SETTINGS = [(2, 2, "valid"), (3, 2, "valid"), (3, 1, "same"), (2, 3, "same"), (4, 2, "same"), (2, 2, "same")]


def cut_out(x: np.ndarray, window: int, stride: int, padding: str, of: str) -> np.ndarray:
    """Each window's cells inside the axis, reduced one window after the other."""
    ((before, _),) = pads((x.shape[1],), (window,), (stride,), padding)
    count = output_size(x.shape[1], window, stride, padding) or 0
    starts = [p * stride - before for p in range(count)]
    return np.stack([getattr(x[:, max(s, 0) : s + window], of)(1) for s in starts], 1)


@pytest.mark.parametrize(("window", "stride", "padding"), SETTINGS)
def test_each_window_gives_its_maximum_and_its_mean(window: int, stride: int, padding: str) -> None:
    x = np.random.default_rng(0).normal(size=(2, 7, 3)).astype("float32") - 3  # zeros around would win the maximum
    largest, mean = (f(x, (window,), (stride,), padding) for f in (pool_max, pool_mean))
    np.testing.assert_array_equal(largest, cut_out(x, window, stride, padding, "max"))
    np.testing.assert_allclose(mean, cut_out(x, window, stride, padding, "mean"), rtol=1e-5)


def test_pictures_are_pooled_one_axis_after_the_other() -> None:
    x = np.random.default_rng(1).normal(size=(1, 5, 6, 2)).astype("float32")
    first = np.moveaxis(x, -1, 1)
    for pool in (pool_max, pool_mean):
        both = pool(x, (2, 3), (2, 3), "same")
        rows = pool(x, (2, 1), (2, 1), "same")
        if pool is pool_max:
            np.testing.assert_array_equal(pool(rows, (1, 3), (1, 3), "same"), both)
        moved = pool(first, (2, 3), (2, 3), "same", "channels_first")
        np.testing.assert_allclose(np.moveaxis(moved, 1, -1), both, rtol=1e-6)


def test_whole_numbers_keep_their_type_in_a_maximum_and_become_fractions_in_a_mean() -> None:
    pixels = np.array([[1, 2, 250, 7]], "uint8").reshape(1, 4, 1)
    assert pool_max(pixels, (2,), (2,), "valid").dtype == "uint8"
    assert pool_max(pixels, (2,), (2,), "valid").ravel().tolist() == [2, 250]
    assert pool_mean(pixels, (2,), (2,), "valid").ravel().tolist() == [1.5, 128.5]
    assert adaptive_mean(pixels, (1,), (1,)).ravel().tolist() == [65.0]
    assert adaptive_max(pixels, (2,), (1,)).ravel().tolist() == [2, 250]


def test_what_is_not_a_number_is_not_hidden() -> None:
    x = np.array([1.0, np.nan, 3.0, 4.0], "float32").reshape(1, 4, 1)
    assert np.isnan(pool_max(x, (2,), (2,), "valid")).ravel().tolist() == [True, False]
    assert np.isnan(pool_max(x, (3,), (1,), "valid")).ravel().tolist() == [True, True]
    assert np.isnan(adaptive_max(x, (2,), (1,))).ravel().tolist() == [True, False]


@pytest.mark.parametrize(("window", "stride", "padding"), [(2, 2, "valid"), (2, 2, "same"), (3, 2, "same")])
def test_the_gradient_of_a_maximum_goes_to_the_first_of_the_largest(window: int, stride: int, padding: str) -> None:
    x = np.array([[2, 2, 1, 3, 3, 3, 0], [1, 1, 1, 1, 1, 1, 1]], "float32").reshape(2, 7, 1)
    count = output_size(7, window, stride, padding) or 0
    weights = np.arange(1.0, 1 + count, dtype="float32")[:, None]
    gradient = jax.grad(lambda x: jnp.sum(weights * pool_max(x, (window,), (stride,), padding)))(x)
    ((before, _),) = pads((7,), (window,), (stride,), padding)
    expected = np.zeros_like(x)
    for row, p in itertools.product(range(2), range(count)):
        start = max(p * stride - before, 0)
        expected[row, start + x[row, start : p * stride - before + window, 0].argmax(), 0] += p + 1
    np.testing.assert_array_equal(gradient, expected)


@pytest.mark.parametrize(("tile", "padding"), [((2, 2), "valid"), ((3, 2), "same"), ((1, 3), "valid")])
def test_windows_that_do_not_overlap_are_pooled_as_xla_pools(tile: tuple[int, int], padding: str) -> None:
    x = np.random.default_rng(3).integers(0, 4, size=(2, 5, 7, 2)).astype("float32")  # with many ties
    x[0, 0, 0, 0] = -np.inf
    gradients = []
    for pool in (pool_max, _window_max):
        y, back = jax.vjp(lambda x, pool=pool: pool(x, tile, tile, padding, "channels_last"), x)
        gradients.append((y, *back(np.arange(y.size, dtype="float32").reshape(y.shape))))
    for ours, theirs in zip(*gradients, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    first = pool_max(np.moveaxis(x, -1, 1), tile, tile, padding, "channels_first")
    np.testing.assert_array_equal(np.moveaxis(first, 1, -1), gradients[0][0])


@pytest.mark.parametrize(("size", "count"), [(6, 3), (7, 3), (5, 4), (3, 3), (4, 1), (2, 5)])
def test_adaptive_windows_cover_all_evenly(size: int, count: int) -> None:
    starts, ends = adaptive_windows(size, count)
    assert starts[0] == 0 and ends[-1] == size
    assert (starts[1:] <= ends[:-1]).all() and ((ends - starts) >= 1).all()
    assert np.ptp(ends - starts) <= 1
    x = np.random.default_rng(2).normal(size=(2, size, 3)).astype("float32")
    cells = [x[:, s:e] for s, e in zip(starts, ends, strict=True)]
    np.testing.assert_array_equal(adaptive_max(x, (count,), (1,)), np.stack([c.max(1) for c in cells], 1))
    mean = np.stack([c.mean(1) for c in cells], 1)
    np.testing.assert_allclose(adaptive_mean(x, (count,), (1,)), mean, rtol=1e-5, atol=1e-6)
