"""What a model's output will look like, found by tracing, without computing a number."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Shape, Weights
from glassnet.training.head import Key


@dataclass(frozen=True)
class Seen:
    """What was seen of one output.

    Args:
        key: where it is among the outputs.
        shape: its shape, None for the batch.
        link: where it comes from: ``"sigmoid"``, ``"softmax"`` or unknown.
    """

    key: Key
    shape: Shape
    link: str | None


@dataclass(frozen=True)
class Outline:
    """What was seen.

    Args:
        outputs: each output.
        adds_losses: whether the call adds losses of its own, such as a penalty on activities.

    Example:
        >>> Outline((Seen(None, (None, 1), "sigmoid"),)).adds_losses
        False
    """

    outputs: tuple[Seen, ...]
    adds_losses: bool = False


def outline(blueprint: Blueprint, params: Weights, rest: Weights, x: Any, rows: int = 2) -> Outline:
    """Trace a model on `rows` inputs like `x`; the same model and the same shapes are traced once.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(3, activation="softmax")])
        >>> outline(model.blueprint(), *model.arrays(), np.zeros((5, 2), "float32"))
        Outline(outputs=(Seen(key=None, shape=(None, 3), link='softmax'),), adds_losses=False)
    """
    batch = jax.tree.map(lambda a: jax.ShapeDtypeStruct((rows, *a.shape[1:]), a.dtype), x)
    leaves, tree = jax.tree.flatten((params, rest, batch))
    return _traced(blueprint, tree, tuple((tuple(leaf.shape), leaf.dtype) for leaf in leaves))


@lru_cache(maxsize=128)
def _traced(blueprint: Blueprint, tree: Any, signature: tuple[tuple[Shape, Any], ...]) -> Outline:
    found: list[Outline] = []

    def run(params: Weights, rest: Weights, x: Any) -> None:
        with context.entered(context.Call()):
            copy = blueprint.assemble(params, rest)
            y = copy(x)
            outputs = tuple(Seen(k, (None, *a.shape[1:]), context.noted(a, "link")) for k, a in keyed(y).items())
            found.append(Outline(outputs, any(layer.call_losses for layer in copy.walk())))

    jax.eval_shape(run, *jax.tree.unflatten(tree, [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in signature]))
    return found[0]


def keyed(outputs: Any) -> dict[Key, Any]:
    """A model's outputs by their place: None for the only one, a number in a list, a name in a dict.

    Raises:
        ConfigError: lists or dicts inside one another.
    """
    if isinstance(outputs, dict):
        places: dict[Key, Any] = {name: outputs[name] for name in sorted(outputs)}
    elif isinstance(outputs, list | tuple):
        places = dict(enumerate(outputs))
    else:
        places = {None: outputs}
    for key, array in places.items():
        if not hasattr(array, "shape"):
            raise ConfigError(
                f"Expected a model's outputs as one array, a list or a dict of arrays. Received a {type(array).__name__} at "
                f"{key!r}. Return them side by side."
            )
    return places
