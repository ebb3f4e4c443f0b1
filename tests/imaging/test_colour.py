"""Contrast, shifts and brightness keep to their formulas and ranges."""

import numpy as np

from glassnet.imaging.colour import brightened, channel_shifted, contrasted

X = np.random.default_rng(0).uniform(20, 200, (2, 3, 4, 3)).astype("float32")
ONE = np.float32([1, 1])


def test_contrast_keeps_each_channels_mean_and_scales_its_spread():
    y = np.asarray(contrasted(X, np.float32([0.5, 2.0])))
    np.testing.assert_allclose(y.mean((1, 2)), X.mean((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(y.std((1, 2)), X.std((1, 2)) * np.array([[0.5], [2.0]]), rtol=1e-5)
    np.testing.assert_allclose(contrasted(X, ONE), X, rtol=1e-6)


def test_a_channel_shift_stays_between_the_images_ends():
    y = np.asarray(channel_shifted(X, np.float32([30, -1000])))
    np.testing.assert_allclose(y[0], np.minimum(X[0] + 30, X[0].max()), rtol=1e-6)
    assert (y[1] == X[1].min()).all()


def test_brightness_multiplies_within_the_range_that_the_values_tell():
    factor = np.float32([0.5, 3.0])
    np.testing.assert_allclose(brightened(X, factor), np.clip(X * factor[:, None, None, None], 0, 255), rtol=1e-6)
    shares = X / 255
    np.testing.assert_allclose(
        brightened(shares, factor), np.clip(shares * factor[:, None, None, None], 0, 1), rtol=1e-6
    )
    signed = X - 100
    y = np.asarray(brightened(signed, factor))
    low, high = signed[1].min(), signed[1].max()
    np.testing.assert_allclose(y[1], np.clip(low + 3 * (signed[1] - low), low, high), rtol=1e-4, atol=1e-3)
