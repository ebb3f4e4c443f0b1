"""An observer that keeps what passes: every call, every named number, and room to move each of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation import context
from glassnet.foundation.observing import stands_for
from glassnet.foundation.types import Array


@dataclass
class Recorded:
    """One call as it was met.

    Args:
        path: the layer's path.
        kind: its class.
        depth: how many calls it is inside of; 0 for the model itself.
        inputs: its arguments, arrays or nests of them.
        options: what else its `call` was given, `training` and masks included.
        masks: the mask that travelled with each array among the arguments, or None.
        draws: how often each layer had drawn random numbers before.
        outputs: what it put out.
        inside: named numbers met in its own `call`, in order, each name as often as it was met.
    """

    path: str
    kind: str
    depth: int
    inputs: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)
    masks: list[Any] = field(default_factory=list)
    draws: dict[str, int] = field(default_factory=dict)
    outputs: Any = None
    inside: list[tuple[str, Any]] = field(default_factory=list)


class Recorder:
    """Keeps every call, and adds to each number what it is told to: ``a + δ``, so that dL/dδ = dL/da.

    Args:
        moves: δ by the number's key; None to add nothing and only to collect in `shapes` what could be moved.
        model: what is called, whose layers are called by their places in it; without it by their own paths.
    """

    def __init__(self, moves: dict[str, Array] | None = None, model: Any = None) -> None:
        self._places: dict[int, str] = (
            {} if model is None else {id(layer): path for path, layer in placed(model).items()}
        )
        self.calls: list[Recorded] = []
        self.shapes: dict[str, Any] = {}
        self._moves = moves
        self._open: list[int] = []
        self._comes_from: dict[int, tuple[Any, str]] = {}

    def around(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], compute: Callable[[], Any]) -> Any:
        """Keep the call; see `Observer`."""
        number, call = len(self.calls), context.current()
        masks = [context.noted(leaf, "mask") for leaf in jax.tree.leaves(args)]
        draws = dict(call.draws) if call is not None else {}
        path, kind, depth = self._places.get(id(layer)) or str(layer.path), type(layer).__name__, len(self._open)
        recorded = Recorded(path, kind, depth, args, dict(kwargs), masks, draws)
        self.calls.append(recorded)
        self._open.append(number)
        try:
            outputs = compute()
        finally:
            self._open.pop()
        leaves, tree = jax.tree.flatten(outputs)
        recorded.outputs = jax.tree.unflatten(
            tree, [self._moved(output_key(number, place), leaf) for place, leaf in enumerate(leaves)]
        )
        return recorded.outputs

    def see(self, name: str, value: Any) -> Any:
        """Keep a named number; see `Observer`."""
        number = self._open[-1]
        inside = self.calls[number].inside
        value = self._moved(inside_key(number, len(inside)), value)
        inside.append((name, value))
        return value

    def linked(self, output: Array) -> list[str]:
        """The keys under which an output of the model was put out that the loss computes from its logits, outermost first."""
        found: list[str] = []
        while id(output) in self._comes_from and context.noted(output, "logits") is not None:
            output, key = self._comes_from[id(output)]
            found.append(key)
        return found

    def _moved(self, key: str, value: Any) -> Any:
        if not isinstance(value, jax.Array) or not jnp.issubdtype(value.dtype, jnp.floating):
            return value
        self.shapes[key] = jax.ShapeDtypeStruct(value.shape, value.dtype)
        if self._moves is None:
            return value
        moved = stands_for(value + self._moves[key], value)
        self._comes_from[id(moved)] = (value, key)
        return moved


def placed(model: Any) -> dict[str, Any]:
    """Each layer by its place in the model, the start of its weights' paths: a model's inside of another one too.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> list(placed(Sequential([Sequential([Input((2,)), Dense(1)], name="part")], name="whole")))
        ['whole', 'part', 'part/dense']
    """
    found: dict[int, tuple[str, Any]] = {}

    def visit(layer: Any, path: str) -> None:
        if id(layer) not in found:
            found[id(layer)] = (path or layer.path, layer)
            for segment, inner in layer.sublayers():
                visit(inner, f"{path}/{segment}".lstrip("/"))

    visit(model, "")
    return dict(found.values())


def output_key(call: int, place: int) -> str:
    """The key of the output at `place` of call number `call`."""
    return f"{call}>{place}"


def inside_key(call: int, place: int) -> str:
    """The key of the named number at `place` inside call number `call`."""
    return f"{call}.{place}"
