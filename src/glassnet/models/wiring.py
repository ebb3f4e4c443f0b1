"""The wiring of a graph: which layer is called with what, in which order, by number. Pure data, compared by value.

Layers are numbered in the order they were first called, and arrays in the order they come about, so that two models that were
written alike have equal wirings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import jax
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer
from glassnet.foundation.registry import freeze, serialize
from glassnet.foundation.symbolic import Step, SymbolicArray, symbolic_in
from glassnet.foundation.types import Config


@dataclass(frozen=True)
class Slot:
    """The place of one array in a graph.

    Args:
        number: which one.
    """

    number: int


@dataclass(frozen=True)
class LayerCall:
    """One call of a layer.

    Args:
        layer: the layer's number.
        args: what it is called with, with slots where arrays go.
        kwargs: likewise, by name.
        results: the slots of what it gives, in the order JAX flattens it.
    """

    layer: int
    args: Any
    kwargs: Any
    results: tuple[int, ...]


class Wiring:
    """From the slots of the inputs, call by call, to those of the outputs.

    Args:
        inputs: slots, nested as the model's inputs are: one, a list or a dict.
        outputs: likewise.
        calls: the calls, in an order in which they can be made.
    """

    def __init__(self, inputs: Any, outputs: Any, calls: Sequence[LayerCall]) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.calls = tuple(calls)

    @cached_property
    def identity(self) -> Any:
        """What makes two wirings equal."""
        return freeze([self.inputs, self.outputs, *([c.layer, c.args, c.kwargs, c.results] for c in self.calls)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wiring) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    @property
    def input_count(self) -> int:
        """The number of inputs."""
        return len(slots_in(self.inputs))

    def nested(self, arrays: Sequence[Any]) -> Any:
        """The inputs in order, nested as they were declared."""
        return _filled(self.inputs, dict(enumerate(arrays)))

    def shifted(self, count: int) -> "Wiring":
        """The same wiring for a list of layers with `count` others in front."""
        calls = [replace(call, layer=call.layer + count) for call in self.calls]
        return Wiring(self.inputs, self.outputs, calls)

    def run(self, layers: Sequence[Callable[..., Any]], arrays: Sequence[Any]) -> Any:
        """The outputs for `arrays`, the inputs in order."""
        values = dict(zip((slot.number for slot in slots_in(self.inputs)), arrays, strict=True))
        for call in self.calls:
            args, kwargs = _filled((call.args, call.kwargs), values)
            results = layers[call.layer](*args, **kwargs)
            values.update(zip(call.results, jax.tree.leaves(results), strict=True))
        return _filled(self.outputs, values)

    def output_makers(self) -> list[int | None]:
        """For each output, the number of the layer it comes from; None where it is an input."""
        makers = {slot: call.layer for call in self.calls for slot in call.results}
        return [makers.get(slot.number) for slot in slots_in(self.outputs)]

    def to_config(self) -> Config:
        """Plain data."""
        calls = [
            {"layer": c.layer, "args": _plain(c.args), "kwargs": _plain(c.kwargs), "results": list(c.results)}
            for c in self.calls
        ]
        return {"inputs": _plain(self.inputs), "outputs": _plain(self.outputs), "calls": calls}

    @classmethod
    def from_config(cls, config: Config) -> "Wiring":
        """The wiring that `to_config` described."""
        calls = [
            LayerCall(c["layer"], tuple(_real(c["args"])), _real(c["kwargs"]), tuple(c["results"]))
            for c in config["calls"]
        ]
        return cls(_real(config["inputs"]), _real(config["outputs"]), calls)


def trace(inputs: Any, outputs: Any) -> tuple[Wiring, list[Layer], list[Step]]:
    """The wiring between symbolic inputs and outputs, the layers it calls by number, and the calls themselves.

    Raises:
        ConfigError: something that is no symbolic array, an output that depends on an input that is not given, or an input
            that no output depends on.
    """
    given, wanted = _checked("inputs", inputs), _checked("outputs", outputs)
    steps = _steps_between(given, wanted)
    numbers = {id(array): number for number, array in enumerate(given)}
    layers: list[Layer] = []
    calls: list[LayerCall] = []
    for step in steps:
        known = next((i for i, layer in enumerate(layers) if layer is step.layer), None)
        if known is None:
            known = len(layers)
            layers.append(step.layer)
        results = symbolic_in(step.outputs)
        for array in results:
            numbers.setdefault(id(array), len(numbers))
        args, kwargs = _slotted((step.args, step.kwargs), numbers)
        calls.append(LayerCall(known, args, kwargs, tuple(numbers[id(array)] for array in results)))
    return Wiring(_slotted(inputs, numbers), _slotted(outputs, numbers), calls), layers, steps


def slots_in(nest: Any) -> list[Slot]:
    """The slots in a nest, in order."""
    return [leaf for leaf in jax.tree.leaves(nest) if isinstance(leaf, Slot)]


def _steps_between(given: list[SymbolicArray], wanted: list[SymbolicArray]) -> list[Step]:
    reached = {id(array) for array in given}
    needed: dict[int, Step] = {}
    used: set[int] = set()
    waiting = list(wanted)
    while waiting:
        array = waiting.pop()
        if id(array) in reached:
            used.add(id(array))
            continue
        if array.origin is None:
            raise ConfigError(
                f"Model expected every input that its outputs depend on. Received outputs that depend on {array!r}, which is not "
                f"among the inputs. Add it to `inputs`."
            )
        if array.origin.number not in needed:
            needed[array.origin.number] = array.origin
            waiting += symbolic_in((array.origin.args, array.origin.kwargs))
    for array in given:
        if id(array) not in used:
            raise ConfigError(
                f"Model expected outputs that depend on each of its inputs. Received {array!r}, on which none depends. Leave it "
                f"out of `inputs`, or connect it."
            )
    return [needed[number] for number in sorted(needed)]


def _checked(what: str, nest: Any) -> list[SymbolicArray]:
    leaves = jax.tree.leaves(nest)
    for leaf in leaves:
        if not isinstance(leaf, SymbolicArray):
            raise ConfigError(
                f"Model expected `{what}` as symbolic arrays: an Input, what layers make of it, or a list or dict of them. "
                f"Received {leaf!r} of type {type(leaf).__name__}. Start from x = Input((columns,))."
            )
    if not leaves:
        raise ConfigError(
            f"Model expected at least one array in `{what}`. Received none. Start from x = Input((columns,))."
        )
    if len({id(leaf) for leaf in leaves}) < len(leaves) and what == "inputs":
        raise ConfigError(
            "Model expected each input once. Received one of them twice. Make a second Input for a second place."
        )
    return leaves


def _slotted(nest: Any, numbers: dict[int, int]) -> Any:
    def slot(leaf: Any) -> Any:
        if isinstance(leaf, SymbolicArray):
            return Slot(numbers[id(leaf)])
        return np.asarray(leaf) if isinstance(leaf, jax.Array) else leaf

    return jax.tree.map(slot, nest)


def _filled(nest: Any, values: dict[int, Any]) -> Any:
    return jax.tree.map(lambda leaf: values[leaf.number] if isinstance(leaf, Slot) else leaf, nest)


def _plain(nest: Any) -> Any:
    """A nest as plain data, a slot as ``{"slot": number}``."""
    if isinstance(nest, Slot):
        return {"slot": nest.number}
    if isinstance(nest, dict):
        return {key: _plain(item) for key, item in nest.items()}
    if isinstance(nest, list | tuple):
        return [_plain(item) for item in nest]
    return serialize(nest)


def _real(nest: Any) -> Any:
    if isinstance(nest, dict):
        if set(nest) == {"slot"}:
            return Slot(int(nest["slot"]))
        if set(nest) == {"array", "dtype"}:
            return np.array(nest["array"], dtype=nest["dtype"])
        return {key: _real(item) for key, item in nest.items()}
    return [_real(item) for item in nest] if isinstance(nest, list) else nest
