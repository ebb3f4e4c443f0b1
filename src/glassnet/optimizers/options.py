"""What every optimizer takes, and what one remembers between steps."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypedDict

LearningRate: TypeAlias = float | Callable[[Any], Any]
"""A number, or a schedule: a callable that turns the number of steps done into a rate."""

Slots: TypeAlias = dict[str, Any]
"""What an optimizer remembers about one array, by name."""


class OptimizerState(NamedTuple):
    """What an optimizer remembers between steps.

    Args:
        step: the number of steps done, an int32 scalar.
        slots: like the weights' tree, with the `Slots` of an array in the array's place.
        around: what composes around the rule remembers, by name: a tree like the weights' (such as ``"average"``) or a
            single number (such as ``"loss_scale"``); None where nothing does.

    Example:
        >>> import numpy as np
        >>> from glassnet.optimizers import SGD
        >>> SGD(momentum=0.9).init({"w": np.zeros(2, "float32")}).slots
        {'w': {'momentum': array([0., 0.], dtype=float32)}}
    """

    step: Any
    slots: Any
    around: dict[str, Any] | None = None


class OtherOptions(TypedDict, total=False):
    """The keyword arguments of every optimizer except `weight_decay`; see `Optimizer`."""

    name: str | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    learning_rate_multipliers: Mapping[str, float] | None
    exclude_from_decay: Sequence[str] | None


class Options(OtherOptions, total=False):
    """The keyword arguments of every optimizer; see `Optimizer`."""

    weight_decay: float | None
