"""The program behind vital signs: one training step taken apart, of which only a few numbers a layer come back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation import context
from glassnet.foundation.observing import observed_by
from glassnet.foundation.types import Array, Weights
from glassnet.inspection.standing import Stood, Watcher
from glassnet.training.compiling import options_for
from glassnet.training.programs import Program
from glassnet.training.step import Batch, Recipe, TrainState

_ALIKE = 1e-5


@dataclass
class Entry:
    """What is known of a layer besides its numbers."""

    kind: str = ""
    activation: str = ""
    units: int | None = None
    trains: bool | None = None
    table: bool = False
    output: bool = False


@dataclass
class Sheet:
    """The layers of a program in the order they are shown; filled in when it is traced."""

    order: list[str] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)


@lru_cache(maxsize=32)
def sheet_program(recipe: Recipe) -> tuple[Program, Sheet]:
    """(state, seed, rate, batch) -> numbers by layer, and what is known of the layers besides."""
    sheet = Sheet()

    def run(state: TrainState, seed: Array, rate: Array | None, batch: Batch) -> dict[str, Any]:
        return _run(recipe, sheet, state, seed, rate, batch)

    return Program(run, options=options_for(recipe.blueprint, small=bool(recipe.layout.places))), sheet


def _run(recipe: Recipe, sheet: Sheet, state: TrainState, seed: Array, rate: Any, batch: Batch) -> dict[str, Any]:
    blueprint, objective, optimizer, layout, _ = recipe
    key = jax.random.fold_in(jax.random.key(seed), state.step)
    met: list[Stood] = []
    model: Any = None

    def loss_of(params: Weights) -> tuple[Array, Any]:
        nonlocal model
        watcher, model = Watcher(), blueprint.assemble(params, state.rest)
        with context.entered(context.Call(training=True, key=key)):
            with observed_by(watcher):
                outputs = model(batch.x)
            loss, _ = objective.batch_losses(
                batch.y, outputs, batch.weights, jnp.sum(batch.real), objective.masks(outputs)
            )
        loss = loss + sum(model.losses, jnp.float32(0))
        met[:] = watcher.calls
        _mark_outputs(sheet, met, outputs)
        leaves = [jax.lax.stop_gradient(leaf).astype(jnp.float32) for leaf in jax.tree.leaves(outputs)]
        outer = {
            "spread": jnp.max(jnp.stack(list(map(_spread, leaves)))),
            "size": jnp.max(jnp.stack(list(map(_rms, leaves)))),
        }
        scaled = loss if optimizer is None else optimizer.scale_loss(loss, state.optimizer)
        return scaled, ({"loss": loss, **outer}, [call.numbers for call in met])

    params = layout.unpack(state.params)
    (_, (whole, numbers)), grads = jax.value_and_grad(loss_of, has_aux=True)(params)
    moved = _moved(recipe, state, grads, rate)
    unit = jnp.float32(1) if optimizer is None else optimizer.scale_loss(jnp.float32(1), state.optimizer)
    grads = {path: g.astype(jnp.float32) / unit for path, g in grads.items()}
    homes = _homes(model, met, [*params, *state.rest])
    held = {home: _held(model, paths, params, grads, moved) for home, paths in _grouped(homes, params).items()}
    _fill(sheet, met, homes, _grouped(homes, {path: w for path, w in params.items() if w.ndim > 1}), held)
    return {**whole, "stood": _by_path(met, numbers), "held": held}


def _moved(recipe: Recipe, state: TrainState, grads: Weights, rate: Any) -> Weights | None:
    """Δw of each weight; None where the optimizer gathers gradients over several steps."""
    optimizer, layout = recipe.optimizer, recipe.layout
    if optimizer is None or getattr(optimizer, "gradient_accumulation_steps", None):
        return None
    after, _ = optimizer.step(state.params, layout.pack(grads), state.optimizer, learning_rate=rate)
    after = layout.unpack(recipe.blueprint.constrain(after))
    return {path: after[path] - w for path, w in layout.unpack(state.params).items()}


def _held(model: Any, paths: list[str], params: Weights, grads: Weights, moved: Weights | None) -> Array:
    """A layer's ‖g‖, ‖w‖, ‖Δw‖ / ‖w‖, and whether its units are alike (1 or 0)."""
    size = _norm(params[path] for path in paths)
    step = jnp.float32(jnp.nan)
    if moved is not None and any(params[path].ndim > 1 for path in paths):  # a bias alone starts at 0
        step = jnp.where(size > 0, _norm(moved[path] for path in paths) / jnp.maximum(size, 1e-30), jnp.nan)
    gates = {layer.path: getattr(layer, "gates", 1) for layer in model.walk()}
    tables = [(path, gates.get(path.rpartition("/")[0], 1)) for path in paths if params[path].ndim > 1]
    tables = [(path, count) for path, count in tables if params[path].shape[-1] > count]
    alike = [_alike(params[path], count) & _alike(grads[path], count) for path, count in tables]
    same = jnp.all(jnp.stack(alike)) if alike else jnp.array(False)
    return jnp.stack([_norm(grads[path] for path in paths), size, step, same.astype(jnp.float32)])


