"""Shifted images."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.affine import Affine
from glassnet.imaging.arguments import interval
from glassnet.layers.augmentation.moving import RandomMove


@layer_registry.register()
class RandomTranslation(RandomMove):
    """``y[i, j] = x[i - a H, j - b W]``, a ~ U(height_factor), b ~ U(width_factor), in training.

    The picture moves down by the share a of its height and right by the share b of its width; up and left where they are
    negative. Outside of training images pass unchanged.

    Args:
        height_factor: shares of the height, from -1 to 1: (lower, upper), or a for (-a, a).
        width_factor: shares of the width, likewise.
        fill_mode: what lies beyond the edges, here of a row a b c d: ``"reflect"`` (d c b a | a b c d | d c b a),
            ``"nearest"`` (a a a a | a b c d | d d d d), ``"wrap"`` (a b c d | a b c d | a b c d) or ``"constant"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        fill_value: what lies beyond the edges in mode ``"constant"``, in the images' unit.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output the same; or a dict as in `RandomFlip`.

    Raises:
        ConfigError: a factor outside of -1 to 1.
        UnknownNameError: another `fill_mode` or `interpolation`, with the nearest.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> down = RandomTranslation((0.5, 0.5), 0, fill_mode="constant")
        >>> down(np.float32([[[1], [2]], [[3], [4]]]), training=True)[..., 0].tolist()
        [[0.0, 0.0], [1.0, 2.0]]

    Reference:
        LeCun et al. (1998), Gradient-based learning applied to document recognition, section III.
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = interval("RandomTranslation", "height_factor", height_factor, -1.0, 1.0)
        self.width_factor = interval("RandomTranslation", "width_factor", width_factor, -1.0, 1.0)

    def affine(self, images: Array) -> Affine:
        """A shift for each image."""
        height, width = images.shape[1:3]
        down, right = self.uniform(images, self.height_factor, self.width_factor)
        one, none = jnp.ones_like(down), jnp.zeros_like(down)
        return Affine(one, none, -right * width, none, one, -down * height)
