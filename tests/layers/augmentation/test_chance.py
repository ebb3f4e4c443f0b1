"""What is drawn: how often, how far, and what is left alone."""

import jax
import numpy as np
import pytest

from glassnet.layers.augmentation import (
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)

MANY = 4000
X = np.arange(1, 7, dtype="float32").reshape(1, 2, 3, 1).repeat(MANY, 0)
SPREAD = 5 * 0.5 / np.sqrt(MANY)  # five standard deviations of a share of one half


def drawn(layer, count=MANY, size=(20, 10)):
    """The maps that a layer draws for this many images."""
    return [np.asarray(item) for item in layer.affine(np.zeros((count, *size, 1), "float32"))]


def uniform(values, low, high):
    """Whether values look as if drawn evenly between two ends."""
    share = (values - low) / (high - low)
    return (
        share.min() >= 0 and share.max() <= 1 and abs(share.mean() - 0.5) < SPREAD and share.max() - share.min() > 0.99
    )


def test_each_direction_is_flipped_in_half_of_the_images_by_itself():
    y = np.asarray(RandomFlip(seed=0)(X))[..., 0]
    across, down = (y[:, :, 0] > y[:, :, 2]).all(1), y[:, 0, 0] > y[:, 1, 0]
    for chosen, expected in ((across, 0.5), (down, 0.5), (across & down, 0.25)):
        assert abs(chosen.mean() - expected) < SPREAD
    plain = X[0, :, :, 0]
    known = {(a, b): plain[:: -1 if b else 1, :: -1 if a else 1] for a in (False, True) for b in (False, True)}
    assert all(np.array_equal(image, known[a, b]) for image, a, b in zip(y, across, down, strict=True))


@pytest.mark.parametrize(("mode", "axis"), [("horizontal", 2), ("vertical", 1)])
def test_one_direction_leaves_the_other(mode, axis):
    y = np.asarray(RandomFlip(mode, seed=0)(X[:200]))
    either = [np.array_equal(image, X[0]) or np.array_equal(image, np.flip(X[0], axis - 1)) for image in y]
    assert all(either) and 50 < sum(np.array_equal(image, X[0]) for image in y) < 150


def test_angles_fill_their_range():
    a0, a1, _, b0, b1, _ = drawn(RandomRotation((-0.1, 0.25), seed=0))
    np.testing.assert_allclose(a0**2 + b0**2, 1, rtol=1e-5)
    np.testing.assert_array_equal((a0, a1), (b1, -b0))
    assert uniform(np.arctan2(b0, a0) / (2 * np.pi), -0.1, 0.25)
    assert uniform(np.arctan2(*drawn(RandomRotation(0.2, seed=0))[3::-3]) / (2 * np.pi), -0.2, 0.2)


def test_the_middle_stays_where_it_is():
    for layer in (RandomRotation(1.0, seed=0), RandomZoom(0.5, 0.3, seed=0)):
        a0, a1, a2, b0, b1, b2 = drawn(layer)
        np.testing.assert_allclose(a0 * 4.5 + a1 * 9.5 + a2, 4.5, atol=1e-4)
        np.testing.assert_allclose(b0 * 4.5 + b1 * 9.5 + b2, 9.5, atol=1e-4)


def test_shifts_are_shares_of_height_and_width():
    *_, right, _, _, down = drawn(RandomTranslation((0.1, 0.3), 0.5, seed=0))
    assert uniform(-down, 2, 6) and uniform(-right, -5, 5)
    assert abs(np.corrcoef(down, right)[0, 1]) < 5 / np.sqrt(MANY)


def test_zooms_are_shares_and_one_alone_keeps_the_proportions():
    wide, _, _, _, high, _ = drawn(RandomZoom((-0.4, 0.2), (0.5, 0.6), seed=0))
    assert uniform(high, 0.6, 1.2) and uniform(wide, 1.5, 1.6)
    wide, _, _, _, high, _ = drawn(RandomZoom(0.3, seed=0))
    np.testing.assert_array_equal(wide, high)
    assert uniform(high, 0.7, 1.3)


