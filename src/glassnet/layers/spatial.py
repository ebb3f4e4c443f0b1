"""What layers over steps, rows, columns or depth have in common."""

from collections.abc import Callable
from typing import Any, ClassVar

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer
from glassnet.foundation.shapes import InputSpec
from glassnet.foundation.types import Shape

_INPUTS = {
    1: "sequences as (batch, steps, channels)",
    2: "images as (batch, height, width, channels)",
    3: "volumes as (batch, depth, height, width, channels)",
}


class Spatial(Layer):
    """A layer over the axes between batch and channels: one of steps, two of an image, three of a volume.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Raises:
        ConfigError: another `data_format`.
    """

    rank: ClassVar[int]

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ConfigError(
                f"{type(self).__name__} expected `data_format` 'channels_last' or 'channels_first'. Received "
                f"{data_format!r}. Leave it out for channels last."
            )
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(ndim=self.rank + 2, hint=f"Pass {_INPUTS[self.rank]}.")

    @property
    def spatial_axes(self) -> range:
        """The axes that are neither batch nor channels."""
        start = 2 if self.data_format == "channels_first" else 1
        return range(start, start + self.rank)

    def resized(self, shape: Shape, change: Callable[[int, int], int]) -> Shape:
        """`shape` with each known spatial size replaced by ``change(which of the spatial axes, size)``."""
        if self.input_spec is not None:
            self.input_spec.check(self.path, shape)
        sizes = list(shape)
        for place, axis in enumerate(self.spatial_axes):
            size = sizes[axis]
            sizes[axis] = None if size is None else change(place, size)
        return tuple(sizes)
