"""Write augmentation.json: what Keras's augmentation layers and its ImageDataGenerator make of a wave, nothing left to chance.

Run by hand with Keras and Pillow installed: ``python tests/oracles/augmentation.py``.
"""

import json
import os
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
import scipy.ndimage
from keras.src.legacy.preprocessing.image import ImageDataGenerator

scipy.ndimage.interpolation = scipy.ndimage  # the name it had when the generator was written
warnings.simplefilter("ignore")

BATCH, FIRST, ONE = [2, 5, 4, 2], [2, 2, 5, 4], [5, 4, 2]

LAYERS = [
    ("RandomRotation", {"factor": [0.13, 0.13]}, BATCH),
    ("RandomRotation", {"factor": [-0.3, -0.3], "fill_mode": "constant", "fill_value": 0.5}, BATCH),
    ("RandomRotation", {"factor": [0.41, 0.41], "fill_mode": "wrap", "data_format": "channels_first"}, FIRST),
    ("RandomRotation", {"factor": [0.07, 0.07], "fill_mode": "nearest", "interpolation": "nearest"}, ONE),
    ("RandomTranslation", {"height_factor": [0.3, 0.3], "width_factor": [-0.2, -0.2]}, BATCH),
    ("RandomTranslation", {"height_factor": 0, "width_factor": [0.9, 0.9], "fill_mode": "wrap"}, BATCH),
    (
        "RandomTranslation",
        {"height_factor": [-0.7, -0.7], "width_factor": [0.4, 0.4], "fill_mode": "constant", "fill_value": 2.0},
        ONE,
    ),
    (
        "RandomTranslation",
        {
            "height_factor": [0.5, 0.5],
            "width_factor": [0.1, 0.1],
            "fill_mode": "nearest",
            "data_format": "channels_first",
        },
        FIRST,
    ),
    ("RandomZoom", {"height_factor": [0.3, 0.3]}, BATCH),
    ("RandomZoom", {"height_factor": [-0.4, -0.4], "width_factor": [0.8, 0.8], "fill_mode": "constant"}, BATCH),
    ("RandomZoom", {"height_factor": [0.9, 0.9], "width_factor": [-0.2, -0.2], "interpolation": "nearest"}, BATCH),
    ("RandomZoom", {"height_factor": [0.6, 0.6], "fill_mode": "wrap", "data_format": "channels_first"}, FIRST),
    ("RandomBrightness", {"factor": [0.3, 0.3], "value_range": [-1, 1]}, BATCH),
    ("RandomBrightness", {"factor": [-0.2, -0.2], "value_range": [-0.5, 0.5]}, ONE),
    ("CenterCrop", {"height": 2, "width": 3}, BATCH),
    ("CenterCrop", {"height": 3, "width": 1, "data_format": "channels_first"}, FIRST),
    ("CenterCrop", {"height": 7, "width": 3}, BATCH),
    ("CenterCrop", {"height": 3, "width": 6}, ONE),
    ("Resizing", {"height": 3, "width": 6}, BATCH),
    ("Resizing", {"height": 3, "width": 6, "interpolation": "nearest"}, BATCH),
    ("Resizing", {"height": 7, "width": 3, "interpolation": "bicubic"}, BATCH),
    ("Resizing", {"height": 3, "width": 6, "interpolation": "lanczos3"}, BATCH),
    ("Resizing", {"height": 7, "width": 3, "interpolation": "lanczos5"}, BATCH),
    ("Resizing", {"height": 3, "width": 2, "antialias": True}, BATCH),
    ("Resizing", {"height": 3, "width": 6, "crop_to_aspect_ratio": True}, BATCH),
    ("Resizing", {"height": 3, "width": 6, "pad_to_aspect_ratio": True, "fill_value": 2.0}, BATCH),
    ("Resizing", {"height": 7, "width": 2, "pad_to_aspect_ratio": True}, ONE),
    ("Resizing", {"height": 3, "width": 6, "data_format": "channels_first"}, FIRST),
]

CONTRAST, SHEAR = [0.4, 1.7], [0.25, 0.15]

NUMBERS = [
    {"theta": 30.0},
    {"tx": 1.5, "ty": -2.25},
    {"shear": 20.0},
    {"zx": 0.7, "zy": 1.3},
    {"theta": -50.0, "tx": 1.2, "ty": 0.3, "shear": -10.0, "zx": 1.2, "zy": 0.8},
    {"theta": 10.0, "flip_horizontal": True},
    {"flip_vertical": True, "channel_shift_intensity": 0.4},
]
SETTINGS = [
    {"featurewise_center": True, "rescale": 3.0},
    {"featurewise_std_normalization": True},
    {"featurewise_std_normalization": True, "data_format": "channels_first"},
    {"samplewise_center": True},
    {"samplewise_std_normalization": True},
    {"zca_whitening": True, "zca_epsilon": 0.01},
]


def wave(shape, start=0):
    """Numbers without ties or symmetry: sin(k² + start)."""
    return np.sin(np.arange(np.prod(shape), dtype="float64") ** 2 + start).reshape(shape).astype("float32")


def plain(y):
    y = np.asarray(y)
    return {"shape": list(y.shape), "output": [float(f"{v:.6g}") for v in y.ravel()]}


def layer_answer(name, settings, shape):
    layer = getattr(keras.layers, name)(**{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
    return {"layer": name, "settings": settings, "input": shape, **plain(layer(wave(shape), training=True))}


def contrast_answer():
    factor = np.float32(CONTRAST).reshape(2, 1, 1, 1)
    layer = keras.layers.RandomContrast(0.5, value_range=(-2, 2))
    return {"factor": CONTRAST, **plain(layer.transform_images(wave(BATCH), {"contrast_factor": factor}))}


def shear_answer(sign):
    layer = keras.layers.RandomShear(0.5)
    drawn = {"shear_factor": sign * np.float32([SHEAR, SHEAR])}
    return {"factors": SHEAR, "sign": sign, **plain(layer.transform_images(wave(BATCH), drawn))}


def change_answer(numbers, fill_mode, order):
    generator = ImageDataGenerator(fill_mode=fill_mode, interpolation_order=order)
    return {
        "numbers": numbers,
        "fill_mode": fill_mode,
        "order": order,
        **plain(generator.apply_transform(wave([5, 5, 2]), numbers)),
    }


def standard_answer(settings):
    x = wave([12, 2, 2, 2], 1)
    generator = ImageDataGenerator(**settings)
    generator.fit(x)
    return {"settings": settings, **plain(generator.standardize(x[3].copy()))}


if __name__ == "__main__":
    answers = {
        "layers": [layer_answer(*case) for case in LAYERS],
        "contrast": [contrast_answer()],
        "shear": [shear_answer(sign) for sign in (1, -1)],
        "small": [plain(keras.preprocessing.image.smart_resize(wave(BATCH), size)) for size in ((3, 6), (7, 3))],
        "changes": [change_answer(n, mode, 1) for n in NUMBERS for mode in ("nearest", "reflect")]
        + [change_answer(NUMBERS[4], "nearest", 0)],
        "standard": [standard_answer(settings) for settings in SETTINGS],
    }
    kinds = [f'"{kind}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]" for kind, rows in answers.items()]
    Path(__file__).with_suffix(".json").write_text("{" + ",\n".join(kinds) + "}\n", encoding="utf-8")
