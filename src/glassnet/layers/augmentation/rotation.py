"""Turned images."""

import math
from typing import Any

import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.affine import Affine
from glassnet.imaging.arguments import interval
from glassnet.layers.augmentation.moving import RandomMove


@layer_registry.register()
class RandomRotation(RandomMove):
    """``(x', y') = c + (cos θ · u - sin θ · v, sin θ · u + cos θ · v)``, θ ~ U(2π · lower, 2π · upper), in training.

    (u, v) = (x, y) - c is a pixel's place seen from the image's middle c, and (x', y') where its value is read: the picture
    turns by θ, counterclockwise for θ > 0. Outside of training images pass unchanged.

    Args:
        factor: shares of a full turn, from -1 to 1: (lower, upper), or a for (-a, a). 0.1 turns by up to 36° either way.
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
        ConfigError: `factor` outside of -1 to 1.
        UnknownNameError: another `fill_mode` or `interpolation`, with the nearest.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> quarter = RandomRotation((0.25, 0.25))
        >>> np.round(quarter(np.float32([[[1], [2]], [[3], [4]]]), training=True)[..., 0]).tolist()
        [[2.0, 4.0], [1.0, 3.0]]

    Reference:
        Simard, Steinkraus and Platt (2003), Best practices for convolutional neural networks applied to visual document
        analysis, section 2.
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = interval("RandomRotation", "factor", factor, -1.0, 1.0)

    def affine(self, images: Array) -> Affine:
        """A turn about the middle for each image."""
        (turns,) = self.uniform(images, self.factor)
        cos, sin = jnp.cos(2 * math.pi * turns), jnp.sin(2 * math.pi * turns)
        still = jnp.zeros_like(cos)
        return Affine(cos, -sin, still, sin, cos, still).about_centre(*images.shape[1:3])
