"""Noise in training: its mean and spread, what it leaves alone, and that it follows from the key."""

import jax
import numpy as np
import pytest

from glassnet.foundation.errors import RandomKeyError
from glassnet.layers.noise import AlphaDropout, GaussianDropout, GaussianNoise
from glassnet.layers.spatial_dropout import SpatialDropout1D, SpatialDropout2D, SpatialDropout3D

X = np.random.default_rng(0).normal(size=(100, 200)).astype("float32")
KEY = jax.random.key(0)
ROOT = np.sqrt(X.size)

noisy = jax.jit(lambda layer, x, key: layer(x, training=True, key=key))

EACH = [GaussianNoise(0.5), GaussianDropout(0.3), AlphaDropout(0.3)]
SPATIAL = [
    (SpatialDropout1D(0.5), (40, 5, 30), 1),
    (SpatialDropout2D(0.5), (40, 2, 3, 30), (1, 2)),
    (SpatialDropout2D(0.5, "channels_first"), (40, 30, 2, 3), (2, 3)),
    (SpatialDropout3D(0.5), (40, 1, 2, 2, 30), (1, 2, 3)),
    (SpatialDropout3D(0.5, "channels_first"), (40, 30, 1, 2, 2), (2, 3, 4)),
]
of_each = pytest.mark.parametrize("layer", [*EACH, GaussianNoise(0.5, seed=3)], ids=repr)


def test_gaussian_noise_is_added_with_its_standard_deviation():
    noise = np.asarray(noisy(GaussianNoise(0.5), X, KEY)) - X
    assert abs(noise.mean()) < 5 * 0.5 / ROOT
    assert abs(noise.std() - 0.5) < 5 * 0.5 / ROOT
    assert abs(np.corrcoef(noise.ravel(), X.ravel())[0, 1]) < 5 / ROOT


def test_gaussian_dropout_multiplies_by_noise_as_wide_as_dropouts():
    factor = np.asarray(noisy(GaussianDropout(0.2), X, KEY)) / X
    assert abs(factor.mean() - 1) < 5 * 0.5 / ROOT
    assert abs(factor.std() - np.sqrt(0.2 / 0.8)) < 5 * 0.5 / ROOT


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_alpha_dropout_keeps_mean_and_variance_and_drops_to_one_value(rate):
    y = np.asarray(noisy(AlphaDropout(rate), X, KEY))
    assert abs(y.mean()) < 0.05 and abs(y.std() - 1) < 0.05
    values, counts = np.unique(y, return_counts=True)
    alpha = -1.0507009873554805 * 1.6732632423543772
    a = ((1 - rate) * (1 + rate * alpha**2)) ** -0.5
    assert values[counts.argmax()] == pytest.approx(a * alpha * (1 - rate), rel=1e-5)
    assert abs(counts.max() / X.size - rate) < 0.02
    kept = y != values[counts.argmax()]
    np.testing.assert_allclose(y[kept], a * X[kept] - a * alpha * rate, rtol=1e-4, atol=1e-5)


def test_alpha_dropout_takes_a_noise_shape():
    y = np.asarray(noisy(AlphaDropout(0.5, noise_shape=(None, 1)), np.ones_like(X), KEY))
    assert (y == y[:, :1]).all() and len(np.unique(y)) == 2


@pytest.mark.parametrize(("layer", "shape", "axes"), SPATIAL, ids=lambda value: repr(value))
def test_a_channel_is_dropped_as_a_whole(layer, shape, axes):
    dropped = np.asarray(noisy(layer, np.ones(shape, "float32"), KEY)) == 0
    assert (dropped.all(axes) == dropped.any(axes)).all()
    assert 0.4 < dropped.mean() < 0.6
    assert set(np.unique(noisy(layer, np.ones(shape, "float32"), KEY))) == {0.0, 2.0}


def test_rates_of_none_and_all():
    x = np.ones((2, 3, 4), "float32")
    for layer in (GaussianNoise(0), GaussianDropout(0), AlphaDropout(0), SpatialDropout1D(0)):
        np.testing.assert_array_equal(layer(x, training=True), x)
    assert not np.asarray(SpatialDropout1D(1)(x, training=True)).any()


@of_each
def test_inference_is_left_alone_and_training_follows_from_the_key(layer):
    np.testing.assert_array_equal(layer(X), X)
    np.testing.assert_array_equal(layer(X, key=KEY), X)
    first, again, other = (np.asarray(noisy(layer, X, key)) for key in (KEY, KEY, jax.random.key(1)))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.4
    with pytest.raises(RandomKeyError):
        jax.jit(lambda x: layer(x, training=True))(X)


def test_a_seed_gives_a_stream_of_its_own():
    one, two = GaussianNoise(1, seed=1), GaussianNoise(1, seed=2)
    assert (np.asarray(noisy(one, X, KEY)) != np.asarray(noisy(two, X, KEY))).mean() > 0.99
    np.testing.assert_array_equal(
        GaussianNoise(1, seed=1)(X, training=True), GaussianNoise(1, seed=1)(X, training=True)
    )
