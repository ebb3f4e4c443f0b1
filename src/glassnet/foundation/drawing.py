"""The first numbers of a weight: drawn with NumPy, or read from what a file stores. Nothing is compiled."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context, rng
from glassnet.foundation.errors import ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, HostArray


def first_value(initializer: Any, shape: tuple[int, ...], dtype: Any, seed: int, path: str) -> Array:
    """A weight's first value: the stored one where weights are being read, else drawn from the seed and the path.

    Args:
        initializer: ``callable(shape, dtype) -> array``, such as an initializer; zeros where None.
        shape: the weight's shape.
        dtype: its type.
        seed: the model's seed.
        path: the weight's path, with a leading slash where the layer stands alone.

    Raises:
        ShapeError: the initializer returned another shape.
    """
    value = context.stored_weight(path.lstrip("/"), shape)
    if value is None:
        value = drawn(initializer, shape, jnp.dtype(dtype), rng.generator(seed, path))
    if value.shape != shape:
        raise ShapeError(
            f"Weight {path.lstrip('/')} expected an initial value of shape {show(shape)}; its initializer "
            f"returned {show(value.shape)}. Return an array of the shape it is called with."
        )
    with jax.ensure_compile_time_eval():
        return jnp.asarray(value, dtype)


def drawn(initializer: Any, shape: tuple[int, ...], dtype: Any, generator: np.random.Generator) -> HostArray:
    """Numbers from an initializer: by NumPy from `generator`, unless it is a function or has a seed of its own."""
    if initializer is None:
        return np.zeros(shape, dtype)
    draw = getattr(initializer, "draw", None)
    if draw is not None and getattr(initializer, "seed", None) is None:
        return np.asarray(draw(shape, generator)).astype(dtype)
    return np.asarray(initializer(shape, dtype=dtype))
