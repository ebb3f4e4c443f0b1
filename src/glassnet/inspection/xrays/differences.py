"""Central differences of the loss, weight by weight, with 64 bits: a check on backpropagation that knows nothing of it."""

import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.types import HostArray
from glassnet.training.objective import Objective

_STEP = 1e-5


@dataclass(frozen=True)
class Difference:
    """(L(w + h) - L(w - h)) / 2h for one number of a weight.

    Args:
        index: where the number is in its weight.
        gradient: dL/dw from backpropagation.
        difference: the central difference.
        error: their relative difference.
        kink: whether the loss has a corner here, so that the slopes to the left and to the right are not one.
    """

    index: tuple[int, ...]
    gradient: float
    difference: float
    error: float
    kink: bool


def differences(
    blueprint: Blueprint,
    objective: Objective,
    arrays: tuple[dict[str, Any], dict[str, Any]],
    moment: tuple[int, int],
    batch: Any,
    gradients: dict[str, HostArray],
    most: int,
) -> dict[str, tuple[Difference, ...]]:
    """Central differences of some numbers of each weight: all of a small one, of a large one those of largest gradient.

    Args:
        blueprint: the model's structure.
        objective: its losses.
        arrays: the weights that train and the rest, by path.
        moment: the model's seed and the number of steps done, from which the random key follows.
        batch: inputs, targets and weights.
        gradients: dL/dw by path.
        most: how many numbers of each weight.
    """
    found: dict[str, tuple[Difference, ...]] = {}
    with jax.enable_x64(True):
        wide = jax.tree.map(_wide, (*arrays, batch))
        loss = _loss(blueprint, _widened(objective))
        seed, step = np.uint32(moment[0]), np.int32(moment[1])

        def at(path: str, place: int, move: float) -> float:
            return float(loss(path, wide[0], wide[1], seed, step, wide[2], np.int32(place), np.float64(move)))

        for path, gradient in gradients.items():
            center = at(path, 0, 0.0)
            found[path] = tuple(
                _one(at, path, place, gradient, wide[0][path], center) for place in _chosen(gradient, most)
            )
    return found


def _chosen(gradient: HostArray, most: int) -> list[int]:
    if gradient.size <= most:
        return list(range(gradient.size))
    return sorted(np.argsort(-np.abs(gradient), axis=None, kind="stable")[:most].tolist())


def _one(at: Any, path: str, place: int, gradient: HostArray, w: Any, center: float) -> Difference:
    h = _STEP * max(1.0, abs(float(np.ravel(w)[place])))
    above, below = at(path, place, h), at(path, place, -h)
    slope, g = (above - below) / (2 * h), float(np.ravel(gradient)[place])
    right, left = (above - center) / h, (center - below) / h
    rounding = 1e-9 * max(1.0, abs(center))
    size = max(abs(slope), abs(g), rounding, 1e-6 * float(np.abs(gradient).max()))
    kink = abs(right - left) > 0.01 * max(abs(right), abs(left)) + rounding and abs(slope - g) / size > 1e-3
    index = tuple(int(i) for i in np.unravel_index(place, np.shape(gradient)))
    return Difference(index, g, slope, abs(slope - g) / size, kink)


def _wide(value: Any) -> Any:
    array = np.asarray(value)
    return array.astype(np.float64) if jnp.issubdtype(array.dtype, jnp.floating) else array


def _widened(objective: Objective) -> Objective:
    """The same losses, computed with 64 bits."""

    def wide(loss: Any) -> Any:
        if loss is None:
            return None
        again = copy.copy(loss)
        again.dtype = "float64"
        return again

    return Objective(tuple(replace(head, loss=wide(head.loss), metrics=(), weighted=()) for head in objective.heads))


@lru_cache(maxsize=32)
def _loss(blueprint: Blueprint, objective: Objective) -> Any:
    def run(path: str, params: Any, rest: Any, seed: Any, step: Any, batch: Any, place: Any, move: Any) -> Any:
        w = params[path]
        moved = {**params, path: w.reshape(-1).at[place].add(move).reshape(w.shape)}
        model = blueprint.assemble(moved, rest)
        key = jax.random.fold_in(jax.random.key(seed), step)
        with context.entered(context.Call(True, key)):
            outputs = model(batch[0])
            masks = objective.masks(outputs)
            count = jnp.asarray(jax.tree.leaves(outputs)[0].shape[0], jnp.float64)
            loss, _ = objective.batch_losses(batch[1], outputs, batch[2], count, masks)
        return loss + sum(model.losses, jnp.float64(0))

    return jax.jit(run, static_argnums=0)
