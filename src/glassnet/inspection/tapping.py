"""One layer's numbers out of a pass, and other numbers put in their place. Compiled once an architecture."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context, engine
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.layer import Layer
from glassnet.foundation.observing import observed_by, stands_for
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.types import HostArray, Weights
from glassnet.models import readiness
from glassnet.training.rows import collect

_SIZES = (1, 8, 32, 128, 512)
_MOST_BYTES = 100 << 20


class Tap:
    """An observer of one layer: keeps its outputs, or a number named inside, and may put another output in its place.

    Args:
        path: the layer's path.
        name: a number named inside it; None for its outputs.
        call: which of its calls, from 0, where it is called more than once.
        put: what it shall have put out instead.
    """

    def __init__(self, path: str, name: str | None = None, call: int = 0, put: Any = None) -> None:
        self.found: list[Any] = []
        self.names: list[str] = []
        self._path, self._name, self._call, self._put = path, name, call, put
        self._open: list[bool] = []
        self._calls = 0

    def around(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], compute: Callable[[], Any]) -> Any:
        """See `Observer`."""
        meant = layer.path == self._path and self._counts()
        self._open.append(meant)
        try:
            outputs = compute()
        finally:
            self._open.pop()
        if not meant or self._name is not None:
            return outputs
        if self._put is not None:
            outputs = stands_for(self._put, outputs)
        self.found.append(outputs)
        return outputs

    def see(self, name: str, value: Any) -> Any:
        """See `Observer`."""
        if self._open and self._open[-1]:
            self.names.append(name)
            if name == self._name:
                self.found.append(value)
        return value

    def _counts(self) -> bool:
        self._calls += 1
        return self._calls - 1 == self._call


def prepared(model: Any, x: Any) -> Any:
    """The inputs as arrays, checked, and the model built for them."""
    engine.start()
    rows = collect(x, None).x
    readiness.build_for(model, rows)
    model.check_inputs(rows)
    return rows


def layer_at(model: Any, layer: Any) -> Layer:
    """The layer of a model that is meant by a path, or by the layer itself.

    Raises:
        ConfigError: there is none; the message names the nearest.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> layer_at(Sequential([Input((2,)), Dense(3)]), "dense").units
        3
    """
    known = {held.path: held for held in model.walk() if held is not model}
    if isinstance(layer, Layer):
        if any(held is layer for held in known.values()):
            return layer
        raise ConfigError(
            f"Expected a layer of this model. Received one that is none of its own, {type(layer).__name__} {layer.path!r}. Pass "
            f"one of model.layers, or a path."
        )
    if layer in known:
        return known[layer]
    raise ConfigError(
        f"No layer has the path {layer!r}{did_you_mean(str(layer), list(known)) or '.'} The model has: "
        f"{', '.join(path for path, held in known.items() if type(held).__name__ != 'InputLayer')}."
    )


@lru_cache(maxsize=64)
def tap_program(blueprint: Blueprint, path: str, name: str | None, call: int) -> Any:
    """(params, rest, x) -> what is tapped, every array with the rows first."""

    def run(params: Weights, rest: Weights, x: Any) -> Any:
        tap = Tap(path, name, call)
        with observed_by(tap):
            blueprint.assemble(params, rest)(x)
        if not tap.found:
            raise _nothing(path, name, call, tap)
        return tap.found[0] if len(tap.found) == 1 else jax.tree.map(lambda *a: jnp.stack(a, axis=1), *tap.found)

    return jax.jit(run)


def _nothing(path: str, name: str | None, call: int, tap: Tap) -> ConfigError:
    if name is None or not tap.names:
        wanted = f"call number {call} of layer {path!r}" if name is None else f"numbers named inside layer {path!r}"
        return ConfigError(
            f"Expected {wanted}. Received a pass in which there is none. Calls count from 0; pass another layer, or no name."
        )
    known = list(dict.fromkeys(tap.names))
    return ConfigError(
        f"Expected a number named inside layer {path!r}. Received {name!r}{did_you_mean(name, known) or '.'} It has: "
        f"{', '.join(known)}."
    )


def tapped(model: Any, x: Any, path: str, name: str | None = None, call: int = 0, batch_size: int | None = None) -> Any:
    """What is tapped for all rows, computed in batches; `x` is already `prepared`."""
    program = tap_program(model.blueprint(), path, name, call)
    params, rest = model.arrays()
    return in_batches(lambda part: program(params, rest, part), x, rows_at_once(model, x, batch_size))


def rows_at_once(model: Any, x: Any, batch_size: int | None = None) -> int:
    """How many rows to compute at once: so many that all layers' outputs take about 100 MB, or all where rows are mixed."""
    if batch_size is not None:
        return batch_size
    if readiness.always_mixes_rows(model):
        return len(jax.tree.leaves(x)[0])
    one = jax.tree.map(lambda a: jax.ShapeDtypeStruct((1, *a.shape[1:]), a.dtype), x)
    held = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), model.arrays())
    leaves, tree = jax.tree.flatten((*held, one))
    row = _row_bytes(model.blueprint(), tree, tuple(leaves))
    return max((size for size in _SIZES if size * row <= _MOST_BYTES), default=1)


