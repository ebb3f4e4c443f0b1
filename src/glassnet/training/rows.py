"""Rows for training: arrays checked once, cut into batches of one size."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from glassnet import data
from glassnet.data.frames import column_names_of
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.types import HostArray
from glassnet.training.checks import Complain, refuse
from glassnet.training.step import Batch


@dataclass(frozen=True)
class Rows:
    """A set of rows in the computer's memory: inputs, targets and weights, all of one length.

    `x` and `y` may be lists or dicts of arrays; `weights` is (n,) or (n, T), ones where the user gave none, or a list or dict
    of them by output.
    """

    x: Any
    y: Any
    weights: Any

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(jax.tree.leaves(self.x)[0])

    @property
    def bytes(self) -> int:
        """The size in memory."""
        return sum(leaf.nbytes for leaf in jax.tree.leaves((self.x, self.y, self.weights)))

    def take(self, index: HostArray) -> "Rows":
        """The rows of these numbers."""
        x, y, weights = jax.tree.map(lambda a: a[index], (self.x, self.y, self.weights))
        return Rows(x, y, weights)

    def as_batch(self) -> Batch:
        """All rows as one batch."""
        return Batch(self.x, self.y, self.weights, np.ones(self.count, np.float32))

    def batch(self, order: HostArray) -> Batch:
        """The rows numbered in `order`; -1 stands for one that only fills up."""
        taken = self.take(np.maximum(order, 0))
        return Batch(taken.x, taken.y, taken.weights, (order >= 0).astype(np.float32))

    def folded(self, batch_size: int) -> Batch:
        """All rows in their order as (batches, B, ...), the last batch filled up."""
        batches = -(-self.count // batch_size)
        order = np.arange(batches * batch_size)
        flat = self.batch(np.where(order < self.count, order, -1))
        return jax.tree.map(lambda a: a.reshape(batches, batch_size, *a.shape[1:]), flat)


def collect(
    x: Any,
    y: Any,
    sample_weight: Any = None,
    class_weight: Any = None,
    complain: Complain = refuse,
) -> Rows:
    """Rows from what a user gave: arrays, lists, DataFrames, or lists and dicts of them.

    Args:
        x: inputs.
        y: targets, or None.
        sample_weight: weights, or None.
        class_weight: a weight for each class number, or ``"balanced"``, or None.
        complain: what is done about cells that are not finite: raised, or said.

    Raises:
        DataError: strings, NaN or infinity (row and column named), or lengths that differ.
    """
    names = column_names_of(x)
    x = arrays(x, "x")
    y = arrays(y, "y") if y is not None else None
    named = [(f"x{where}", leaf) for where, leaf in named_leaves(x)]
    named += [(f"y{where}", leaf) for where, leaf in named_leaves(y)] if y is not None else []
    weights: Any = np.ones(len(named[0][1]), np.float32)
    if sample_weight is not None:
        weights = jax.tree.map(lambda w: w.astype(np.float32), arrays(sample_weight, "sample_weight"))
        if y is not None and isinstance(weights, dict | list):
            weights = _for_each_target(weights, y)
        named += [(f"sample_weight{where}", leaf) for where, leaf in named_leaves(weights)]
    data.check_same_rows(dict(named))
    for name, leaf in named:
        try:
            data.check_finite(leaf, name, names if name == "x" else None)
        except DataError as error:
            complain(error)
    for _, leaf in named_leaves(weights):
        _check_not_negative(leaf)
    rows = Rows(x, y, weights)
    return rows if class_weight is None else weighted(rows, chosen_weights(class_weight, lambda: class_counts(rows)))


def class_counts(rows: Rows) -> dict[int, int]:
    """How many rows each class has.

    Raises:
        ConfigError: several targets.
    """
    return data.class_counts(_single_target(rows.y))


def chosen_weights(class_weight: Any, counts: Callable[[], dict[int, int]] | None) -> dict[int, float]:
    """The weight of each class; ``"balanced"`` is n / (k n_c), which needs the number of rows n_c of each of the k classes.

    Args:
        class_weight: a dict, or ``"balanced"``.
        counts: gives the number of rows of each class; None where that is not known.

    Raises:
        ConfigError: another word, or rows that cannot be counted.
    """
    if isinstance(class_weight, dict):
        return class_weight
    if class_weight != "balanced":
        raise ConfigError(
            f"class_weight expected a dict of weights by class number, or 'balanced'. Received {class_weight!r}. Pass "
            f"{{0: 1.0, 1: 5.0}}, for example."
        )
    if counts is None:
        raise ConfigError(
            "class_weight='balanced' expected rows whose classes can be counted; received an iterator. Pass arrays or "
            "ParquetBatches, or the weights as a dict."
        )
    return data.balanced_weights(counts())


def weighted(rows: Rows, class_weight: dict[int, float]) -> Rows:
    """The rows, each weight times that of its class.

    Raises:
        DataError: a class without a weight.
        ConfigError: several targets.
    """
    by_class, weights = _class_weights(_single_target(rows.y), class_weight), rows.weights
    return replace(rows, weights=weights * by_class.reshape(by_class.shape + (1,) * (weights.ndim - 1)))


def _for_each_target(weights: Any, y: Any) -> Any:
    """Weights nested as the targets are; ones where a dict has none for a target."""
    if isinstance(weights, dict) and isinstance(y, dict) and set(weights) <= set(y):
        return {name: weights.get(name, np.ones(len(target), np.float32)) for name, target in y.items()}
    if isinstance(weights, list) and isinstance(y, list) and len(weights) == len(y):
        return weights
    raise DataError(
        f"Expected sample weights as one array, or nested as the targets are: {_nest(y)}. Received {_nest(weights)}. Pass one "
        f"weight a row, or a list or dict like y."
    )


def _nest(value: Any) -> str:
    if isinstance(value, dict):
        return f"a dict of {', '.join(map(repr, value))}"
    return f"a list of {len(value)}" if isinstance(value, list) else "one array"


def _check_not_negative(weights: HostArray) -> None:
    if (weights < 0).any():
        row = int(np.argwhere(weights < 0)[0, 0])
        raise DataError(
            f"Expected sample weights of 0 or more; received {weights.min():g} (the first below 0 in row {row}). A weight says "
            f"how much a row counts: use 0 to leave it out."
        )


def arrays(value: Any, what: str) -> Any:
    """`value` as NumPy arrays, nested as it was: a dict, or a list or tuple of arrays, stays one."""
    if isinstance(value, dict):
        return {key: data.as_array(item, f"{what}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple) and value and all(hasattr(item, "shape") and item.ndim > 0 for item in value):
        return [data.as_array(item, f"{what}[{index}]") for index, item in enumerate(value)]
    return data.as_array(value, what)


def named_leaves(value: Any) -> list[tuple[str, HostArray]]:
    """The arrays of a nest, each with where it is."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", item) for key, item in value.items()]
    if isinstance(value, list):
        return [(f"[{index}]", item) for index, item in enumerate(value)]
    return [("", value)]


def _single_target(y: Any) -> HostArray:
    if not isinstance(y, np.ndarray):
        raise ConfigError("class_weight expected one array of targets and received several. Use sample_weight instead.")
    return y


def _class_weights(y: HostArray, class_weight: dict[int, float]) -> HostArray:
    labels = data.class_labels(y)
    present, place = np.unique(labels, return_inverse=True)
    table = {int(key): float(value) for key, value in class_weight.items()}
    missing = [label for label in present.tolist() if label not in table]
    if missing:
        raise DataError(
            f"class_weight expected a weight for every class in y; received none for class {missing[0]}. Add "
            f"{{{missing[0]}: 1.0}} for a class that counts once."
        )
    return np.array([table[label] for label in present.tolist()], np.float32)[place.reshape(len(labels))]
