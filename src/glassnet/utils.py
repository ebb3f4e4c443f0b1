"""Small tools with Keras's names."""

import gc
from typing import Any

import numpy as np

from glassnet.foundation.errors import DataError
from glassnet.foundation.rng import set_random_seed
from glassnet.foundation.types import HostArray

__all__ = ["clear_session", "normalize", "set_random_seed", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> HostArray:
    """One-hot rows: y_k = 1 where k is the class number, else 0.

    Args:
        x: class numbers, (...), whole and from 0.
        num_classes: the width; one more than the largest class by default.

    Returns:
        (..., num_classes) float32.

    Raises:
        DataError: a class number that is not whole, negative, or too large.

    Example:
        >>> to_categorical([0, 2]).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]

    Reference:
        Bishop, *Pattern Recognition and Machine Learning* (2006), section 4.2 (1-of-K coding).
    """
    given = np.asarray(x)
    labels = given.astype(np.int64)
    if given.ndim > 1 and given.shape[-1] == 1:
        labels = labels[..., 0]
    width = int(labels.max(initial=-1)) + 1 if num_classes is None else num_classes
    if labels.size and (not np.array_equal(labels.ravel(), given.ravel()) or labels.min() < 0 or labels.max() >= width):
        raise DataError(
            f"to_categorical expected class numbers from 0 to {width - 1}; received values from {given.min()} to "
            f"{given.max()}. Number the classes from 0, or pass a larger num_classes."
        )
    return np.eye(width, dtype=np.float32)[labels]


def normalize(x: Any, axis: int = -1, order: int = 2) -> HostArray:
    """x / ||x||: each row scaled to length 1; a row of zeros stays as it is.

    Args:
        x: an array.
        axis: along which axis a row lies.
        order: the norm's order; 2 is the usual length.

    Example:
        >>> normalize([[3.0, 4.0]]).tolist()
        [[0.6, 0.8]]

    Reference:
        Golub and Van Loan, *Matrix Computations* (2013), section 2.3.
    """
    rows = np.asarray(x, dtype=float)
    length = np.linalg.norm(rows, order, axis, keepdims=True)
    return rows / np.where(length == 0, 1.0, length)


def clear_session() -> None:
    """Forget compiled programs, to free their memory; models keep working and compile again when used.

    Example:
        >>> clear_session()

    Reference:
        JAX documentation, "Compilation and caching": ``jax.clear_caches``.
    """
    import jax

    from glassnet.training import programs

    programs.forget()
    jax.clear_caches()
    gc.collect()
