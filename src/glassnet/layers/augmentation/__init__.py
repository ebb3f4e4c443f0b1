"""Augmentation: images changed at random in training, so that a network sees each of them in many ways."""

from glassnet.layers.augmentation.colour import RandomBrightness, RandomContrast
from glassnet.layers.augmentation.crop import CenterCrop, RandomCrop
from glassnet.layers.augmentation.erasing import RandomErasing
from glassnet.layers.augmentation.flip import RandomFlip
from glassnet.layers.augmentation.mixing import CutMix, MixUp
from glassnet.layers.augmentation.resizing import Resizing
from glassnet.layers.augmentation.rotation import RandomRotation
from glassnet.layers.augmentation.shear import RandomShear
from glassnet.layers.augmentation.translation import RandomTranslation
from glassnet.layers.augmentation.zoom import RandomZoom

__all__ = [
    "CenterCrop",
    "CutMix",
    "MixUp",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomErasing",
    "RandomFlip",
    "RandomRotation",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "Resizing",
]
