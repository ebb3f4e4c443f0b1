"""Accuracies that allow several guesses: the share of rows whose right class is among the k likeliest."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.cross_entropy import pick
from glassnet.losses.pairing import pair, pair_labels
from glassnet.metrics.base import metric_registry
from glassnet.metrics.mean import FormulaMetric


def top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> Array:
    """``[the right class is among the k likeliest]``, targets one-hot.

    Args:
        y_true: one-hot rows, (B, ..., K).
        y_pred: probabilities or logits, the same shape.
        k: how many guesses are allowed, 1 or more.

    Returns:
        0 or 1, (B, ...); classes that score the same share the better place.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> top_k_categorical_accuracy([[1, 0, 0]], [[0.3, 0.5, 0.2]], k=2).tolist()
        [1.0]

    Reference:
        Russakovsky et al. (2015), ImageNet large scale visual recognition challenge.
    """
    y_true, y_pred = pair(y_true, y_pred, "Metric top_k_categorical_accuracy")
    return _among(jnp.argmax(y_true, -1), y_pred, k)


def sparse_top_k_categorical_accuracy(
    y_true: ArrayLike, y_pred: ArrayLike, k: int = 5, from_sorted_ids: bool = False
) -> Array:
    """``[the right class is among the k likeliest]``, targets as class numbers.

    Args:
        y_true: whole numbers from 0 to K - 1, (B, ...) or (B, ..., 1).
        y_pred: probabilities or logits, (B, ..., K); class numbers, likeliest first, where `from_sorted_ids` says so.
        k: how many guesses are allowed, 1 or more.
        from_sorted_ids: whether `y_pred` holds class numbers.

    Returns:
        0 or 1, (B, ...); classes that score the same share the better place.

    Raises:
        ShapeError: not one label for each row of scores.

    Example:
        >>> sparse_top_k_categorical_accuracy([0], [[0.3, 0.5, 0.2]], k=2).tolist()
        [1.0]

    Reference:
        Russakovsky et al. (2015), ImageNet large scale visual recognition challenge.
    """
    labels, scores = pair_labels(y_true, y_pred, "Metric sparse_top_k_categorical_accuracy", several=False)
    if from_sorted_ids:
        return jnp.any(scores[..., :k] == labels[..., None], -1).astype(jnp.float32)
    return _among(labels, scores, k)


def _among(labels: Array, scores: Array, k: int) -> Array:
    score = pick(scores, labels, -1)[..., None]
    better = jnp.sum(scores > score, -1)
    known = (labels >= 0) & (labels < scores.shape[-1]) & ~jnp.isnan(score[..., 0])
    return (known & (better < k)).astype(jnp.float32)


@metric_registry.register()
class TopKCategoricalAccuracy(FormulaMetric):
    """``mean [the right class is among the k likeliest]``; see `top_k_categorical_accuracy`.

    Args:
        k: how many guesses are allowed, 1 or more.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: k is not a whole number above 0.

    Example:
        >>> float(TopKCategoricalAccuracy(k=2)([[1, 0, 0]], [[0.3, 0.5, 0.2]]))
        1.0

    Reference:
        Russakovsky et al. (2015), ImageNet large scale visual recognition challenge.
    """

    direction = "up"
    formula = staticmethod(top_k_categorical_accuracy)
    by_element = False

    def __init__(self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)
        self.k = positive_int("k", k, owner=f"Metric {name}")


@metric_registry.register()
class SparseTopKCategoricalAccuracy(FormulaMetric):
    """``mean [the right class is among the k likeliest]``; see `sparse_top_k_categorical_accuracy`.

    Args:
        k: how many guesses are allowed, 1 or more.
        name: its name in logs.
        dtype: the type of the state.
        from_sorted_ids: whether outputs are class numbers, likeliest first.

    Raises:
        ConfigError: k is not a whole number above 0.

    Example:
        >>> float(SparseTopKCategoricalAccuracy(k=2)([0], [[0.3, 0.5, 0.2]]))
        1.0

    Reference:
        Russakovsky et al. (2015), ImageNet large scale visual recognition challenge.
    """

    direction = "up"
    formula = staticmethod(sparse_top_k_categorical_accuracy)
    by_element = False

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = "float32",
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        self.k = positive_int("k", k, owner=f"Metric {name}")
        self.from_sorted_ids = bool(from_sorted_ids)
