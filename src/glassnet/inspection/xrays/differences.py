"""Central differences of the loss, weight by weight, with 64 bits: a check on backpropagation that knows nothing of it."""

import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.types import HostArray
from glassnet.inspection.xrays.gradients import loss_of
from glassnet.training.compiling import options_for
from glassnet.training.objective import Objective

#: How far a number is moved with 64 bits and with 32; farther where rounding inside a layer hides so small a move.
_STEPS = {True: (1e-5, 2e-3), False: (5e-3, 2e-2)}


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


class Checker:
    """Central differences of a training step's loss, number by number of its weights.

    They are computed with 64 bits; with 32 and a wider step where a layer of the user's own cannot do so, or draws other
    random numbers then.

    Args:
        blueprint: the model's structure.
        objective: its losses.
        arrays: the weights that train and the rest, by path.
        moment: the model's seed and the number of steps done, from which the random key follows.
        batch: inputs, targets and weights.
        gradients: dL/dw by path.
        loss: L as the step has it.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        objective: Objective,
        arrays: tuple[dict[str, Any], dict[str, Any]],
        moment: tuple[int, int],
        batch: Any,
        gradients: dict[str, HostArray],
        loss: float,
    ) -> None:
        self.gradients, self._order = gradients, {path: number for number, path in enumerate(gradients)}
        self._moment = (np.uint32(moment[0]), np.int32(moment[1]))
        self._scale = max((float(np.abs(g).max(initial=0.0)) for g in gradients.values()), default=0.0)
        #: Whether 64 bits could be used.
        self.wide, self._run = True, _loss(blueprint, _widened(objective), tuple(gradients))
        self._arrays = jax.tree.map(_wide, (*arrays, batch))
        if not self._is_that_of_the_step(loss):
            self.wide, self._run = False, _loss(blueprint, objective, tuple(gradients))
            self._arrays = jax.tree.map(np.asarray, (*arrays, batch))
            self._center = self._at("", 0, 0.0)

    def some(self, most: int) -> dict[str, tuple[Difference, ...]]:
        """Of each weight all numbers of a small one, of a large one those of largest gradient: at most so many."""
        return {
            path: tuple(self.one(path, place) for place in _chosen(gradient, most))
            for path, gradient in self.gradients.items()
        }

    def one(self, path: str, place: int) -> Difference:
        """The central difference of one number, counted through the flattened weight."""
        gradient = self.gradients[path]
        index = tuple(int(i) for i in np.unravel_index(place, np.shape(gradient)))
        w, g = float(self._arrays[0][path][index]), float(gradient[index])
        tries = [self._try(path, place, step * max(1.0, abs(w)), g) for step in _STEPS[self.wide][:1]]
        if tries[0].error > 1e-4:
            tries += [self._try(path, place, step * max(1.0, abs(w)), g) for step in _STEPS[self.wide][1:]]
        return replace(min(tries, key=lambda found: found.error), index=index)

    def _try(self, path: str, place: int, h: float, g: float) -> Difference:
        above, below = self._at(path, place, h), self._at(path, place, -h)
        slope = (above - below) / (2 * h)
        right, left = (above - self._center) / h, (self._center - below) / h
        rounding = 1e-9 * max(1.0, abs(self._center))
        # Below a ten-millionth of the step's largest gradient, a gradient of 32 bits is rounding.
        size = max(abs(slope), abs(g), rounding, 1e-4 * self._scale)
        error = abs(slope - g) / size
        bent = abs(right - left) > 0.01 * max(abs(right), abs(left)) + rounding
        return Difference((), g, slope, error, bent and error > 1e-3)

    def _is_that_of_the_step(self, loss: float) -> bool:
        """Whether the step can be computed with 64 bits, and is the same one: no other random numbers are drawn."""
        try:
            self._center = self._at("", 0, 0.0)
        except TypeError:  # such as two whole numbers of different widths
            return False
        return abs(self._center - loss) <= 1e-3 * max(1e-3, abs(loss)) or not np.isfinite(loss)

    def _at(self, path: str, place: int, move: float) -> float:
        which = np.int32(self._order.get(path, -1))
        with jax.enable_x64(self.wide):
            kind = np.float64 if self.wide else np.float32
            params, rest, batch = self._arrays
            return float(self._run(params, rest, self._moment, batch, which, np.int32(place), kind(move)))


def _chosen(gradient: HostArray, most: int) -> list[int]:
    if gradient.size <= most:
        return list(range(gradient.size))
    return sorted(np.argsort(-np.abs(gradient), axis=None, kind="stable")[:most].tolist())


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
def _loss(blueprint: Blueprint, objective: Objective, paths: tuple[str, ...]) -> Any:
    """L with one number of one weight moved: one program for all weights."""

    def run(params: Any, rest: Any, moment: Any, batch: Any, which: Any, place: Any, move: Any) -> Any:
        moved = dict(params)
        for number, path in enumerate(paths):
            w = params[path]
            moved[path] = w.reshape(-1).at[place].add(jnp.where(which == number, move, 0.0)).reshape(w.shape)
        return loss_of(blueprint, objective, moved, rest, moment, batch)

    return jax.jit(run, compiler_options=options_for(blueprint, small=True))
