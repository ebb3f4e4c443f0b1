"""Numbers in which networks of one program may differ: how much dropout drops, and how hard penalties pull.

What a layer is told is compiled in, so that networks told different things are different programs. Of a few numbers it need
not be: a loosened copy of a network holds them as arrays, beside its weights, and the networks then differ in arrays alone.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.types import Array, HostArray, Weights
from glassnet.regularizers import L1, L1L2, L2

Place = tuple[int, str]
"""A layer by its number in `walk`, and the setting's name."""

_L1, _L2 = L1(1.0), L2(1.0)


def elastic(weight: Array, strengths: Array) -> Array:
    """``R(W) = l1 · Σ |W| + l2 · Σ W²`` with the strengths (l1, l2) of one network, (2,).

    Example:
        >>> float(elastic(np.float32([1.0, -2.0]), np.float32([0.5, 0.25])))
        2.75
    """
    return strengths[0] * _L1(weight) + strengths[1] * _L2(weight)


def loose_numbers(model: Any) -> dict[Place, HostArray]:
    """Every number of a model that can be loosened, by its place: layers' own, and the strengths of L1 and L2 penalties.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense, Dropout
        >>> model = Sequential([Input((2,)), Dense(1, kernel_regularizer=L2(0.25)), Dropout(0.5)])
        >>> {place: number.tolist() for place, number in loose_numbers(model).items()}
        {(1, 'kernel_regularizer'): [0.0, 0.25], (1, 'bias_regularizer'): [0.0, 0.0], (2, 'rate'): 0.5}
    """
    found: dict[Place, HostArray] = {}
    for number, layer in enumerate(model.walk()):
        found |= {(number, name): np.array(value, np.float32) for name, value in layer.loose_numbers().items()}
        for weight, spec in layer._specs.items():
            name, strengths = f"{weight}_regularizer", _strengths(spec.regularizer)
            # Only where the layer says so under this name, and nothing else can hang on it.
            if strengths is not None and spec.regularizer == layer.__dict__.get(name, elastic):
                found[number, name] = strengths
    return found


def loosened(model: Any, places: Collection[Place]) -> tuple[Blueprint, Weights] | None:
    """The structure of a model with the numbers at `places` taken out of it, and those numbers by their names in `rest`.

    None for a model that holds one layer in two places: its copies would no longer be one layer.
    """
    copy = _private(model)
    if Blueprint(copy) != model.blueprint():
        return None
    numbers = loose_numbers(model)
    for number, layer in enumerate(copy.walk()):
        mine = [name for at, name in places if at == number]
        for name in mine:
            if (weight := name.removesuffix("_regularizer")) in layer._specs:
                layer._specs[weight] = replace(layer._specs[weight], regularizer=elastic)
            layer.__dict__[name] = None
        if mine:
            layer.__dict__["_own"] = {name: numbers[number, name] for name in mine}
    blueprint, known = Blueprint(copy), model.arrays()[1]
    return blueprint, {slot: array for slot, array in blueprint.take_apart(copy)[1].items() if slot not in known}


def _private(model: Any) -> Any:
    leaves, structure = jax.tree.flatten(model)
    return jax.tree.unflatten(structure, leaves)


def _strengths(regularizer: Any) -> HostArray | None:
    """(l1, l2) of a penalty; None where it is of another kind."""
    if regularizer is None:
        return np.zeros(2, np.float32)
    if type(regularizer) not in (L1, L2, L1L2):
        return None
    return np.array([getattr(regularizer, "l1", 0.0), getattr(regularizer, "l2", 0.0)], np.float32)
