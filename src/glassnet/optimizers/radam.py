"""RAdam: Adam that waits until its measure of the gradient's size can be trusted."""

import math
from typing import Any, Unpack

import jax.numpy as jnp

from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import number
from glassnet.optimizers.options import LearningRate, Options, Slots
from glassnet.optimizers.rule import zeros

_TRUSTED = 5.0


@optimizer_registry.register("radam")
class RAdam(Optimizer):
    """ρₜ > 5: w ← w - α r m̂ √(1-β₂ᵗ) / (√v + ε), r² = (ρₜ-4)(ρₜ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρₜ);  else w ← w - α m̂.

    In the first steps v is an average of a few squares and varies widely, and with it Adam's steps. ρₜ = ρ∞ - 2 t β₂ᵗ /
    (1-β₂ᵗ) is about how many gradients v has seen. While that is 5 or less, the step is that of momentum; then Adam's
    with a factor r that grows from about 0 to 1: a warm-up whose length follows from β₂.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        beta_1: β₁, from 0 and below 1: the average gradient remembers about 1 / (1-β₁) steps.
        beta_2: β₂, from 0 and below 1: its size remembers about 1 / (1-β₂) steps, and ρ∞ = 2 / (1-β₂) - 1.
        epsilon: ε, of at least 0, against a division by zero; beside √v as in `Adam`.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = RAdam(0.25)
        >>> w = np.float32([1.0])
        >>> w, state = optimizer.step(w, np.float32([2.0]), optimizer.init(w))
        >>> print(np.asarray(w).round(3))  # the first step is α g
        [0.5]

    Reference:
        Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020.
    """

    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = fraction("beta_1", beta_1, owner="RAdam")
        self.beta_2 = fraction("beta_2", beta_2, owner="RAdam")
        self.epsilon = number("epsilon", epsilon, owner="RAdam")

    def init_one(self, w: Any) -> Slots:
        return {"momentum": zeros(w), "velocity": zeros(w)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        m = self.beta_1 * slots["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * slots["velocity"] + (1 - self.beta_2) * g**2
        m_hat = m / (1 - self.beta_1**step)
        r = self._rectification(step)
        adaptive = r * m_hat * jnp.sqrt(1 - self.beta_2**step) / (jnp.sqrt(v) + self.epsilon)
        return w - learning_rate * jnp.where(r > 0, adaptive, m_hat), {"momentum": m, "velocity": v}

    def _rectification(self, step: Array) -> Array:
        """r, or 0 while v is not to be trusted."""
        most = 2 / (1 - self.beta_2) - 1
        if most <= _TRUSTED:
            return jnp.zeros(())
        seen = self._seen(step)
        safe = jnp.maximum(seen, _TRUSTED)
        r = jnp.sqrt((safe - 4) * (safe - 2) * most / ((most - 4) * (most - 2) * safe))
        return jnp.where(seen > _TRUSTED, r, 0.0)

    def _seen(self, step: Array) -> Array:
        """ρₜ = ρ∞ - 2 t β₂ᵗ / (1-β₂ᵗ), a small difference of large numbers, written as 1 + 2 (t h(t a) - h(a)), a = -ln β₂."""
        a = -math.log(self.beta_2)
        return 1 + 2 * (step * _gap(step * a) - _gap(jnp.asarray(a)))


def _gap(x: Array) -> Array:
    """h(x) = 1/x - 1/(eˣ-1), which is ½ at 0."""
    far = jnp.maximum(x, 0.5)
    return jnp.where(x < 0.5, 0.5 - x / 12 + x**3 / 720 - x**5 / 30240, 1 / far - 1 / jnp.expm1(far))
