"""The rows of a training as numbers alike for every task: inputs as columns, truths, and what the network says of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray

MOST_ROWS = 2000
"""Rows looked at of each part."""

_LEAST = 1e-3
"""The smallest probability that counts: one row that is surely wrong must not outweigh all others."""

_MOST_CELLS = 8_000_000
_LABEL_LOSSES = ("crossentropy", "focal", "hinge", "kldivergence")


@dataclass(frozen=True, eq=False)
class Side:
    """One part of the rows.

    Args:
        x: inputs, flattened and standardised by the training rows, (n, d).
        truth: class numbers (n,), or values in training standard deviations (n, k).
        said: what the network says: probabilities (n, K) or values (n, k); None where its weights are others by now.
    """

    x: HostArray
    truth: HostArray
    said: HostArray | None

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Task:
    """A training's rows.

    Args:
        classes: the number of classes; 0 for values.
        train: rows it learned from.
        val: rows it was judged on.
        raw: both parts' inputs as they were given, flattened.
    """

    classes: int
    train: Side
    val: Side
    raw: tuple[HostArray, HostArray]

    @property
    def frequencies(self) -> HostArray:
        """Each class's share of the training rows."""
        counts = np.bincount(self.train.truth, minlength=self.classes)
        return (counts + 0.5) / (counts.sum() + 0.5 * self.classes)

    def losses(self, truth: HostArray, said: HostArray) -> HostArray:
        """Each row's loss: ``-log p_y``, or the squared error in training variances, (n,)."""
        if not self.classes:
            return np.mean((truth - said) ** 2, axis=1)
        return -np.log(np.clip(said[np.arange(len(truth)), truth], _LEAST, 1.0))

    def guesses(self, count: int) -> HostArray:
        """What a constant answer says of so many rows: the class frequencies, or the mean."""
        if self.classes:
            return np.tile(self.frequencies, (count, 1))
        return np.zeros((count, self.train.truth.shape[1]))

    def targets(self, truth: HostArray) -> HostArray:
        """What a regression would fit: one column a class, or the values."""
        return np.eye(self.classes)[truth] if self.classes else truth


def task_of(trained: Any, *, current: bool) -> Task | None:
    """The rows of a training as a task; None where they are not rows with one answer each.

    Args:
        trained: what a history remembers.
        current: whether the model still has the weights this training ended with.
    """
    if trained is None or trained.validation is None:
        return None
    train, val = trained.train.sample(MOST_ROWS), trained.validation.sample(MOST_ROWS)
    if not all(isinstance(part.y, np.ndarray) for part in (train, val)):
        return None
    classes = _classes(trained.model, train.y, val.y)
    if classes is None:
        return None
    truths = [_labels(y) if classes else _values(y) for y in (train.y, val.y)]
    said = [_said(trained.model, part.x, classes) if current else None for part in (train, val)]
    if not classes:
        middle, scale = truths[0].mean(0), truths[0].std(0)
        scale = np.where(scale > 0, scale, 1.0)
        truths = [(y - middle) / scale for y in truths]
        said = [None if values is None else (values - middle) / scale for values in said]
    raw = _columns(train.x), _columns(val.x)
    middle, scale = raw[0].mean(0), raw[0].std(0)
    scaled = [np.clip((x - middle) / np.where(scale > 1e-12, scale, 1.0), -50, 50) for x in raw]
    sides = [Side(*parts) for parts in zip(scaled, truths, said, strict=True)]
    return Task(classes, sides[0], sides[1], raw)


def task_losses(trained: Any, model: Any) -> float | None:
    """The mean validation loss of another network on a training's rows, in the unit of its loss and without penalties.

    None where the loss is neither a cross-entropy nor a squared error of rows with one answer each.
    """
    held = trained.validation.sample()
    if not isinstance(held.y, np.ndarray) or (classes := _classes(model, held.y, held.y)) is None:
        return None
    loss = type(_loss(model)).__name__
    said = _said(model, held.x, classes)
    if said is None:
        return float("inf")
    if classes and "Crossentropy" in loss and "Focal" not in loss:
        truth = _labels(held.y)
        return float(-np.log(np.clip(said[np.arange(len(truth)), truth], 1e-7, 1)).mean())
    return float(np.mean((_values(held.y) - said) ** 2)) if loss == "MeanSquaredError" else None


def _classes(model: Any, train: HostArray, val: HostArray) -> int | None:
    """How many classes the targets name; 0 for values, None for what is neither."""
    shape = getattr(model, "output_shape", None)
    if not isinstance(shape, tuple) or len(shape) != 2 or train.ndim > 2:
        return None
    width, loss = shape[-1], type(_loss(model)).__name__.lower()
    if not any(name in loss for name in _LABEL_LOSSES):
        return 0
    if train.ndim == 2 and train.shape[1] > 1:
        one = np.allclose(train.sum(1), 1, atol=0.2)
        return width if one else None
    top = int(max(train.max(), val.max()))
    return max(2, width if width > 1 else 2) if top < max(width, 2) else None


def _loss(model: Any) -> Any:
    from glassnet import losses

    given = model._compiled.loss if model._compiled is not None else None
    if isinstance(given, list | tuple) and len(given) == 1:
        given = given[0]
    return losses.get(given) if isinstance(given, str) else given


def _labels(y: HostArray) -> HostArray:
    if y.ndim == 2 and y.shape[1] > 1:
        return y.argmax(1)
    return np.maximum(y.reshape(len(y)).round(), 0).astype(np.int64)


def _values(y: HostArray) -> HostArray:
    return y.reshape(len(y), -1).astype(np.float64)


def _columns(x: Any) -> HostArray:
    leaves = list(x.values()) if isinstance(x, dict) else x if isinstance(x, list) else [x]
    flat = np.concatenate([np.asarray(leaf, np.float64).reshape(len(leaf), -1) for leaf in leaves], axis=1)
    most = max(1, _MOST_CELLS // len(flat))
    if flat.shape[1] > most:
        flat = flat[:, np.linspace(0, flat.shape[1] - 1, most).astype(int)]
    return flat


def _said(model: Any, x: Any, classes: int) -> HostArray | None:
    said = np.asarray(model.predict(x, verbose=0), np.float64).reshape(_length(x), -1)
    if not np.isfinite(said).all():
        return None
    if not classes:
        return said
    logits = bool(getattr(_loss(model), "from_logits", False))
    if said.shape[1] == 1:
        p = 1 / (1 + np.exp(-np.clip(said, -60, 60))) if logits else np.clip(said, 0, 1)
        return np.concatenate([1 - p, p], axis=1)
    if logits:
        said = np.exp(said - said.max(1, keepdims=True))
    total = said.sum(1, keepdims=True)
    return np.clip(said / np.where(total > 0, total, 1.0), 0, 1)


def _length(x: Any) -> int:
    leaf = next(iter(x.values())) if isinstance(x, dict) else x[0] if isinstance(x, list) else x
    return len(leaf)
