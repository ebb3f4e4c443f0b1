"""Adafactor: Adam's size of the gradient from sums of rows and columns, in a fraction of the memory."""

from typing import Any, Unpack

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import number
from glassnet.optimizers.options import LearningRate, Options, Slots
from glassnet.optimizers.rule import zeros


@optimizer_registry.register()
class Adafactor(Optimizer):
    """R, C ← means of g² over columns, rows;  V = R C / mean(R);  u = g / √V;  w ← w - ρ max(ε₂, rms(w)) u / max(1, rms(u)/d).

    A matrix of n x m remembers n + m numbers in place of Adam's 2 n m: V, the size of each gradient, is put together
    from those of its row and its column. Steps are relative to the weights' own size, and ρ = min(α, 1/√t), so that α
    is a ceiling. The averages remember the longer the further training is, β₂ = 1 - t^decay. An array of one axis
    remembers V itself; of more than two, the last two are taken apart.

    Args:
        learning_rate: α, of at least 0, or a schedule; the largest share of its size by which a weight moves.
        beta_2_decay: the exponent of β₂, at most 0.
        epsilon_1: ε₁, of at least 0, added to g² against a division by zero.
        epsilon_2: ε₂, of at least 0: weights smaller than this move as if they were of this size.
        clip_threshold: d, above 0: steps are shortened where the root of the mean square of u is larger.
        relative_step: as in Keras, where it changes nothing: ρ is at most 1/√t either way.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> optimizer = Adafactor(0.5)
        >>> w = np.float32([[1.0, -1.0], [2.0, 2.0]])
        >>> state = optimizer.init(w)
        >>> print({name: slot.shape for name, slot in state.slots.items()})
        {'row': (2,), 'column': (2,)}
        >>> w, state = optimizer.step(w, np.ones_like(w), state)
        >>> print(np.asarray(w).round(2))
        [[ 0.21 -1.79]
         [ 1.21  1.21]]

    Reference:
        Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", ICML 2018.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        if isinstance(beta_2_decay, bool | str) or not beta_2_decay <= 0:
            raise ConfigError(
                f"Adafactor expected `beta_2_decay` as a number of at most 0. Received {beta_2_decay!r}. Pass the paper's -0.8."
            )
        self.beta_2_decay = float(beta_2_decay)
        self.epsilon_1 = number("epsilon_1", epsilon_1, owner="Adafactor")
        self.epsilon_2 = number("epsilon_2", epsilon_2, owner="Adafactor")
        self.clip_threshold = number("clip_threshold", clip_threshold, owner="Adafactor", above_zero=True)
        self.relative_step = bool(relative_step)

    def init_one(self, w: Any) -> Slots:
        if jnp.ndim(w) < 2:
            return {"velocity": zeros(w)}
        shape, dtype = jnp.shape(w), jnp.result_type(w)
        return {"row": np.zeros(shape[:-1], dtype), "column": np.zeros(shape[:-2] + shape[-1:], dtype)}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        t = step.astype(jnp.promote_types(w.dtype, jnp.float32))
        beta_2 = 1 - t**self.beta_2_decay
        square = g**2 + self.epsilon_1
        means = (
            {"velocity": square}
            if "velocity" in slots
            else {"row": jnp.mean(square, axis=-1), "column": jnp.mean(square, axis=-2)}
        )
        new = {name: beta_2 * slots[name] + (1 - beta_2) * mean for name, mean in means.items()}
        u = g / jnp.sqrt(_together(new))
        u = u / jnp.maximum(1.0, _rms(u) / self.clip_threshold)
        rho = jnp.minimum(learning_rate, 1 / jnp.sqrt(t))
        return w - jnp.maximum(self.epsilon_2, _rms(w)) * rho * u, new


def _together(slots: Slots) -> Array:
    """The size of each gradient, from those of its row and column where they were taken apart."""
    if "velocity" in slots:
        return slots["velocity"]
    row = slots["row"] / jnp.mean(slots["row"], axis=-1, keepdims=True)
    return row[..., :, None] * slots["column"][..., None, :]


def _rms(x: Array) -> Array:
    return jnp.sqrt(jnp.mean(jnp.square(x)))
