"""The arguments of an `ImageDataGenerator`, checked."""

import math
from typing import Any

import numpy as np

from glassnet.data.images.changes import Ranges
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.rng import fresh_seed
from glassnet.foundation.shapes import int_or_none, show
from glassnet.foundation.types import HostArray
from glassnet.imaging.arguments import number, pair

OWNER = "ImageDataGenerator"


def ranges_from(
    rotation_range: Any,
    width_shift_range: Any,
    height_shift_range: Any,
    brightness_range: Any,
    shear_range: Any,
    zoom_range: Any,
    channel_shift_range: Any,
    horizontal_flip: Any,
    vertical_flip: Any,
) -> Ranges:
    """The ranges among the constructor's arguments."""
    return Ranges(
        rotation=number(OWNER, "rotation_range", rotation_range, 0.0, 360.0),
        width_shift=_shift("width_shift_range", width_shift_range),
        height_shift=_shift("height_shift_range", height_shift_range),
        shear=number(OWNER, "shear_range", shear_range, 0.0, 89.0),
        zoom=zoom_from(zoom_range),
        channel_shift=number(OWNER, "channel_shift_range", channel_shift_range, 0.0),
        brightness=None if brightness_range is None else pair(OWNER, "brightness_range", brightness_range, 0.0),
        horizontal_flip=bool(horizontal_flip),
        vertical_flip=bool(vertical_flip),
    )


def zoom_from(value: Any) -> tuple[float, float]:
    """(lowest, highest) from two numbers, or from one number a as (1 - a, 1 + a)."""
    if isinstance(value, list | tuple):
        return pair(OWNER, "zoom_range", value, 0.0)
    share = number(OWNER, "zoom_range", value, 0.0, 1.0)
    return 1.0 - share, 1.0 + share


def _shift(name: str, value: Any) -> Any:
    whole = None if isinstance(value, bool | list | tuple | np.ndarray) else int_or_none(value)
    if whole is not None:
        return int(number(OWNER, name, whole, 0.0))
    if isinstance(value, list | tuple | np.ndarray):
        items = [number(OWNER, name, item) for item in value]
        if not items:
            raise ConfigError(
                f"{OWNER} expected `{name}` as a number, or a list of shifts to choose from. Received an empty list. Pass 0.1 "
                f"for a tenth of the size either way."
            )
        return items
    return number(OWNER, name, value, 0.0)


def share_from(value: Any) -> float:
    """The share of pictures held out: 0, or between 0 and 1."""
    share = number(OWNER, "validation_split", value, 0.0, 1.0)
    if share == 1:
        raise ConfigError(
            f"{OWNER} expected `validation_split` below 1. Received {value!r}. Pass 0.2 for a fifth of the pictures."
        )
    return share


def seed_from(owner: str, seed: Any) -> int:
    """A whole number from 0 up: the one given, or a new one."""
    whole = int_or_none(seed)
    if seed is not None and (whole is None or isinstance(seed, bool) or whole < 0):
        raise ConfigError(
            f"{owner} expected `seed` as a whole number from 0 up. Received {seed!r}. Pass 0, or leave it out."
        )
    return fresh_seed() if whole is None else whole


def pictures_from(owner: str, x: Any, data_format: str) -> HostArray:
    """(n, H, W, C) or (n, C, H, W) as a NumPy array, in whatever type the pictures have.

    Raises:
        DataError: no such array; the message knows the usual reasons.
    """
    pictures = np.asarray(x)
    last = data_format == "channels_last"
    if pictures.ndim == 4 and len(pictures) and pictures.dtype != object:
        return pictures
    advice = "Pass an array of numbers of this shape, of one picture or more."
    if pictures.ndim == 3:
        advice = (
            f"Gray pictures need an axis of channels: pass {'x[..., None]' if last else 'x[:, None]'}. A single picture is a "
            f"batch of one: pass x[None]."
        )
    axes = "pictures, height, width, channels" if last else "pictures, channels, height, width"
    raise DataError(f"{owner} expected pictures as ({axes}). Received shape {show(pictures.shape)}. {advice}")


def companion(owner: str, name: str, values: Any, count: int) -> HostArray:
    """Targets or weights as an array with one row a picture."""
    array = np.asarray(values)
    if array.ndim == 0 or len(array) != count:
        raise DataError(
            f"{owner} expected one row of `{name}` for each of {count} pictures. Received "
            f"{len(array) if array.ndim else 'a single number'}. Pass as many."
        )
    return array


def divided_at(share: float, subset: Any, y: HostArray | None, count: int, ignore_classes: bool) -> slice:
    """The pictures of a subset: the first `share` of them are for validation, the rest for training.

    Raises:
        ConfigError: another subset, or none to divide.
        DataError: nothing on one side, or a class on one side only.
    """
    if subset is None:
        return slice(None)
    if subset not in ("training", "validation"):
        raise ConfigError(
            f"flow expected `subset` as 'training', 'validation' or None. Received {subset!r}. Pass one of these."
        )
    held_out = math.floor(count * share)
    if not 0 < held_out < count:
        raise DataError(
            f"flow expected pictures on both sides of the split. Received {count} pictures and validation_split={share:g}. "
            f"Make the generator with validation_split=0.2, for example."
        )
    if y is not None and not ignore_classes and not np.array_equal(np.unique(y[:held_out]), np.unique(y[held_out:])):
        raise DataError(
            f"flow expected the same classes among the first {held_out} pictures, for validation, as among the others. "
            f"Received different ones. Shuffle the pictures and targets together first, or pass ignore_class_split=True."
        )
    return slice(held_out) if subset == "validation" else slice(held_out, None)
