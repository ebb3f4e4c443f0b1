"""What a model starts from: the declared shape of one input."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.shapes import InputSpec
from glassnet.foundation.symbolic import SymbolicArray
from glassnet.foundation.types import Shape


def Input(  # noqa: N802  (Keras's name)
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    name: str | None = None,
    *,
    batch_shape: Sequence[int | None] | None = None,
) -> SymbolicArray:
    """Declare the shape of one input, without the batch: ``Input((30,))`` is 30 columns.

    A `Sequential` that starts with it makes its weights at once, and layers called one on the other, from one or several of
    them on, make a graph for ``Model(inputs, outputs)``.

    Args:
        shape: sizes of one sample, such as ``(28, 28, 1)``; None for one that varies.
        batch_size: the number of rows in a batch, if it is always the same.
        dtype: the type of the numbers; ``"float32"`` by default.
        name: the input's name.
        batch_shape: shape and batch size at once, instead of the two.

    Returns:
        A `SymbolicArray` of shape (batch_size, *shape).

    Raises:
        ConfigError: no shape, or sizes that are not whole numbers above 0.

    Example:
        >>> Input((30,)).shape
        (None, 30)

    Reference:
        Chollet, *Deep Learning with Python* (2021), chapter 7.
    """
    if (shape is None) == (batch_shape is None) or (batch_shape is not None and batch_size is not None):
        raise ConfigError(
            f"Input expected either `shape` or `batch_shape`, which holds the batch size too. Received shape={shape!r}, "
            f"batch_size={batch_size!r}, batch_shape={batch_shape!r}. "
            f"Write Input((30,)) for rows of 30 numbers."
        )
    if batch_shape is not None:
        batch_size, *shape = batch_shape
    if isinstance(shape, int):
        raise ConfigError(f"Input expected a tuple of sizes. Received {shape!r}. Write Input(({shape},)).")
    sizes = (batch_size, *(shape or ()))
    if any(s is not None and (not isinstance(s, int | np.integer) or isinstance(s, bool) or s < 1) for s in sizes):
        raise ConfigError(f"Input expected whole sizes above 0, or None. Received {sizes!r}. Write Input((30,)).")
    return SymbolicArray(tuple(None if s is None else int(s) for s in sizes), np.dtype(dtype or "float32").name, name)


@layer_registry.register()
class InputLayer(Layer):
    """y = x: the declared start of a network as a layer, for code that adds it by name.

    Args:
        shape: sizes of one sample, without the batch.
        batch_size: the number of rows, if it is always the same.
        batch_shape: both at once.
        **kwargs: as in every `Layer`.

    Shapes:
        output as input.

    Raises:
        ConfigError: no shape, or sizes that are not whole numbers above 0.
        ShapeError: it is called with an input of another shape; the number of rows may differ.

    Example:
        >>> InputLayer((30,)).batch_shape
        (None, 30)

    Reference:
        Chollet, *Deep Learning with Python* (2021), chapter 7.
    """

    autocast = False

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        batch_shape: Sequence[int | None] | None = None,
        **kwargs: Any,
    ) -> None:
        symbolic = Input(shape, batch_size, dtype, batch_shape=batch_shape)
        super().__init__(dtype=dtype, **kwargs)
        self.batch_shape = symbolic.shape
        self.declared_shape = None
        sizes = {axis: size for axis, size in enumerate(symbolic.shape) if axis and size is not None}
        self.input_spec = InputSpec(len(symbolic.shape), axes=sizes)
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """`batch_shape`, `dtype` and `name`."""
        return {"batch_shape": list(self.batch_shape), "dtype": self.dtype, "name": self.name}

    def call(self, inputs: Any = None) -> Any:
        """The input itself; nothing, given nothing."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's own shape."""
        return input_shape
