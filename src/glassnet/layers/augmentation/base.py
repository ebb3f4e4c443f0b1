"""What layers over images have in common: single images, batches, and dicts that hold labels and masks beside them."""

from collections.abc import Mapping
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from jax.core import Tracer

from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer
from glassnet.foundation.shapes import show
from glassnet.foundation.symbolic import SymbolicArray
from glassnet.foundation.types import Array, Shape
from glassnet.imaging.arguments import one_of
from glassnet.imaging.layout import channels_back, channels_to_end
from glassnet.layers.arguments import floating

#: An array of three axes whose channels are more than this many is a batch of gray images without a channel axis.
_MOST_COLOURS = 4


class ImageLayer(Layer):
    """A layer over images.

    A subclass writes `draw`, which finds what will be done to each image, and `change`, which does it. Both see batches
    with channels last.

    Called by hand on images it acts unless ``training=False`` is said, as in Keras; inside a model the model's call decides.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.
    """

    full_precision = True

    #: True where the layer acts outside of training too.
    always: ClassVar[bool] = False
    #: True where pixels move, so that segmentation masks must move along.
    moves_pixels: ClassVar[bool] = True

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = ("channels_last", "channels_first")
        self.data_format = one_of(type(self).__name__, "data_format", data_format or "channels_last", known)

    def __call__(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """Act on images; by hand as in training, unless told otherwise."""
        if training is None and context.current() is None:
            given = jax.tree.leaves(args)
            training = None if any(isinstance(item, Tracer | SymbolicArray) for item in given) else True
        return super().__call__(*args, training=training, **kwargs)

    # What a subclass writes.

    def draw(self, images: Array, training: bool) -> Any:
        """What will be done to each of the images (B, H, W, C), as arrays; None for nothing."""

    def change(self, images: Array, drawn: Any, *, mask: bool = False) -> Array:
        """The images after what was drawn; `mask` where they are classes rather than colours."""
        raise ConfigError(
            f"Expected {type(self).__name__} to define `change(self, images, drawn)`. Received a class without it. Write "
            f"the method that changes the images."
        )

    def change_labels(self, labels: Array, drawn: Any) -> Array:
        """The labels that belong to the changed images: the same ones, unless images are mixed."""
        return labels

    # How it works.

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Change the images, alone or in a dict under ``"images"``."""
        data = dict(inputs) if isinstance(inputs, Mapping) else {"images": inputs}
        images = self._batch(data)
        single = data["images"].ndim == 3
        if training or self.always:
            drawn = self.draw(images, training)
            changed = self.change(images, drawn)
            data["images"] = self._as_given(changed, single)
            self._change_companions(data, drawn, single)
        else:
            data["images"] = self._as_given(images, single)
        return data if isinstance(inputs, Mapping) else data["images"]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape, with the height and width that the layer gives."""
        if not isinstance(input_shape, Mapping):
            return self.image_shape(tuple(input_shape))
        sized = {"images", "segmentation_masks"}
        return {key: self.image_shape(tuple(s)) if key in sized else s for key, s in input_shape.items()}

    def image_shape(self, shape: Shape) -> Shape:
        """The shape of the images after the layer, for images of this shape."""
        return shape

    def uniform(self, images: Array, *ranges: tuple[float, float]) -> list[Array]:
        """For each range one random number an image, each (B,); no key is needed where no range is open."""
        count = images.shape[0]
        if all(low == high for low, high in ranges):
            return [jnp.full(count, low, jnp.float32) for low, _ in ranges]
        numbers = jax.random.uniform(self.draw_key(images), (len(ranges), count), jnp.float32)
        return [low + (high - low) * numbers[place] for place, (low, high) in enumerate(ranges)]

    def _batch(self, data: dict[str, Any]) -> Array:
        """The images as (B, H, W, C), in floating point where the layer computes with them."""
        if "images" not in data:
            raise ConfigError(
                f"Layer {self.path!r} expected a dict with the images under 'images'. Received the keys "
                f"{', '.join(map(repr, data)) or '(none)'}. Pass {{'images': x, 'labels': y}}, or the images alone."
            )
        images = jnp.asarray(data["images"])
        self._check(images.shape)
        return channels_to_end(self._floating(images[None] if images.ndim == 3 else images), self.data_format)

    def _floating(self, images: Array) -> Array:
        return floating(images, self.dtype)

    def _as_given(self, images: Array, single: bool) -> Array:
        given = channels_back(images, self.data_format)
        return given[0] if single else given

    def _change_companions(self, data: dict[str, Any], drawn: Any, single: bool) -> None:
        if "bounding_boxes" in data and self.moves_pixels:
            raise ConfigError(
                f"Layer {self.path!r} expected no bounding boxes, which it cannot move along with the pixels; received some. "
                f"Leave 'bounding_boxes' out, or use layers that change colours only."
            )
        if "labels" in data:
            labels = jnp.asarray(data["labels"])
            data["labels"] = self.change_labels(labels[None], drawn)[0] if single else self.change_labels(labels, drawn)
        if "segmentation_masks" in data and self.moves_pixels:
            masks = jnp.asarray(data["segmentation_masks"])
            changed = self.change(channels_to_end(masks[None] if single else masks, self.data_format), drawn, mask=True)
            data["segmentation_masks"] = self._as_given(changed, single)

    def _check(self, shape: tuple[int, ...]) -> None:
        if len(shape) not in (3, 4):
            axes = "height, width, channels" if self.data_format == "channels_last" else "channels, height, width"
            raise ShapeError(
                f"Layer {self.path!r} expected images as (batch, {axes}), or one as ({axes}). Received shape {show(shape)}. "
                f"Reshape them so."
            )
        colours = shape[-1] if self.data_format == "channels_last" else shape[-3]
        if len(shape) == 3 and colours > _MOST_COLOURS:
            where, advice = ("last", "x[..., None]") if self.data_format == "channels_last" else ("first", "x[:, None]")
            raise ShapeError(
                f"Layer {self.path!r} expected images with an axis of channels. Received shape {show(shape)}, which as one "
                f"image would have {colours} channels, on its {where} axis. For a batch of gray images pass {advice}; for one "
                f"image of so many channels pass x[None]."
            )


class ColourLayer(ImageLayer):
    """A layer that changes the colours of images and moves no pixel: masks and bounding boxes pass through.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        bounding_box_format: kept for Keras's callers: boxes pass through in whatever format they are.
        **kwargs: as in every `Layer`.
    """

    moves_pixels = False

    def __init__(self, data_format: str | None = None, bounding_box_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.bounding_box_format = bounding_box_format
