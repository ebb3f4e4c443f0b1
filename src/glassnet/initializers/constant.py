"""Initializers without chance."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import HostArray
from glassnet.initializers.base import Initializer, checked_number, initializer_registry


@initializer_registry.register("zero")
class Zeros(Initializer):
    """``W = 0``: the usual start of biases.

    Not for kernels: units that start alike get like gradients and stay alike.

    Example:
        >>> Zeros()((2,)).tolist()
        [0.0, 0.0]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 8.4, on breaking symmetry.
    """

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """Zeros of shape `shape`."""
        return np.zeros(shape, np.float32)


@initializer_registry.register("one")
class Ones(Initializer):
    """``W = 1``: the usual start of scales, as in normalization layers.

    Example:
        >>> Ones()((2,)).tolist()
        [1.0, 1.0]

    Reference:
        Ioffe & Szegedy (2015), Batch normalization, for γ.
    """

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """Ones of shape `shape`."""
        return np.ones(shape, np.float32)


@initializer_registry.register()
class Constant(Initializer):
    """``W = value``: one number everywhere, or an array of given numbers.

    Args:
        value: a number, or an array of exactly the weight's shape.

    Raises:
        ConfigError: the value is not made of numbers.
        ShapeError: when drawn, the array's shape is not the weight's.

    Example:
        >>> Constant(0.25)((2,)).tolist()
        [0.25, 0.25]

    Reference:
        Gers, Schmidhuber & Cummins (2000), Learning to forget, for a forget bias that does not start at 0.
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value if isinstance(value, int | float) else np.asarray(value)
        if np.asarray(self.value).dtype.kind not in "fiub":
            raise ConfigError(
                f"Constant expected `value` as a number or an array of numbers. Received {value!r}. Pass 0.1, say."
            )

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """The value, of shape `shape`."""
        if np.shape(self.value) not in ((), tuple(shape)):
            raise ShapeError(
                f"Constant expected to fill a weight of shape {show(np.shape(self.value))}, the shape of its value. "
                f"Received {show(tuple(shape))}. Pass a single number, or an array of the weight's shape."
            )
        return np.broadcast_to(np.asarray(self.value, np.float32), shape).copy()


@initializer_registry.register("IdentityInitializer")
class Identity(Initializer):
    """``W = gain · I``: ones (or `gain`) on the diagonal, else zeros, so that the layer first passes its input on.

    Args:
        gain: the number on the diagonal.

    Raises:
        ShapeError: when drawn, the weight does not have two axes.

    Example:
        >>> Identity(2.0)((2, 3)).tolist()
        [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]

    Reference:
        Le, Jaitly & Hinton (2015), A simple way to initialize recurrent networks of rectified linear units.
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = checked_number("Identity", "gain", gain)

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """The diagonal matrix of shape `shape`."""
        if len(shape) != 2:
            raise ShapeError(
                f"Identity expected a weight with 2 axes. Received shape {show(tuple(shape))}. Use it for the kernel "
                f"of a Dense or recurrent layer, and Zeros or Ones for other weights."
            )
        return np.eye(*shape, dtype=np.float32) * np.float32(self.gain)
