"""Where a training is between two epochs, for those who look on."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from glassnet.training.step import Recipe, TrainState


class Moment(NamedTuple):
    """Where a training is: before its first epoch, or after one.

    Args:
        done: how many epochs are done.
        fetch: gives the state: weights, running states, what the optimizer remembers, and the steps done. Fetching costs
            a copy from the program's results, so it is done only where it is wanted.
        recipe: what is compiled for it.
        seed: the model's seed.
        rate: the learning rate; None where the optimizer has a schedule.
    """

    done: int
    fetch: Callable[[], TrainState]
    recipe: Recipe
    seed: int
    rate: np.float32 | None
