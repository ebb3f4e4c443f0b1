"""A step size for each weight, from the size of its past gradients: Adagrad, RMSprop, Adadelta."""

from typing import Any, Unpack

import jax.numpy as jnp

from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import fraction_or_schedule, number
from glassnet.optimizers.options import LearningRate, Options, Slots
from glassnet.optimizers.rule import zeros


@optimizer_registry.register()
class Adagrad(Optimizer):
    """G ← G + g²;  w ← w - α g / √(G + ε).

    Weights with small or rare gradients take larger steps. G only grows, so all steps shrink in the end.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        initial_accumulator_value: G before the first step, of at least 0.
        epsilon: ε, of at least 0, against a division by zero.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Adagrad(0.5, initial_accumulator_value=0.0)
        >>> w = np.float32([1.0, 1.0])
        >>> w, state = optimizer.step(w, np.float32([4.0, 0.01]), optimizer.init(w))
        >>> print(np.asarray(w).round(2))
        [0.5 0.5]

    Reference:
        Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization",
        JMLR 12, 2011.
    """

    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = number("initial_accumulator_value", initial_accumulator_value, owner="Adagrad")
        self.epsilon = number("epsilon", epsilon, owner="Adagrad")

    def init_one(self, w: Any) -> Slots:
        return {"accumulator": zeros(w, self.initial_accumulator_value)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        G = slots["accumulator"] + g**2
        return w - learning_rate * g / jnp.sqrt(G + self.epsilon), {"accumulator": G}


@optimizer_registry.register("rmsprop")
class RMSprop(Optimizer):
    """v ← ρ v + (1-ρ) g²;  w ← w - α g / √(v + ε).

    Adagrad that forgets: v is a moving average of the squared gradient, so steps do not die out. Centered, the square
    of the average gradient is taken from v, which leaves the gradient's variance. With momentum μ the steps themselves
    are summed up: b ← μ b + α g / √(v + ε), w ← w - b.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        rho: ρ, from 0 and below 1: how long v remembers, about 1 / (1-ρ) steps.
        momentum: μ, from 0 (none) to 1, or a schedule.
        epsilon: ε, of at least 0, against a division by zero.
        centered: whether to divide by the gradient's deviation in place of its size.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = RMSprop(0.1, rho=0.75)
        >>> w = np.float32([1.0, 1.0])
        >>> w, state = optimizer.step(w, np.float32([4.0, -4.0]), optimizer.init(w))
        >>> print(np.asarray(w).round(3))
        [0.8 1.2]

    Reference:
        Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, Coursera 2012; the centered form:
        Graves, "Generating sequences with recurrent neural networks", 2013.
    """

    may_be_scheduled = ("momentum",)
    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.9,
        momentum: Any = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = fraction("rho", rho, owner="RMSprop")
        self.momentum = fraction_or_schedule("momentum", momentum, owner="RMSprop", below_one=False)
        self.epsilon = number("epsilon", epsilon, owner="RMSprop")
        self.centered = bool(centered)

    def init_one(self, w: Any) -> Slots:
        wanted = {"velocity": True, "average_gradient": self.centered, "momentum": self.momentum != 0}
        return {slot: zeros(w) for slot, used in wanted.items() if used}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        new = {"velocity": self.rho * slots["velocity"] + (1 - self.rho) * g**2}
        v = new["velocity"]
        if self.centered:
            new["average_gradient"] = self.rho * slots["average_gradient"] + (1 - self.rho) * g
            v = v - new["average_gradient"] ** 2
        move = learning_rate * g / jnp.sqrt(v + self.epsilon)
        if "momentum" in slots:
            new["momentum"] = move = self.momentum * slots["momentum"] + move
        return w - move, new


@optimizer_registry.register()
class Adadelta(Optimizer):
    """E ← ρ E + (1-ρ) g²;  Δ = -g √(D + ε) / √(E + ε);  D ← ρ D + (1-ρ) Δ²;  w ← w + α Δ.

    The step's size comes from the size of past steps, so that w and Δ have the same unit. The paper has no learning
    rate: that is α = 1. Keras's default of 0.001 is kept here, and is slow.

    Args:
        learning_rate: α, of at least 0, or a schedule; 1.0 for the paper's rule.
        rho: ρ, from 0 and below 1: how long the averages remember, about 1 / (1-ρ) steps.
        epsilon: ε, of at least 0; it also sets the size of the first steps.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Adadelta(1.0, rho=0.75, epsilon=0.01)
        >>> w = np.float32([1.0, 1.0])
        >>> w, state = optimizer.step(w, np.float32([4.0, -4.0]), optimizer.init(w))
        >>> print(np.asarray(w).round(2))
        [0.8 1.2]

    Reference:
        Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
    """

    rule_by_number = True

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.rho = fraction("rho", rho, owner="Adadelta")
        self.epsilon = number("epsilon", epsilon, owner="Adadelta")

    def init_one(self, w: Any) -> Slots:
        return {"accumulated_grad": zeros(w), "accumulated_delta": zeros(w)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        E = self.rho * slots["accumulated_grad"] + (1 - self.rho) * g**2
        D = slots["accumulated_delta"]
        delta = -g * jnp.sqrt(D + self.epsilon) / jnp.sqrt(E + self.epsilon)
        D = self.rho * D + (1 - self.rho) * delta**2
        return w + learning_rate * delta, {"accumulated_grad": E, "accumulated_delta": D}
