"""Sizes and sums, against sums written out with NumPy."""

import itertools

import jax
import numpy as np
import pytest

from glassnet.layers.convolution.arithmetic import (
    convolve,
    convolve_depthwise,
    convolve_transposed,
    output_size,
    pads,
    reach,
    spatial_axes,
    transposed_pads,
    transposed_size,
)


def written_out(x: np.ndarray, w: np.ndarray, stride: int, dilation: int, before: int, after: int) -> np.ndarray:
    """A convolution over time, one product after the other."""
    x = np.pad(x.astype("float64"), ((0, 0), (before, after), (0, 0)))
    count = (x.shape[1] - reach(len(w), dilation)) // stride + 1
    y = np.zeros((len(x), count, w.shape[2]))
    for p, k in itertools.product(range(count), range(len(w))):
        y[:, p] += x[:, p * stride + k * dilation] @ w[k]
    return y


@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2)])
def test_a_convolution_is_the_sum_in_its_formula(padding: str, stride: int, dilation: int) -> None:
    random = np.random.default_rng(0)
    x, w = random.normal(size=(2, 6, 3)).astype("float32"), random.normal(size=(3, 3, 2)).astype("float32")
    (around,) = pads((6,), (3,), (stride,), padding, (dilation,))
    y = convolve(x, w, strides=(stride,), padding=padding, dilation_rate=(dilation,))
    np.testing.assert_allclose(y, written_out(x, w, stride, dilation, *around), rtol=1e-5, atol=1e-5)
    assert y.shape[1] == output_size(6, 3, stride, padding, dilation)


def test_a_kernel_of_one_cell_is_a_matrix() -> None:
    random = np.random.default_rng(4)
    x, w = random.normal(size=(2, 3, 4, 5)).astype("float32"), random.normal(size=(1, 1, 5, 6)).astype("float32")
    y = convolve(x, w, strides=(1, 1), padding="same", dilation_rate=(1, 1))
    np.testing.assert_allclose(y, x @ w[0, 0], rtol=1e-5, atol=1e-6)
    assert convolve(x[:0], w, strides=(1, 1), padding="same", dilation_rate=(1, 1)).shape == (0, 3, 4, 6)
    wide = convolve(x, w, strides=(2, 2), padding="same", dilation_rate=(1, 1))
    np.testing.assert_allclose(wide, y[:, ::2, ::2], rtol=1e-5, atol=1e-6)


def test_a_depthwise_convolution_is_one_convolution_a_channel() -> None:
    random = np.random.default_rng(1)
    x, w = random.normal(size=(2, 6, 3)).astype("float32"), random.normal(size=(2, 3, 2)).astype("float32")
    y = convolve_depthwise(x, w, strides=(1,), padding="valid", dilation_rate=(1,))
    apart = [written_out(x[..., [c]], w[:, [c]], 1, 1, 0, 0) for c in range(3)]
    np.testing.assert_allclose(y, np.concatenate(apart, -1), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("padding", "stride", "dilation"), [("valid", 2, 1), ("valid", 1, 2), ("same", 3, 1)])
def test_a_transposed_convolution_is_the_gradient_of_a_convolution(padding: str, stride: int, dilation: int) -> None:
    random = np.random.default_rng(2)
    size = {"valid": (4 - 1) * stride + reach(3, dilation), "same": 4 * stride}[padding]
    w = random.normal(size=(3, 2, 1)).astype("float32")  # (k, C, F) of the convolution, (k, F, C) of its transpose
    y = random.normal(size=(1, 4, 1)).astype("float32")
    settings = {"strides": (stride,), "padding": padding, "dilation_rate": (dilation,)}
    _, back = jax.vjp(lambda x: convolve(x, w, **settings), np.zeros((1, size, 2), "float32"))
    (gradient,) = back(y)
    z = convolve_transposed(y, w, output_padding=None, **settings)
    np.testing.assert_allclose(z, gradient, rtol=1e-5, atol=1e-6)


def test_sizes_of_transposed_convolutions_are_those_of_their_pads() -> None:
    for window, stride, dilation, padding in itertools.product((1, 2, 3, 4), (1, 2, 3), (1, 2), ("valid", "same")):
        for more in (None, *range(stride)):
            before, after = transposed_pads(window, stride, padding, more, dilation)
            spread = (5 - 1) * stride + 1 + before + after
            assert spread - reach(window, dilation) + 1 == transposed_size(5, window, stride, padding, more, dilation)


def test_channels_first_is_the_same_with_axes_moved() -> None:
    random = np.random.default_rng(3)
    x, w = random.normal(size=(2, 4, 5, 4)).astype("float32"), random.normal(size=(2, 3, 2, 6)).astype("float32")
    settings = {"strides": (1, 2), "padding": "same", "dilation_rate": (1, 1), "groups": 2}
    last = convolve(x, w, **settings)
    first = convolve(np.moveaxis(x, -1, 1), w, data_format="channels_first", **settings)
    np.testing.assert_allclose(np.moveaxis(first, 1, -1), last, rtol=1e-5, atol=1e-6)
    assert spatial_axes(3, "channels_first") == (2, 3, 4)


def test_zeros_stand_before_a_causal_input_and_around_a_same_one() -> None:
    assert pads((6, 6), (3, 3), (1, 2), "causal", (2, 1)) == ((4, 0), (2, 0))
    assert pads((6, 6), (3, 3), (1, 2), "same") == ((1, 1), (0, 1))
    assert pads((6,), (3,), (1,), "valid") == ((0, 0),)


def test_an_unknown_size_stays_unknown() -> None:
    assert output_size(None, 3, 2, "same") is None
    assert transposed_size(None, 3, 2, "same", None) is None
    assert output_size(2, 3, 1, "valid") == 0
