"""Merging along an axis: arrays side by side, or their dot product."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import int_or_none, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.merging import Merge

#: No vector is divided by less than this length.
_SHORTEST = 1e-7


@layer_registry.register()
class Concatenate(Merge):
    """``y = [x_1, x_2, ...]``: the inputs side by side along one axis.

    A place of the output counts when its own input's mask says so; an input without a mask counts everywhere.

    Args:
        axis: the axis along which they are put together; the last by default.
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [(B, ..., d_1), (B, ..., d_2), ...], output (B, ..., d_1 + d_2 + ...), for the last axis.

    Raises:
        ConfigError: `axis` is not a whole number.
        ShapeError: the inputs are not a list, have no such axis, or differ along another.

    Example:
        >>> import numpy as np
        >>> Concatenate()([np.float32([[1, 2]]), np.float32([[3]])]).tolist()
        [[1.0, 2.0, 3.0]]

    Reference:
        Huang et al. (2017), Densely connected convolutional networks.
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        whole = int_or_none(axis)
        if whole is None or isinstance(axis, bool):
            raise ConfigError(
                f"Concatenate expected `axis` as a whole number. Received {axis!r}. Pass -1 for the last."
            )
        self.axis = whole

    def call(self, inputs: Any, mask: Any = None) -> Array:
        """The inputs side by side."""
        self._check(inputs)
        return jnp.concatenate(list(inputs), self.axis)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """The inputs' shape, its sizes along the axis added up."""
        shapes = self._shapes(input_shape)
        rank = len(shapes[0])
        if any(len(shape) != rank for shape in shapes) or not -rank <= self.axis < rank:
            raise self._unfit(
                shapes, f"inputs with as many axes, one of them axis {self.axis}", "Reshape one of them, or set `axis`."
            )
        joined = self.axis % rank
        sizes: list[int | None] = []
        for axis, along in enumerate(zip(*shapes, strict=True)):
            known = [size for size in along if size is not None]
            if axis == joined:
                sizes.append(sum(known) if len(known) == len(along) else None)
                continue
            if len(set(known)) > 1:
                raise self._unfit(
                    shapes,
                    f"inputs of one shape except along axis {self.axis}",
                    f"Axis {axis} differs: reshape, or set `axis`.",
                )
            sizes.append(known[0] if known else None)
        return tuple(sizes)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The masks side by side; along the last axis, True where any of them is."""
        if mask is None or all(one is None for one in mask):
            return None
        whole = [
            jnp.ones(x.shape, bool)
            if m is None
            else jnp.broadcast_to(m.reshape(*m.shape, *[1] * (x.ndim - m.ndim)), x.shape).astype(bool)
            for x, m in zip(inputs, mask, strict=True)
        ]
        return jnp.any(jnp.concatenate(whole, self.axis), axis=-1)


@layer_registry.register()
class Dot(Merge):
    """``y_{b, i, j} = Σ_k x_{b, i, k} z_{b, j, k}``: the dot products of two inputs' vectors, row by row.

    Args:
        axes: the axis k, a whole number other than 0, or (the first input's, the second's).
        normalize: whether the vectors are scaled to length 1 first, so that y is the cosine of their angle.
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [(B, ..., K), (B, ..., K)], output (B, the other axes of the first, the other axes of the second); (B, 1)
        for two inputs of two axes.

    Raises:
        ConfigError: `axes` is not one or two whole numbers other than 0.
        ShapeError: the inputs are not a list of two, have no such axes, or these differ in size.

    Example:
        >>> import numpy as np
        >>> Dot(axes=1)([np.float32([[1, 2]]), np.float32([[3, 4]])]).tolist()
        [[11.0]]

    Reference:
        Vaswani et al. (2017), Attention is all you need, section 3.2.1.
    """

    count = 2

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        given = list(axes) if isinstance(axes, list | tuple) else [axes, axes]
        whole = [axis for axis in map(int_or_none, given) if axis]
        if len(whole) != len(given) or len(given) != 2:
            raise ConfigError(
                f"Dot expected `axes` as one or two whole numbers other than 0, which is the batch. Received {axes!r}. Pass "
                f"1, or (2, 1), for example."
            )
        self.axes = (whole[0], whole[1]) if isinstance(axes, list | tuple) else whole[0]
        self.normalize = bool(normalize)

    def call(self, inputs: Any, mask: Any = None) -> Array:
        """The dot products."""
        self._check(inputs)
        x, z = inputs
        i, j = self._places((x.shape, z.shape))
        if self.normalize:
            x, z = _of_length_one(x, i), _of_length_one(z, j)
        y = jax.lax.dot_general(x, z, (((i,), (j,)), ((0,), (0,))))  # (B, others of x, others of z)
        return y[:, None] if y.ndim == 1 else y

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """(B, the first input's other axes, the second's); (B, 1) where there are none."""
        shapes = self._shapes(input_shape)
        i, j = self._places(shapes)
        x, z = shapes
        if None not in (x[i], z[j]) and x[i] != z[j]:
            raise self._unfit(
                shapes, f"one size along the axes {i} and {j}", "Set `axes` to two that are equally long."
            )
        if None not in (x[0], z[0]) and x[0] != z[0]:
            raise self._unfit(shapes, "as many rows in both inputs", "Pass arrays with the same first size.")
        rows = z[0] if x[0] is None else x[0]
        others = (*x[1:i], *x[i + 1 :], *z[1:j], *z[j + 1 :])
        return (rows, *(others or (1,)))

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """None: a dot product has no places that a mask could speak of."""

    def _places(self, shapes: Sequence[Shape]) -> tuple[int, int]:
        axes = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        found = [axis % len(shape) for axis, shape in zip(axes, shapes, strict=True) if -len(shape) < axis < len(shape)]
        if len(found) < 2:
            received = ", ".join(show(shape) for shape in shapes)
            raise ShapeError(
                f"Layer {self.path!r} expected inputs with the axes {axes}, besides the batch. Received the shapes "
                f"{received}. Set `axes` to axes that they have."
            )
        return found[0], found[1]


def _of_length_one(x: Array, axis: int) -> Array:
    return x * jax.lax.rsqrt(jnp.maximum(jnp.sum(x * x, axis, keepdims=True), _SHORTEST**2))
