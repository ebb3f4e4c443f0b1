"""Single pictures as arrays."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.shapes import positive_int, show
from glassnet.foundation.types import HostArray
from glassnet.imaging.arguments import RESIZE_INTERPOLATIONS, one_of
from glassnet.imaging.layout import channels_back, channels_to_end
from glassnet.imaging.resampling import largest_window, resized

FORMATS = ("channels_last", "channels_first")


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = "float32") -> HostArray:
    """A picture as an array (H, W, C); C is 1 for gray ones.

    Args:
        img: a Pillow image, or any array of two or three axes, channels last.
        data_format: ``"channels_last"`` (the default), or ``"channels_first"`` for (C, H, W).
        dtype: the type of the numbers.

    Returns:
        an array of its own, (H, W, C) or (C, H, W).

    Raises:
        DataError: an array of fewer or more axes.
        UnknownNameError: another `data_format`.

    Example:
        >>> img_to_array([[0, 255], [255, 0]]).shape
        (2, 2, 1)

    Reference:
        Gonzalez and Woods, *Digital Image Processing* (2018), section 2.4.
    """
    data_format = one_of("img_to_array", "data_format", data_format or "channels_last", FORMATS)
    pixels = np.array(img, dtype=dtype)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3:
        raise DataError(
            f"img_to_array expected one picture, (height, width) or (height, width, channels). Received shape "
            f"{show(pixels.shape)}. Pass one picture at a time."
        )
    return channels_back(pixels[None], data_format)[0]


def smart_resize(
    x: Any, size: Sequence[int], interpolation: str = "bilinear", data_format: str = "channels_last"
) -> HostArray:
    """Pictures in another size, nothing distorted: the largest part in the middle with the new aspect ratio, resized.

    Args:
        x: one picture (H, W, C), or some of one size (B, H, W, C).
        size: (height, width), in pixels.
        interpolation: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        data_format: ``"channels_last"`` or ``"channels_first"``.

    Returns:
        (height, width, C) or (B, height, width, C), of the same type.

    Raises:
        ConfigError: `size` is not two whole numbers above 0.
        DataError: an array of fewer or more axes.
        UnknownNameError: another `interpolation` or `data_format`, with the nearest.

    Example:
        >>> smart_resize(np.zeros((340, 500, 3)), (20, 20)).shape  # from the 340 by 340 pixels in the middle
        (20, 20, 3)

    Reference:
        Keys (1981), Cubic convolution interpolation for digital image processing.
    """
    data_format = one_of("smart_resize", "data_format", data_format, FORMATS)
    interpolation = one_of("smart_resize", "interpolation", interpolation, RESIZE_INTERPOLATIONS)
    if not isinstance(size, list | tuple) or len(size) != 2:
        raise ConfigError(
            f"smart_resize expected `size` as (height, width). Received {size!r}. Pass (224, 224), for example."
        )
    height, width = (positive_int("size", item, owner="smart_resize") for item in size)
    pixels = np.asarray(x)
    if pixels.ndim not in (3, 4):
        raise DataError(
            f"smart_resize expected one picture, (height, width, channels), or a batch of them. Received shape "
            f"{show(pixels.shape)}. Give gray pictures an axis of channels: x[..., None]."
        )
    batch = channels_to_end(jnp.asarray(pixels if pixels.ndim == 4 else pixels[None]), data_format)
    small = channels_back(resized(largest_window(batch, height, width), height, width, interpolation), data_format)
    return np.array(small if pixels.ndim == 4 else small[0])
