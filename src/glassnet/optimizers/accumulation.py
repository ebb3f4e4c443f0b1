"""Gradients of several batches averaged into one step: a large batch in the memory of a small one."""

from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.types import Array


def accumulate(grads: Any, sums: Any, done: Any, steps: int) -> tuple[Any, Any, Array]:
    """Every k-th batch: ḡ ← (S + g) / k, S ← 0; the others: S ← S + g.

    Args:
        grads: a tree of gradients g, with None for a weight that has none.
        sums: the tree of sums S.
        done: the number of batches before this one.
        steps: k, of at least 2.

    Returns:
        The averages ḡ, which count only when they are due; the new sums; and whether they are due.

    Example:
        >>> import numpy as np
        >>> mean, sums, due = accumulate(np.float32([1.0]), np.float32([3.0]), done=1, steps=2)
        >>> print(mean, sums, due)
        [2.] [0.] True

    Reference:
        Goyal et al., "Accurate, large minibatch SGD", 2017, for what batches of such a size need.
    """
    due = (jnp.asarray(done) + 1) % steps == 0
    totals = jax.tree.map(lambda g, s: s if g is None else s + g, grads, sums, is_leaf=_is_none)
    means = jax.tree.map(lambda g, total: None if g is None else total / steps, grads, totals, is_leaf=_is_none)
    return means, jax.tree.map(lambda total: jnp.where(due, jnp.zeros_like(total), total), totals), due


def _is_none(value: Any) -> bool:
    return value is None
