"""How the error travels back through a network: whether a hidden layer lets nothing through, or it fades on the way."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from glassnet.foundation.errors import GlassnetError
from glassnet.inspection import look

_ROWS = 256
_LEAST = 0.01
_FADED = 0.003


@dataclass(frozen=True)
class Flow:
    """What of the error reaches where.

    Args:
        layer: the hidden layer that lets the least through.
        passes: ``Σ|∂L/∂z| / Σ|∂L/∂a|``, the mean slope of its activation where the error arrives: 0 when all its units are dead
            or saturated, about 0.5 for relu.
        fades: ``Σ|∂L/∂z|`` of the first hidden layer beside that of the last.
    """

    layer: str
    passes: float
    fades: float

    @property
    def blocked(self) -> bool:
        """Whether so little comes through that no training goes on below."""
        return self.passes < _LEAST or self.fades < _FADED

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def flow_of(trained: Any, *, current: bool) -> Flow | None:
    """Look at the gradients of a training's rows; None where the network has no hidden layer with an activation, or has changed.

    Args:
        trained: what a history remembers.
        current: whether the model still has the weights this training ended with.

    Reference:
        X. Glorot and Y. Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks, 2010.
    """
    if trained is None or not current:
        return None
    rows = trained.train.sample(_ROWS)
    try:
        seen = look(trained.model, rows.x, rows.y)
    except (GlassnetError, TypeError, NotImplementedError):  # not every model of a user's own can be looked into
        return None
    found = [
        (call.path, _sum(number.gradient), _sum(call.gradients[0]))
        for call in seen.calls
        for number in call.named("pre_activation")[:1]
        if number.gradient is not None and call.gradients and call.gradients[0] is not None
    ][:-1]
    reached = [(path, inner / outer) for path, inner, outer in found if outer > 0]
    if not reached:
        return None
    layer, passes = min(reached, key=lambda item: item[1])
    first, last = found[0][1], found[-1][1]
    return Flow(layer, float(passes), float(first / last) if last > 0 else 1.0)


def _sum(values: Any) -> float:
    return float(np.abs(np.asarray(values, np.float64)).sum())
