"""A model as a graph of layers: made from symbolic inputs and outputs, called with arrays, and written as plain data."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer
from glassnet.foundation.registry import deserialize, did_you_mean, serialize
from glassnet.foundation.symbolic import Step, SymbolicArray, symbolic_in
from glassnet.foundation.types import Array, Config
from glassnet.layers import InputLayer
from glassnet.models.wiring import Wiring, trace


def connect(inputs: Any, outputs: Any, seed: int) -> tuple[Wiring, list[Layer], list[str], list[Step]]:
    """The wiring between symbolic arrays, its layers with the inputs' first, their names, each once, and the calls.

    Layers that stand in no model yet take their place: their weights are drawn from the model's seed.

    Raises:
        ConfigError: see `wiring.trace`; or two layers were given one name.
    """
    wiring, called, steps = trace(inputs, outputs)
    starts: list[Layer] = [_start(array) for array in symbolic_in(inputs)]
    layers = [*starts, *called]
    names = _names(layers)
    for name, layer in zip(names, layers, strict=True):
        layer.claim(name, seed)
    return wiring.shifted(len(starts)), layers, names, steps


def arranged(inputs: Any, wiring: Wiring, layers: Sequence[Layer], owner: str) -> list[Array]:
    """The arrays of what a model was called with, in the order of its inputs, each of its input's rank and kind of number.

    Args:
        inputs: one array, a list in the inputs' order, or a dict by their names.
        wiring: the graph's wiring.
        layers: its layers, the inputs' first.
        owner: the model's name.

    Raises:
        ShapeError: too many or too few arrays, a name that is no input, or an array of another shape than declared.
    """
    nest = wiring.inputs
    starts = _starts(wiring, layers)
    if isinstance(inputs, dict):
        names = sorted(nest) if isinstance(nest, dict) else [layer.name for layer in starts]
        arrays = _by_name(inputs, names, owner)
    elif isinstance(nest, dict):
        raise ShapeError(
            f"Model {owner!r} expected a dict of inputs with the keys {', '.join(map(repr, sorted(nest)))}. Received a "
            f"{type(inputs).__name__}. Pass a dict, as its inputs were declared."
        )
    else:
        arrays = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    if len(arrays) != len(starts):
        raise ShapeError(
            f"Model {owner!r} expected {len(starts)} inputs: {', '.join(layer.name for layer in starts)}. Received "
            f"{len(arrays)}. Pass a list with one array for each, in this order, or a dict by name."
        )
    return [_fitted(array, layer) for array, layer in zip(arrays, starts, strict=True)]


def output_layers(wiring: Wiring, layers: Sequence[Layer], names: Sequence[str]) -> dict[str, Layer | None]:
    """The layer that gives each output, by the output's name: its key in a dict of outputs, else the layer's name."""
    makers = wiring.output_makers()
    keys = sorted(wiring.outputs) if isinstance(wiring.outputs, dict) else None
    found: dict[str, Layer | None] = {}
    for index, maker in enumerate(makers):
        name = keys[index] if keys is not None else "output" if maker is None else names[maker]
        found[_free(name, set(found))] = None if maker is None else layers[maker]
    return found


def to_config(wiring: Wiring, layers: Sequence[Layer], names: Sequence[str]) -> Config:
    """The graph as plain data."""
    return {"layers": [serialize(layer) for layer in layers], "names": list(names), "wiring": wiring.to_config()}


def from_config(config: Config, seed: int) -> tuple[Any, Any]:
    """The symbolic inputs and outputs of the graph that `to_config` described, its layers built and named."""
    layers = [revived(item, name) for item, name in zip(config["layers"], config["names"], strict=True)]
    for name, layer in zip(config["names"], layers, strict=True):
        if not layer.built:
            layer.claim(name, seed)
            layer.adopt()
    wiring = Wiring.from_config(config["wiring"])
    starts = _starts(wiring, layers)
    arrays = [SymbolicArray(layer.batch_shape, layer.dtype, layer.name) for layer in starts]
    return wiring.nested(arrays), wiring.run(layers, arrays)


def revived(config: Any, name: str) -> Any:
    """The layer that is called `name` in its model; a model that builds itself finds its own weights, if any are stored."""
    with context.stored_under(name):
        return deserialize(config)


def _starts(wiring: Wiring, layers: Sequence[Layer]) -> list[InputLayer]:
    return [layer for layer in layers[: wiring.input_count] if isinstance(layer, InputLayer)]


def _start(array: SymbolicArray) -> InputLayer:
    layer = InputLayer(batch_shape=array.shape, dtype=array.dtype, name=array.name or "input")
    layer._named = array.name is not None
    return layer


def _names(layers: list[Layer]) -> list[str]:
    """A name for each layer, each once; a layer that was given none, and stands in no model yet, takes it as its own."""
    taken: set[str] = set()
    for layer in layers:
        if layer._named or layer._path:
            if layer.name in taken and layer._named:
                raise ConfigError(
                    f"Model expected layers of different names. Received a second {layer.name!r}. Give one of them another name."
                )
            taken.add(layer.name)
    names: list[str] = []
    used: set[str] = set()
    for layer in layers:
        keeps = layer._named or layer._path
        name = _free(layer.name, used if keeps else used | taken)
        if not keeps:
            layer.name = name
        used.add(name)
        names.append(name)
    return names


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 0
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _by_name(inputs: dict[str, Any], names: list[str], owner: str) -> list[Any]:
    for key in inputs:
        if key not in names:
            raise ShapeError(
                f"Model {owner!r} expected inputs called {', '.join(names)}. Received {key!r}"
                f"{did_you_mean(str(key), names) or '.'} Name each Input as its array is named."
            )
    missing = [name for name in names if name not in inputs]
    if missing:
        raise ShapeError(
            f"Model {owner!r} expected inputs called {', '.join(names)}. Received none called {missing[0]!r}. Add it to the dict."
        )
    return [inputs[name] for name in names]


def _fitted(array: Any, start: InputLayer) -> Array:
    """An array with the axis of size 1 that its input declares or lacks, and whole numbers where whole ones are declared."""
    wanted = start.batch_shape
    if array.ndim == len(wanted) - 1 and wanted[-1] == 1:
        array = array[..., None]
    elif array.ndim == len(wanted) + 1 and array.shape[-1] == 1:
        array = array[..., 0]
    if start.input_spec is not None:
        start.input_spec.check(start.name, array.shape)
    if np.issubdtype(start.dtype, np.integer) and jnp.issubdtype(array.dtype, jnp.floating):
        array = array.astype(start.dtype)
    return array
