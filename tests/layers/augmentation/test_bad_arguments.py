"""Arguments that cannot work are named, with what to pass instead."""

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, ShapeError, UnknownNameError
from glassnet.layers.augmentation import (
    CenterCrop,
    CutMix,
    MixUp,
    RandomBrightness,
    RandomContrast,
    RandomCrop,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
    Resizing,
)

BAD = [
    (lambda: RandomFlip("horizontl"), UnknownNameError, "Received 'horizontl'; did you mean 'horizontal'"),
    (lambda: RandomFlip(seed=-1), ConfigError, "RandomFlip expected `seed` as a whole number"),
    (lambda: RandomFlip(data_format="last"), UnknownNameError, "'channels_last', 'channels_first'. Received 'last'"),
    (
        lambda: RandomRotation(90),
        ConfigError,
        "RandomRotation expected `factor` as a number from -1 to 1. Received 90.",
    ),
    (lambda: RandomRotation((0.1, 2)), ConfigError, "`factor` as a number from -1 to 1. Received 2."),
    (lambda: RandomRotation((0.1,)), ConfigError, "expected `factor` as two numbers. Received (0.1,)."),
    (lambda: RandomRotation(0.1, fill_mode="reflct"), UnknownNameError, "Received 'reflct'; did you mean 'reflect'"),
    (lambda: RandomRotation(0.1, interpolation="cubic"), UnknownNameError, "one of 'nearest', 'bilinear'"),
    (lambda: RandomRotation(0.1, fill_value="black"), ConfigError, "`fill_value` as a number. Received 'black'."),
    (lambda: RandomTranslation(10, 0.1), ConfigError, "RandomTranslation expected `height_factor`"),
    (lambda: RandomTranslation(0.1, "all"), ConfigError, "RandomTranslation expected `width_factor`"),
    (lambda: RandomZoom((-1, 0.5)), ConfigError, "RandomZoom expected `height_factor` above -1"),
    (lambda: RandomZoom(0.1, -1), ConfigError, "RandomZoom expected `width_factor` above -1"),
    (lambda: RandomZoom(2), ConfigError, "from -1 to 1. Received 2."),
    (lambda: RandomShear((-0.1, 0.1)), ConfigError, "RandomShear expected `x_factor` as a number from 0 to 1."),
    (lambda: RandomCrop(0, 3), ConfigError, "RandomCrop expected `height` to be a whole number above 0."),
    (lambda: CenterCrop(3, 2.5), ConfigError, "CenterCrop expected `width` to be a whole number above 0."),
    (lambda: Resizing(3, 3, "area"), UnknownNameError, "'bicubic', 'lanczos3', 'lanczos5'. Received 'area'"),
    (lambda: Resizing(3, 3, fill_mode="wrap"), UnknownNameError, "expected `fill_mode` as one of 'constant'."),
    (lambda: Resizing(3, 3, "nearest", True, True), ConfigError, "Received both as True."),
    (lambda: RandomContrast(1.5), ConfigError, "RandomContrast expected `factor` as a number from 0 to 1."),
    (lambda: RandomContrast(0.1, (255, 0)), ConfigError, "with the lower value first. Received (255, 0)."),
    (lambda: RandomBrightness(2), ConfigError, "RandomBrightness expected `factor` as a number from -1 to 1."),
    (lambda: RandomBrightness(0.1, "all"), ConfigError, "expected `value_range` as two numbers. Received 'all'."),
    (lambda: RandomErasing(scale=(0.1, 2)), ConfigError, "RandomErasing expected `scale` as a number from 0 to 1."),
    (lambda: RandomErasing(fill_value="noise"), ConfigError, "`fill_value` as a number. Received 'noise'."),
    (lambda: RandomErasing(fill_value=()), ConfigError, "Received none. Pass 0, for example."),
    (lambda: RandomErasing(fill_value=(1, 2, 3))(np.zeros((1, 2, 2, 1))), ShapeError, "Received images with 1."),
    (lambda: MixUp(0), ConfigError, "MixUp expected `alpha` above 0."),
    (lambda: MixUp(-1), ConfigError, "MixUp expected `alpha` as a number from 0 up. Received -1."),
    (lambda: CutMix((0.5, 3)), ConfigError, "CutMix expected `factor` as a number from 0 to 1."),
    (lambda: RandomFlip(factor=0.1), ConfigError, "RandomFlip has no argument 'factor'"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:50] for _, _, words in BAD])
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