def _norm(arrays: Iterable[Array]) -> Array:
    return jnp.sqrt(sum((jnp.sum(jnp.square(a.astype(jnp.float32))) for a in arrays), jnp.float32(0)))


def _alike(table: Array, gates: int) -> Array:
    """Whether all units, along the last axis (within each gate), have the same numbers."""
    by_unit = table.astype(jnp.float32).reshape(-1, gates, table.shape[-1] // gates)
    return jnp.max(jnp.abs(by_unit - by_unit[..., :1])) <= _ALIKE * jnp.max(jnp.abs(by_unit))


def _spread(output: Array) -> Array:
    """The largest standard deviation of a unit of an output over all rows and places."""
    return jnp.max(jnp.std(output.reshape(-1, output.shape[-1] if output.ndim > 1 else 1), 0))


def _rms(output: Array) -> Array:
    return jnp.sqrt(jnp.mean(jnp.square(output)))


# Which weights belong to which line of the sheet.


def _homes(model: Any, met: list[Stood], paths: list[str]) -> dict[str, str]:
    """For each layer that holds weights, the line it is shown on: its own, or the recurrent layer's that it is inside of."""
    seen = {call.path for call in met}
    homes = {}
    for path in paths:
        owner = home = path.rpartition("/")[0]
        while home and home not in seen:
            home = home.rpartition("/")[0]
        homes[owner] = home or owner
    return homes


def _grouped(homes: dict[str, str], params: Weights) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for path in params:
        groups.setdefault(homes[path.rpartition("/")[0]], []).append(path)
    return groups


def _mark_outputs(sheet: Sheet, met: list[Stood], outputs: Any) -> None:
    leaves = jax.tree.leaves(outputs)
    for call in met:
        found = sheet.entries.setdefault(call.path, Entry())
        found.output = found.output or any(call.out is leaf for leaf in leaves)


def _fill(sheet: Sheet, met: list[Stood], homes: dict[str, str], tables: Any, held: dict[str, Array]) -> None:
    sheet.order[:] = dict.fromkeys([*(call.path for call in met), *homes.values()])
    for call in met:
        entry = sheet.entries.setdefault(call.path, Entry())
        entry.kind, entry.activation, entry.units = call.kind, call.activation, call.units
    for home in homes.values():
        entry = sheet.entries.setdefault(home, Entry())
        entry.trains, entry.table = home in held, home in tables


def _by_path(met: list[Stood], numbers: list[Array]) -> dict[str, Array]:
    """Each layer's numbers; of a layer called several times their mean."""
    found: dict[str, list[Array]] = {}
    for call, values in zip(met, numbers, strict=True):
        found.setdefault(call.path, []).append(values)
    return {path: jnp.mean(jnp.stack(values), 0) for path, values in found.items()}
