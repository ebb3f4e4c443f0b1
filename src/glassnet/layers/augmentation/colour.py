"""Images with more or less contrast, lighter and darker."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.arguments import interval, pair, value_range_for
from glassnet.imaging.colour import contrasted, spread
from glassnet.layers.arguments import seed_for
from glassnet.layers.augmentation.base import ColourLayer


@layer_registry.register()
class RandomContrast(ColourLayer):
    """``y = (x - x̄) f + x̄``, f ~ U(1 - lower, 1 + upper), x̄ each channel's mean over one image, in training.

    What leaves `value_range` is cut off. Outside of training images pass unchanged.

    Args:
        factor: (lower, upper), or a for (a, a), from 0 to 1: how much less and how much more contrast there may be.
        value_range: the lowest and the highest value of a pixel: (0, 1) for images that were rescaled before.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        bounding_box_format: kept for Keras's callers: boxes pass through in whatever format they are.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output the same; or a dict as in `RandomFlip`.

    Raises:
        ConfigError: `factor` outside of 0 to 1, or `value_range` is no range.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> y = RandomContrast(0.5, seed=0)(np.float32([[[100], [120]]]), training=True)
        >>> float(y.mean()), bool(10 <= y.max() - y.min() <= 30)
        (110.0, True)

    Reference:
        Howard (2014), Some improvements on deep convolutional neural network based image classification, section 2.
    """

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        bounding_box_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, bounding_box_format, **kwargs)
        both = factor if isinstance(factor, list | tuple) else (factor, factor)
        self.factor = pair("RandomContrast", "factor", both, 0.0, 1.0)
        self.value_range = value_range_for("RandomContrast", value_range)
        self.seed = seed_for("RandomContrast", seed)

    def draw(self, images: Array, training: bool) -> Array:
        """The contrast of each image."""
        return self.uniform(images, (1.0 - self.factor[0], 1.0 + self.factor[1]))[0]

    def change(self, images: Array, drawn: Array, *, mask: bool = False) -> Array:
        """The images with this contrast."""
        return jnp.clip(contrasted(images, drawn), *self.value_range)


@layer_registry.register()
class RandomBrightness(ColourLayer):
    """``y = x + b (high - low)``, b ~ U(lower, upper) for each image, cut off at low and high, in training.

    Outside of training images pass unchanged.

    Args:
        factor: (lower, upper), or a for (-a, a), from -1 (black) to 1 (white).
        value_range: (low, high), the lowest and the highest value of a pixel: (0, 1) for images that were rescaled before.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        bounding_box_format: kept for Keras's callers: boxes pass through in whatever format they are.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output the same; or a dict as in `RandomFlip`.

    Raises:
        ConfigError: `factor` outside of -1 to 1, or `value_range` is no range.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> RandomBrightness((0.2, 0.2))(np.float32([[[100], [220]]]), training=True)[..., 0].tolist()
        [[151.0, 255.0]]

    Reference:
        Howard (2014), Some improvements on deep convolutional neural network based image classification, section 2.
    """

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        bounding_box_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, bounding_box_format, **kwargs)
        self.factor = interval("RandomBrightness", "factor", factor, -1.0, 1.0)
        self.value_range = value_range_for("RandomBrightness", value_range)
        self.seed = seed_for("RandomBrightness", seed)

    def draw(self, images: Array, training: bool) -> Array:
        """How much lighter each image becomes."""
        low, high = self.value_range
        return self.uniform(images, self.factor)[0] * (high - low)

    def change(self, images: Array, drawn: Array, *, mask: bool = False) -> Array:
        """The images, lighter or darker."""
        return jnp.clip(images + spread(drawn, images), *self.value_range)
