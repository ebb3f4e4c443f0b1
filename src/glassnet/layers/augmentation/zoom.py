"""Images seen from nearer or farther."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.affine import Affine
from glassnet.imaging.arguments import interval
from glassnet.layers.augmentation.moving import RandomMove

#: A zoom of 1 either way stops short of the single point at -1.
_NEAREST = 0.99


@layer_registry.register()
class RandomZoom(RandomMove):
    """``(x', y') = c + ((1 + b)(x - c_x), (1 + a)(y - c_y))``, a ~ U(height_factor), b ~ U(width_factor), in training.

    (x', y') is where the value at (x, y) is read, c the image's middle: above 0 the picture shrinks (zoom out), below it
    grows (zoom in). Outside of training images pass unchanged.

    Args:
        height_factor: how much more of the height is seen, above -1 and up to 1: (lower, upper), or a for (-a, a).
        width_factor: the same for the width; by default the width goes with the height, and nothing is distorted.
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
        ConfigError: a factor outside of -1 to 1, or of -1.
        UnknownNameError: another `fill_mode` or `interpolation`, with the nearest.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> far = RandomZoom((1.0, 1.0), fill_mode="constant", interpolation="nearest")
        >>> far(np.ones((1, 5, 5, 1)), training=True)[0, :, :, 0].tolist()[2]
        [0.0, 1.0, 1.0, 1.0, 0.0]

    Reference:
        Simonyan and Zisserman (2015), Very deep convolutional networks for large-scale image recognition, section 3.1
        (scale jittering).
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = _zoom("height_factor", height_factor)
        self.width_factor = None if width_factor is None else _zoom("width_factor", width_factor)

    def affine(self, images: Array) -> Affine:
        """A zoom about the middle for each image."""
        ranges = [item for item in (self.height_factor, self.width_factor) if item is not None]
        high, *wide = self.uniform(images, *ranges)
        none = jnp.zeros_like(high)
        zoom = Affine(1 + (wide[0] if wide else high), none, none, none, 1 + high, none)
        return zoom.about_centre(*images.shape[1:3])


def _zoom(name: str, value: Any) -> tuple[float, float]:
    lower, upper = interval("RandomZoom", name, value, -1.0, 1.0)
    if lower == -1.0 and not isinstance(value, list | tuple) and value > 0:
        return -_NEAREST, upper
    if lower == -1.0:
        raise ConfigError(
            f"RandomZoom expected `{name}` above -1, where a single point would fill the image. Received {value!r}. Pass "
            f"-0.5 to see half as much, for example."
        )
    return lower, upper
