"""Initializers whose spread is given, whatever the layer's width."""

import math

import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import HostArray
from glassnet.initializers.base import Initializer, checked_number, checked_seed, initializer_registry


@initializer_registry.register("uniform")
class RandomUniform(Initializer):
    """``W ~ U(minval, maxval)``: every number between two bounds is as likely as any other.

    Args:
        minval: the lower bound.
        maxval: the upper bound, above `minval`.
        seed: a whole number for the same draw every time; None leaves it to the model's seed.

    Raises:
        ConfigError: `maxval` is below `minval`, or the seed is not a whole number from 0 up.

    Example:
        >>> values = RandomUniform(-1.0, 1.0, seed=0)((100,))
        >>> bool(abs(values).max() <= 1.0)
        True

    Reference:
        LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.6.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        self.minval = checked_number("RandomUniform", "minval", minval)
        self.maxval = checked_number("RandomUniform", "maxval", maxval)
        if self.maxval < self.minval:
            raise ConfigError(
                f"RandomUniform expected `maxval` at or above `minval`. Received minval={minval!r} and "
                f"maxval={maxval!r}. Swap them."
            )
        self.seed = checked_seed("RandomUniform", seed)

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """Independent uniform numbers of shape `shape`."""
        return uniform(shape, generator, self.minval, self.maxval)


@initializer_registry.register("normal")
class RandomNormal(Initializer):
    """``W ~ N(mean, stddev²)``: the bell curve.

    Args:
        mean: its centre.
        stddev: its standard deviation; 0 or more.
        seed: a whole number for the same draw every time; None leaves it to the model's seed.

    Raises:
        ConfigError: `stddev` is below 0, or the seed is not a whole number from 0 up.

    Example:
        >>> RandomNormal(stddev=0.01, seed=0)((2, 3)).shape
        (2, 3)

    Reference:
        Krizhevsky, Sutskever & Hinton (2012), ImageNet classification with deep convolutional neural networks.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = checked_number("RandomNormal", "mean", mean)
        self.stddev = checked_number("RandomNormal", "stddev", stddev, least=0.0)
        self.seed = checked_seed("RandomNormal", seed)

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """Independent normal numbers of shape `shape`."""
        return normal(shape, generator, self.stddev) + np.float32(self.mean)


@initializer_registry.register()
class TruncatedNormal(Initializer):
    """``W ~ N(mean, stddev²)`` given ``|W - mean| <= 2 stddev``: the bell curve without its tails.

    What falls outside is drawn again, which leaves a standard deviation of 0.8796 `stddev`.

    Args:
        mean: its centre.
        stddev: the standard deviation before the tails are cut; 0 or more.
        seed: a whole number for the same draw every time; None leaves it to the model's seed.

    Raises:
        ConfigError: `stddev` is below 0, or the seed is not a whole number from 0 up.

    Example:
        >>> bool(abs(TruncatedNormal(stddev=1.0, seed=0)((1000,))).max() <= 2.0)
        True

    Reference:
        Johnson, Kotz & Balakrishnan (1994), Continuous univariate distributions, volume 1, section 13.10.1.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = checked_number("TruncatedNormal", "mean", mean)
        self.stddev = checked_number("TruncatedNormal", "stddev", stddev, least=0.0)
        self.seed = checked_seed("TruncatedNormal", seed)

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """Independent numbers of shape `shape`, none further than 2 `stddev` from the mean."""
        return truncated_normal(shape, generator, self.stddev) + np.float32(self.mean)


@initializer_registry.register("OrthogonalInitializer")
class Orthogonal(Initializer):
    """``WᵀW = gain² I`` (or ``WWᵀ``, when there are more columns than rows): a random rotation times `gain`.

    It is the Q of the QR decomposition of a normal matrix. Signals neither grow nor shrink on their way through, which
    is why recurrent kernels start so. A weight of more than two axes is taken as a matrix, its last axis for columns.

    Args:
        gain: how much the rotation stretches.
        seed: a whole number for the same draw every time; None leaves it to the model's seed.

    Raises:
        ConfigError: the seed is not a whole number from 0 up.
        ShapeError: when drawn, the weight has fewer than two axes.

    Example:
        >>> w = Orthogonal(seed=0)((3, 3))
        >>> np.allclose(w.T @ w, np.eye(3), atol=1e-6)
        True

    Reference:
        Saxe, McClelland & Ganguli (2014), Exact solutions to the nonlinear dynamics of learning in deep linear neural
        networks.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain = checked_number("Orthogonal", "gain", gain)
        self.seed = checked_seed("Orthogonal", seed)

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """A matrix with orthonormal rows or columns times the gain, in the shape `shape`."""
        if len(shape) < 2:
            raise ShapeError(
                f"Orthogonal expected a weight with 2 axes or more. Received shape {show(tuple(shape))}. Use it for "
                f"kernels, and Zeros for biases."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(generator.standard_normal((max(rows, columns), min(rows, columns))))
        # With the diagonal of R positive the decomposition is unique, and Q is uniform among all rotations.
        q *= np.where(np.diag(r) < 0, -1.0, 1.0)
        return (self.gain * (q.T if rows < columns else q)).reshape(shape).astype(np.float32)


def uniform(shape: tuple[int, ...], generator: np.random.Generator, low: float, high: float) -> HostArray:
    """Uniform numbers from `low` to `high`, float32."""
    return np.asarray(generator.uniform(low, high, shape), np.float32)


def normal(shape: tuple[int, ...], generator: np.random.Generator, stddev: float) -> HostArray:
    """Normal numbers around 0, float32."""
    return np.asarray(generator.standard_normal(shape, np.float32)) * np.float32(stddev)


def truncated_normal(shape: tuple[int, ...], generator: np.random.Generator, stddev: float) -> HostArray:
    """Normal numbers around 0, each drawn again until it is within 2 `stddev`, float32."""
    flat = generator.standard_normal(math.prod(shape), np.float32)
    outside = np.flatnonzero(np.abs(flat) > 2.0)
    while outside.size:
        flat[outside] = generator.standard_normal(outside.size, np.float32)
        outside = outside[np.abs(flat[outside]) > 2.0]
    return flat.reshape(shape) * np.float32(stddev)
