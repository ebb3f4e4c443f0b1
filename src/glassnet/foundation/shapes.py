"""Shapes: what a layer expects of its input, checked in one place with one wording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glassnet.foundation.errors import ConfigError, ShapeError

if TYPE_CHECKING:
    from glassnet.foundation.types import Shape


@dataclass(frozen=True)
class InputSpec:
    """What a layer expects: a number of axes (exact or at least), and the sizes of some of them.

    Args:
        ndim: the exact number of axes, batch included.
        min_ndim: the least number of axes.
        axes: sizes by axis, ``{-1: 30}``.
        hint: what to do when it does not fit; a sentence.
    """

    ndim: int | None = None
    min_ndim: int | None = None
    axes: Mapping[int, int] = field(default_factory=dict)
    hint: str = ""

    def check(self, layer: str, shape: "Shape") -> None:
        """Raise a `ShapeError` that names layer, axis, expected and received when `shape` does not fit."""
        rank = len(shape)
        if self.ndim is not None and rank != self.ndim:
            raise self._error(layer, shape, f"{self.ndim} axes (batch first)", f"{rank}")
        if self.min_ndim is not None and rank < self.min_ndim:
            raise self._error(layer, shape, f"at least {self.min_ndim} axes (batch first)", f"{rank}")
        for axis, size in self.axes.items():
            got = shape[axis] if -rank <= axis < rank else None
            if got is not None and got != size:
                raise self._error(layer, shape, f"size {size} at axis {axis}", f"size {got}")

    def _likely_fix(self, shape: "Shape") -> str:
        """What was probably meant, where the whole shape is known: a channel axis, channels last, a batch of one."""
        if self.ndim is None or len(self.axes) < self.ndim - 1:
            return ""
        wanted = [self.axes.get(axis) for axis in range(1, self.ndim)]
        if wanted[-1] == 1 and list(shape[1:]) == wanted[:-1]:
            return "A missing channel axis? Pass x[..., None]."
        if list(shape) == wanted:
            return "A single sample? Pass x[None]: the first axis counts the samples."
        if len(shape) == self.ndim > 2 and [*shape[2:], shape[1]] == wanted:
            return "Channels first? Pass np.moveaxis(x, 1, -1): channels come last here."
        return ""

    def _error(self, layer: str, shape: "Shape", expected: str, received: str) -> ShapeError:
        hint = (
            self.hint
            or self._likely_fix(shape)
            or "Pass inputs of the shape the layer was built for, or build a new model for this shape."
        )
        if "axes" in expected and len(shape) == 1:
            hint = "For one row, pass x[None, :]: the first axis counts the rows."
        return ShapeError(
            f"Layer {layer!r} expected {expected}; received {received}, in an input of shape {show(shape)}. {hint}"
        )


def show(shape: "Shape") -> str:
    """A shape as a person writes it, with ``None`` for a size that varies: ``(None, 30)``."""
    return "(" + ", ".join(str(size) for size in shape) + ("," if len(shape) == 1 else "") + ")"


def positive_int(name: str, value: Any, *, owner: str) -> int:
    """`value` as an int above zero, or a `ConfigError` that says so."""
    if isinstance(value, bool) or int_or_none(value) is None or value <= 0:
        raise ConfigError(
            f"{owner} expected `{name}` to be a whole number above 0. Received {value!r}. Pass 1 or more."
        )
    return int(value)


def int_or_none(value: Any) -> int | None:
    """`value` as an int when it is a whole number of any integer type, else None."""
    try:
        return int(value) if int(value) == value and not isinstance(value, float | str) else None
    except (TypeError, ValueError):
        return None


def fraction(name: str, value: Any, *, owner: str, below_one: bool = True) -> float:
    """`value` as a float from 0 up to 1 (below 1 unless told), or a `ConfigError` that says so."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not (0.0 <= number < 1.0 or (number == 1.0 and not below_one)):
        upper = "below 1" if below_one else "at most 1"
        raise ConfigError(
            f"{owner} expected `{name}` from 0 and {upper}. Received {value!r}. Pass a share such as 0.2."
        )
    return number
