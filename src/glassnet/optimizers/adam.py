"""Adam and its kin: a moving average of the gradient, divided by a moving measure of its size."""

from typing import Any, Unpack

import jax.numpy as jnp

from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import fraction_or_schedule, number
from glassnet.optimizers.options import LearningRate, Options, OtherOptions, Slots
from glassnet.optimizers.rule import zeros


@optimizer_registry.register()
class Adam(Optimizer):
    """m ← β₁ m + (1-β₁) g;  v ← β₂ v + (1-β₂) g²;  w ← w - α √(1-β₂ᵗ) / (1-β₁ᵗ) · m / (√v + ε).

    Each weight moves by about α a step, whatever its gradient's size, along the recent average gradient. The factors
    1-βᵗ make up for averages that start at zero. AMSGrad divides by the largest v so far, so that steps only shrink.

    ε stands beside √v before the correction (the paper's ε̂, as in Keras). PyTorch adds its ε after the correction, so
    the same ε weighs differently in the first steps.

    Args:
        learning_rate: α, of at least 0, or a schedule; about the most a weight moves in a step.
        beta_1: β₁, from 0 and below 1, or a schedule: the average gradient remembers about 1 / (1-β₁) steps.
        beta_2: β₂, from 0 and below 1: its size remembers about 1 / (1-β₂) steps.
        epsilon: ε, of at least 0, against a division by zero; larger means closer to momentum.
        amsgrad: whether to divide by the largest v so far.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Adam(0.25)
        >>> w = np.float32([1.0, 1.0])
        >>> w, state = optimizer.step(w, np.float32([4.0, -0.01]), optimizer.init(w))
        >>> print(np.asarray(w).round(3))
        [0.75 1.25]

    Reference:
        Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015; AMSGrad: Reddi, Kale and Kumar, "On the
        convergence of Adam and beyond", ICLR 2018.
    """

    may_be_scheduled = ("beta_1",)
    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: Any = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = fraction_or_schedule("beta_1", beta_1, owner=type(self).__name__)
        self.beta_2 = fraction("beta_2", beta_2, owner=type(self).__name__)
        self.epsilon = number("epsilon", epsilon, owner=type(self).__name__)
        self.amsgrad = bool(amsgrad)

    def init_one(self, w: Any) -> Slots:
        slots = {"momentum": zeros(w), "velocity": zeros(w)}
        if callable(self.beta_1):
            slots["beta_1_product"] = zeros(0.0, 1.0)
        return {**slots, "largest_velocity": zeros(w)} if self.amsgrad else slots

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        m = self.beta_1 * slots["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * slots["velocity"] + (1 - self.beta_2) * g**2
        new = {"momentum": m, "velocity": v}
        if self.amsgrad:
            new["largest_velocity"] = v = jnp.maximum(slots["largest_velocity"], v)
        started = self.beta_1**step  # the share of m that is still its start, 0
        if "beta_1_product" in slots:  # under a schedule the product of all β₁ so far
            new["beta_1_product"] = started = slots["beta_1_product"] * self.beta_1
        alpha = learning_rate * jnp.sqrt(1 - self.beta_2**step) / (1 - started)
        return w - alpha * m / (jnp.sqrt(v) + self.epsilon), new


@optimizer_registry.register("adamw")
class AdamW(Adam):
    """w ← w - α λ w, then Adam's rule.

    Adam with decoupled weight decay: weights shrink by the same share whatever their gradients are. An L2 penalty under
    Adam does something else, for Adam divides it by the gradient's size.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        weight_decay: λ, of at least 0.
        beta_1: β₁, from 0 and below 1, or a schedule: the average gradient remembers about 1 / (1-β₁) steps.
        beta_2: β₂, from 0 and below 1: its size remembers about 1 / (1-β₂) steps.
        epsilon: ε, of at least 0, against a division by zero.
        amsgrad: whether to divide by the largest v so far.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = AdamW(0.25, weight_decay=0.4)
        >>> w = np.float32([1.0, 1.0])
        >>> w, state = optimizer.step(w, np.float32([4.0, 0.0]), optimizer.init(w))
        >>> print(np.asarray(w).round(3))
        [0.65 0.9 ]

    Reference:
        Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """

    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: float = 0.004,
        beta_1: Any = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[OtherOptions],
    ) -> None:
        weight_decay = number("weight_decay", weight_decay, owner="AdamW")
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options)


