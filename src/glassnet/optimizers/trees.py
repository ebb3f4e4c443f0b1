"""Trees of weights: paths, gradients that match, and a selection of weights by path."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Config


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


@dataclass(frozen=True)
class Selection:
    """Some weights of a tree, by whole paths and by parts of paths."""

    paths: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, paths: Sequence[str], parts: Sequence[str]) -> Self:
        """A selection from what a user gave, or a `ConfigError` when that is not strings."""
        for given in (paths, parts):
            if isinstance(given, str) or not all(isinstance(item, str) and item for item in given):
                raise ConfigError(
                    f"Expected a list of weights' paths or of parts of paths, as strings. Received {given!r}. Pass for "
                    f'example var_list=["dense/bias"] or var_names=["bias"].'
                )
        return cls(tuple(sorted(set(paths))), tuple(sorted(set(parts))))

    def __bool__(self) -> bool:
        return bool(self.paths or self.parts)

    def __contains__(self, path: str) -> bool:
        return path in self.paths or any(part in path for part in self.parts)

    def others(self, params: Any, grads: Any) -> Any:
        """A tree like `params`: True where a weight has a gradient and is not selected."""
        structure = jax.tree.structure(params)
        pairs = zip(named_leaves(params), structure.flatten_up_to(grads), strict=True)
        return structure.unflatten([g is not None and path not in self for (path, _), g in pairs])

    def get_config(self) -> Config:
        """The arguments of `exclude_from_weight_decay` as plain data."""
        return {"var_list": list(self.paths), "var_names": list(self.parts)}
