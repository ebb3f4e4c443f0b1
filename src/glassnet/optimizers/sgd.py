"""Gradient descent, with or without momentum."""

from typing import Any, Unpack

from glassnet.foundation.types import Array
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import fraction_or_schedule
from glassnet.optimizers.options import LearningRate, Options, Slots
from glassnet.optimizers.rule import zeros


@optimizer_registry.register()
class SGD(Optimizer):
    """v ← μ v - α g;  w ← w + v.  Nesterov: w ← w + μ v - α g.  Without momentum: w ← w - α g.

    A step downhill. Momentum μ keeps part of the last step, so that steps add up along a valley and cancel across it.

    Texts write momentum in three ways. Keras and this class keep the learning rate inside v and add it, v ← μ v - α g,
    w ← w + v. Textbooks often subtract instead, v ← μ v + α g, w ← w - v, which is the same path with v's sign turned.
    PyTorch keeps the rate outside, v ← μ v + g, w ← w - α v: the same path while α is constant, but not under a
    schedule, where it rescales old steps by the new rate and this class does not.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        momentum: μ, from 0 (none) to 1, or a schedule; 0.9 is usual.
        nesterov: whether to look one step of momentum ahead.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = SGD(0.1, momentum=0.5)
        >>> w, state = np.float32([1.0]), optimizer.init(np.float32([1.0]))
        >>> w, state = optimizer.step(w, np.float32([2.0]), state)
        >>> w, state = optimizer.step(w, np.float32([2.0]), state)
        >>> print(w, state.slots["momentum"])
        [0.5] [-0.3]

    Reference:
        Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning",
        ICML 2013.
    """

    may_be_scheduled = ("momentum",)
    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.01,
        momentum: Any = 0.0,
        nesterov: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.momentum = fraction_or_schedule("momentum", momentum, owner="SGD", below_one=False)
        self.nesterov = bool(nesterov)

    def init_one(self, w: Any) -> Slots:
        return {"momentum": zeros(w)} if self.momentum else {}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        if "momentum" not in slots:
            return w - learning_rate * g, slots
        v = self.momentum * slots["momentum"] - learning_rate * g
        if self.nesterov:
            return w + self.momentum * v - learning_rate * g, {"momentum": v}
        return w + v, {"momentum": v}
