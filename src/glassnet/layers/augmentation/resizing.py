"""Images of another size."""

from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.arguments import RESIZE_INTERPOLATIONS, number, one_of
from glassnet.imaging.resampling import largest_window, padded, resized
from glassnet.layers.augmentation.crop import ToSize


@layer_registry.register()
class Resizing(ToSize):
    """``y[i, j] = x((i + ½) H / h - ½, (j + ½) W / w - ½)``, x interpolated between its pixels: another size, always.

    Args:
        height: h, the new height in pixels.
        width: w, the new width.
        interpolation: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
        crop_to_aspect_ratio: whether to cut off what is too much on two sides, rather than to distort.
        pad_to_aspect_ratio: whether to add what is missing on two sides, rather than to distort.
        fill_mode: ``"constant"``: what is added is `fill_value`.
        fill_value: see there, in the images' unit.
        antialias: whether to blur what the smaller image cannot show, before shrinking.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output (B, h, w, C) or (h, w, C), whole numbers where the input's are (rounded);
        or a dict as in `RandomFlip`.

    Raises:
        ConfigError: `height` or `width` is no whole number above 0, or both cropping and padding are asked for.
        UnknownNameError: another `interpolation` or `fill_mode`, with the nearest.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.

    Example:
        >>> import numpy as np
        >>> Resizing(1, 2)(np.float32([[[0], [2], [4], [6]]]))[..., 0].tolist()
        [[1.0, 5.0]]

    Reference:
        Keys (1981), Cubic convolution interpolation for digital image processing.
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(height, width, data_format, **kwargs)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ConfigError(
                "Resizing expected one of `crop_to_aspect_ratio` and `pad_to_aspect_ratio`. Received both as True. Leave one "
                "of them out."
            )
        self.interpolation = one_of("Resizing", "interpolation", interpolation, RESIZE_INTERPOLATIONS)
        self.crop_to_aspect_ratio = bool(crop_to_aspect_ratio)
        self.pad_to_aspect_ratio = bool(pad_to_aspect_ratio)
        self.fill_mode = one_of("Resizing", "fill_mode", fill_mode, ("constant",))
        self.fill_value = number("Resizing", "fill_value", fill_value)
        self.antialias = bool(antialias)

    def change(self, images: Array, drawn: None, *, mask: bool = False) -> Array:
        """The images in the new size."""
        if self.crop_to_aspect_ratio:
            images = largest_window(images, self.height, self.width)
        elif self.pad_to_aspect_ratio:
            images = padded(images, self.height, self.width, self.fill_value)
        return resized(images, self.height, self.width, "nearest" if mask else self.interpolation, self.antialias)

    def _floating(self, images: Array) -> Array:
        return images  # bytes stay bytes
