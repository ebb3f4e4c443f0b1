"""Randomness: one seed a model, and from it one stream for each layer, folded in by name.

Because a stream depends on the layer's path and not on how many layers stand before it,
adding a layer does not reshuffle the others.
"""

import zlib
from threading import Lock

import jax
import numpy as np

_lock = Lock()
_seeds = np.random.default_rng()


def set_random_seed(seed: int) -> None:
    """Make everything that follows repeatable: models, layers and initializers made without a seed of their own.

    It also seeds Python's and NumPy's global generators, as Keras's function of this name does.

    Args:
        seed: any integer from 0 to 2**32 - 1.

    Example:
        >>> from glassnet.foundation.rng import fresh_seed, set_random_seed
        >>> set_random_seed(7); first = fresh_seed()
        >>> set_random_seed(7); first == fresh_seed()
        True
    """
    import random

    global _seeds
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (the user's own code may draw from it)
    with _lock:
        _seeds = np.random.default_rng(seed)


def fresh_seed() -> int:
    """A new seed, below 2**31; repeatable after `set_random_seed`, else from the operating system's entropy."""
    with _lock:
        return int(_seeds.integers(2**31))


def fold(path: str) -> int:
    """A path as a 32-bit integer, the same on every machine and in every process."""
    return zlib.crc32(path.encode())


def generator(seed: int, path: str = "") -> np.random.Generator:
    """NumPy's generator for one seed and one path: initial weights are drawn from it, without compiling anything."""
    return np.random.default_rng([seed, fold(path)])


def key_for(key: jax.Array, path: str, draw: int = 0) -> jax.Array:
    """The key of one draw of one layer: `key` with the layer's path and the count of its draws folded in."""
    return jax.random.fold_in(jax.random.fold_in(key, fold(path)), draw)
