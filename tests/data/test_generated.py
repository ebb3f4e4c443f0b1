"""Drawn data sets: their shapes, their classes, the same for the same seed."""

import numpy as np
import pytest

from glassnet.data import generated
from glassnet.foundation.errors import ConfigError

MAKERS = {
    "make_blobs": (2, "i"),
    "make_circles": (2, "i"),
    "make_moons": (2, "i"),
    "make_sine": (1, "f"),
    "make_spirals": (2, "i"),
    "make_xor": (2, "i"),
}


@pytest.mark.parametrize("name", MAKERS)
def test_shapes_types_and_seeds(name):
    make, (width, kind) = getattr(generated, name), MAKERS[name]
    x, y = make(61, seed=3)
    assert (x.shape, x.dtype, y.shape, y.dtype.kind, y.dtype.itemsize) == ((61, width), np.float32, (61,), kind, 4)
    again, _ = make(61, seed=3)
    np.testing.assert_array_equal(x, again)
    if kind == "i":
        counts = np.bincount(y)
        assert counts.max() - counts.min() <= 1
    if name != "make_xor":
        assert not np.array_equal(x, make(61, seed=4)[0])


@pytest.mark.parametrize("name", MAKERS)
def test_too_few_rows_or_negative_noise(name):
    make = getattr(generated, name)
    for bad in (0, 1, 2.5, True):
        with pytest.raises(ConfigError, match="`rows` to be a whole number"):
            make(bad)
    what = "spread" if name == "make_blobs" else "noise"
    for bad in (-1.0, np.nan, np.inf):
        with pytest.raises(ConfigError, match=f"`{what}` from 0 on"):
            make(10, **{what: bad})


def noiseless(x, y, name):
    if name == "make_moons":
        upper, lower = x[y == 0], x[y == 1]
        return [np.hypot(*upper.T) - 1, np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5) - 1]
    if name == "make_circles":
        return [np.hypot(*x.T) - np.where(y == 1, 0.5, 1.0)]
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    return [np.sin((angle - 2 * np.pi * (radius + y / 2)) / 2)]


@pytest.mark.parametrize("name", ["make_moons", "make_circles", "make_spirals"])
def test_without_noise_points_lie_on_their_curve(name):
    x, y = getattr(generated, name)(60, noise=0.0)
    for distance in noiseless(x, y, name):
        np.testing.assert_allclose(distance, 0.0, atol=1e-5)


def test_clouds_lie_around_their_centres():
    x, y = generated.make_blobs(3000, classes=4, spread=0.5)
    centres = np.stack([x[y == c].mean(axis=0) for c in range(4)])
    np.testing.assert_allclose(centres, [[2, 0], [0, 2], [-2, 0], [0, -2]], atol=0.1)
    np.testing.assert_allclose((x - centres[y]).std(), 0.5, rtol=0.05)


def test_exclusive_or():
    x, y = generated.make_xor(8)
    assert y.tolist() == [int(a != b) for a, b in x.tolist()]


def test_a_sine_is_a_sine():
    x, y = generated.make_sine(500, noise=0.1)
    assert 0.05 < np.std(y - np.sin(x[:, 0])) < 0.15


def test_arguments_out_of_range():
    for make in (generated.make_spirals, generated.make_blobs):
        with pytest.raises(ConfigError, match="`classes`"):
            make(10, classes=1)
    with pytest.raises(ConfigError, match="`inner`"):
        generated.make_circles(10, inner=1.0)
