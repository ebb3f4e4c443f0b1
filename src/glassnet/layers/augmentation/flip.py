"""Mirror images."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array
from glassnet.imaging.arguments import one_of
from glassnet.layers.arguments import seed_for
from glassnet.layers.augmentation.base import ImageLayer

_MODES = ("horizontal", "vertical", "horizontal_and_vertical")


@layer_registry.register()
class RandomFlip(ImageLayer):
    """``y[i, j] = x[i, W-1-j]`` with probability 1/2 (left to right), likewise ``x[H-1-i, j]`` (top to bottom).

    Only for pictures that may be seen in a mirror: not for digits or letters. In training each image of a batch is flipped
    or not by a draw of its own, and each direction by itself; otherwise images pass unchanged.

    Args:
        mode: ``"horizontal"`` (left to right), ``"vertical"`` (top to bottom) or ``"horizontal_and_vertical"``.
        seed: from 0 to 2**32 - 1, gives this layer a stream of its own; by default the stream follows from the model's seed
            and the layer's path.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C) or (H, W, C), output the same; or a dict with such ``"images"``, and ``"labels"`` and
        ``"segmentation_masks"`` where there are any.

    Raises:
        UnknownNameError: another `mode`, with the nearest.
        ShapeError: the input has not 3 or 4 axes, or no axis of channels.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> x = np.tile(np.float32([1, 2]), (100, 1))[:, None, :, None]  # 100 images of one row: 1 2
        >>> y = RandomFlip("horizontal", seed=0)(x, training=True)
        >>> sorted({tuple(image.ravel().tolist()) for image in np.asarray(y)})
        [(1.0, 2.0), (2.0, 1.0)]

    Reference:
        Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional neural networks, section 4.1.
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.mode = one_of("RandomFlip", "mode", mode, _MODES)
        self.seed = seed_for("RandomFlip", seed)

    def draw(self, images: Array, training: bool) -> dict[int, Array]:
        """Whether each image is flipped, by axis."""
        axes = {"horizontal": [2], "vertical": [1], "horizontal_and_vertical": [2, 1]}[self.mode]
        chances = self.uniform(images, *[(0.0, 1.0)] * len(axes))
        return {axis: chance < 0.5 for axis, chance in zip(axes, chances, strict=True)}

    def change(self, images: Array, drawn: dict[int, Array], *, mask: bool = False) -> Array:
        """The images, some of them flipped."""
        for axis, flipped in drawn.items():
            images = jnp.where(flipped[:, None, None, None], jnp.flip(images, axis), images)
        return images
