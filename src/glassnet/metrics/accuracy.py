"""Accuracies: the share of rows whose answer is right."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.pairing import pair, pair_labels
from glassnet.metrics.base import metric_registry
from glassnet.metrics.mean import FormulaMetric


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``[yₖ = ŷₖ]``: 1 where an output equals its target.

    Args:
        y_true: class numbers, (B, ...).
        y_pred: class numbers, the same shape.

    Returns:
        0 or 1 for each number, the same shape.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> accuracy([1, 2], [1, 3]).tolist()
        [1.0, 0.0]

    Reference:
        Sokolova & Lapalme (2009), A systematic analysis of performance measures for classification tasks.
    """
    y_true, y_pred = pair(y_true, y_pred, "Metric accuracy")
    return (y_true == y_pred).astype(jnp.float32)


def binary_accuracy(y_true: ArrayLike, y_pred: ArrayLike, threshold: float = 0.5) -> Array:
    """``[yₖ = [ŷₖ > threshold]]``: 1 where the output is on the right side of the threshold.

    Args:
        y_true: 0 or 1, (B, ...).
        y_pred: probabilities, the same shape.
        threshold: outputs above it answer yes.

    Returns:
        0 or 1 for each number, the same shape.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> binary_accuracy([[1], [0]], [[0.7], [0.6]]).tolist()
        [[1.0], [0.0]]

    Reference:
        Sokolova & Lapalme (2009), A systematic analysis of performance measures for classification tasks.
    """
    y_true, y_pred = pair(y_true, y_pred, "Metric binary_accuracy")
    return (y_true == (y_pred > threshold)).astype(jnp.float32)


def categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``[argmaxₖ yₖ = argmaxₖ ŷₖ]``: 1 where the likeliest class is the right one, targets one-hot.

    Args:
        y_true: one-hot rows, (B, ..., K).
        y_pred: probabilities or logits, the same shape.

    Returns:
        0 or 1, (B, ...).

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]]).tolist()
        [1.0, 0.0]

    Reference:
        Sokolova & Lapalme (2009), A systematic analysis of performance measures for classification tasks.
    """
    y_true, y_pred = pair(y_true, y_pred, "Metric categorical_accuracy")
    return (jnp.argmax(y_true, -1) == jnp.argmax(y_pred, -1)).astype(jnp.float32)


def sparse_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``[y = argmaxₖ ŷₖ]``: 1 where the likeliest class is the right one, targets as class numbers.

    Args:
        y_true: whole numbers from 0 to K - 1, (B, ...) or (B, ..., 1).
        y_pred: probabilities or logits, (B, ..., K).

    Returns:
        0 or 1, (B, ...).

    Raises:
        ShapeError: not one label for each row of scores.

    Example:
        >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.4, 0.6]]).tolist()
        [1.0, 0.0]

    Reference:
        Sokolova & Lapalme (2009), A systematic analysis of performance measures for classification tasks.
    """
    labels, y_pred = pair_labels(y_true, y_pred, "Metric sparse_categorical_accuracy")
    return (labels == jnp.argmax(y_pred, -1)).astype(jnp.float32)


@metric_registry.register()
class Accuracy(FormulaMetric):
    """``mean [y = ŷ]``: the share of outputs that equal their target; see `accuracy`.

    It compares numbers as they are. For probabilities use `BinaryAccuracy` or `CategoricalAccuracy`, or the name
    ``"accuracy"`` in ``compile``, which chooses the one that fits.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(Accuracy()([1, 2, 3, 4], [0, 2, 3, 4]))
        0.75

    Reference:
        Sokolova & Lapalme (2009), A systematic analysis of performance measures for classification tasks.
    """

    direction = "up"
    formula = staticmethod(accuracy)

    def __init__(self, name: str = "accuracy", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register()
class BinaryAccuracy(FormulaMetric):
    """``mean [y = [ŷ > threshold]]``: the share of yes-or-no answers that are right; see `binary_accuracy`.

    Args:
        name: its name in logs.
        dtype: the type of the state.
        threshold: outputs above it answer yes; 0 for logits.

    Example:
        >>> float(BinaryAccuracy()([[1], [0]], [[0.7], [0.6]]))
        0.5

    Reference:
        Sokolova & Lapalme (2009), A systematic analysis of performance measures for classification tasks.
    """

    direction = "up"
    formula = staticmethod(binary_accuracy)

    def __init__(self, name: str = "binary_accuracy", dtype: Any = "float32", threshold: float = 0.5) -> None:
        super().__init__(dtype, name)
        if isinstance(threshold, bool) or not isinstance(threshold, int | float):
            raise ConfigError(f"Metric {name} expected `threshold` as a number. Received {threshold!r}. Pass 0.5.")
        self.threshold = threshold


@metric_registry.register()
class CategoricalAccuracy(FormulaMetric):
    """``mean [argmax y = argmax ŷ]``: the share of rows whose likeliest class is right; see `categorical_accuracy`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]]))
        0.5

    Reference:
        Sokolova & Lapalme (2009), A systematic analysis of performance measures for classification tasks.
    """

    direction = "up"
    formula = staticmethod(categorical_accuracy)
    by_element = False

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register()
class SparseCategoricalAccuracy(FormulaMetric):
    """``mean [y = argmax ŷ]``: the share of rows whose likeliest class is right; see `sparse_categorical_accuracy`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.4, 0.6]]))
        0.5

    Reference:
        Sokolova & Lapalme (2009), A systematic analysis of performance measures for classification tasks.
    """

    direction = "up"
    formula = staticmethod(sparse_categorical_accuracy)
    by_element = False

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)
