"""A row as a user gives it, with or without the axis of the batch, as a batch."""

from typing import Any

import jax
import numpy as np

from glassnet.foundation.errors import NotBuiltError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.models import Model
from glassnet.training.rows import arrays


def as_batch(model: Model, x: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights with a batch's axis in front: ``x[5]`` becomes ``x[5:6]``.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> x, y, _ = as_batch(Sequential([Input((2,)), Dense(1)]), [0.5, 1.0], 1.0, None)
        >>> x.shape, y.shape
        ((1, 2), (1,))
    """
    x = arrays(_listed(x), "x")
    single = _is_single(model, x)
    if single:
        x = jax.tree.map(lambda a: a[None], x)
    count = len(jax.tree.leaves(x)[0])
    if y is not None:
        y = jax.tree.map(lambda a: _batched(a, count, single), arrays(_listed(y), "y"))
    if sample_weight is not None:
        sample_weight = jax.tree.map(lambda a: np.atleast_1d(a), arrays(_listed(sample_weight), "sample_weight"))
    return x, y, sample_weight


def _is_single(model: Model, x: Any) -> bool:
    """Whether `x` is one row without the batch's axis."""
    leaves = jax.tree.leaves(x)
    try:
        shapes = jax.tree.leaves(model.input_shape, is_leaf=lambda s: isinstance(s, tuple))
    except NotBuiltError:
        return leaves[0].ndim <= 1
    axes, wanted = leaves[0].ndim, tuple(shapes[0])
    if axes not in (len(wanted), len(wanted) - 1):
        raise ShapeError(
            f"Model {model.name!r} expected one row of shape {show(wanted[1:])}, or some rows of shape {show(wanted)}. Received "
            f"an array of shape {show(leaves[0].shape)}. Pass one row as it lies in the data, such as x[5]."
        )
    return axes == len(wanted) - 1


def _batched(y: np.ndarray, count: int, single: bool) -> np.ndarray:
    lacks = y.ndim == 0 or (count == 1 and len(y) != 1) or (single and y.ndim > 1 and len(y) != 1)
    return y[None] if lacks else y


def _listed(value: Any) -> Any:
    """A single number as a list of one."""
    single = isinstance(value, int | float | np.generic) or (hasattr(value, "dtype") and np.ndim(value) == 0)
    return np.array([value]) if single else value
