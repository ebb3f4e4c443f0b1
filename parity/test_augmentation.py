"""Augmentation with nothing left to chance, live: the layers' pixels, and the generator's, are Keras's."""

import itertools

import keras
import numpy as np
import pytest
import scipy.ndimage
from keras.src.legacy.preprocessing import image as legacy

import glassnet
from glassnet.preprocessing.image import ImageDataGenerator

scipy.ndimage.interpolation = scipy.ndimage  # the name it had when Keras's generator was written

X = np.random.default_rng(0).uniform(0, 255, (2, 9, 12, 3)).astype("float32")
FILLS = list(itertools.product(("reflect", "nearest", "wrap", "constant"), ("bilinear", "nearest")))
MOVES = {
    "RandomRotation": [{"factor": (0.13, 0.13)}, {"factor": (-0.3, -0.3)}],
    "RandomTranslation": [{"height_factor": (f, f), "width_factor": (g, g)} for f, g in ((0.3, -0.21), (-0.8, 0.9))],
    "RandomZoom": [{"height_factor": (0.4, 0.4)}, {"height_factor": (-0.8, -0.8), "width_factor": (0.9, 0.9)}],
}
SIZES = [(4, 5), (20, 7), (3, 30)]


def pictures(data_format):
    return X if data_format == "channels_last" else X.transpose(0, 3, 1, 2)


def agree(name, settings, x):
    ours, theirs = (getattr(library.layers, name)(**settings)(x, training=True) for library in (glassnet, keras))
    assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, atol=0.01 if ours.dtype == "float32" else 0)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize(("name", "settings"), [(name, each) for name, all_ in MOVES.items() for each in all_])
def test_moves(name, settings, data_format):
    for fill_mode, interpolation in FILLS:
        how = {"fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 7.0, "data_format": data_format}
        agree(name, {**settings, **how}, pictures(data_format))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"])
def test_sizes(interpolation, size):
    height, width = size
    for extra in (
        {},
        {"crop_to_aspect_ratio": True},
        {"pad_to_aspect_ratio": True, "fill_value": 3.0},
        {"antialias": True},
    ):
        settings = {"height": height, "width": width, "interpolation": interpolation, **extra}
        for x in (X, X[0].astype("uint8")):
            agree("Resizing", settings, x)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("size", SIZES)
def test_the_middle(size, data_format):
    agree("CenterCrop", {"height": size[0], "width": size[1], "data_format": data_format}, pictures(data_format))
    agree("RandomBrightness", {"factor": (0.3, 0.3), "data_format": data_format}, pictures(data_format))


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect"])
@pytest.mark.parametrize(
    "numbers",
    [
        {"theta": 30},
        {"tx": 1.5, "ty": -2.25},
        {"shear": 20},
        {"zx": 0.7, "zy": 1.3},
        {"theta": -50, "tx": 1.2, "ty": 0.3, "shear": -10, "zx": 1.2, "zy": 0.8},
        {"flip_vertical": True, "channel_shift_intensity": 40.0},
    ],
)
def test_the_generators_changes(numbers, fill_mode):
    picture = X[0, :, :9]  # Keras turns about the middle of square pictures only
    ours = ImageDataGenerator(fill_mode=fill_mode).apply_transform(picture, numbers)
    theirs = legacy.ImageDataGenerator(fill_mode=fill_mode).apply_transform(picture.copy(), numbers)
    np.testing.assert_allclose(ours, theirs, atol=0.01)


@pytest.mark.parametrize(
    "settings",
    [
        {"featurewise_std_normalization": True},
        {"samplewise_std_normalization": True, "rescale": 0.5},
        {"zca_whitening": True, "rescale": 1 / 255},
    ],
)
@pytest.mark.filterwarnings("ignore:This ImageDataGenerator specifies:UserWarning")
def test_the_generators_scales(settings):
    x = np.random.default_rng(1).uniform(0, 255, (40, 2, 2, 3)).astype("float32")
    ours, theirs = ImageDataGenerator(**settings), legacy.ImageDataGenerator(**settings)
    ours.fit(x)
    theirs.fit(x)
    np.testing.assert_allclose(ours.standardize(x[0]), theirs.standardize(x[0].copy()), rtol=1e-4, atol=1e-5)
