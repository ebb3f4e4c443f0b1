"""What composes around an optimizer's rule: clipping of gradients before it, and decay of weights beside it.

Pure functions on trees (nested dicts, lists or layers) of arrays. A gradient of `None` stays `None`.
"""

from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.types import Array
from glassnet.optimizers import trees


def clip(grads: Any, clipnorm: float | None, clipvalue: float | None, global_clipnorm: float | None) -> Any:
    """The gradients, clipped in the way for which there is a limit."""
    if clipnorm is not None:
        return clip_by_norm(grads, clipnorm)
    if global_clipnorm is not None:
        return clip_by_global_norm(grads, global_clipnorm)
    return grads if clipvalue is None else clip_by_value(grads, clipvalue)


def unscale(grads: Any, scale: Any) -> Any:
    """g ← g / s: the gradients of a loss that was multiplied by s; as they are where s is None."""
    return grads if scale is None else jax.tree.map(lambda g: (g / scale).astype(g.dtype), grads)


def clip_by_value(grads: Any, limit: float) -> Any:
    """g ← min(max(g, -limit), limit), number by number.

    Args:
        grads: a tree of gradients, of any shapes.
        limit: the largest size one number may have, above 0.

    Example:
        >>> import numpy as np
        >>> print(clip_by_value(np.float32([3.0, -0.1]), 0.5))
        [ 0.5 -0.1]

    Reference:
        Mikolov, "Statistical language models based on neural networks", PhD thesis, Brno 2012.
    """
    return jax.tree.map(lambda g: jnp.clip(g, -limit, limit), grads)


def clip_by_norm(grads: Any, limit: float) -> Any:
    """g ← g · limit / max(‖g‖₂, limit), each array by its own norm: the direction stays, the length is bounded.

    Args:
        grads: a tree of gradients, of any shapes.
        limit: the largest norm one array may have, above 0.

    Example:
        >>> import numpy as np
        >>> print(clip_by_norm(np.float32([3.0, 4.0]), 1.0))
        [0.6 0.8]

    Reference:
        Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
    """
    return jax.tree.map(lambda g: g * _factor(jnp.sum(jnp.square(g)), limit), grads)


def clip_by_global_norm(grads: Any, limit: float) -> Any:
    """g ← g · limit / max(‖G‖₂, limit), where G is all arrays together: the direction of the whole step stays.

    Args:
        grads: a tree of gradients, of any shapes.
        limit: the largest norm all gradients together may have, above 0.

    Example:
        >>> import numpy as np
        >>> clipped = clip_by_global_norm({"a": np.float32([3.0]), "b": np.float32([4.0])}, 1.0)
        >>> print(clipped["a"], clipped["b"])
        [0.6] [0.8]

    Reference:
        Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
    """
    squares = [jnp.sum(jnp.square(g)) for g in jax.tree.leaves(grads)]
    factor = _factor(jnp.asarray(sum(squares)), limit)
    return jax.tree.map(lambda g: g * factor.astype(g.dtype), grads)


def decay_weights(params: Any, learning_rate: Any, weight_decay: Any) -> Any:
    """w ← w - α λ w: decoupled weight decay, which shrinks weights beside the gradient and not through it.

    This is not an L2 penalty: a penalty goes through the gradient, where an adaptive rule such as Adam divides it by
    the gradient's own size. With plain SGD the two agree.

    Args:
        params: a tree of weights.
        learning_rate: α, of at least 0: a number, or a tree of numbers like `params`.
        weight_decay: λ, of at least 0: a number, or a tree like `params` of numbers and of None where a weight does not
            decay.

    Example:
        >>> import numpy as np
        >>> print(decay_weights({"w": np.float32([1.0, -2.0])}, 0.1, 0.5)["w"])
        [ 0.95 -1.9 ]

    Reference:
        Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """

    def decayed(w: Any, alpha: Any, decay: Any) -> Any:
        return w if decay is None else (w - alpha * decay * w).astype(w.dtype)

    return jax.tree.map(decayed, params, trees.spread(learning_rate, params), trees.spread(weight_decay, params))


def _factor(square: Array, limit: float) -> Array:
    norm = jnp.sqrt(square)
    # A norm that is not finite would make a silent zero of every other gradient; NaN shows.
    return jnp.where(jnp.isfinite(norm), limit / jnp.maximum(norm, limit), jnp.nan)
