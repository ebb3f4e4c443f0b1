"""Optax's transformations as optimizers, by what they can do: Optax itself is not imported."""

import inspect
from typing import Any, Unpack

import jax

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array, Config
from glassnet.optimizers import trees
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.options import LearningRate, Options


def is_transformation(value: Any) -> bool:
    """Whether `value` is an object with `init` and `update`, as Optax's transformations are, and no `Optimizer`."""
    if inspect.isclass(value) or isinstance(value, Optimizer):
        return False
    return callable(getattr(value, "init", None)) and callable(getattr(value, "update", None))


@optimizer_registry.register()
class OptaxOptimizer(Optimizer):
    """(u, s) ← update(g, s, w);  w ← w + α u.

    Any Optax transformation as an optimizer. Its own learning rate is inside it; α is a factor on top, which callbacks
    that lower the learning rate can lower.

    Args:
        transformation: an object with ``init(params)`` and ``update(grads, state, params)``, such as
            ``optax.adam(1e-3)``.
        learning_rate: α, of at least 0, or a schedule; 1 leaves the transformation's updates as they are.
        **options: what every optimizer takes: weight decay, clipping, averaging and so on; see `Optimizer`.

    Raises:
        ConfigError: `transformation` has no `init` and `update`, or another argument is out of range.

    Example:
        >>> import numpy as np
        >>> from types import SimpleNamespace
        >>> halving = SimpleNamespace(init=lambda w: (), update=lambda g, s, w: (-0.5 * g, s))  # optax.sgd(0.5)
        >>> optimizer = OptaxOptimizer(halving)
        >>> w = np.float32([1.0, 2.0])
        >>> w, state = optimizer.step(w, np.float32([1.0, -1.0]), optimizer.init(w))
        >>> print(w)
        [0.5 2.5]

    Reference:
        DeepMind et al., "The DeepMind JAX ecosystem", 2020.
    """

    def __init__(self, transformation: Any, learning_rate: LearningRate = 1.0, **options: Unpack[Options]) -> None:
        super().__init__(learning_rate, **options)
        if not is_transformation(transformation):
            raise ConfigError(
                f"OptaxOptimizer expected an object with `init` and `update`. Received {transformation!r}. Pass what "
                f"Optax's function returns, such as optax.adam(1e-3)."
            )
        self.transformation = transformation

    def init_slots(self, params: Any) -> Any:
        """The transformation's own state."""
        return self.transformation.init(params)

    def update(self, params: Any, grads: Any, slots: Any, learning_rate: Any, step: Array) -> tuple[Any, Any]:
        """The transformation's step for the whole tree."""
        if any(g is None for g in jax.tree.structure(params).flatten_up_to(grads)):
            raise ConfigError(
                "OptaxOptimizer expected a gradient for every weight. Received none for some. Leave those out of the "
                "weights, or pass gradients of zeros."
            )
        moves, slots = self.transformation.update(grads, slots, params)
        rates = trees.spread(learning_rate, params)
        return jax.tree.map(lambda w, u, alpha: (w + alpha * u).astype(w.dtype), params, moves, rates), slots

    def get_config(self) -> Config:
        """Refused: an Optax transformation is made of functions and cannot be written down.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(
            "Expected an optimizer that can be saved. Received an Optax transformation, which is made of functions. "
            "Save the weights alone, or train with an optimizer of glassnet.optimizers."
        )