def test_shears_go_either_way():
    _, across, _, down, _, _ = drawn(RandomShear(0.4, (0.1, 0.2), seed=0))
    assert uniform(across, -0.4, 0.4) and uniform(np.abs(down), 0.1, 0.2)
    assert ((across > 0) == (down > 0)).all() and abs((down > 0).mean() - 0.5) < SPREAD


def test_crops_are_windows_from_everywhere():
    x = np.arange(20, dtype="float32").reshape(1, 5, 4, 1).repeat(MANY, 0)
    y = np.asarray(RandomCrop(3, 4, seed=0)(x))[..., 0]
    top = y[:, 0, 0] // 4
    np.testing.assert_array_equal(y, y[:, :1, :1] + x[0, :3, :, 0])
    np.testing.assert_array_equal(y[:, 0, 0] % 4, 0)
    shares = np.bincount(top.astype(int)) / MANY
    assert len(shares) == 3 and (np.abs(shares - 1 / 3) < SPREAD).all()


def test_a_crop_of_the_images_own_size_is_the_image_and_of_a_larger_one_is_resized():
    x = X[:3]
    np.testing.assert_array_equal(RandomCrop(2, 3)(x), x)
    assert RandomCrop(4, 4)(x).shape == (3, 4, 4, 1)
    np.testing.assert_array_equal(RandomCrop(1, 1)(x, training=False)[:, 0, 0, 0], [3.0] * 3)


def test_contrast_and_brightness_fill_their_ranges():
    x = np.float32([100, 120]).reshape(1, 1, 2, 1).repeat(MANY, 0)
    y = np.asarray(RandomContrast((0.2, 0.6), seed=0)(x))
    np.testing.assert_allclose(y.mean((1, 2, 3)), 110, rtol=1e-5)
    assert uniform((y[:, 0, 1, 0] - y[:, 0, 0, 0]) / 20, 0.8, 1.6)
    y = np.asarray(RandomBrightness((-0.1, 0.2), seed=0)(x))
    np.testing.assert_allclose(y[:, 0, 1] - y[:, 0, 0], 20, rtol=1e-4)
    assert uniform(y[:, 0, 0, 0], 100 - 25.5, 100 + 51)
    ends = np.asarray(RandomBrightness(1.0, value_range=(90, 130), seed=0)(x))
    assert ends.min() == 90 and ends.max() == 130


def test_a_rectangle_is_erased_as_often_as_asked_and_nothing_else():
    x = np.random.default_rng(0).random((300, 8, 8, 2)).astype("float32")
    filled = np.asarray(RandomErasing((0.3, 0.3), (0.25, 0.25), [2.0, 3.0], seed=0)(x))
    gone = (filled == [2.0, 3.0]).all(-1)
    np.testing.assert_array_equal(filled[~gone], x[~gone])
    assert set(gone.sum((1, 2))) == {0, 16}
    assert abs(gone.any((1, 2)).mean() - 0.3) < 5 * np.sqrt(0.21 / 300)
    noisy = np.asarray(RandomErasing((1, 1), (1, 1), value_range=(-1, 1), seed=0)(x))
    assert noisy.min() == -1 and noisy.max() == 1 and abs(noisy.mean()) < 0.02
    assert abs(np.abs(noisy).mean() - 0.6301) < 0.02  # of N(0, 1) cut off at 1 and -1


def test_a_seed_gives_a_stream_of_its_own():
    first, again, other = (RandomTranslation(0.5, 0.5, seed=seed) for seed in (1, 1, 2))
    one = first(X[:2])
    np.testing.assert_array_equal(one, again(X[:2]))
    assert not np.array_equal(one, other(X[:2]))
    assert not np.array_equal(one, first(X[:2]))


def test_what_is_certain_needs_no_key():
    layer = RandomTranslation((0.5, 0.5), (0, 0))
    y = jax.jit(lambda x: layer(x, training=True))(X[:2])
    np.testing.assert_array_equal(y, X[:2, [0, 0]])
