"""Trees of weights: paths, gradients that match, and a selection of weights by path."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import show


def named_leaves(tree: Any) -> list[tuple[str, Any]]:
    """The arrays of a tree, each with its path as a string.

    Example:
        >>> named_leaves({"encoder": [{"kernel": 1.0}]})
        [('encoder/0/kernel', 1.0)]
    """
    leaves, _ = jax.tree_util.tree_flatten_with_path(tree)
    return [(jax.tree_util.keystr(path, simple=True, separator="/"), leaf) for path, leaf in leaves]


def check_weights(params: Any) -> None:
    """Raise a `ConfigError` at the first leaf that is no array of floats."""
    for path, leaf in named_leaves(params):
        dtype = leaf.dtype if hasattr(leaf, "dtype") else jnp.result_type(leaf)
        if not jnp.issubdtype(dtype, jnp.inexact):
            raise ConfigError(
                f"Expected weights of a float type. Received {dtype} at {path!r}. Convert it, for example with "
                f'.astype("float32"), or leave it out of the weights.'
            )


def matched(params: Any, grads: Any) -> Any:
    """`grads` in the structure and with the types of `params`; `None` where a weight has no gradient.

    Raises:
        ConfigError: the structures differ, or no weight has a gradient.
        ShapeError: a gradient has another shape than its weight.
    """
    if isinstance(params, dict) and isinstance(grads, dict):
        grads = _completed(params, grads)
    structure = jax.tree.structure(params)
    try:
        leaves = structure.flatten_up_to(grads)
    except ValueError as error:
        raise ConfigError(
            f"Expected gradients of the same structure as the weights, {structure}. Received "
            f"{jax.tree.structure(grads)}. Pass what jax.grad returned for these weights."
        ) from error
    named = named_leaves(params)
    if named and all(g is None for g in leaves):
        raise ConfigError(
            "Expected a gradient for at least one weight. Received none at all. Pass the gradients of the loss with "
            "respect to these weights, as jax.grad returns them."
        )
    return structure.unflatten([_matched_one(path, w, g) for (path, w), g in zip(named, leaves, strict=True)])


def _completed(params: dict[Any, Any], grads: dict[Any, Any]) -> dict[Any, Any]:
    unknown = [key for key in grads if key not in params]
    if unknown:
        raise ConfigError(
            f"Expected gradients for the weights {', '.join(map(repr, params))}. Received one for {unknown[0]!r}, "
            f"which is none of them. Use the weights' own names."
        )
    return {key: grads.get(key) for key in params}


def _matched_one(path: str, w: Any, g: Any) -> Any:
    if g is None:
        return None
    if np.shape(g) != w.shape:
        raise ShapeError(
            f"Weight {path!r} expected a gradient of its own shape {show(w.shape)}. Received {show(np.shape(g))}. Pass "
            f"the gradient of a scalar loss with respect to this weight."
        )
    return jnp.asarray(g, w.dtype)


def spread(value: Any, params: Any) -> Any:
    """A tree like `params` with `value` at each weight; a tree as it is.

    Example:
        >>> spread(0.5, {"a": 1.0, "b": 2.0})
        {'a': 0.5, 'b': 0.5}
    """
    one = value is None or jax.tree_util.treedef_is_leaf(jax.tree.structure(value))
    return jax.tree.map(lambda _: value, params) if one else value


@dataclass(frozen=True)
class Selection:
    """Weights of a tree, by regular expressions that are found anywhere in a path.

    Example:
        >>> "dense/bias" in Selection.of(["bias$"]), "dense/kernel" in Selection.of(["bias$"])
        (True, False)
    """

    patterns: tuple[str, ...] = ()

    @classmethod
    def of(cls, patterns: Sequence[str]) -> Self:
        """A selection from what a user gave, or a `ConfigError` when that is not regular expressions."""
        for pattern in checked_strings(patterns):
            _check_expression(pattern)
        return cls(tuple(sorted(set(patterns))))

    def __bool__(self) -> bool:
        return bool(self.patterns)

    def __contains__(self, path: str) -> bool:
        return any(re.search(pattern, path) for pattern in self.patterns)


def checked_strings(given: Sequence[str]) -> Sequence[str]:
    """`given` if it is a list of strings that are not empty, else a `ConfigError`."""
    if isinstance(given, str) or not all(isinstance(item, str) and item for item in given):
        raise ConfigError(
            f"Expected a list of weights' paths or of parts of paths, as strings. Received {given!r}. Pass for example "
            f'["bias"], or var_list=["dense/bias"] for a whole path.'
        )
    return given


def _check_expression(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigError(
            f"Expected a part of a path, read as a regular expression. Received {pattern!r}, which is none: {error}. Put "
            f"a backslash before its special characters."
        ) from error
