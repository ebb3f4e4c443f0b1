"""Images with a patch missing."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.arguments import interval, number, value_range_for
from glassnet.imaging.patches import patches
from glassnet.layers.arguments import seed_for
from glassnet.layers.augmentation.base import ColourLayer


class Erased(NamedTuple):
    """Where images are erased, True there, and what stands there instead."""

    where: Array
    filling: Array


@layer_registry.register()
class RandomErasing(ColourLayer):
    """``y = (1 - m) x + m v``: with probability p a rectangle m of the image is replaced by v, in training.

    p ~ U(factor), and the rectangle is √s of the height by √t of the width, s and t ~ U(scale), anywhere in the image. The
    network learns not to rely on one spot. Outside of training images pass unchanged.

    Args:
        factor: (lower, upper) for the probability p of each image, from 0 to 1, or b for (0, b): with the default 1 half of
            the images are erased in the mean; (1, 1) erases in every one.
        scale: (lower, upper) for the shares s and t, from 0 to 1, or b for (0, b).
        fill_value: v, a number, or one for each channel; by default noise, N(0, 1) times the highest value.
        value_range: the lowest and the highest value of a pixel, which v does not leave.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        bounding_box_format: kept for Keras's callers: boxes pass through in whatever format they are.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output the same; or a dict as in `RandomFlip`.

    Raises:
        ConfigError: `factor` or `scale` outside of 0 to 1, `value_range` is no range, or `fill_value` no number.
        ShapeError: the input has not 3 or 4 axes, no axis of channels, or not as many channels as `fill_value`.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> y = RandomErasing((1, 1), scale=(0.25, 0.25), fill_value=0, seed=0)(np.ones((1, 8, 8, 1)), training=True)
        >>> int((y == 0).sum())
        16

    Reference:
        Zhong et al. (2020), Random erasing data augmentation.
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: Any = None,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        bounding_box_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, bounding_box_format, **kwargs)
        self.factor = interval("RandomErasing", "factor", factor, 0.0, 1.0)
        self.scale = interval("RandomErasing", "scale", scale, 0.0, 1.0)
        self.fill_value = _filling(fill_value)
        self.value_range = value_range_for("RandomErasing", value_range)
        self.seed = seed_for("RandomErasing", seed)

    def draw(self, images: Array, training: bool) -> Erased:
        """Where each image is erased, and with what."""
        unit = (0.0, 1.0)
        high, wide, down, right, probability, chance = self.uniform(
            images, self.scale, self.scale, unit, unit, self.factor, unit
        )
        where = patches(images.shape, (jnp.sqrt(high), jnp.sqrt(wide)), (down, right))
        return Erased(where & (chance < probability)[:, None, None, None], self._values(images))

    def change(self, images: Array, drawn: Erased, *, mask: bool = False) -> Array:
        """The images with a rectangle replaced."""
        return jnp.where(drawn.where, drawn.filling.astype(images.dtype), images)

    def _values(self, images: Array) -> Array:
        if self.fill_value is None:
            values = jax.random.normal(self.draw_key(images), images.shape, jnp.float32) * self.value_range[1]
        else:
            values = jnp.asarray(np.asarray(self.fill_value, np.float32))
            if values.ndim and values.shape[0] not in (1, images.shape[3]):
                raise ShapeError(
                    f"Layer {self.path!r} expected as many channels as values in `fill_value`, {values.shape[0]}. Received "
                    f"images with {images.shape[3]}. Pass one value for each channel, or one number."
                )
        return jnp.clip(values, *self.value_range)


def _filling(value: Any) -> float | list[float] | None:
    if value is None:
        return None
    if isinstance(value, list | tuple):
        if not value:
            raise ConfigError(
                "RandomErasing expected `fill_value` as a number or one for each channel. Received none. Pass 0, for example."
            )
        return [number("RandomErasing", "fill_value", item) for item in value]
    return number("RandomErasing", "fill_value", value)