@lru_cache(maxsize=128)
def _row_bytes(blueprint: Blueprint, tree: Any, leaves: tuple[Any, ...]) -> int:
    """The memory of one row and of what all layers make of it, found by tracing shapes and types."""
    params, rest, row = jax.tree.unflatten(tree, leaves)
    sizes = _Sizes()

    def run(params: Weights, rest: Weights, x: Any) -> Any:
        with observed_by(sizes):
            return blueprint.assemble(params, rest)(x)

    jax.eval_shape(run, params, rest, row)
    return sizes.total + _bytes(row)


class _Sizes:
    """An observer that adds up the memory of what is put out."""

    def __init__(self) -> None:
        self.total = 0

    def around(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], compute: Callable[[], Any]) -> Any:
        """See `Observer`."""
        outputs = compute()
        self.total += _bytes(outputs)
        return outputs

    def see(self, name: str, value: Any) -> Any:
        """See `Observer`."""
        self.total += _bytes(value)
        return value


def _bytes(arrays: Any) -> int:
    return sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(arrays) if hasattr(leaf, "dtype"))


def in_batches(function: Callable[..., Any], arrays: Any, most: int) -> Any:
    """``function`` over slices of the rows of `arrays` (a nest), its results put together in the computer's own memory.

    A last slice that is smaller is filled up with its own last row to one of a few sizes, so that little is compiled.
    """
    count = len(jax.tree.leaves(arrays)[0])
    if not count:
        raise DataError("Expected at least one row. Received none. Check how the rows were selected.")
    parts = []
    for start in range(0, count, most):
        size = min(most, count - start)
        full = next((s for s in _SIZES if size <= s <= most), most) if most in _SIZES else size
        index = np.minimum(np.arange(start, start + full), start + size - 1)
        part = function(jax.tree.map(lambda a, index=index: a[index], arrays))
        parts.append(jax.tree.map(lambda a, size=size: np.asarray(a)[:size], part))
    return parts[0] if len(parts) == 1 else jax.tree.map(lambda *a: np.concatenate(a), *parts)


def one_array(found: Any, path: str) -> HostArray:
    """What was tapped, where it is one array.

    Raises:
        ConfigError: the layer puts out several.
    """
    leaves = jax.tree.leaves(found)
    if len(leaves) != 1:
        raise ConfigError(
            f"Expected a layer that puts out one array. Received {path!r}, which puts out {len(leaves)}. Pass a layer before or "
            f"after it."
        )
    return leaves[0]


@lru_cache(maxsize=64)
def score_program(blueprint: Blueprint, path: str | None, call: int, key: Any, of: str) -> Any:
    """(params, rest, x, point, target) -> S, one number a row; `point` stands for x, or for the layer's output.

    S is entry `target` of each row's flattened output, or of the logits under it.
    """

    def run(params: Weights, rest: Weights, x: Any, point: Any, target: Any) -> Any:
        with context.entered(context.Call(False)):
            model = blueprint.assemble(params, rest)
            if path is None:
                outputs = model(point)
            else:
                with observed_by(Tap(path, call=call, put=point)):
                    outputs = model(x)
            output = outputs if key is None else outputs[key]
            logits = context.noted(output, "logits") if of == "logits" else None
        flat = (output if logits is None else logits).reshape(len(target), -1)
        return flat[jnp.arange(len(target)), target]

    return run


@lru_cache(maxsize=64)
def slope_program(blueprint: Blueprint, path: str | None, call: int, key: Any, of: str) -> Any:
    """(params, rest, x, point, target) -> (S, dS/dpoint), rows apart."""
    score = score_program(blueprint, path, call, key, of)

    def run(params: Weights, rest: Weights, x: Any, point: Any, target: Any) -> Any:
        def total(point: Any) -> Any:
            scores = score(params, rest, x, point, target)
            return jnp.sum(scores), scores

        (_, scores), slopes = jax.value_and_grad(total, has_aux=True)(point)
        return scores, slopes

    return jax.jit(run)
