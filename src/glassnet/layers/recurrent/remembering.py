"""How the biases of an LSTM start."""

from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.initializers.base import Initializer


class Remembering(Initializer):
    """b = (b_i, 1, b_g, b_o): biases that start at 1 for the gate that keeps the memory, which is then mostly open.

    Args:
        inner: how the biases of the other gates start.

    Example:
        >>> Remembering(lambda shape: np.zeros(shape)).draw((8,), np.random.default_rng(0)).tolist()
        [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]

    Reference:
        Jozefowicz, Zaremba & Sutskever (2015), An empirical exploration of recurrent network architectures.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> HostArray:
        """The biases of all gates, in the order i, f, g, o."""
        units = shape[0] // 4
        own = getattr(self.inner, "draw", None)
        drawn = own is not None and getattr(self.inner, "seed", None) is None

        def part(size: int) -> HostArray:
            return np.asarray(own((size,), generator) if own is not None and drawn else self.inner((size,)))

        return np.concatenate([part(units), np.ones(units), part(2 * units)]).astype(np.float32)
