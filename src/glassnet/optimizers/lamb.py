"""LAMB: Adam's direction, in steps as large as the layer's weights allow."""

from typing import Any, Unpack

import jax.numpy as jnp

from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import number
from glassnet.optimizers.options import LearningRate, Options, Slots
from glassnet.optimizers.rule import zeros


@optimizer_registry.register()
class Lamb(Optimizer):
    """u = m̂ / (√v̂ + ε), as Adam's;  w ← w - α ‖w‖ / ‖u‖ · u.

    Each array moves by the share α of its own norm, so that no layer is thrown off by a large batch's large steps. An
    array of zeros, or one without a direction, moves by α u.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        beta_1: β₁, from 0 and below 1: the average gradient remembers about 1 / (1-β₁) steps.
        beta_2: β₂, from 0 and below 1: its size remembers about 1 / (1-β₂) steps.
        epsilon: ε, of at least 0, against a division by zero.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`. As in Keras,
            weight decay stands beside the rule and not inside u, as in the paper.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Lamb(0.5)
        >>> w = np.float32([3.0, 4.0])
        >>> w, state = optimizer.step(w, np.float32([1.0, -0.01]), optimizer.init(w))
        >>> print(np.asarray(w).round(2))
        [1.23 5.77]

    Reference:
        You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR 2020.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = fraction("beta_1", beta_1, owner="Lamb")
        self.beta_2 = fraction("beta_2", beta_2, owner="Lamb")
        self.epsilon = number("epsilon", epsilon, owner="Lamb")

    def init_one(self, w: Any) -> Slots:
        return {"momentum": zeros(w), "velocity": zeros(w)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        m = self.beta_1 * slots["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * slots["velocity"] + (1 - self.beta_2) * g**2
        u = m / (1 - self.beta_1**step) / (jnp.sqrt(v / (1 - self.beta_2**step)) + self.epsilon)
        sizes = jnp.stack([jnp.sqrt(jnp.sum(jnp.square(a))) for a in (w, u)])
        trust = jnp.where(jnp.all(sizes > 0), sizes[0] / jnp.where(sizes[1] > 0, sizes[1], 1.0), 1.0)
        return w - trust * learning_rate * u, {"momentum": m, "velocity": v}
