"""What a model's output will look like, found by tracing, without computing a number."""

from dataclasses import dataclass
from typing import Any

import jax

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.layer import Layer
from glassnet.foundation.types import Shape


@dataclass(frozen=True)
class Outline:
    """The outputs' shape (None for the batch), and where they come from: ``"sigmoid"``, ``"softmax"`` or unknown."""

    output_shape: Shape
    link: str | None


def outline(model: Layer, blueprint: Blueprint, x: Any) -> Outline:
    """Trace `model` on inputs like `x`."""
    found: list[str | None] = []

    def run(x: Any) -> Any:
        copy = blueprint.assemble(*blueprint.take_apart(model))
        with context.entered(context.Call()):
            y = copy(x)
            found.append(context.noted(y, "link"))
            return y

    rows = jax.tree.map(lambda a: jax.ShapeDtypeStruct((2, *a.shape[1:]), a.dtype), x)
    shape = jax.eval_shape(run, rows).shape
    return Outline((None, *shape[1:]), found[0])
