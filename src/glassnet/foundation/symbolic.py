"""Symbolic arrays: places in a network where an array will be, and the layer's call that each of them comes from."""

import itertools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import deserialize
from glassnet.foundation.types import Shape

_numbers = itertools.count()


class Step:
    """One call of a layer with symbolic arrays: a node of a graph.

    Args:
        layer: the layer.
        args: what it was called with, symbolic arrays among them.
        kwargs: likewise, by name.
    """

    def __init__(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.layer = layer
        self.args = args
        self.kwargs = kwargs
        self.outputs: Any = None
        #: Later steps have larger numbers, so that steps in their order can be run.
        self.number = next(_numbers)

    @property
    def inputs(self) -> Any:
        """The symbolic arrays it was called with: one, or a list."""
        found = symbolic_in((self.args, self.kwargs))
        return found[0] if len(found) == 1 else found


class SymbolicArray:
    """A place in a network where an array will be: its shape (batch first) and type, but no numbers.

    A layer called with one gives another; ``Model(inputs, outputs)`` makes a network of what lies between. Sums, products
    and slices of symbolic arrays are layers too: ``x + y``, ``2 * x``, ``x[:, 0]``.

    Args:
        shape: the sizes, None for one that is not known.
        dtype: the type of the numbers.
        name: an input's name.
        origin: the call it comes from; None for an input.

    Example:
        >>> from glassnet import Input
        >>> from glassnet.layers import Dense
        >>> Dense(3)(Input((2,)))
        SymbolicArray(shape=(None, 3), dtype='float32')

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 7.2.2.
    """

    def __init__(
        self, shape: Shape, dtype: str = "float32", name: str | None = None, origin: Step | None = None
    ) -> None:
        self.shape = tuple(shape)
        self.dtype = dtype
        self.name = name
        self.origin = origin

    @property
    def ndim(self) -> int:
        """The number of axes, the batch included."""
        return len(self.shape)

    def __repr__(self) -> str:
        name = "" if self.name is None else f", name={self.name!r}"
        return f"SymbolicArray(shape={self.shape}, dtype={self.dtype!r}{name})"

    def __add__(self, other: Any) -> Any:
        return _operation("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return _operation("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return _operation("subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _operation("subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return _operation("multiply", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _operation("multiply", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _operation("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _operation("divide", other, self)

    def __pow__(self, other: Any) -> Any:
        return _operation("power", self, other)

    def __matmul__(self, other: Any) -> Any:
        return _operation("matmul", self, other)

    def __neg__(self) -> Any:
        return _operation("negative", self)

    def __getitem__(self, index: Any) -> Any:
        return _operation("getitem", self, index)

    def __bool__(self) -> bool:
        raise ConfigError(
            f"Expected numbers to decide on. Received {self!r}, which has none until the model runs. Write a layer whose "
            f"call decides with jnp.where."
        )

    def __iter__(self) -> Any:
        raise ConfigError(
            f"Expected an array to go through. Received {self!r}, which has no numbers yet. Slice it: x[:, 0]."
        )

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise ConfigError(
            f"Expected an array of numbers. Received {self!r}, which has none until the model runs. Put the function into a "
            f"layer: Lambda(lambda x: jnp.sin(x))(x)."
        )


def symbolic_in(nest: Any) -> list[SymbolicArray]:
    """The symbolic arrays in nested lists, tuples and dicts, in order."""
    return [leaf for leaf in jax.tree.leaves(nest) if isinstance(leaf, SymbolicArray)]


def record(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> Step:
    """Note a layer's call, with a symbolic array for each of `outputs`, a nest of shapes with types."""
    step = Step(layer, args, kwargs)
    step.outputs = jax.tree.map(lambda o: SymbolicArray(o.shape, jnp.dtype(o.dtype).name, origin=step), outputs)
    return step


def traced(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The shapes and types that a call with symbolic arrays gives, found by tracing it for two sizes of what is unknown.

    A size of the output that differs between the two is unknown too.
    """
    first, second = (_traced_with(call, args, kwargs, *sizes) for sizes in ((2, 61), (3, 67)))

    def joined(one: Any, other: Any) -> SymbolicArray:
        shape = tuple(a if a == b else None for a, b in zip(one.shape, other.shape, strict=True))
        return SymbolicArray(shape, one.dtype.name)

    return jax.tree.map(joined, first, second)


def _traced_with(call: Callable[..., Any], args: Any, kwargs: Any, rows: int, size: int) -> Any:
    leaves, tree = jax.tree.flatten((args, kwargs))
    places = [index for index, leaf in enumerate(leaves) if isinstance(leaf, SymbolicArray)]

    def run(arrays: list[Any]) -> Any:
        filled = dict(zip(places, arrays, strict=True))
        args, kwargs = jax.tree.unflatten(tree, [filled.get(index, leaf) for index, leaf in enumerate(leaves)])
        return call(*args, **kwargs)

    return jax.eval_shape(run, [_spec(leaves[index], rows, size) for index in places])


def _spec(array: SymbolicArray, rows: int, size: int) -> jax.ShapeDtypeStruct:
    shape = tuple((size if axis else rows) if s is None else s for axis, s in enumerate(array.shape))
    return jax.ShapeDtypeStruct(shape, array.dtype)


def _operation(name: str, *operands: Any) -> Any:
    # Layers lie above this room: the one that stands for an operator is found by its name.
    symbolic = [item for item in operands if isinstance(item, SymbolicArray)]
    constants = [None if isinstance(item, SymbolicArray) else item for item in operands]
    config = {"function": name, "constants": constants}
    layer = deserialize({"kind": "layer", "class_name": "Operation", "config": config})
    return layer(symbolic[0] if len(symbolic) == 1 else symbolic)
