"""FTRL: the best weights in hindsight for all past gradients, with an L1 penalty that gives exact zeros."""

from typing import Any, Unpack

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array
from glassnet.optimizers.averaging import choose
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import number
from glassnet.optimizers.options import LearningRate, Options, Slots
from glassnet.optimizers.rule import zeros


@optimizer_registry.register()
class Ftrl(Optimizer):
    """z ← z + g' - (n'^-p - n^-p) / α · w;  w ← (clip(z, -λ₁, λ₁) - z) / (n'^-p / α + 2 λ₂ + β / α), n' = n + g².

    "Follow the regularized leader": for very wide, sparse, linear models. Weights whose z stays within λ₁ are exactly
    0. g' is the gradient with 2 λₛ w added. The first step nearly forgets where the weights started.

    Args:
        learning_rate: α, above 0, or a schedule; a step at a rate of 0 changes nothing.
        learning_rate_power: p, at most 0: how fast steps shrink; -0.5 is Adagrad's pace, 0 keeps them.
        initial_accumulator_value: n before the first step, of at least 0.
        l1_regularization_strength: λ₁, of at least 0.
        l2_regularization_strength: λ₂, of at least 0.
        l2_shrinkage_regularization_strength: λₛ, of at least 0; shrinks through the gradient.
        beta: β, of at least 0.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Ftrl(0.5, l1_regularization_strength=1.0)
        >>> w = np.float32([0.0, 0.0])
        >>> w, state = optimizer.step(w, np.float32([3.0, -0.5]), optimizer.init(w))
        >>> print(np.asarray(w).round(2))
        [-0.33  0.  ]

    Reference:
        McMahan et al., "Ad click prediction: a view from the trenches", KDD 2013.
    """

    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        if self.learning_rate == 0:
            raise ConfigError("Ftrl expected `learning_rate` above 0, for it divides by it. Received 0. Pass 0.001.")
        if isinstance(learning_rate_power, bool | str) or not learning_rate_power <= 0:
            raise ConfigError(
                f"Ftrl expected `learning_rate_power` as a number of at most 0. Received {learning_rate_power!r}. Pass "
                f"-0.5, Adagrad's pace."
            )
        self.learning_rate_power = float(learning_rate_power)
        self.initial_accumulator_value = number("initial_accumulator_value", initial_accumulator_value, owner="Ftrl")
        self.l1_regularization_strength = number("l1_regularization_strength", l1_regularization_strength, owner="Ftrl")
        self.l2_regularization_strength = number("l2_regularization_strength", l2_regularization_strength, owner="Ftrl")
        self.l2_shrinkage_regularization_strength = number(
            "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength, owner="Ftrl"
        )
        self.beta = number("beta", beta, owner="Ftrl")

    def init_one(self, w: Any) -> Slots:
        return {"accumulator": zeros(w, self.initial_accumulator_value), "linear": zeros(w)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        l1, p = self.l1_regularization_strength, self.learning_rate_power
        moves = learning_rate > 0  # at a rate of 0, where a schedule may start, there is no step
        alpha = jnp.where(moves, learning_rate, 1.0)
        n = slots["accumulator"] + g**2
        pace_before, pace = slots["accumulator"] ** -p, n**-p
        g = g + 2 * self.l2_shrinkage_regularization_strength * w
        z = slots["linear"] + g - (pace - pace_before) / alpha * w
        curvature = (pace + self.beta) / alpha + 2 * self.l2_regularization_strength
        after = (jnp.clip(z, -l1, l1) - z) / curvature, {"accumulator": n, "linear": z}
        return choose(moves, after, (w, slots))
