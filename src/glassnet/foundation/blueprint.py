"""A model taken apart for compiling: its structure, compared by value, and its arrays by path.

Two models of the same architecture have equal blueprints, so what was compiled for one serves the other.
"""

from collections.abc import Iterator
from typing import Any

import jax

from glassnet.foundation.layer import Layer
from glassnet.foundation.tree import nodes_in
from glassnet.foundation.types import Weights


class Blueprint:
    """The structure of a layer or model without its numbers.

    Args:
        model: a built layer or model. A copy without arrays is kept, so the model itself can be freed.
    """

    def __init__(self, model: Layer) -> None:
        self._treedef = jax.tree.structure(model)
        places = {(id(owner), name): (path, trains) for path, owner, name, trains in model.locate_weights()}
        slots = list(_slots_of(model, places, ""))
        self._slots = tuple(slot for slot, _ in slots)
        self.trains = frozenset(slot for slot, trains in slots if trains)
        self._constraints = {
            path: constraint
            for path, owner, name, trains in model.locate_weights()
            if trains and (constraint := owner._specs[name].constraint) is not None
        }
        self.identity = (self._treedef, self._slots, self.trains)
        self._hash = hash(self.identity)  # asked for at every look-up of a program
        self.compiler_hints = frozenset(hint for layer in model.walk() for hint in layer.compiler_hints)
        self.holds_more_than_weights = any(slot.startswith("#") for slot in self._slots)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Blueprint) and self.identity == other.identity)

    def __hash__(self) -> int:
        return self._hash

    def take_apart(self, model: Layer) -> tuple[Weights, Weights]:
        """The arrays of a model of this structure: those that train, and the rest, by path."""
        return self._sort(jax.tree.leaves(model))

    def assemble(self, params: Weights, rest: Weights) -> Any:
        """A private copy of the model that holds these arrays; what it assigns while called stays in it."""
        leaves = [params[slot] if slot in params else rest[slot] for slot in self._slots]
        return jax.tree.unflatten(self._treedef, leaves)

    def state_of(self, copy: Layer) -> Weights:
        """The arrays of a private copy that do not train, as the call left them."""
        return self._sort(jax.tree.leaves(copy))[1]

    @property
    def constrains(self) -> bool:
        """Whether any weight has a constraint."""
        return bool(self._constraints)

    def constrain(self, params: Weights) -> Weights:
        """The weights that train, each brought back to its constraint."""
        if not self._constraints:
            return params
        return {path: self._constraints[path](w) if path in self._constraints else w for path, w in params.items()}

    def restore(self, model: Layer, params: Weights, rest: Weights) -> None:
        """Put arrays back into a model of this structure."""
        for path, owner, name, _ in model.locate_weights():
            owner.__dict__[name] = params[path] if path in params else rest[path]
        if self.holds_more_than_weights:  # such as the states that a recurrent layer keeps from batch to batch
            for held, new in zip(model.walk(), self.assemble(params, rest).walk(), strict=True):
                for name in held.children():
                    if name not in held._specs and not any(True for _ in nodes_in(name, held.__dict__[name])):
                        held.__dict__[name] = new.__dict__[name]

    def _sort(self, leaves: list[Any]) -> tuple[Weights, Weights]:
        params: Weights = {}
        rest: Weights = {}
        for slot, leaf in zip(self._slots, leaves, strict=True):
            (params if slot in self.trains else rest)[slot] = leaf
        return params, rest


def _slots_of(value: Any, places: dict[tuple[int, str], tuple[str, bool]], at: str) -> Iterator[tuple[str, bool]]:
    """The name of each leaf under `value`, in the order JAX meets them: a weight's path, or ``#attribute`` for others."""
    if isinstance(value, Layer):
        for name in value.children():
            child, inner = value.__dict__[name], f"{at}/{name}"
            yield from [places[id(value), name]] if (id(value), name) in places else _slots_of(child, places, inner)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _slots_of(item, places, f"{at}/{index}")
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from _slots_of(value[key], places, f"{at}/{key}")
    else:
        yield f"#{at}", False
