"""The generator of pictures: its changes, its scales, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from glassnet.data.images import ImageDataGenerator
from glassnet.foundation.errors import ConfigError, DataError, NotBuiltError, UnknownNameError

ORACLE = json.loads((Path(__file__).parents[2] / "oracles" / "augmentation.json").read_text(encoding="utf-8"))
X = np.random.default_rng(0).uniform(0, 255, (12, 5, 5, 2)).astype("float32")


def wave(shape, start=0):
    """The same numbers that the oracle was asked with."""
    return np.sin(np.arange(np.prod(shape), dtype="float64") ** 2 + start).reshape(shape).astype("float32")


@pytest.mark.parametrize("case", ORACLE["changes"], ids=[f"{c['numbers']} {c['fill_mode']}" for c in ORACLE["changes"]])
def test_a_change_with_given_numbers_is_that_of_keras(case):
    generator = ImageDataGenerator(fill_mode=case["fill_mode"], interpolation_order=case["order"])
    y = generator.apply_transform(wave(case["shape"]), case["numbers"])
    assert y.dtype == np.float32 and y.flags.writeable
    np.testing.assert_allclose(np.ravel(y), case["output"], rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("case", ORACLE["standard"], ids=[str(c["settings"]) for c in ORACLE["standard"]])
def test_scales_are_those_of_keras(case):
    x = wave([12, 2, 2, 2], 1)
    generator = ImageDataGenerator(**case["settings"]).fit(x)
    before = x.copy()
    np.testing.assert_allclose(np.ravel(generator.standardize(x[3])), case["output"], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(generator.standardize(x), np.stack([generator.standardize(i) for i in x]), rtol=1e-5)
    np.testing.assert_array_equal(x, before)


def test_standardized_pictures_have_mean_0_spread_1_and_whitened_ones_no_correlation():
    y = ImageDataGenerator(featurewise_std_normalization=True).fit(X).standardize(X)
    np.testing.assert_allclose(y.mean((0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(y.std((0, 1, 2)), 1, rtol=1e-5)
    y = ImageDataGenerator(samplewise_std_normalization=True).standardize(X)
    np.testing.assert_allclose(y.mean((1, 2, 3)), 0, atol=1e-5)
    many = np.random.default_rng(1).random((500, 2, 2, 1)) @ np.ones((1, 1)) + np.arange(500)[:, None, None, None] / 500
    centred = many - many.mean(0)
    flat = ImageDataGenerator(zca_whitening=True).fit(centred).standardize(centred).reshape(500, 4)
    np.testing.assert_allclose(flat.T @ flat / 500, np.eye(4), atol=1e-4)


def test_width_shifts_go_along_the_width_and_turns_are_about_the_middle_of_any_picture():
    wide = np.zeros((5, 9, 1), "float32")
    wide[2, 4] = 1
    turned = ImageDataGenerator().apply_transform(wide, {"theta": 90})
    np.testing.assert_allclose(turned, wide, atol=1e-6)
    for name, axis, size in (("width_shift_range", 1, 9), ("height_shift_range", 0, 5)):
        generator = ImageDataGenerator(**{name: 2}, fill_mode="constant")
        places = {tuple(np.argwhere(generator.random_transform(wide, seed=seed)[..., 0])[0]) for seed in range(20)}
        assert {place[axis] for place in places} == {size // 2 - 1, size // 2, size // 2 + 1}
        assert {place[1 - axis] for place in places} == {2 if axis else 4}


def test_drawn_numbers_lie_in_their_ranges_and_follow_from_the_seed():
    generator = ImageDataGenerator(
        rotation_range=40,
        width_shift_range=0.2,
        height_shift_range=[-3, 1],
        brightness_range=(0.5, 2),
        shear_range=10,
        zoom_range=(0.8, 1.1),
        channel_shift_range=20,
        horizontal_flip=True,
    )
    drawn = [generator.get_random_transform((20, 10, 1), seed=seed) for seed in range(300)]
    spans = {"theta": (-40, 40), "tx": (-2, 2), "shear": (-10, 10), "zx": (0.8, 1.1), "zy": (0.8, 1.1)}
    spans |= {"brightness": (0.5, 2), "channel_shift_intensity": (-20, 20)}
    for name, (low, high) in spans.items():
        values = np.array([numbers[name] for numbers in drawn])
        assert low <= values.min() < low + 0.05 * (high - low) and high - 0.05 * (high - low) < values.max() <= high
    assert {numbers["ty"] for numbers in drawn} == {-3, -1, 1, 3}
    assert 100 < sum(numbers["flip_horizontal"] for numbers in drawn) < 200
    assert not any(numbers["flip_vertical"] for numbers in drawn)
    assert any(numbers["zx"] != numbers["zy"] for numbers in drawn)
    assert generator.get_random_transform((20, 10, 1), seed=5) == drawn[5]


def test_nothing_asked_for_nothing_is_changed():
    generator = ImageDataGenerator()
    still = generator.get_random_transform((5, 5, 2))
    np.testing.assert_array_equal(generator.apply_transform(X[0], still), X[0])
    np.testing.assert_array_equal(generator.random_transform(X[0]), X[0])
    np.testing.assert_array_equal(generator.standardize(X), X)
    assert ImageDataGenerator(dtype="float16").standardize(X).dtype == np.float16


def test_brightness_keeps_to_the_pictures_range_whether_bytes_or_shares():
    bright = ImageDataGenerator(brightness_range=(2, 2))
    np.testing.assert_allclose(bright.random_transform(X[0]), np.minimum(2 * X[0], 255), rtol=1e-5)
    np.testing.assert_allclose(bright.random_transform(X[0] / 255), np.minimum(2 * X[0] / 255, 1), rtol=1e-5)


def test_a_function_of_ones_own_sees_each_changed_picture_once():
    seen = []
    generator = ImageDataGenerator(
        horizontal_flip=True, preprocessing_function=lambda p: seen.append(p.copy()) or p / 255, rescale=2.0
    )
    ((y,),) = [[x] for x in generator.flow(X, batch_size=12, shuffle=False, seed=0)]
    assert len(seen) == 12 and all(picture.shape == (5, 5, 2) for picture in seen)
    np.testing.assert_allclose(y, np.stack(seen) / 255 * 2, rtol=1e-6)
    assert any(np.array_equal(p, x[:, ::-1]) for p, x in zip(seen, X, strict=True))
    with pytest.raises(DataError, match=r"to return a picture of the shape it was given, .5, 5, 2.. Received .5, 5.."):
        ImageDataGenerator(preprocessing_function=lambda p: p[..., 0]).standardize(X)


def test_channels_first_is_the_same_with_the_axes_moved():
    first = np.moveaxis(X, -1, 1)
    settings = {"rotation_range": 30, "width_shift_range": 0.2, "vertical_flip": True, "channel_shift_range": 9.0}
    last = next(iter(ImageDataGenerator(**settings).flow(X, seed=3)))
    moved = next(iter(ImageDataGenerator(**settings, data_format="channels_first").flow(first, seed=3)))
    np.testing.assert_allclose(np.moveaxis(moved, 1, -1), last, rtol=1e-5, atol=1e-4)


def test_fit_may_look_at_changed_pictures():
    shifting = ImageDataGenerator(featurewise_center=True, rescale=0.5, width_shift_range=0.4, fill_mode="constant")
    plain = shifting.fit(X).mean
    assert plain is not None
    np.testing.assert_allclose(np.ravel(plain), 0.5 * X.mean((0, 1, 2)), rtol=1e-5)
    changed = shifting.fit(X, augment=True, rounds=3, seed=0).mean
    assert changed is not None and (changed < plain).all()
    np.testing.assert_array_equal(shifting.fit(X, augment=True, rounds=3, seed=0).mean, changed)
    flipped = ImageDataGenerator(featurewise_center=True, horizontal_flip=True).fit(X, augment=True, rounds=2).mean
    np.testing.assert_allclose(np.ravel(flipped), X.mean((0, 1, 2)), rtol=1e-5)


BAD = [
    (lambda: ImageDataGenerator(fill_mode="reflct"), UnknownNameError, "did you mean 'reflect'"),
    (lambda: ImageDataGenerator(data_format="last"), UnknownNameError, "expected `data_format` as one of"),
    (lambda: ImageDataGenerator(rotation_range=400), ConfigError, "`rotation_range` as a number from 0 to 360."),
    (lambda: ImageDataGenerator(shear_range=90), ConfigError, "`shear_range` as a number from 0 to 89."),
    (lambda: ImageDataGenerator(zoom_range=1.5), ConfigError, "`zoom_range` as a number from 0 to 1."),
    (lambda: ImageDataGenerator(zoom_range=(0.5, 1, 2)), ConfigError, "`zoom_range` as two numbers."),
    (lambda: ImageDataGenerator(width_shift_range=-1), ConfigError, "`width_shift_range` as a number from 0 up."),
    (lambda: ImageDataGenerator(height_shift_range=[]), ConfigError, "Received an empty list."),
    (lambda: ImageDataGenerator(brightness_range=0.5), ConfigError, "`brightness_range` as two numbers."),
    (lambda: ImageDataGenerator(validation_split=1), ConfigError, "`validation_split` below 1."),
    (
        lambda: ImageDataGenerator(interpolation_order=3),
        ConfigError,
        "`interpolation_order` 0 (the nearest pixel) or 1",
    ),
    (lambda: ImageDataGenerator(preprocessing_function=3), ConfigError, "as a function of one picture. Received 3."),
    (
        lambda: ImageDataGenerator(zca_whitening=True).standardize(X),
        NotBuiltError,
        "zca_whitening=True expected to have",
    ),
    (
        lambda: ImageDataGenerator(featurewise_center=True).flow(X),
        NotBuiltError,
        "Call fit(x) with the training pictures",
    ),
    (lambda: ImageDataGenerator().apply_transform(X[0], {"thet": 1}), ConfigError, "did you mean 'theta'"),
    (lambda: ImageDataGenerator().apply_transform(X, {}), DataError, "expected one picture"),
    (lambda: ImageDataGenerator().standardize(X[0, 0]), DataError, "Give gray pictures an axis of channels"),
    (
        lambda: ImageDataGenerator().fit(X[0]),
        DataError,
        "fit expected pictures as (pictures, height, width, channels).",
    ),
    (
        lambda: ImageDataGenerator().flow(X[..., 0]),
        DataError,
        "Gray pictures need an axis of channels: pass x[..., None].",
    ),
    (
        lambda: ImageDataGenerator().flow(X, np.ones(5)),
        DataError,
        "one row of `y` for each of 12 pictures. Received 5.",
    ),
    (
        lambda: ImageDataGenerator().flow(X, sample_weight=np.ones(12)),
        ConfigError,
        "expected `y` with `sample_weight`.",
    ),
    (lambda: ImageDataGenerator().flow(X, batch_size=0), ConfigError, "flow expected `batch_size`"),
    (lambda: ImageDataGenerator().flow(X, seed=-1), ConfigError, "flow expected `seed` as a whole number from 0 up."),
    (
        lambda: ImageDataGenerator().flow(X, subset="validation"),
        DataError,
        "Received 12 pictures and validation_split=0.",
    ),
    (lambda: ImageDataGenerator(validation_split=0.5).flow(X, subset="test"), ConfigError, "Received 'test'."),
    (
        lambda: ImageDataGenerator(validation_split=0.5).flow(X, np.arange(12) > 5, subset="training"),
        DataError,
        "Shuffle the pictures and targets together first",
    ),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:50] for _, _, words in BAD])
def test_bad_input_is_named(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
