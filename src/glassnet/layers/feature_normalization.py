"""Normalization of inputs: each column with mean 0 and standard deviation 1."""

from collections.abc import Iterable, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, DataError, ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import int_or_none, show
from glassnet.foundation.types import Array, Config, HostArray, Shape
from glassnet.layers.activation import SameShape
from glassnet.layers.arguments import floating, plain_numbers

#: No difference from the mean is divided by less than this.
_SMALLEST = 1e-7


@layer_registry.register()
class Normalization(SameShape):
    """``y = (x - μ) / σ``: each column with mean 0 and standard deviation 1, as measured by `adapt` or told.

    Args:
        axis: the axis or axes along which each place has a μ and σ of its own; None for one of each for all numbers.
        mean: μ, if it is known: a number, or one for each place along the axes.
        variance: σ², given together with `mean`.
        invert: whether to compute ``x · σ + μ``, the way back, instead.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, ..., D), output the same; without `mean`, the weights adapt_mean (D,), adapt_variance (D,) and count (),
        which `adapt` sets and no optimizer changes.

    Raises:
        ConfigError: only one of `mean` and `variance`, or of two shapes, or a variance below 0, or a wrong `axis`.
        ShapeError: the input has no such axis, or its size does not fit `mean`.

    Example:
        >>> import numpy as np
        >>> layer = Normalization()
        >>> layer.adapt(np.array([[0.0, 10.0], [2.0, 30.0]]))
        >>> layer(np.array([[3.0, 20.0]])).tolist()
        [[2.0, 0.0]]

    Reference:
        LeCun et al. (1998), Efficient backprop, section 4.3.
    """

    full_precision = True

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = _axes(axis)
        self.invert = bool(invert)
        self.input_mean = None if mean is None else plain_numbers("Normalization", "mean", mean)
        self.input_variance = None if variance is None else plain_numbers("Normalization", "variance", variance)
        self._kept: tuple[int, ...] | None = None  # the sizes of μ among as many axes as the input has
        told = [value for value in (self.input_mean, self.input_variance) if value is not None]
        if len(told) == 1 or (told and (np.shape(told[0]) != np.shape(told[1]) or np.min(told[1]) < 0)):
            raise ConfigError(
                f"Normalization expected `mean` and `variance` together, of one shape, no variance below 0. Received "
                f"mean={mean!r}, variance={variance!r}. Pass both, or neither and call adapt(data)."
            )

    @property
    def mean(self) -> Any:
        """μ, of a shape that stretches to the input's; before it is known, as told or None."""
        return self._statistic(self.input_mean, "adapt_mean")

    @property
    def variance(self) -> Any:
        """σ², of a shape that stretches to the input's; before it is known, as told or None."""
        return self._statistic(self.input_variance, "adapt_variance")

    def get_config(self) -> Config:
        """The constructor's arguments; what `adapt` measured is in the weights."""
        axis = list(self.axis) if self.axis is not None else None
        return {**super().get_config(), "axis": axis, "mean": self.input_mean, "variance": self.input_variance}

    def build(self, input_shape: Shape) -> None:
        """Make the weights that `adapt` fills, unless μ and σ² were told."""
        rank = len(input_shape)
        axes = sorted({axis % rank for axis in self.axis or () if -rank <= axis < rank})
        if len(axes) < len(self.axis or ()) or any(input_shape[axis] is None for axis in axes):
            raise ShapeError(
                f"Layer {self.path!r} expected an input with the axes {self.axis}, of known sizes. Received shape "
                f"{show(input_shape)}. Set `axis` to axes that it has, or axis=None for one mean of all numbers."
            )
        self._kept = tuple((input_shape[axis] or 0) if axis in axes else 1 for axis in range(rank))
        if self.input_mean is not None:
            self._check_told(tuple(self._kept[axis] for axis in axes))
            return
        sizes = [self._kept[axis] for axis in axes]
        self.adapt_mean = self.add_weight("adapt_mean", sizes, trainable=False)
        self.adapt_variance = self.add_weight("adapt_variance", sizes, _ones, trainable=False)
        # A float like all weights: gradients with respect to a whole layer want no whole numbers in it.
        self.count = self.add_weight("count", (), trainable=False)

    def adapt(self, data: Any) -> None:
        """Measure μ and σ² on `data`, in place of what was measured before. Use the training rows alone.

        Args:
            data: an array (rows, ...), or batches of such arrays, or of (inputs, targets).

        Raises:
            ConfigError: μ and σ² were told.
            DataError: there are no rows, or numbers that are not finite.
            ShapeError: the rows do not fit the layer.
        """
        if self.input_mean is not None:
            raise ConfigError(
                f"Layer {self.path!r} expected no call of adapt(): it was told its mean and variance. Received data. Leave "
                f"`mean` and `variance` out to have them measured."
            )
        count, mean, spread = 0, np.float64(0), np.float64(0)
        for batch in _batches(data):
            rows, middle, around = self._measure(np.asarray(batch, "float64"))
            total = count + rows
            # Chan, Golub & LeVeque (1983): sums of squares around two means, put together.
            spread = spread + around + (middle - mean) ** 2 * (count * rows / total)
            mean, count = mean + (middle - mean) * (rows / total), total
        if not count:
            raise DataError(
                f"Layer {self.path!r} expected data to adapt to. Received no rows. Pass the training inputs."
            )
        for name, value in (("adapt_mean", mean), ("adapt_variance", spread / count), ("count", count)):
            setattr(self, name, jnp.asarray(np.asarray(value, self.dtype)))

    def call(self, inputs: Array) -> Array:
        """``(inputs - μ) / σ``, or the way back."""
        x = floating(inputs, self.dtype)
        sigma = jnp.sqrt(jnp.maximum(self.variance, _SMALLEST**2))
        return (x * sigma + self.mean if self.invert else (x - self.mean) / sigma).astype(x.dtype)

    def _statistic(self, told: Any, weight: str) -> Any:
        if self._kept is None:
            return told
        if told is None:
            return getattr(self, weight).reshape(self._kept)
        values = np.asarray(told, self.dtype)
        places = [axis for axis in range(len(self._kept)) if self._is_kept(axis)]
        sizes = [1] * len(self._kept)
        for axis, size in zip(reversed(places), reversed(values.shape), strict=False):
            sizes[axis] = size
        return np.broadcast_to(values.reshape(sizes), self._kept)

    def _is_kept(self, axis: int) -> bool:
        return self._kept is not None and axis in {kept % len(self._kept) for kept in self.axis or ()}

    def _check_told(self, sizes: tuple[int, ...]) -> None:
        given = np.asarray(self.input_mean).shape
        pairs = list(zip(reversed(given), reversed(sizes), strict=False))
        if len(given) > len(sizes) or any(told not in (1, size) for told, size in pairs):
            raise ShapeError(
                f"Layer {self.path!r} expected `mean` and `variance` of shape {show(sizes)}, one number for each place along "
                f"axis {self.axis}. Received shape {show(given)}. Pass as many numbers, or one."
            )

    def _measure(self, batch: HostArray) -> tuple[int, Any, Any]:
        """How many numbers each mean is of, the means, and the sums of squares around them."""
        if batch.ndim and not batch.shape[0]:
            raise DataError(f"Layer {self.path!r} expected rows to adapt to. Received an empty array. Pass some.")
        self.ensure_built(
            (None, *batch.shape[1:]) if 0 not in {axis % batch.ndim for axis in self.axis or ()} else batch.shape
        )
        kept = self._kept or ()
        if batch.ndim != len(kept) or any(self._is_kept(a) and batch.shape[a] != kept[a] for a in range(batch.ndim)):
            raise ShapeError(
                f"Layer {self.path!r} expected data whose sizes along axis {self.axis} are those it was built for, "
                f"{show(kept)}. Received shape {show(batch.shape)}. Pass the columns it was built for, or make a new layer."
            )
        if not np.isfinite(batch).all():
            bad = tuple(int(place) for place in np.argwhere(~np.isfinite(batch))[0])
            raise DataError(
                f"Layer {self.path!r} expected finite numbers to adapt to. Received {batch[bad]} at {bad}. Fill in or drop "
                f"such cells first."
            )
        rest = tuple(axis for axis in range(batch.ndim) if not self._is_kept(axis))
        count = int(np.prod([batch.shape[axis] for axis in rest]))
        return count, batch.mean(rest), batch.var(rest) * count


def _batches(data: Any) -> Iterable[Any]:
    """The batches of inputs in `data`: itself when it is one array."""
    if hasattr(data, "__array__") or not isinstance(data, Iterable):
        return [data]
    if isinstance(data, list | tuple) and not any(
        hasattr(item, "__array__") or isinstance(item, tuple) for item in data
    ):
        return [data]
    return (item[0] if isinstance(item, tuple) else item for item in data)


def _axes(axis: Any) -> tuple[int, ...] | None:
    if axis is None:
        return None
    given = list(axis) if isinstance(axis, list | tuple) else [axis]
    whole = [number for number in map(int_or_none, given) if number is not None]
    if len(whole) < len(given):
        raise ConfigError(
            f"Normalization expected `axis` as a whole number, several, or None. Received {axis!r}. Pass -1 for one mean a "
            f"column."
        )
    return tuple(whole)


def _ones(shape: Sequence[int], dtype: Any = "float32") -> HostArray:
    return np.ones(shape, dtype)
