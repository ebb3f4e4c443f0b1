"""Reshaping: the same numbers along other axes."""

import math
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import InputSpec, int_or_none, positive_int, show
from glassnet.foundation.types import Array, Shape


@layer_registry.register()
class Reshape(Layer):
    """y_b = the numbers of x_b, row by row, in another shape.

    Args:
        target_shape: the sizes of one output, without the batch: whole numbers above 0, one of which may be -1 for
            whatever is left.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, d1, d2, ...), output (B, *target_shape), of as many numbers.

    Raises:
        ConfigError: a size that is not a whole number above 0, or more than one -1.
        ShapeError: the input has another number of numbers.

    Example:
        >>> import numpy as np
        >>> Reshape((-1, 2))(np.arange(6.0)[None]).tolist()
        [[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 2.1.
    """

    def __init__(self, target_shape: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        given = list(target_shape) if isinstance(target_shape, list | tuple) else [None]
        sizes = tuple(size for size in map(int_or_none, given) if size is not None and (size > 0 or size == -1))
        if len(sizes) < len(given) or sizes.count(-1) > 1:
            raise ConfigError(
                f"Reshape expected `target_shape` as a tuple of whole sizes above 0, without the batch, at most one of them "
                f"-1. Received {target_shape!r}. Pass (28, 28, 1), for example."
            )
        self.target_shape = sizes
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Array) -> Array:
        """The same numbers in the target shape."""
        return inputs.reshape([size or 0 for size in self.compute_output_shape(inputs.shape)])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(B, *target_shape), -1 replaced by what is left, or None where the input has unknown sizes."""
        known = [size for size in input_shape[1:] if size is not None]
        numbers, fixed = math.prod(known), math.prod(size for size in self.target_shape if size != -1)
        if len(known) < len(input_shape) - 1:
            return (input_shape[0], *(None if size == -1 else size for size in self.target_shape))
        if numbers != fixed and (-1 not in self.target_shape or numbers % fixed):
            raise ShapeError(
                f"Layer {self.path!r} expected {'a multiple of ' if -1 in self.target_shape else ''}{fixed} numbers for each "
                f"sample, to fill {show(self.target_shape)}. Received {numbers}, in an input of shape {show(input_shape)}. "
                f"Choose sizes whose product is {numbers}."
            )
        return (input_shape[0], *(numbers // fixed if size == -1 else size for size in self.target_shape))


@layer_registry.register()
class Permute(Layer):
    """y_{b, i, j, ...} = x with its axes in another order: ``Permute((2, 1))`` transposes each sample.

    Args:
        dims: the input's axes in the output's order, counted from 1; the batch, axis 0, stays first.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, d1, ..., dn), output (B, d_dims[0], ..., d_dims[n - 1]).

    Raises:
        ConfigError: `dims` does not name each of 1 ... n once.
        ShapeError: the input has not n axes besides the batch.

    Example:
        >>> import numpy as np
        >>> Permute((2, 1))(np.array([[[1.0, 2.0], [3.0, 4.0]]])).tolist()
        [[[1.0, 3.0], [2.0, 4.0]]]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 2.1.
    """

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        axes = tuple(int_or_none(axis) or 0 for axis in dims) if isinstance(dims, list | tuple) else ()
        if sorted(axes) != list(range(1, len(axes) + 1)) or not axes:
            raise ConfigError(
                f"Permute expected `dims` to name each axis from 1 up to the last once; 0, the batch, stays first. "
                f"Received {dims!r}. Pass (2, 1), for example."
            )
        self.dims = axes
        self.input_spec = InputSpec(ndim=len(axes) + 1, hint="Give `dims` one entry for each axis besides the batch.")

    def call(self, inputs: Array) -> Array:
        """The input with its axes in the new order."""
        return jnp.transpose(inputs, (0, *self.dims))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's sizes in the new order."""
        if self.input_spec is not None:
            self.input_spec.check(self.path, input_shape)
        return tuple(input_shape[axis] for axis in (0, *self.dims))


@layer_registry.register()
class RepeatVector(Layer):
    """y_{b, t} = x_b for t = 1 ... n: one vector becomes a sequence of n equal steps.

    Args:
        n: how many steps, a whole number above 0.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D), output (B, n, D).

    Raises:
        ConfigError: `n` is not a whole number above 0.
        ShapeError: the input has not 2 axes.

    Example:
        >>> import numpy as np
        >>> RepeatVector(2)(np.array([[1.0, 3.0]])).tolist()
        [[[1.0, 3.0], [1.0, 3.0]]]

    Reference:
        Cho et al. (2014), Learning phrase representations using RNN encoder-decoder.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = positive_int("n", n, owner="RepeatVector")
        self.input_spec = InputSpec(ndim=2, hint="Pass rows of numbers, such as a recurrent layer's last output.")

    def call(self, inputs: Array) -> Array:
        """Each vector n times."""
        return jnp.repeat(inputs[:, None, :], self.n, axis=1)  # (B, n, D)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(B, n, D)."""
        if self.input_spec is not None:
            self.input_spec.check(self.path, input_shape)
        return (input_shape[0], self.n, input_shape[1])
