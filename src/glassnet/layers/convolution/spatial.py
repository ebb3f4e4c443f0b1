"""What layers over time, pictures and volumes share: their arguments checked, their input's shape checked."""

from dataclasses import dataclass
from typing import Any, ClassVar

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer
from glassnet.foundation.shapes import InputSpec, int_or_none, show
from glassnet.foundation.types import Shape
from glassnet.layers.convolution.arithmetic import Sizes, output_size, reach, spatial_axes

_AXES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}

#: How many channels a picture may have; fewer than most pictures have rows.
_PICTURE_CHANNELS = (1, 3, 4)


def sizes(name: str, value: Any, dimensions: int, *, owner: str, least: int = 1) -> Sizes:
    """`value` as one whole number for each spatial axis: a number stands for the same along all.

    Raises:
        ConfigError: it is neither a whole number of `least` or more nor `dimensions` of them.
    """
    given = list(value) if isinstance(value, list | tuple) else [value] * dimensions
    whole = [None if isinstance(size, bool) else int_or_none(size) for size in given]
    found = tuple(size for size in whole if size is not None and size >= least)
    if len(found) == len(given) == dimensions:
        return found
    several = f" or {dimensions} of them" if dimensions > 1 else ""
    example = show((max(least, 2),) * dimensions)
    raise ConfigError(
        f"{owner} expected `{name}` as a whole number of {least} or more{several}. Received {value!r}. Pass "
        f"{name}={max(least, 2)}, for example, or {name}={example}."
    )


def known_padding(value: Any, *, owner: str, causal: bool = False) -> str:
    """``"valid"`` or ``"same"`` (or ``"causal"`` where that is allowed), in small letters."""
    known = ("valid", "same", "causal") if causal else ("valid", "same")
    if isinstance(value, str) and value.lower() in known:
        return value.lower()
    only = " Only Conv1D can be causal: it is the one with an order in time." if value == "causal" else ""
    raise ConfigError(
        f"{owner} expected `padding` as one of {', '.join(map(repr, known))}. Received {value!r}. Pass 'same' to keep "
        f"the size, 'valid' to use no cell outside of the input.{only}"
    )


def known_format(value: Any, *, owner: str) -> str:
    """``"channels_last"`` (also for None) or ``"channels_first"``."""
    if value in (None, "channels_last", "channels_first"):
        return value or "channels_last"
    raise ConfigError(
        f"{owner} expected `data_format` 'channels_last' or 'channels_first'. Received {value!r}. Leave it out for "
        f"channels last."
    )


@dataclass(frozen=True)
class SpatialSpec(InputSpec):
    """An `InputSpec` for (B, space..., C) that knows the usual mistakes: no channel axis, or channels first.

    Args:
        data_format: where the channels stand.
    """

    data_format: str = "channels_last"

    def _error(self, layer: str, shape: Shape, expected: str, received: str) -> ShapeError:
        rank = self.ndim or 0
        if "axes" not in expected:
            (wanted,) = self.axes.values()
            hint = channels_advice(shape, self.data_format, wanted) or "Pass inputs with the channels it was built for."
        elif len(shape) == rank - 1:
            missing = "x[..., None]" if self.data_format == "channels_last" else "x[:, None]"
            hint = f"A missing channel axis? Pass {missing}; or x[None], if it is one sample without the batch."
        else:
            where = show(layout(rank - 2, self.data_format))
            hint = (
                f"Pass one array with the axes {where}; a layer for {len(shape) - 2} spatial axes may be the one meant."
            )
        return ShapeError(
            f"Layer {layer!r} expected {expected}; received {received}, in an input of shape {show(shape)}. {hint}"
        )


def layout(dimensions: int, data_format: str) -> Any:
    """The names of the axes, for messages: ``(batch, height, width, channels)``."""
    space = _AXES[dimensions]
    return ("batch", *space, "channels") if data_format == "channels_last" else ("batch", "channels", *space)


def channels_advice(shape: Shape, data_format: str, wanted: int | None = None) -> str:
    """What to do when `shape` looks as if its channels stood at the other end; empty where it does not.

    Args:
        shape: the input's.
        data_format: where the layer expects the channels.
        wanted: how many it expects; by default any number that a picture may have.
    """
    usual = _PICTURE_CHANNELS if wanted is None else (wanted,)
    first, last = shape[1], shape[-1]
    if data_format == "channels_last" and first in usual and last not in usual:
        return (
            f"The {first} at axis 1 looks like channels first: pass np.moveaxis(x, 1, -1), or make the layer with "
            f"data_format='channels_first'."
        )
    if data_format == "channels_first" and last in usual and first not in usual:
        return f"The {last} at the last axis looks like channels last: leave out data_format='channels_first'."
    return ""


class Spatial(Layer):
    """A layer over inputs (B, space..., C); the number of spatial axes is the class attribute `dimensions`.

    Args:
        data_format: where the channels stand, ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.
    """

    dimensions: ClassVar[int] = 2

    def __init__(self, *, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = known_format(data_format, owner=type(self).__name__)
        self.input_spec = SpatialSpec(ndim=self.dimensions + 2, data_format=self.data_format)

    def split(self, shape: Shape) -> tuple[Shape, int | None]:
        """The spatial sizes and the number of channels; raises where the number of axes does not fit."""
        SpatialSpec(ndim=self.dimensions + 2, data_format=self.data_format).check(self.path, tuple(shape))
        space = tuple(shape[axis] for axis in spatial_axes(self.dimensions, self.data_format))
        return space, shape[-1 if self.data_format == "channels_last" else 1]

    def joined(self, batch: int | None, space: Shape, channels: int | None) -> Shape:
        """A shape with the channels where this layer has them."""
        return (batch, *space, channels) if self.data_format == "channels_last" else (batch, channels, *space)

    def slid(self, input_shape: Shape, window: Sizes, strides: Sizes, padding: str, dilation: Sizes) -> Shape:
        """How often a window fits along each spatial axis.

        Raises:
            ShapeError: with ``"valid"``, it is larger than the input.
        """
        space, _ = self.split(input_shape)
        each = zip(space, window, strides, dilation, strict=True)
        found = tuple(output_size(size, w, stride, padding, d) for size, w, stride, d in each)
        for axis, (count, size, w, d) in enumerate(zip(found, space, window, dilation, strict=True)):
            if count is not None and count < 1:
                spread = f" (dilated by {d})" if d > 1 else ""
                advice = channels_advice(tuple(input_shape), self.data_format) or (
                    "Pass padding='same', take a smaller window, or pool less before."
                )
                raise ShapeError(
                    f"Layer {self.path!r} expected at least {reach(w, d)} cells along the {_AXES[self.dimensions][axis]}, "
                    f"for a window of {w}{spread} with padding 'valid'. Received {size}, in an input of shape "
                    f"{show(tuple(input_shape))}. {advice}"
                )
        return found
