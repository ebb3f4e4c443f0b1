"""The order of rows in an epoch, and where its batches begin and end."""

import numpy as np

from glassnet.foundation.errors import ConfigError


def epoch_order(n: int, seed: int, epoch: int, shuffle: bool = True) -> np.ndarray:
    """order = a permutation of 0 … n - 1 drawn from (seed, epoch); 0 … n - 1 itself without shuffling.

    It depends on nothing else, so a run that was stopped goes on with the order it would have had.

    Args:
        n: the number of rows, 0 or more.
        seed: a whole number from 0 on.
        epoch: the number of the epoch, from 0 on.
        shuffle: whether to draw at all.

    Raises:
        ConfigError: a negative number.

    Example:
        >>> epoch_order(5, seed=0, epoch=1).tolist() == epoch_order(5, seed=0, epoch=1).tolist()
        True

    Reference: L. Bottou, "Curiously Fast Convergence of Some Stochastic Gradient Descent Algorithms", 2009.
    """
    if min(n, seed, epoch) < 0:
        raise ConfigError(
            f"Expected n, seed and epoch to be whole numbers from 0 on. Received n={n}, seed={seed}, epoch={epoch}. "
            f"Pass 0 or more."
        )
    order = np.arange(n, dtype=np.int32)
    return np.random.default_rng([seed, epoch]).permutation(order) if shuffle else order


def batched(n: int, batch_size: int) -> list[tuple[int, int]]:
    """The first row and the row after the last of each batch; the last batch may be smaller.

    Args:
        n: the number of rows, 0 or more.
        batch_size: the rows of a batch, 1 or more.

    Raises:
        ConfigError: a batch size below 1.

    Example:
        >>> batched(10, 4)
        [(0, 4), (4, 8), (8, 10)]

    Reference: I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, section 8.1.3.
    """
    if batch_size < 1:
        raise ConfigError(
            f"Expected `batch_size` to be a whole number from 1 on. Received {batch_size!r}. Pass 32, for example."
        )
    return [(start, min(start + batch_size, n)) for start in range(0, n, batch_size)]
