"""A moving average of the weights beside the weights, and a selection between two trees."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from glassnet.foundation.types import Array


def follow(average: Any, params: Any, momentum: float, first: Any) -> Any:
    """a ← μ a + (1-μ) w; a ← w in the first step.

    The average of about the last 1 / (1-μ) steps' weights: it lies in the middle of what the weights wander about in,
    and is often better than any of them.

    Args:
        average: a tree of averages a.
        params: the tree of weights w.
        momentum: μ, from 0 to 1.
        first: whether this is the first step, a truth value.

    Example:
        >>> import numpy as np
        >>> print(follow(np.float32([1.0]), np.float32([2.0]), 0.75, False))
        [1.25]

    Reference:
        Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control Optim. 30, 1992.
    """
    mu = jnp.where(first, 0.0, momentum)
    return jax.tree.map(lambda a, w: (mu * a + (1 - mu) * w).astype(a.dtype), average, params)


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """The arrays of the tree `yes` where the condition holds, else those of `no`.

    Example:
        >>> print(choose(True, np.float32(1.0), np.float32(2.0)))
        1.0
    """
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), yes, no)


def overwrite(params: Any, average: Any, updates: Any, frequency: int | None) -> Any:
    """The weights; their average after each so many updates, and never where `frequency` is None."""
    return params if frequency is None else choose((updates + 1) % frequency == 0, average, params)


def copied(params: Any) -> Any:
    """A tree of copies on the host, so that no array of a state lies in the memory of a weight; tracers as they are."""
    return jax.tree.map(_copied_one, params)


def _copied_one(w: Any) -> Array | np.ndarray:
    return w if isinstance(w, Tracer) else np.array(w)
