"""Classes of different sizes: weights that even them out, and orders in which each class comes equally often."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from glassnet.data.arrays import as_array, check_same_rows
from glassnet.data.words import some
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.shapes import int_or_none, positive_int


def class_labels(y: Any) -> np.ndarray:
    """The class number of each row: the place of the 1 in one-hot rows, else the number itself.

    Args:
        y: (n,), (n, 1) or one-hot (n, k).

    Raises:
        DataError: the numbers are not whole, so that they name no classes.

    Example:
        >>> class_labels(np.array([[0, 1], [1, 0]])).tolist()
        [1, 0]
    """
    y = as_array(y, "y")
    if y.ndim > 1 and y.shape[-1] > 1:
        return y.reshape(len(y), -1).argmax(-1) if y.ndim == 2 else _refused(y)
    flat = y.reshape(len(y))
    labels = flat.astype(np.int64)
    return labels if np.array_equal(labels, flat) else _refused(y)


def _refused(y: np.ndarray) -> np.ndarray:
    raise DataError(
        f"Expected a class number for each row, to even out the classes. Received targets of shape {y.shape} such as "
        f"{np.ravel(y)[0]:g}. Use sample_weight to weigh other targets."
    )


def class_counts(y: Any) -> dict[int, int]:
    """n_c, how many rows each class has.

    Args:
        y: targets, as `class_labels` takes them.

    Example:
        >>> class_counts([0, 1, 0, 0])
        {0: 3, 1: 1}
    """
    labels, counts = np.unique(class_labels(y), return_counts=True)
    return dict(zip(labels.tolist(), counts.tolist(), strict=True))


def balanced_weights(counts: dict[int, int]) -> dict[int, float]:
    """w_c = n / (k n_c): with these weights each of the k classes counts as much as any other, and the mean weight is 1.

    It is what scikit-learn calls ``class_weight="balanced"``; `fit` takes the same word.

    Args:
        counts: n_c by class, as `class_counts` gives them; n is their sum.

    Raises:
        DataError: no class, or one without rows.

    Example:
        >>> balanced_weights(class_counts([0, 1, 0, 0]))
        {0: 0.6666666666666666, 1: 2.0}

    Reference:
        King and Zeng, "Logistic Regression in Rare Events Data", Political Analysis 9 (2001).
    """
    if not counts or min(counts.values()) < 1:
        raise DataError(f"Expected at least one row of each class. Received {counts}. Leave out classes without rows.")
    total = sum(counts.values())
    return {label: total / (len(counts) * count) for label, count in counts.items()}


class BalancedBatches:
    """Batches in which the classes come equally often: rows of rare classes come several times an epoch, of common ones not all.

    An epoch has n draws, as many as there are rows: n / k of each of the k classes. They come in rounds, each with one row of
    every class in random order, so that a batch holds each class equally often too. A class's rows are all drawn before one
    comes again. Which rows are drawn differs from epoch to epoch and follows from the seed. ``fit`` runs them as fast as plain
    arrays. The network then learns the classes as equally likely: its probabilities hold for such data, not for data with the
    shares it was drawn from.

    Args:
        x: inputs, (n, …): an array, or a list or dict of them.
        y: classes: (n,), (n, 1) or one-hot (n, k).
        batch_size: rows a batch; the last may have fewer.
        sample_weight: a weight for each row, (n,).
        seed: from 0 on.

    Raises:
        DataError: targets that name no classes, a single class, or lengths that differ.
        ConfigError: a size below 1, or a negative seed.

    Example:
        >>> batches = BalancedBatches(np.arange(8.0), np.array([0] * 6 + [1] * 2), batch_size=4)
        >>> [sorted(y.tolist()) for x, y in batches]
        [[0, 0, 1, 1], [0, 0, 1, 1]]

    Reference:
        Buda, Maki and Mazurowski, "A systematic study of the class imbalance problem in convolutional neural networks",
        Neural Networks 106 (2018).
    """

    def __init__(self, x: Any, y: Any, batch_size: int = 32, *, sample_weight: Any = None, seed: int = 0) -> None:
        self.batch_size = positive_int("batch_size", batch_size, owner="BalancedBatches")
        if int_or_none(seed) is None or seed < 0:
            raise ConfigError(
                f"BalancedBatches expected `seed` to be a whole number from 0 on. Received {seed!r}. Pass 0, for example."
            )
        self.seed = int(seed)
        y = as_array(y, "y")
        self._given = (_nested(x), y) if sample_weight is None else (_nested(x), y, as_array(sample_weight, "weights"))
        x_arrays = self._given[0].values() if isinstance(self._given[0], dict) else self._given[0]
        x_arrays = x_arrays if not isinstance(x_arrays, np.ndarray) else [x_arrays]
        self.n = check_same_rows({"y": y, **{f"x[{i}]": a for i, a in enumerate(x_arrays)}})
        labels = class_labels(y)
        self.classes = np.unique(labels).tolist()
        if len(self.classes) < 2:
            raise DataError(
                f"Expected rows of at least two classes, to balance them. Received class {some(self.classes)} "
                f"alone. Check how the rows were chosen."
            )
        self._members = [np.flatnonzero(labels == label).astype(np.int32) for label in self.classes]
        self._epoch = -1

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return -(-self.n // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        """The batches of the next epoch."""
        self._epoch += 1
        return self.epoch(self._epoch)

    def epoch(self, number: int) -> Iterator[Any]:
        """The batches of the epoch of this number, from 0 on: the same ones whenever it is asked for."""
        order = self.order(number)
        for start in range(0, self.n, self.batch_size):
            part = order[start : start + self.batch_size]
            yield tuple(_picked(array, part) for array in self._given)

    def order(self, epoch: int) -> np.ndarray:
        """The numbers of the rows drawn in an epoch, in their order, (n,)."""
        random = np.random.default_rng([self.seed, epoch])
        rounds = -(-self.n // len(self._members))
        draws = np.stack([_drawn(random, rows, rounds) for rows in self._members], axis=1)
        return random.permuted(draws, axis=1).reshape(-1)[: self.n]

    def whole(self) -> Any:
        """(x, y) or (x, y, sample_weight): all rows, each once."""
        return self._given

    def identity(self) -> str:
        """What an epoch's order depends on, besides the rows."""
        return f"balanced, batches of {self.batch_size}, seed {self.seed}"


def _drawn(random: np.random.Generator, rows: np.ndarray, count: int) -> np.ndarray:
    """`count` of the rows; none comes once more before all have come as often."""
    times = -(-count // len(rows))
    return random.permuted(np.broadcast_to(rows, (times, len(rows))), axis=1).reshape(-1)[:count]


def _nested(x: Any) -> Any:
    if isinstance(x, dict):
        return {name: as_array(item, f"x[{name!r}]") for name, item in x.items()}
    if isinstance(x, list | tuple) and x and all(getattr(item, "ndim", 0) > 0 for item in x):
        return [as_array(item, f"x[{index}]") for index, item in enumerate(x)]
    return as_array(x, "x")


def _picked(value: Any, rows: np.ndarray) -> Any:
    if isinstance(value, dict):
        return {name: item[rows] for name, item in value.items()}
    return [item[rows] for item in value] if isinstance(value, list) else value[rows]
