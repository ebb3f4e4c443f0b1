"""The tree under a layer: a plain Python object that JAX can look into.

Arrays, and lists or dicts that hold some, are its children; everything else is static and compared by content.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import jax
import numpy as np

from glassnet.foundation.registry import freeze

_changes = [0]


def changes() -> int:
    """How often any node's configuration has been set: what was derived from it is stale once this number moves."""
    return _changes[0]


def count_change() -> None:
    """Say that some node's configuration has been set."""
    _changes[0] += 1


class Node:
    """An object whose attributes JAX flattens; every subclass is registered as a pytree.

    JAX rebuilds such an object for each program: a private copy, which may assign its own attributes while it is traced.
    """

    #: Attributes that belong to one object alone: not looked into by JAX, not compared, not copied into a program.
    host_only: ClassVar[frozenset[str]] = frozenset({"_children", "_private"})
    #: What those attributes start from in a private copy, where they must be there.
    fresh: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        jax.tree_util.register_pytree_with_keys(
            cls, _flatten_with_keys, lambda static, children: _unflatten(cls, static, children), _flatten
        )

    def children(self) -> tuple[str, ...]:
        """The attributes that JAX looks into: arrays, nodes, and lists or dicts that hold any."""
        known = self.__dict__.get("_children", ())
        return tuple(
            name
            for name, value in self.__dict__.items()
            if name in known or (name not in self.host_only and _holds_arrays(value))
        )

    def sublayers(self) -> Iterator[tuple[str, Any]]:
        """The nodes held directly, each with the name it has in paths."""
        for name, value in self.__dict__.items():
            # Most attributes are plain values: for those no generator is made.
            if isinstance(value, _MAY_HOLD) and name not in self.host_only:
                yield from nodes_in(name, value)

    def walk(self) -> Iterator[Self]:
        """This node and all inside it, each once, in the order they are held."""
        seen: set[int] = set()

        def visit(node: Any) -> Iterator[Any]:
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                for _, inner in node.sublayers():
                    yield from visit(inner)

        return visit(self)

    def is_private(self) -> bool:
        """Whether this is a copy that JAX made for a program."""
        return self.__dict__.get("_private", False)


_MAY_HOLD = (Node, list, tuple, dict)


class _Static:
    """A node's configuration as JAX compares it: by content."""

    __slots__ = ("children", "frozen", "values")

    def __init__(self, children: tuple[str, ...], values: dict[str, Any]) -> None:
        self.children = children
        self.values = values
        self.frozen = (children, freeze(values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Static) and self.frozen == other.frozen

    def __hash__(self) -> int:
        return hash(self.frozen)


def nodes_in(name: str, value: Any) -> Iterator[tuple[str, Node]]:
    """The nodes in an attribute's value, inside lists and dicts too, each with its place."""
    if isinstance(value, Node):
        yield name, value
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from nodes_in(f"{name}/{index}", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from nodes_in(f"{name}/{key}", item)


def _holds_arrays(value: Any) -> bool:
    if isinstance(value, Node | jax.Array | np.ndarray):
        return True
    if isinstance(value, list | tuple):
        return any(_holds_arrays(item) for item in value)
    return isinstance(value, dict) and any(_holds_arrays(item) for item in value.values())


def _static(node: Node, children: tuple[str, ...]) -> _Static:
    hidden = {*children, *node.host_only}
    return _Static(children, {name: value for name, value in node.__dict__.items() if name not in hidden})


def _flatten(node: Node) -> tuple[list[Any], _Static]:
    children = node.children()
    return [node.__dict__[name] for name in children], _static(node, children)


def _flatten_with_keys(node: Node) -> tuple[list[Any], _Static]:
    children = node.children()
    return [(jax.tree_util.GetAttrKey(name), node.__dict__[name]) for name in children], _static(node, children)


def _unflatten(cls: type[Node], static: _Static, children: Any) -> Node:
    node = object.__new__(cls)
    values = {name: dict(value) if isinstance(value, dict) else value for name, value in static.values.items()}
    node.__dict__.update(cls.fresh)
    node.__dict__.update(values, _children=static.children, _private=True)
    node.__dict__.update(zip(static.children, children, strict=True))
    return node
