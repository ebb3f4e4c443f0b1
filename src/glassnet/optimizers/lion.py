"""Lion: steps of one size, in the direction of a sign."""

from typing import Any, Unpack

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.options import LearningRate, Options, Slots
from glassnet.optimizers.rule import zeros


@optimizer_registry.register()
class Lion(Optimizer):
    """w ← w - α sign(β₁ m + (1-β₁) g);  m ← β₂ m + (1-β₂) g.

    Every weight moves by exactly α, up or down. One slot a weight, half of Adam's memory. The paper advises a learning
    rate 3 to 10 times smaller than Adam's, and a weight decay larger by as much.

    Args:
        learning_rate: α, of at least 0, or a schedule; what each weight moves in a step.
        beta_1: β₁, above 0 and at most 1: the momentum's weight in the step.
        beta_2: β₂, from 0 and below 1: the momentum remembers about 1 / (1-β₂) steps.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Lion(0.25)
        >>> w = np.float32([1.0, 1.0])
        >>> w, state = optimizer.step(w, np.float32([4.0, -0.01]), optimizer.init(w))
        >>> print(w)
        [0.75 1.25]

    Reference:
        Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023.
    """

    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = fraction("beta_1", beta_1, owner="Lion", below_one=False)
        self.beta_2 = fraction("beta_2", beta_2, owner="Lion")
        if self.beta_1 == 0:
            raise ConfigError(
                "Lion expected `beta_1` above 0. Received 0, which leaves the momentum unused. Pass the paper's 0.9."
            )

    def init_one(self, w: Any) -> Slots:
        return {"momentum": zeros(w)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        m = slots["momentum"]
        direction = jnp.sign(self.beta_1 * m + (1 - self.beta_1) * g)
        return w - learning_rate * direction, {"momentum": self.beta_2 * m + (1 - self.beta_2) * g}
