"""Receptive fields: which part of the input a number deep inside can see."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jax

from glassnet import layers
from glassnet.foundation.observing import observed_by
from glassnet.layers.convolution.arithmetic import pads, reach, spatial_axes
from glassnet.layers.convolution.conv import Convolution
from glassnet.layers.convolution.depthwise import DepthwiseConvolution
from glassnet.layers.convolution.separable import SeparableConvolution
from glassnet.layers.cropping import Cropping
from glassnet.layers.merging import Merge
from glassnet.layers.pooling.windows import Pooling


@dataclass(frozen=True)
class Seen:
    """What position i of an axis sees: positions start + i · jump to start + i · jump + size − 1 of the input.

    Args:
        start: the first position that position 0 sees; below 0 where it lies in the padding.
        size: how many it sees.
        jump: how far apart in the input two neighbours look.
    """

    start: int
    size: int
    jump: int

    def through(self, window: int, stride: int, dilation: int, before: int) -> "Seen":
        """What is seen through one more sliding window with `before` cells of padding.

        Example:
            >>> Seen(0, 1, 1).through(3, 2, 1, 1)
            Seen(start=-1, size=3, jump=2)
        """
        size = self.size + (reach(window, dilation) - 1) * self.jump
        return Seen(self.start - before * self.jump, size, self.jump * stride)


Field = tuple[Seen, ...] | str | None
"""What is seen along each spatial axis; ``"all"`` of the input; or None where that is not known."""


def fields(model: Any, x: Any) -> dict[str, Field]:
    """The receptive field of each layer, by path (of its last call); nothing is computed.

    Convolutions, pooling and what keeps positions apart are followed. Flattening, global pooling, attention, recurrence and
    a Dense layer on rows without positions see all. Behind other layers, and sums made outside of layers, it is not known.

    Args:
        model: a built model.
        x: inputs, or shapes and types that stand for them.

    Reference:
        Araujo, Norris & Sim (2019), Computing receptive fields of convolutional neural networks.
    """
    blueprint = model.blueprint()
    follower = _Follower()

    def run(params: Any, rest: Any, x: Any) -> Any:
        for leaf in jax.tree.leaves(x):
            follower.know(leaf, _at_input(leaf))
        with observed_by(follower):
            return jax.tree.leaves(blueprint.assemble(params, rest)(x))

    jax.eval_shape(run, *model.arrays(), x)
    return follower.found


def _at_input(x: Any) -> Field:
    axes = x.ndim - 2 if jax.numpy.issubdtype(x.dtype, jax.numpy.floating) else max(x.ndim - 1, 0)
    return (Seen(0, 1, 1),) * axes if axes else "all"


class _Follower:
    """An observer that carries fields from layer to layer."""

    def __init__(self) -> None:
        self.found: dict[str, Field] = {}
        self._known: dict[int, tuple[Any, Field]] = {}

    def know(self, array: Any, field: Field) -> None:
        """Keep an array's field, and the array, so that its id stays its own."""
        self._known[id(array)] = (array, field)

    def around(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], compute: Callable[[], Any]) -> Any:
        """See `Observer`."""
        given = [self._known[id(a)][1] if id(a) in self._known else None for a in jax.tree.leaves(args)]
        inputs = jax.tree.leaves(args)
        outputs = compute()
        leaves = jax.tree.leaves(outputs)
        if len(leaves) == 1 and (id(leaves[0]) not in self._known or _sees_all(layer)):
            self.know(leaves[0], _after(layer, given, inputs))
        self.found[layer.path] = self._known.get(id(leaves[0]), (None, None))[1] if len(leaves) == 1 else None
        return outputs

    def see(self, name: str, value: Any) -> Any:
        """See `Observer`."""
        return value


def _after(layer: Any, given: list[Field], inputs: list[Any]) -> Field:
    if not given or any(field is None for field in given):
        return None
    if any(field == "all" for field in given) or _sees_all(layer):
        return "all"
    known = [field for field in given if isinstance(field, tuple)]
    if isinstance(layer, Merge) or (isinstance(layer, layers.Concatenate) and layer.axis in (-1, inputs[0].ndim - 1)):
        return _together(known)
    if len(known) != 1:
        return None
    if isinstance(layer, Convolution | DepthwiseConvolution | SeparableConvolution):
        return _slid(known[0], layer, inputs[0], layer.kernel_size, layer.dilation_rate)
    if isinstance(layer, Pooling):
        return _slid(known[0], layer, inputs[0], layer.pool_size, (1,) * len(layer.pool_size))
    if isinstance(layer, layers.ZeroPadding1D | layers.ZeroPadding2D | layers.ZeroPadding3D):
        return _moved(known[0], [-before for before, _ in _pairs(layer.padding)])
    if isinstance(layer, Cropping):
        return _moved(known[0], [before for before, _ in _pairs(layer.cropping)])
    return known[0] if _keeps_apart(layer) else None


def _pairs(value: Any) -> list[tuple[int, int]]:
    """Cells before and after along each axis."""
    pairs = [value] if isinstance(value, tuple | list) and not isinstance(value[0], tuple | list) else list(value)
    return [(int(before), int(after)) for before, after in pairs]


def _moved(field: tuple[Seen, ...], by: list[int]) -> Field:
    """The field where the first position is `by` positions further along each axis."""
    return tuple(Seen(s.start + step * s.jump, s.size, s.jump) for s, step in zip(field, by, strict=True))


def _slid(field: tuple[Seen, ...], layer: Any, x: Any, window: Any, dilation: Any) -> Field:
    axes = spatial_axes(len(window), layer.data_format)
    if len(field) != len(window):
        return None
    before = pads([x.shape[axis] for axis in axes], window, layer.strides, layer.padding, dilation)
    each = zip(field, window, layer.strides, dilation, before, strict=True)
    return tuple(seen.through(w, s, d, b) for seen, w, s, d, (b, _) in each)


def _together(given: list[tuple[Seen, ...]]) -> Field:
    """What is seen by either of several; not known where they move in steps of different lengths."""
    found = []
    for axis in zip(*given, strict=True):
        if len({seen.jump for seen in axis}) > 1:
            return None
        start, end = min(s.start for s in axis), max(s.start + s.size for s in axis)
        found.append(Seen(start, end - start, axis[0].jump))
    return tuple(found)


@cache
def _kinds() -> tuple[tuple[type, ...], tuple[type, ...]]:
    """The classes that keep positions apart, and those that bring all together."""
    apart = (
        "Activation AlphaDropout BatchNormalization Dense Dropout ELU Embedding GaussianDropout GaussianNoise Identity "
        "LeakyReLU Masking PReLU PositionEmbedding RMSNormalization ReLU Rescaling SinePositionEncoding SpatialDropout1D "
        "SpatialDropout2D SpatialDropout3D TokenAndPositionEmbedding UnitNormalization ActivityRegularization"
    )
    whole = "Flatten GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D "
    whole += (
        "GlobalMaxPooling2D GlobalMaxPooling3D MultiHeadAttention GroupedQueryAttention Attention AdditiveAttention "
    )
    whole += "LSTM GRU SimpleRNN RNN Bidirectional GroupNormalization"
    found = [tuple(getattr(layers, name) for name in names.split()) for names in (apart, whole)]
    return found[0], found[1]


def _keeps_apart(layer: Any) -> bool:
    if isinstance(layer, layers.LayerNormalization):
        return layer.axis in (-1, [-1], (-1,))
    return isinstance(layer, _kinds()[0])


def _sees_all(layer: Any) -> bool:
    return isinstance(layer, _kinds()[1])
