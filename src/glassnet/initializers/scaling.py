"""Initializers whose spread follows the layer's width, so that signals keep their size from layer to layer."""

import math
from collections.abc import Sequence

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray
from glassnet.initializers import chance
from glassnet.initializers.base import Initializer, checked_number, checked_seed, initializer_registry

#: The standard deviation of a standard normal draw cut at ±2.
_CUT_AT_TWO = 0.87962566103423978

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")


class VarianceScaling(Initializer):
    """``Var(W) = scale / n``, n the number of connections into a unit, out of it, or their average.

    Args:
        scale: above 0; 2 makes up for the half that ReLU cuts off, 1 suits tanh and linear layers.
        mode: which n: ``"fan_in"``, ``"fan_out"`` or ``"fan_avg"``.
        distribution: ``"truncated_normal"`` (or ``"normal"``; cut at two standard deviations and widened to the same
            variance), ``"untruncated_normal"``, or ``"uniform"`` between ``±√(3 scale / n)``.
        seed: a whole number for the same draw every time; None leaves it to the model's seed.
        input_axes: the axes that count into the unit, where the usual rule does not fit; with `output_axes`.
        output_axes: the axes that count out of it; with `input_axes`.

    Raises:
        ConfigError: a scale of 0 or below, a mode or distribution that is not in these lists, one of the two axes
            alone, or a seed that is not a whole number from 0 up.

    Example:
        >>> w = VarianceScaling(2.0, "fan_in", "uniform", seed=0)((50, 40))
        >>> bool(abs(w).max() <= (3 * 2.0 / 50) ** 0.5)
        True

    Reference:
        He, Zhang, Ren & Sun (2015), Delving deep into rectifiers, equation 10.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        owner = type(self).__name__
        self.scale = checked_number(owner, "scale", scale, above=0.0)
        self.mode = _one_of(owner, "mode", mode, _MODES)
        distribution = {"normal": "truncated_normal"}.get(str(distribution).lower(), str(distribution).lower())
        self.distribution = _one_of(owner, "distribution", distribution, _DISTRIBUTIONS)
        self.seed = checked_seed(owner, seed)
        if (input_axes is None) != (output_axes is None):
            raise ConfigError(
                f"{owner} expected `input_axes` and `output_axes` together. Received input_axes={input_axes!r} and "
                f"output_axes={output_axes!r}. Give both, or neither."
            )
        self.input_axes = None if input_axes is None else tuple(input_axes)
        self.output_axes = None if output_axes is None else tuple(output_axes)

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """Independent numbers of shape `shape` and of the variance that its fans ask for."""
        fan_in, fan_out = compute_fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return chance.uniform(shape, generator, -limit, limit)
        if self.distribution == "untruncated_normal":
            return chance.normal(shape, generator, math.sqrt(variance))
        return chance.truncated_normal(shape, generator, math.sqrt(variance) / _CUT_AT_TWO)


# Registered here and not by a decorator, the class keeps its own constructor for type checkers.
initializer_registry.register()(VarianceScaling)


def compute_fans(
    shape: Sequence[int], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """``(fan_in, fan_out)``: how many numbers a unit sums up, and into how many sums each input goes.

    The last two axes are inputs and outputs; the axes before them, as in a convolution's kernel, multiply both.

    Args:
        shape: the weight's shape.
        input_axes: the axes that count into the unit, in place of that rule.
        output_axes: the axes that count out of it.

    Example:
        >>> compute_fans((30, 16)), compute_fans((3, 3, 8, 32))
        ((30, 16), (72, 288))

    Reference:
        Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
    """
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        size = math.prod(shape)
        return size, size
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def _one_of(owner: str, name: str, value: str, known: tuple[str, ...]) -> str:
    if value in known:
        return value
    raise ConfigError(
        f"{owner} expected `{name}` as one of {', '.join(map(repr, known))}. Received {value!r}. Pass one of these."
    )
