"""How weights lie in memory while training: each array by itself, or all of a small network in one vector.

An optimizer's rule for one array is compiled once for each array. For a small network that is most of the compiling, and
most of the small operations of a step; in one vector it is compiled and run once. The numbers are the same.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.types import Weights
from glassnet.optimizers import OptimizerState

_SMALL = 100_000
_ALL = "all"


@dataclass(frozen=True)
class Layout:
    """Where each weight lies.

    Args:
        places: (path, shape) of each weight in the order they lie in one vector; empty where each lies by itself.
    """

    places: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def pack(self, arrays: Mapping[str, Any]) -> Weights:
        """Arrays by path as one vector, ``{"all": ...}``; as they are in the plain layout."""
        if not self.places:
            return dict(arrays)
        one = _library(arrays)
        return {_ALL: one.concatenate([one.reshape(arrays[path], (-1,)) for path, _ in self.places])}

    def unpack(self, packed: Mapping[str, Any]) -> Weights:
        """The arrays by path, as views of the vector."""
        if not self.places:
            return dict(packed)
        vector, start, arrays = packed[_ALL], 0, {}
        for path, shape in self.places:
            stop = start + math.prod(shape)
            arrays[path] = vector[start:stop].reshape(shape)
            start = stop
        return arrays

    def pack_optimizer(self, state: OptimizerState) -> OptimizerState:
        """What the optimizer remembers, laid out alike. A number it keeps for each array is the same for all of them."""
        if not self.places:
            return state
        first = self.places[0][0]
        packed = {
            name: self.pack({path: state.slots[path][name] for path, _ in self.places})[_ALL]
            if all(np.shape(state.slots[path][name]) == shape for path, shape in self.places)
            else value
            for name, value in state.slots[first].items()
        }
        return OptimizerState(state.step, {_ALL: packed}, self._around(state.around, self.pack))

    def unpack_optimizer(self, state: OptimizerState) -> OptimizerState:
        """What the optimizer remembers about each array by path."""
        if not self.places:
            return state
        size = sum(math.prod(shape) for _, shape in self.places)
        slots: dict[str, dict[str, Any]] = {path: {} for path, _ in self.places}
        for name, value in state.slots[_ALL].items():
            whole = np.shape(value) == (size,)
            parts = self.unpack({_ALL: value}) if whole else dict.fromkeys(slots, value)
            for path, part in parts.items():
                slots[path][name] = part
        return OptimizerState(state.step, slots, self._around(state.around, self.unpack))

    def _around(self, around: Any, lay: Callable[[Mapping[str, Any]], Weights]) -> Any:
        """What is remembered beside the slots: trees like the weights laid out alike, single numbers as they are."""
        return around and {name: lay(value) if isinstance(value, Mapping) else value for name, value in around.items()}


def layout_for(params: Weights, optimizer: Any, blueprint: Blueprint) -> Layout:
    """One vector for a small network whose optimizer works number by number, else each array by itself.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> from glassnet.optimizers import Adam
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> layout_for(model.arrays()[0], Adam(), model.blueprint()).places
        (('dense/kernel', (2, 1)), ('dense/bias', (1,)))
    """
    size = sum(int(array.size) for array in params.values())
    alike = all(array.dtype == np.float32 for array in params.values())
    if not optimizer.works_by_number or not alike or blueprint.constrains or len(params) < 2 or size > _SMALL:
        return Layout()
    return Layout(tuple((path, tuple(array.shape)) for path, array in params.items()))


def _library(arrays: Mapping[str, Any]) -> Any:
    return np if all(isinstance(array, np.ndarray) for array in arrays.values()) else jnp
