"""Parts cut out of images, from the middle or from anywhere."""

from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, Shape
from glassnet.imaging.resampling import centre, fitted
from glassnet.layers.arguments import seed_for
from glassnet.layers.augmentation.base import ImageLayer


class ToSize(ImageLayer):
    """A layer that gives images of one height and width, in training and outside of it."""

    always = True

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.height = positive_int("height", height, owner=type(self).__name__)
        self.width = positive_int("width", width, owner=type(self).__name__)

    def image_shape(self, shape: Shape) -> Shape:
        """The shape with the height and width that the layer gives."""
        self._check(tuple(size or 1 for size in shape))
        size = (self.height, self.width)
        return (*shape[:-3], *size, shape[-1]) if self.data_format == "channels_last" else (*shape[:-2], *size)


@layer_registry.register()
class CenterCrop(ToSize):
    """``y[i, j] = x[i + ⌊(H - h) / 2⌋, j + ⌊(W - w) / 2⌋]``: the middle of each image, always.

    An image that is smaller than h by w is enlarged: the largest part of it with the aspect ratio h : w is resized.

    Args:
        height: h, the height that is left, in pixels.
        width: w, the width that is left.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output (B, h, w, C) or (h, w, C), in floating point; or a dict as in `RandomFlip`.

    Raises:
        ConfigError: `height` or `width` is no whole number above 0.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.

    Example:
        >>> import numpy as np
        >>> CenterCrop(1, 2)(np.arange(12.0).reshape(1, 3, 4, 1))[0, :, :, 0].tolist()
        [[5.0, 6.0]]

    Reference:
        Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional neural networks, section 2.
    """

    def change(self, images: Array, drawn: None, *, mask: bool = False) -> Array:
        """The middle of each image."""
        if images.shape[1] < self.height or images.shape[2] < self.width:
            return fitted(images, self.height, self.width, "nearest" if mask else "bilinear")
        return centre(images, self.height, self.width)


@layer_registry.register()
class RandomCrop(ToSize):
    """``y[i, j] = x[i + a, j + b]``, a ~ U{0 … H - h}, b ~ U{0 … W - w}, in training.

    Each image is cut at a place of its own. Outside of training, and where images are smaller than h by w, the largest part
    in the middle with the aspect ratio h : w is taken and resized, so that the output always has one size.

    Args:
        height: h, the height that is left, in pixels.
        width: w, the width that is left.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output (B, h, w, C) or (h, w, C); or a dict as in `RandomFlip`.

    Raises:
        ConfigError: `height` or `width` is no whole number above 0.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> layer = RandomCrop(2, 2, seed=0)
        >>> layer(np.zeros((8, 5, 6, 3)), training=True).shape, layer(np.zeros((8, 5, 6, 3)), training=False).shape
        ((8, 2, 2, 3), (8, 2, 2, 3))

    Reference:
        Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional neural networks, section 4.1.
    """

    def __init__(
        self, height: int, width: int, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(height, width, data_format, **kwargs)
        self.seed = seed_for("RandomCrop", seed)

    def draw(self, images: Array, training: bool) -> tuple[Array, Array] | None:
        """The top and the left of each image's part; None for the middle."""
        spare = (images.shape[1] - self.height, images.shape[2] - self.width)
        if not training or min(spare) < 0:
            return None
        shares = self.uniform(images, *((0.0, float(extra > 0)) for extra in spare))
        # The smallest number below 1 times a large count may round up to it.
        top, left = (
            jnp.minimum(jnp.floor(share * (extra + 1)), extra).astype(jnp.int32)
            for share, extra in zip(shares, spare, strict=True)
        )
        return top, left

    def change(self, images: Array, drawn: tuple[Array, Array] | None, *, mask: bool = False) -> Array:
        """A part of each image."""
        if drawn is None:
            return fitted(images, self.height, self.width, "nearest" if mask else "bilinear")
        size = (self.height, self.width, images.shape[3])
        return jax.vmap(lambda image, top, left: jax.lax.dynamic_slice(image, (top, left, jnp.int32(0)), size))(
            images, *drawn
        )