@optimizer_registry.register()
class Adamax(Optimizer):
    """m ← β₁ m + (1-β₁) g;  u ← max(β₂ u, |g|);  w ← w - α / (1-β₁ᵗ) · m / (u + ε).

    Adam with the largest recent gradient in place of the average square: calmer where gradients are rare and large.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        beta_1: β₁, from 0 and below 1: the average gradient remembers about 1 / (1-β₁) steps.
        beta_2: β₂, from 0 and below 1: the share of the largest gradient that is left a step later.
        epsilon: ε, of at least 0, against a division by zero.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Adamax(0.25)
        >>> w = np.float32([1.0, 1.0])
        >>> w, state = optimizer.step(w, np.float32([4.0, -0.01]), optimizer.init(w))
        >>> print(np.asarray(w).round(3))
        [0.75 1.25]

    Reference:
        Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1.
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
        self.beta_1 = fraction("beta_1", beta_1, owner="Adamax")
        self.beta_2 = fraction("beta_2", beta_2, owner="Adamax")
        self.epsilon = number("epsilon", epsilon, owner="Adamax")

    def init_one(self, w: Any) -> Slots:
        return {"momentum": zeros(w), "norm": zeros(w)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        m = self.beta_1 * slots["momentum"] + (1 - self.beta_1) * g
        u = jnp.maximum(self.beta_2 * slots["norm"], jnp.abs(g))
        alpha = learning_rate / (1 - self.beta_1**step)
        return w - alpha * m / (u + self.epsilon), {"momentum": m, "norm": u}


@optimizer_registry.register()
class Nadam(Optimizer):
    """m̂ = μₜ₊₁ m / (1-∏ᵢ₌₁ᵗ⁺¹ μᵢ) + (1-μₜ) g / (1-∏ᵢ₌₁ᵗ μᵢ);  w ← w - α m̂ / (√(v / (1-β₂ᵗ)) + ε).

    Adam with Nesterov's look ahead: m and v are Adam's, and the step already uses the momentum of the next one. The
    momentum warms up, μₜ = β₁ (1 - ½ · 0.96ᵗ).

    Args:
        learning_rate: α, of at least 0, or a schedule.
        beta_1: β₁, from 0 and below 1: what μ grows towards.
        beta_2: β₂, from 0 and below 1: the gradient's size remembers about 1 / (1-β₂) steps.
        epsilon: ε, of at least 0, against a division by zero.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Nadam(0.5)
        >>> w = np.float32([1.0])
        >>> w, state = optimizer.step(w, np.float32([4.0]), optimizer.init(w))
        >>> print(np.asarray(w).round(2))
        [0.47]

    Reference:
        Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016.
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
        self.beta_1 = fraction("beta_1", beta_1, owner="Nadam")
        self.beta_2 = fraction("beta_2", beta_2, owner="Nadam")
        self.epsilon = number("epsilon", epsilon, owner="Nadam")

    def init_one(self, w: Any) -> Slots:
        return {"momentum": zeros(w), "velocity": zeros(w), "mu_product": zeros(0.0, 1.0)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        mu, mu_next = (self.beta_1 * (1 - 0.5 * 0.96**t) for t in (step, step + 1))
        product = slots["mu_product"] * mu
        m = self.beta_1 * slots["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * slots["velocity"] + (1 - self.beta_2) * g**2
        m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
        v_hat = v / (1 - self.beta_2**step)
        new = {"momentum": m, "velocity": v, "mu_product": product}
        return w - learning_rate * m_hat / (jnp.sqrt(v_hat) + self.epsilon), new
