"""Rescaling: inputs brought to a range that networks like."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array
from glassnet.layers.activation import SameShape
from glassnet.layers.arguments import floating, plain_numbers


@layer_registry.register()
class Rescaling(SameShape):
    """``y = scale · x + offset``: ``Rescaling(1 / 255)`` brings the bytes of an image to 0 ... 1.

    Args:
        scale: a number, or numbers that stretch to the input's shape.
        offset: the same, added afterwards.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same, in floating point.

    Raises:
        ConfigError: `scale` or `offset` are not numbers.
        ShapeError: they do not stretch to the input's shape.

    Example:
        >>> import numpy as np
        >>> Rescaling(1 / 127.5, offset=-1)(np.uint8([0, 255])).tolist()
        [-1.0, 1.0]

    Reference:
        LeCun et al. (1998), Efficient backprop, section 4.3.
    """

    full_precision = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = plain_numbers("Rescaling", "scale", scale)
        self.offset = plain_numbers("Rescaling", "offset", offset)

    def call(self, inputs: Array) -> Array:
        """``scale · inputs + offset``."""
        x = floating(inputs, self.dtype)
        scale, offset = np.asarray(self.scale, x.dtype), np.asarray(self.offset, x.dtype)
        try:
            fits = np.broadcast_shapes(x.shape, scale.shape, offset.shape) == x.shape
        except ValueError:
            fits = False
        if not fits:
            raise ShapeError(
                f"Layer {self.path!r} expected an input to whose shape `scale` and `offset`, of shapes {show(scale.shape)} and "
                f"{show(offset.shape)}, stretch. Received shape {show(x.shape)}. Pass one number for each channel, or one."
            )
        return x * scale + offset
