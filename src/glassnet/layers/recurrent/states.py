"""The states a sequence starts from: zeros, given ones, or those the last batch ended with."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer
from glassnet.foundation.shapes import int_or_none, show
from glassnet.foundation.types import Array, Shape


def checked_cell(cell: Any, *, owner: str) -> Layer:
    """`cell` if it can be one: a layer that says how large its state is.

    Raises:
        ConfigError: it is no layer, a whole recurrent layer rather than a cell, or has no usable `state_size`.
    """
    if not isinstance(cell, Layer):
        raise ConfigError(
            f"{owner} expected a cell: a Layer with `state_size` and `call(inputs, states)`. Received {cell!r} of type "
            f"{type(cell).__name__}. Pass LSTMCell(32), for example, or subclass Layer."
        )
    if hasattr(cell, "return_sequences"):
        raise ConfigError(
            f"{owner} expected a cell, which takes one step. Received {type(cell).__name__}, which takes whole sequences. "
            f"Pass {type(cell).__name__}Cell, or use the layer as it is."
        )
    sizes = getattr(cell, "state_size", None)
    leaves = jax.tree.leaves(sizes)
    if not leaves or any(int_or_none(size) is None or size < 1 for size in leaves):
        raise ConfigError(
            f"{owner} expected a cell with `state_size`, a whole number above 0, or a list with one for each array of its "
            f"state. Received {type(cell).__name__} with {sizes!r}. Set self.state_size in its __init__."
        )
    return cell


def output_size(cell: Any) -> int:
    """The width of a cell's output: its `output_size`, or the first of its `state_size`."""
    size = getattr(cell, "output_size", None)
    return jax.tree.leaves(cell.state_size)[0] if size is None else size


def step_shapes(cell: Any, step_shape: Shape) -> tuple[Shape, Any]:
    """The shapes of one step's output and of the states after it."""
    own = getattr(cell, "step_shapes", None)
    if own is not None:
        return own(step_shape)
    batch = step_shape[0]
    sizes = cell.state_size if isinstance(cell.state_size, list | tuple) else [cell.state_size]
    return (batch, output_size(cell)), jax.tree.map(lambda size: (batch, size), list(sizes))


def zero_states(cell: Any, batch_size: int) -> list[Any]:
    """The states before the first step: what the cell's `get_initial_state` says, or zeros."""
    own = getattr(cell, "get_initial_state", None)
    if own is not None:
        found = own(batch_size=batch_size)
        return list(found) if isinstance(found, list | tuple) else [found]
    sizes = cell.state_size if isinstance(cell.state_size, list | tuple) else [cell.state_size]
    return [jnp.zeros((batch_size, size), cell.dtype) for size in sizes]


def given_states(given: Any, expected: list[Any], *, layer: str) -> list[Any]:
    """What a caller passed as the first states, in the form the cell expects.

    Args:
        given: an array, or a list of them, nested as the cell's states are or flat.
        expected: states of the right number and shapes.
        layer: the layer's path, for messages.

    Raises:
        ShapeError: another number of arrays, or another shape.
    """
    wanted, tree = jax.tree.flatten(expected)
    found = [jnp.asarray(state) for state in _leaves(given)]
    if [state.shape for state in found] != [state.shape for state in wanted]:
        raise ShapeError(
            f"Layer {layer!r} expected `initial_state` as {_described(wanted)}. Received {_described(found)}. Pass the states "
            f"that a layer with return_state=True gave for as many rows, or leave it out for zeros."
        )
    return jax.tree.unflatten(tree, found)


def _leaves(given: Any) -> list[Any]:
    if isinstance(given, list | tuple) and not all(np.isscalar(item) for item in given):
        return [leaf for item in given for leaf in _leaves(item)]
    return [given]


def _described(states: list[Array]) -> str:
    shapes = ", ".join(show(state.shape) for state in states)
    return f"an array of shape {shapes}" if len(states) == 1 else f"a list of {len(states)} arrays of shapes {shapes}"
