"""What is known during one call of a model: training or not, the random key, and notes on arrays in flight.

There is no module-level mode. The outermost call opens a `Call`; the layers inside inherit it.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

import jax
from jax.core import Tracer

from glassnet.foundation import rng
from glassnet.foundation.errors import RandomKeyError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, HostArray, Shape


@dataclass
class Call:
    """One call from the outside, shared by all layers it passes through; they inherit mode, key and precision."""

    training: bool = False
    key: Array | None = None
    draws: dict[str, int] = field(default_factory=dict)
    notes: dict[int, tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    observer: Any = None
    precision: Any = None

    def varied(self, training: bool | None, key: Array | None, precision: Any) -> "Call":
        """This call for a layer that says some of it otherwise; None for what it leaves as it is."""
        changed: dict[str, Any] = {}
        if training is not None and bool(training) != self.training:
            changed["training"] = bool(training)
        if key is not None and key is not self.key:
            changed["key"] = key
        if precision is not None and precision != self.precision:
            changed["precision"] = precision
        return replace(self, **changed) if changed else self


_current: ContextVar[Call | None] = ContextVar("glassnet_call", default=None)


def current() -> Call | None:
    """The call in progress, or None outside of any."""
    return _current.get()


@contextmanager
def entered(call: Call) -> Iterator[Call]:
    """Make `call` the one in progress for the length of a ``with`` block."""
    token = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(token)


_stored: ContextVar[Mapping[str, HostArray] | None] = ContextVar("glassnet_stored_weights", default=None)


@contextmanager
def weights_from(stored: Mapping[str, HostArray]) -> Iterator[None]:
    """Give the layers built in a ``with`` block these weights by path, instead of drawing initial ones."""
    token = _stored.set(stored)
    try:
        yield
    finally:
        _stored.reset(token)


@contextmanager
def stored_under(name: str) -> Iterator[None]:
    """Inside `weights_from`, read paths as those of a layer called `name`, for the length of a ``with`` block."""
    stored = _stored.get()
    if stored is None:
        yield
        return
    start = f"{name}/"
    with weights_from({path.removeprefix(start): array for path, array in stored.items() if path.startswith(start)}):
        yield


def stored_weight(path: str, shape: Shape) -> HostArray | None:
    """The weight for `path` inside `weights_from`; None outside of it, or where a layer keeps it under another name.

    Raises:
        ShapeError: the stored weight has another shape, or there is none and the wanted one is larger than all that is
            stored: a damaged description must not make us allocate what no file holds.
    """
    stored = _stored.get()
    if stored is None:
        return None
    found = stored.get(path)
    if found is not None and found.shape == shape:
        return found
    if found is not None or math.prod(size or 1 for size in shape) > sum(array.size for array in stored.values()):
        received = "none" if found is None else f"one of shape {show(found.shape)}"
        raise ShapeError(
            f"Weight {path!r} expected a stored array of shape {show(shape)}; received {received}. The description and the "
            f"weights do not belong together: save the model again."
        )
    return None


def note(array: Any, **facts: Any) -> Any:
    """Remember facts about an array while the call lasts, such as the logits under a softmax; returns the array."""
    call = _current.get()
    if call is not None:
        # The array is kept beside its facts, so that its id is not given to another object meanwhile.
        _, known = call.notes.setdefault(id(array), (array, {}))
        known.update(facts)
    return array


def noted(array: Any, fact: str) -> Any:
    """The remembered fact about `array`, or None."""
    call = _current.get()
    entry = call.notes.get(id(array)) if call is not None else None
    return entry[1].get(fact) if entry is not None else None


def draw_key(path: str, seed: int | None, host_draws: int, probe: Any) -> Array:
    """A fresh key for the layer at `path`.

    Inside a call that has a key, it is that key with the path, the layer's own seed and the count of draws folded in.
    Outside (a layer tried by hand), it comes from the layer's seed and `host_draws`.

    Args:
        path: the layer's path.
        seed: the layer's own seed, or None.
        host_draws: how often the layer has drawn, this time included.
        probe: the array the layer works on; a tracer tells that we are inside `jit` or `grad`.

    Raises:
        RandomKeyError: inside `jit` or `grad` without a key: the same draw would be compiled in for good.
    """
    call = _current.get()
    if call is not None and call.key is not None:
        count = call.draws.get(path, 0)
        call.draws[path] = count + 1
        key = call.key if seed is None else jax.random.fold_in(call.key, seed)
        return rng.key_for(key, path, count)
    if isinstance(probe, Tracer):
        raise RandomKeyError(
            f"Expected a random key for layer {path!r}, which draws random numbers in training, and received none inside "
            f"jit or grad. Pass one to the outermost call: model(x, training=True, key=jax.random.key(step))."
        )
    return rng.key_for(jax.random.key(rng.fresh_seed() if seed is None else seed), path, host_draws)
