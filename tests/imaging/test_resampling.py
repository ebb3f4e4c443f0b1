"""Resizing: sizes, windows, types."""

import numpy as np

from glassnet.imaging.resampling import centre, fitted, largest_window, padded, resized

X = np.random.default_rng(0).normal(size=(2, 6, 9, 1)).astype("float32")


def test_the_same_size_is_the_same_image():
    assert resized(X, 6, 9) is X


def test_twice_the_size_repeats_the_nearest_pixel():
    np.testing.assert_array_equal(resized(X, 12, 18, "nearest"), X.repeat(2, 1).repeat(2, 2))


def test_whole_numbers_are_rounded_and_stay_in_their_range():
    pixels = np.uint8([0, 255, 0, 255, 255, 0]).reshape(1, 1, 6, 1)
    y = np.asarray(resized(pixels, 1, 9, "lanczos3"))
    assert y.dtype == np.uint8 and y.min() == 0 and y.max() == 255
    x = np.uint8([0, 3]).reshape(1, 1, 2, 1)
    assert np.ravel(resized(x, 1, 1)).tolist() == [2]


def test_windows_lie_in_the_middle():
    assert largest_window(X, 2, 1).shape == (2, 6, 3, 1)
    np.testing.assert_array_equal(largest_window(X, 2, 1), X[:, :, 3:6])
    np.testing.assert_array_equal(largest_window(X, 1, 9), X[:, 2:3])
    np.testing.assert_array_equal(centre(X, 3, 2), X[:, 1:4, 3:5])
    assert fitted(X, 4, 4).shape == (2, 4, 4, 1)


def test_padding_gives_the_aspect_ratio_without_touching_the_image():
    y = np.asarray(padded(X, 10, 10, 5.0))
    assert y.shape == (2, 8, 9, 1)
    np.testing.assert_array_equal(y[:, 1:7], X)
    assert (y[:, 0] == 5).all() and (y[:, 7] == 5).all()
    np.testing.assert_array_equal(padded(X, 1, 3, 5.0)[:, :, 4:13], X)
