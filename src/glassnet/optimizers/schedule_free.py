"""Schedule-free AdamW: an average of the weights in the place of a falling learning rate."""

from typing import Any, Unpack

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array
from glassnet.optimizers.averaging import copied
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import count_or_none, number
from glassnet.optimizers.options import LearningRate, OptimizerState, Options, Slots
from glassnet.optimizers.rule import zeros


@optimizer_registry.register("schedule_free_adamw", "schedulefreeadamw")
class ScheduleFreeAdamW(Optimizer):
    """z ← z - α ∇L(y) / (√v̂ + ε);  x ← (1-1/t) x + z/t;  y = (1-β₁) z + β₁ x.

    Three points: z takes Adam's steps without momentum, x is the average of all z, and the gradient is taken at y
    between them, which the model's weights are while it trains. x does what a rate that falls to 0 does, without having
    to know when training will end. As in Keras, `fit` leaves y in the model; `averaged` gives x, the weights to judge and
    to keep.

    Args:
        learning_rate: α, of at least 0, or a schedule; larger than Adam's, for x is an average.
        beta_1: β₁, above 0 and below 1: how near y is to x.
        beta_2: β₂, from 0 and below 1: the gradient's size remembers about 1 / (1-β₂) steps.
        epsilon: ε, of at least 0, against a division by zero.
        warmup_steps: of at least 0: over so many steps the rate grows from about 0 to α.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`. Weight decay
            is taken from y, as in Keras.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = ScheduleFreeAdamW(0.5, beta_1=0.5, beta_2=0.75)
        >>> w, state = np.float32([4.0]), optimizer.init(np.float32([4.0]))
        >>> for _ in range(2):
        ...     w, state = optimizer.step(w, np.float32([1.0]), state)
        >>> print(w, state.slots["momentum"], optimizer.averaged(w, state))
        [3.125] [3.] [3.25]

    Reference:
        Defazio et al., "The road less scheduled", NeurIPS 2024.
    """

    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = fraction("beta_1", beta_1, owner="ScheduleFreeAdamW")
        if self.beta_1 == 0:
            raise ConfigError(
                "ScheduleFreeAdamW expected `beta_1` above 0. Received 0, with which x cannot be told from y. Pass 0.9."
            )
        self.beta_2 = fraction("beta_2", beta_2, owner="ScheduleFreeAdamW")
        self.epsilon = number("epsilon", epsilon, owner="ScheduleFreeAdamW")
        self.warmup_steps = count_or_none("warmup_steps", warmup_steps, owner="ScheduleFreeAdamW", least=0) or 0

    def init_one(self, w: Any) -> Slots:
        return {"momentum": copied(w), "velocity": zeros(w)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        t = step.astype(jnp.promote_types(w.dtype, jnp.float32))
        if self.warmup_steps:
            learning_rate = learning_rate * jnp.minimum(t / self.warmup_steps, 1.0)
        v = self.beta_2 * slots["velocity"] + (1 - self.beta_2) * g**2
        z = slots["momentum"]
        x = self._average(w, z)
        z = z - learning_rate * g / (jnp.sqrt(v / (1 - self.beta_2**step)) + self.epsilon)
        x = (1 - 1 / t) * x + z / t
        return (1 - self.beta_1) * z + self.beta_1 * x, {"momentum": z, "velocity": v}

    def averaged(self, params: Any, state: OptimizerState) -> Any:
        """x, the weights to judge and to keep; under `use_ema` the moving average of y."""
        if self.use_ema:
            return super().averaged(params, state)
        structure = jax.tree.structure(params)
        slots = structure.flatten_up_to(state.slots)
        pairs = zip(jax.tree.leaves(params), slots, strict=True)
        return structure.unflatten([self._average(y, slot["momentum"]) for y, slot in pairs])

    def _average(self, y: Any, z: Any) -> Any:
        """x, from y = (1-β₁) z + β₁ x."""
        return (y - (1 - self.beta_1) * z) / self.beta_1
