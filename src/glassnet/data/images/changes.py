"""What may be done to a picture at random: the ranges, numbers drawn from them, and the change that the numbers make."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.types import Array, HostArray
from glassnet.imaging.affine import Affine
from glassnet.imaging.colour import brightened, channel_shifted
from glassnet.imaging.layout import channels_back, channels_to_end
from glassnet.imaging.warp import warp

#: The numbers of a change that does nothing, under the names Keras gives them.
STILL = {"theta": 0.0, "tx": 0.0, "ty": 0.0, "shear": 0.0, "zx": 1.0, "zy": 1.0}


@dataclass(frozen=True)
class Ranges:
    """The ranges of an `ImageDataGenerator`, checked; see there."""

    rotation: float
    width_shift: Any
    height_shift: Any
    shear: float
    zoom: tuple[float, float]
    channel_shift: float
    brightness: tuple[float, float] | None
    horizontal_flip: bool
    vertical_flip: bool

    def draw(self, generator: np.random.Generator, count: int, height: int, width: int) -> dict[str, HostArray]:
        """Numbers for `count` pictures of this size, by Keras's names; only those that do something."""
        drawn: dict[str, HostArray] = {}
        if self.rotation:
            drawn["theta"] = generator.uniform(-self.rotation, self.rotation, count)
        if np.any(self.width_shift):
            drawn["tx"] = _shifts(generator, self.width_shift, count, width)
        if np.any(self.height_shift):
            drawn["ty"] = _shifts(generator, self.height_shift, count, height)
        if self.shear:
            drawn["shear"] = generator.uniform(-self.shear, self.shear, count)
        if self.zoom != (1.0, 1.0):
            drawn["zx"], drawn["zy"] = generator.uniform(*self.zoom, (2, count))
        if self.horizontal_flip:
            drawn["flip_horizontal"] = generator.random(count) < 0.5
        if self.vertical_flip:
            drawn["flip_vertical"] = generator.random(count) < 0.5
        if self.channel_shift:
            drawn["channel_shift_intensity"] = generator.uniform(-self.channel_shift, self.channel_shift, count)
        if self.brightness is not None:
            drawn["brightness"] = generator.uniform(*self.brightness, count)
        return drawn


def _shifts(generator: np.random.Generator, shift: Any, count: int, size: int) -> HostArray:
    """Pixels to shift by: a share of the size below 1, whole pixels for a whole number, or any of a list, either way."""
    if isinstance(shift, list | tuple):
        numbers = generator.choice(np.asarray(shift, float), count) * generator.choice([-1.0, 1.0], count)
    elif isinstance(shift, int):
        numbers = generator.integers(-shift + 1, shift, count).astype(float)
    else:
        numbers = generator.uniform(-shift, shift, count)
    return numbers * size if np.max(shift) < 1 else numbers


def map_for(numbers: Mapping[str, Any], height: int, width: int) -> Affine | None:
    """One map for turning, shifting, shearing and zooming, in this order about the middle; None where nothing moves."""
    if not set(numbers) & set(STILL):
        return None
    theta, tx, ty, shear, zx, zy = (np.asarray(numbers.get(name, still), float) for name, still in STILL.items())
    turn, slant = np.deg2rad(theta), np.deg2rad(shear)
    rotation = Affine(np.cos(turn), -np.sin(turn), 0.0, np.sin(turn), np.cos(turn), 0.0)
    shift = Affine(1.0, 0.0, tx, 0.0, 1.0, ty)
    sheared = Affine(1.0, -np.sin(slant), 0.0, 0.0, np.cos(slant), 0.0)
    zoom = Affine(zx, 0.0, 0.0, 0.0, zy, 0.0)
    return rotation.after(shift).after(sheared).after(zoom).about_centre(height, width)


def changed(
    pictures: HostArray, numbers: Mapping[str, HostArray], data_format: str, reading: tuple[str, str, float]
) -> HostArray:
    """The pictures (B, ...) after these numbers, one of each a picture: one compiled program for each shape of a batch.

    Args:
        pictures: in `data_format`.
        numbers: by Keras's names, (B,) each.
        data_format: ``"channels_last"`` or ``"channels_first"``.
        reading: interpolation, fill mode and fill value.
    """
    height, width = pictures.shape[1:3] if data_format == "channels_last" else pictures.shape[2:4]
    affine = map_for(numbers, height, width)
    affine = None if affine is None else affine.for_images(len(pictures))
    others = {name: value for name, value in numbers.items() if name not in STILL}
    others = {name: v if v.dtype == bool else v.astype(np.float32) for name, v in others.items()}
    interpolation, fill_mode, fill_value = reading
    return np.array(_program(pictures, affine, others, np.float32(fill_value), data_format, interpolation, fill_mode))


@partial(jax.jit, static_argnames=("data_format", "interpolation", "fill_mode"))
def _program(
    pictures: Array,
    affine: Affine | None,
    others: dict[str, Array],
    fill_value: Array,
    data_format: str,
    interpolation: str,
    fill_mode: str,
) -> Array:
    x = channels_to_end(pictures, data_format).astype(jnp.float32)
    if affine is not None:
        x = warp(x, affine, interpolation, fill_mode, fill_value)
    if "channel_shift_intensity" in others:
        x = channel_shifted(x, others["channel_shift_intensity"])
    for name, axis in (("flip_horizontal", 2), ("flip_vertical", 1)):
        if name in others:
            x = jnp.where(others[name][:, None, None, None], jnp.flip(x, axis), x)
    if "brightness" in others:
        x = brightened(x, others["brightness"])
    return channels_back(x, data_format)
