"""Merging: several arrays become one, number by number, side by side, or by a dot product."""

import functools
from typing import Any, ClassVar

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, is_shape, layer_registry
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, Shape


class Merge(Layer):
    """A layer called with a list of arrays of as many rows, which it combines number by number.

    Sizes that are 1 stretch to the others', and arrays with fewer axes get some after the batch. Where every input has a
    mask, a place of the output counts when it does so in any of them.
    """

    supports_masking: ClassVar[bool] = True
    #: How many arrays it takes; any number from 1 up when None.
    count: ClassVar[int | None] = None

    def build(self, input_shape: Any) -> None:
        """Check that the inputs can be merged."""
        self.compute_output_shape(input_shape)

    def call(self, inputs: Any, mask: Any = None) -> Array:
        """The inputs combined."""
        return self.merge(*self._aligned(inputs, mask))

    def merge(self, inputs: list[Array], masks: list[Array | None]) -> Array:
        """Combine arrays with the same number of axes; `masks` fit them or are None."""
        raise ConfigError(
            f"Expected {type(self).__name__} to define `merge(self, inputs, masks)`. Received a class without it. Write the "
            f"method that combines the arrays."
        )

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """The shape that all inputs stretch to."""
        shapes = self._shapes(input_shape)
        rows = {shape[0] for shape in shapes} - {None}
        if len(rows) > 1:
            raise self._unfit(shapes, "as many rows in each of its inputs", "Pass arrays with the same first size.")
        first, *others = (shape[1:] for shape in shapes)
        for other in others:
            first = self._stretched(first, other, shapes)
        return (rows.pop() if rows else None, *first)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """True where any input's mask is; None where an input has none."""
        if mask is None or any(one is None for one in mask):
            return None
        return functools.reduce(jnp.logical_or, mask)

    def _check(self, inputs: Any) -> None:
        self.compute_output_shape([x.shape for x in inputs] if isinstance(inputs, list | tuple) else inputs.shape)

    def _shapes(self, shapes: Any) -> list[Shape]:
        if is_shape(shapes) or not isinstance(shapes, list | tuple) or not shapes:
            raise ShapeError(
                f"Layer {self.path!r} expected a list of arrays. Received one array, or none, of shape {shapes}. Write "
                f"{type(self).__name__}(...)([a, b])."
            )
        found = [tuple(shape) for shape in shapes]
        if self.count is not None and len(found) != self.count:
            raise self._unfit(found, f"exactly {self.count} inputs", f"Pass a list of {self.count} arrays.")
        if not all(found):
            raise self._unfit(found, "inputs with the batch as their first axis", "Pass x[None] for a single row.")
        return found

    def _stretched(self, one: Shape, other: Shape, shapes: list[Shape]) -> Shape:
        longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
        split = len(longer) - len(shorter)
        sizes = []
        for a, b in zip(longer[split:], shorter, strict=True):
            if a is not None and b is not None and a != b and 1 not in (a, b):
                raise self._unfit(
                    shapes, "inputs of one shape, or of sizes 1 where they differ", "Reshape one of them."
                )
            sizes.append(None if a is None or b is None else b if a == 1 else a)
        return (*longer[:split], *sizes)

    def _unfit(self, shapes: list[Shape], expected: str, advice: str) -> ShapeError:
        received = ", ".join(show(shape) for shape in shapes)
        return ShapeError(f"Layer {self.path!r} expected {expected}. Received the shapes {received}. {advice}")

    def _aligned(self, inputs: Any, mask: Any) -> tuple[list[Array], list[Array | None]]:
        self._check(inputs)
        axes = max(x.ndim for x in inputs)
        given: list[Any] = [None] * len(inputs) if mask is None else list(mask)
        masks: list[Array | None] = [
            None if m is None or not m.ndim <= x.ndim == axes else m.reshape(*m.shape, *[1] * (axes - m.ndim))
            for x, m in zip(inputs, given, strict=True)
        ]
        return [x.reshape(x.shape[0], *[1] * (axes - x.ndim), *x.shape[1:]) for x in inputs], masks


@layer_registry.register()
class Add(Merge):
    """``y = Σ_i x_i``: the sum of the inputs, as in a residual connection.

    Args:
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [(B, ...), ...] that stretch to one shape, output of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> Add()([np.float32([[1, 2]]), np.float32([[10, 20]]), np.float32([[5]])]).tolist()
        [[16.0, 27.0]]

    Reference:
        He et al. (2016), Deep residual learning for image recognition.
    """

    def merge(self, inputs: list[Array], masks: list[Array | None]) -> Array:
        """The sum."""
        return functools.reduce(jnp.add, inputs)


