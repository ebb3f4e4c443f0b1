"""States put aside while a network trains, to be looked at later: few enough to cost nothing, spread over the whole training."""

from typing import Any, NamedTuple

import jax
import numpy as np

from glassnet.training.moments import Moment
from glassnet.training.step import TrainState

ROOM = 64 << 20
"""Bytes of states that may be kept at once."""

MOST = 240
"""Looks, taken or still to take, that are kept at once."""


class Kept(NamedTuple):
    """A moment with its state fetched.

    Args:
        moment: where training was.
        seconds: when, since it began.
        state: weights, running states and the optimizer's memory.
    """

    moment: Moment
    seconds: float
    state: TrainState


def kept(moment: Moment, seconds: float) -> Kept:
    """The moment with a state of its own: views would keep alive what several epochs left behind."""
    state = moment.fetch()
    return Kept(moment._replace(fetch=lambda: state), seconds, jax.tree.map(_own, state))


def _own(leaf: Any) -> Any:
    return np.array(leaf) if isinstance(leaf, np.ndarray) else leaf


def size_of(state: TrainState) -> int:
    """Bytes of a state."""
    return sum(leaf.nbytes for leaf in jax.tree.leaves(state))


def thinned(items: list[Any]) -> list[Any]:
    """Every second one, the first and the last among them.

    Example:
        >>> thinned([0, 1, 2, 3, 4]), thinned([0, 1, 2, 3])
        ([0, 2, 4], [0, 2, 3])
    """
    return [item for place, item in enumerate(items) if place % 2 == 0 or place == len(items) - 1]
