"""Which axes a normalization works on, and the scale and shift that most of them end with."""

from collections.abc import Sequence
from typing import Any

from glassnet import constraints, initializers, regularizers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import int_or_none, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.activation import SameShape

Axis = int | tuple[int, ...]


def checked_axis(axis: Any, *, owner: str) -> Axis:
    """`axis` as one whole number or a tuple of different ones, or a `ConfigError` that says so."""
    given = list(axis) if isinstance(axis, list | tuple) else [axis]
    whole = [int_or_none(item) for item in given]
    if not given or None in whole or any(isinstance(item, bool) for item in given) or len(set(whole)) < len(whole):
        raise ConfigError(
            f"{owner} expected `axis` as a whole number or a list of different ones. Received {axis!r}. Pass -1 for the "
            f"last axis."
        )
    found = tuple(item for item in whole if item is not None)
    return found if isinstance(axis, list | tuple) else found[0]


def positive(name: str, value: Any, *, owner: str) -> float:
    """`value` as a float above 0, or a `ConfigError` that says so."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ConfigError(
            f"{owner} expected `{name}` as a number above 0. Received {value!r}. Pass 0.001, for example."
        )
    return float(value)


def places(axis: Axis, shape: Shape, *, layer: str) -> tuple[int, ...]:
    """The axes of `shape` that `axis` names, counted from 0 and in order.

    Raises:
        ShapeError: the shape has no such axis.
    """
    rank = len(shape)
    wanted = axis if isinstance(axis, tuple) else (axis,)
    if any(not -rank <= item < rank for item in wanted):
        raise ShapeError(
            f"Layer {layer!r} expected an input that has axis {axis}. Received shape {show(shape)}. Choose an axis from "
            f"{-rank} to {rank - 1}."
        )
    return tuple(sorted({item % rank for item in wanted}))


def sizes_at(axes: Sequence[int], shape: Shape, *, layer: str) -> tuple[int, ...]:
    """The sizes of `shape` at `axes`, all of them known.

    Raises:
        ShapeError: one of them is None.
    """
    sizes = [shape[axis] for axis in axes]
    if None in sizes:
        raise ShapeError(
            f"Layer {layer!r} expected to know the size of its input at axis {list(axes)}. Received shape {show(shape)}. "
            f"Give the size in Input, or call the layer on data first."
        )
    return tuple(size for size in sizes if size is not None)


def spread(weight: Array, axes: Sequence[int], rank: int) -> Array:
    """`weight`, one axis for each of `axes`, reshaped so that it lines up with an array of `rank` axes."""
    sizes = dict(zip(axes, weight.shape, strict=True))
    return weight.reshape([sizes.get(axis, 1) for axis in range(rank)])


class ScaleAndShift(SameShape):
    """``y = gamma * x + beta``: the trainable end of a normalization, so that it takes nothing away from the network.

    Args:
        center: whether beta is there.
        scale: whether gamma is there; without use before a linear layer, which can scale by itself.
        beta_initializer: how beta starts.
        gamma_initializer: how gamma starts.
        beta_regularizer: a penalty on beta added to the loss.
        gamma_regularizer: a penalty on gamma.
        beta_constraint: a rule beta is brought back to after each update.
        gamma_constraint: the same for gamma.
        activity_regularizer: a penalty on the output.
        **kwargs: as in every `Layer`.
    """

    full_precision = True

    def __init__(
        self,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        activity_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def add_scale_and_shift(self, shape: tuple[int, ...]) -> None:
        """Make gamma and beta, those that are wanted."""
        if self.scale:
            rules = {"regularizer": self.gamma_regularizer, "constraint": self.gamma_constraint}
            self.gamma = self.add_weight("gamma", shape, self.gamma_initializer, **rules)
        if self.center:
            rules = {"regularizer": self.beta_regularizer, "constraint": self.beta_constraint}
            self.beta = self.add_weight("beta", shape, self.beta_initializer, **rules)

    def scaled_and_shifted(self, x: Array, axes: Sequence[int]) -> Array:
        """``gamma * x + beta``, gamma and beta along `axes` of x."""
        if self.scale:
            x = x * spread(self.gamma, axes, x.ndim)
        return x + spread(self.beta, axes, x.ndim) if self.center else x