@layer_registry.register()
class Subtract(Merge):
    """``y = x_1 - x_2``: the difference of two inputs.

    Args:
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [(B, ...), (B, ...)] that stretch to one shape, output of that shape.

    Raises:
        ShapeError: the inputs are not a list of two, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> Subtract()([np.float32([[10, 20]]), np.float32([[1, 2]])]).tolist()
        [[9.0, 18.0]]

    Reference:
        Koch, Zemel & Salakhutdinov (2015), Siamese neural networks for one-shot image recognition.
    """

    count = 2

    def merge(self, inputs: list[Array], masks: list[Array | None]) -> Array:
        """The difference."""
        return inputs[0] - inputs[1]


@layer_registry.register()
class Multiply(Merge):
    """``y = Π_i x_i``: the product of the inputs, as in a gate. A masked place counts as 1; 0 where all are masked.

    Args:
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [(B, ...), ...] that stretch to one shape, output of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> Multiply()([np.float32([[2, 3]]), np.float32([[0.5, 1]])]).tolist()
        [[1.0, 3.0]]

    Reference:
        Dauphin et al. (2017), Language modeling with gated convolutional networks.
    """

    def merge(self, inputs: list[Array], masks: list[Array | None]) -> Array:
        """The product."""
        parts = [x if m is None else jnp.where(m, x, jnp.ones_like(x)) for x, m in zip(inputs, masks, strict=True)]
        product = functools.reduce(jnp.multiply, parts)
        known = [m for m in masks if m is not None]
        if len(known) < len(inputs):
            return product
        return jnp.where(functools.reduce(jnp.logical_or, known), product, jnp.zeros_like(product))


@layer_registry.register()
class Average(Merge):
    """``y = (1/n) Σ_i x_i``: the mean of n inputs.

    Args:
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [(B, ...), ...] that stretch to one shape, output of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> Average()([np.float32([[1, 2]]), np.float32([[3, 8]])]).tolist()
        [[2.0, 5.0]]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 7.11.
    """

    def merge(self, inputs: list[Array], masks: list[Array | None]) -> Array:
        """The mean."""
        return functools.reduce(jnp.add, inputs) / len(inputs)


class Extreme(Merge):
    """What `Maximum` and `Minimum` share: a masked place gives way to the other input's."""

    def merge(self, inputs: list[Array], masks: list[Array | None]) -> Array:
        """Pick pair by pair."""
        result, shown = inputs[0], masks[0]
        for x, m in zip(inputs[1:], masks[1:], strict=True):
            other = x if m is None else jnp.where(m, x, result)
            result = self.pick(result if shown is None else jnp.where(shown, result, other), other)
            shown = None if shown is None or m is None else shown | m
        return result

    def pick(self, a: Array, b: Array) -> Array:
        """The larger, or the smaller, of two numbers."""
        raise ConfigError(
            f"Expected {type(self).__name__} to define `pick(self, a, b)`. Received a class without it. Write the method."
        )


@layer_registry.register()
class Maximum(Extreme):
    """``y = max_i x_i``: the largest of the inputs, number by number. Masked places are left out.

    Args:
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [(B, ...), ...] that stretch to one shape, output of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> Maximum()([np.float32([[1, 8]]), np.float32([[3, 2]])]).tolist()
        [[3.0, 8.0]]

    Reference:
        Goodfellow et al. (2013), Maxout networks.
    """

    def pick(self, a: Array, b: Array) -> Array:
        """The larger."""
        return jnp.maximum(a, b)


@layer_registry.register()
class Minimum(Extreme):
    """``y = min_i x_i``: the smallest of the inputs, number by number. Masked places are left out.

    Args:
        **kwargs: as in every `Layer`.

    Shapes:
        inputs [(B, ...), ...] that stretch to one shape, output of that shape.

    Raises:
        ShapeError: the inputs are not a list, or do not fit each other.

    Example:
        >>> import numpy as np
        >>> Minimum()([np.float32([[1, 8]]), np.float32([[3, 2]])]).tolist()
        [[1.0, 2.0]]

    Reference:
        Goodfellow et al. (2013), Maxout networks.
    """

    def pick(self, a: Array, b: Array) -> Array:
        """The smaller."""
        return jnp.minimum(a, b)
