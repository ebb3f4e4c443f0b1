"""What a model's output will look like, found by tracing, without computing a number."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.types import Shape, Weights


@dataclass(frozen=True)
class Outline:
    """What was seen.

    Args:
        output_shape: the outputs' shape, None for the batch.
        link: where the outputs come from: ``"sigmoid"``, ``"softmax"`` or unknown.
        adds_losses: whether the call adds losses of its own, such as a penalty on activities.

    Example:
        >>> Outline((None, 1), "sigmoid").output_shape
        (None, 1)
    """

    output_shape: Shape
    link: str | None
    adds_losses: bool = False


def outline(blueprint: Blueprint, params: Weights, rest: Weights, x: Any) -> Outline:
    """Trace a model on inputs like `x`; the same model and the same shapes are traced once.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(3, activation="softmax")])
        >>> outline(model.blueprint(), *model.arrays(), np.zeros((5, 2), "float32"))
        Outline(output_shape=(None, 3), link='softmax', adds_losses=False)
    """
    rows = jax.tree.map(lambda a: jax.ShapeDtypeStruct((2, *a.shape[1:]), a.dtype), x)
    leaves, tree = jax.tree.flatten((params, rest, rows))
    return _traced(blueprint, tree, tuple((tuple(leaf.shape), leaf.dtype) for leaf in leaves))


@lru_cache(maxsize=128)
def _traced(blueprint: Blueprint, tree: Any, signature: tuple[tuple[Shape, Any], ...]) -> Outline:
    found: list[Any] = []

    def run(params: Weights, rest: Weights, x: Any) -> Any:
        with context.entered(context.Call()):
            copy = blueprint.assemble(params, rest)
            y = copy(x)
            found.extend([context.noted(y, "link"), any(layer.call_losses for layer in copy.walk())])
            return y

    arguments = jax.tree.unflatten(tree, [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in signature])
    shape = jax.eval_shape(run, *arguments).shape
    return Outline((None, *shape[1:]), found[0], found[1])
