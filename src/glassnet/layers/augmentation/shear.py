"""Sheared images."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.affine import Affine
from glassnet.imaging.arguments import interval
from glassnet.layers.augmentation.moving import RandomMove


@layer_registry.register()
class RandomShear(RandomMove):
    """``(x', y') = (x + s a y, y + s b x)``, a ~ U(x_factor), b ~ U(y_factor), s = ±1 at random, in training.

    (x', y') is where the value at (x, y) is read: rows slide along each other, and columns, more the farther they are from
    the upper left corner. Outside of training images pass unchanged.

    Args:
        x_factor: how far rows slide, in columns a row, from 0 to 1: (lower, upper), or a for (0, a).
        y_factor: how far columns slide, in rows a column, likewise.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: what lies beyond the edges, here of a row a b c d: ``"reflect"`` (d c b a | a b c d | d c b a),
            ``"nearest"`` (a a a a | a b c d | d d d d), ``"wrap"`` (a b c d | a b c d | a b c d) or ``"constant"``.
        fill_value: what lies beyond the edges in mode ``"constant"``, in the images' unit.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output the same; or a dict as in `RandomFlip`.

    Raises:
        ConfigError: a factor outside of 0 to 1.
        UnknownNameError: another `fill_mode` or `interpolation`, with the nearest.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> layer = RandomShear(x_factor=(1, 1), fill_mode="constant", seed=3)
        >>> layer(np.float32([[[1], [2]], [[3], [4]]]), training=True)[..., 0].tolist()
        [[1.0, 2.0], [0.0, 3.0]]

    Reference:
        Simard, Steinkraus and Platt (2003), Best practices for convolutional neural networks applied to visual document
        analysis, section 2.
    """

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.x_factor = interval("RandomShear", "x_factor", x_factor, 0.0, 1.0)
        self.y_factor = interval("RandomShear", "y_factor", y_factor, 0.0, 1.0)

    def affine(self, images: Array) -> Affine:
        """A shear for each image."""
        side, along, down = self.uniform(images, (-1.0, 1.0), self.x_factor, self.y_factor)
        sign = jnp.where(side < 0, -1.0, 1.0)
        one, none = jnp.ones_like(side), jnp.zeros_like(side)
        return Affine(one, sign * along, none, sign * down, one, none)
