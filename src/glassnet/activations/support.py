"""What the activation functions share: inputs as floats, bounds whose gradients stay finite, and checks."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike

#: Beyond this distance from 0 every gate below is 0 or 1 to the last digit of float32.
REACH = 120.0


def floats(x: ArrayLike) -> Array:
    """`x` as a floating array: half and single precision and JAX's own floats stay, all else becomes float32."""
    array: Any = x if isinstance(x, jax.Array) else np.asarray(x)
    if jnp.issubdtype(array.dtype, jnp.floating) and (isinstance(x, jax.Array) or array.dtype.itemsize <= 4):
        return jnp.asarray(array)
    return jnp.asarray(array, jnp.float32)


def clip(x: Array, low: float, high: float) -> Array:
    """``min(max(x, low), high)``; the derivative is 1 from `low` to `high`, ends included, and 0 outside."""
    # A select rather than min and max: their gradient is a product, and infinity times zero is not a number.
    return jnp.where(x < low, low, jnp.where(x > high, high, x))


def gated(x: Array, gate: Callable[[Array], Array]) -> Array:
    """``x · gate(x)`` for a gate from 0 at the far left to 1 at the far right, without infinity times zero."""
    near = clip(x, -REACH, REACH)
    return jnp.where(x > REACH, x, near * gate(near))


def check_axes(owner: str, x: Array, axis: int | Sequence[int]) -> tuple[int, ...]:
    """`axis` as axes counted from 0; a `ShapeError` when `x` has no such axis."""
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    for one in axes:
        if not -x.ndim <= one < x.ndim:
            advice = f"Pass an axis from {-x.ndim} to {x.ndim - 1}." if x.ndim else "Pass a list or array."
            raise ShapeError(
                f"{owner} expected an input that has axis {one}. Received one of shape {show(x.shape)}, which has "
                f"{x.ndim} axes. {advice}"
            )
    return tuple(one % x.ndim for one in axes)


def check_positive(owner: str, name: str, value: float) -> None:
    """Raise a `ConfigError` when a number that the formula divides by is not above 0."""
    if isinstance(value, int | float) and not value > 0:
        raise ConfigError(f"{owner} expected `{name}` above 0. Received {value!r}. Pass a number such as 1.0.")
