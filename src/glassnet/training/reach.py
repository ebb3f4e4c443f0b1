"""Which targets a last activation can give at all."""

from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray

_REACH = {
    **dict.fromkeys(("sigmoid", "hard_sigmoid", "softmax"), (0.0, 1.0)),
    **dict.fromkeys(("tanh", "hard_tanh", "softsign"), (-1.0, 1.0)),
    **dict.fromkeys(("relu", "softplus", "exponential"), (0.0, np.inf)),
    "relu6": (0.0, 6.0),
}
_DISTANCES = frozenset(
    {
        "MeanSquaredError",
        "MeanAbsoluteError",
        "MeanAbsolutePercentageError",
        "MeanSquaredLogarithmicError",
        "Huber",
        "LogCosh",
    }
)
UNREACHABLE = 0.25
"""The share of targets out of reach from which it is told of."""
HOPELESS = 0.9
"""The share from which there is nothing to learn but the nearest end of the range."""


def reach_of(loss: Any, final: str | None) -> tuple[float, float] | None:
    """The least and the greatest output, where the loss asks outputs to equal targets and the activation is known.

    Example:
        >>> from glassnet.losses import MeanSquaredError
        >>> reach_of(MeanSquaredError(), "tanh"), reach_of(MeanSquaredError(), "linear")
        ((-1.0, 1.0), None)
    """
    return _REACH.get(final or "") if type(loss).__name__ in _DISTANCES else None


def share_beyond(y: HostArray, reach: tuple[float, float]) -> float:
    """The share of targets that no output can come near; 1 where the greatest is ten times as far as any output.

    Example:
        >>> share_beyond(np.array([0.0, 0.5, 1.0, 1.5]), (0.0, 1.0)), share_beyond(np.array([0, 0, 0, 0, 255]), (0.0, 1.0))
        (0.25, 1.0)
    """
    low, high = reach
    least, most = float(y.min()), float(y.max())
    slack = 1e-3 * max(most - least, 1e-12)
    if least >= low - slack and most <= high + slack:
        return 0.0
    if most > 10 * high or least < 10 * low < 0:
        return 1.0
    return float(np.mean((y < low - slack) | (y > high + slack)))
