"""F-scores: precision and recall in one number."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array, ArrayLike, Shape
from glassnet.losses.pairing import EPSILON, floating, pair, pair_labels
from glassnet.losses.reduction import aligned
from glassnet.metrics.answers import columns, positive_number
from glassnet.metrics.base import Metric, State, metric_registry

_AVERAGES = (None, "micro", "macro", "weighted")


class _FScore(Metric):
    """F-scores of any β; see `FBetaScore`."""

    direction = "up"

    def __init__(self, average: str | None, beta: float, threshold: float | None, name: str | None, dtype: Any) -> None:
        super().__init__(dtype, name)
        if average not in _AVERAGES:
            raise ConfigError(
                f"Metric {self.name} expected `average` to be 'micro', 'macro', 'weighted' or None. Received {average!r}. "
                f"Pass 'macro' for the mean over classes."
            )
        if threshold is not None and not (isinstance(threshold, float) and 0 < threshold <= 1):
            raise ConfigError(
                f"Metric {self.name} expected `threshold` above 0 and at most 1, or None. Received {threshold!r}. Pass 0.5."
            )
        self.average = average
        self.beta = positive_number(self.name, "beta", beta)
        self.threshold = threshold

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """Nothing counted, for as many classes as there are outputs."""
        shape = () if self.average == "micro" else (columns(self.name, output_shape),)
        names = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")
        return {name: self.zeros(*shape) for name in names}

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Count a batch: one-hot targets (B, K) or class numbers (B,), outputs (B, K)."""
        truth, yes = self._answers(y_true, y_pred)
        _, factors = aligned(yes, sample_weight)
        axes = None if self.average == "micro" else tuple(range(yes.ndim - 1))
        counted = {
            "true_positives": yes * truth,
            "false_positives": yes * (1.0 - truth),
            "false_negatives": (1.0 - yes) * truth,
            "intermediate_weights": truth,
        }
        return {
            name: state[name] + jnp.sum(values * factors, axes).astype(self.dtype) for name, values in counted.items()
        }

    def compute(self, state: State) -> Array:
        """The score: one for each class where `average` is None."""
        hits = state["true_positives"]
        precision = hits / (hits + state["false_positives"] + EPSILON)
        recall = hits / (hits + state["false_negatives"] + EPSILON)
        squared = self.beta**2
        score = (1 + squared) * precision * recall / (squared * precision + recall + EPSILON)
        if self.average == "weighted":
            support = state["intermediate_weights"]
            return jnp.sum(score * support / (jnp.sum(support) + EPSILON))
        return score if self.average is None else jnp.mean(score)

    def _answers(self, y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Array]:
        y_pred = floating(y_pred)
        y_pred = y_pred[:, None] if y_pred.ndim == 1 else y_pred
        classes = y_pred.shape[-1]
        if classes > 1 and np.shape(y_true) != y_pred.shape:
            labels, _ = pair_labels(y_true, y_pred, f"Metric {self.name}")
            y_true = (labels[..., None] == jnp.arange(classes)).astype(y_pred.dtype)
        truth, y_pred = pair(y_true, y_pred, f"Metric {self.name}")
        if self.threshold is not None or classes == 1:
            return truth, (y_pred > (self.threshold or 0.5)).astype(y_pred.dtype)
        likeliest = (y_pred >= jnp.max(y_pred, -1, keepdims=True)) & (jnp.abs(y_pred) > 1e-9)
        return truth, likeliest.astype(y_pred.dtype)


@metric_registry.register("fbeta_score")
class FBetaScore(_FScore):
    """``F = (1 + β²) P R / (β² P + R)``: precision P and recall R in one number; recall counts β times as much.

    Args:
        average: ``"macro"`` (the mean over classes), ``"weighted"`` (classes count by their rows), ``"micro"`` (all answers
            counted together), or None (one score a class).
        beta: β, above 0.
        threshold: a class is named where its output exceeds this. By default the highest output names the class; with one
            output, 0.5.
        name: its name in logs.
        dtype: the type of the state.

    Shapes:
        targets (B, K) one-hot or (B,) class numbers, outputs (B, K); the state is (K,), or () for ``"micro"``.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> metric = FBetaScore(average="macro", beta=2.0)
        >>> round(float(metric([[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])), 4)
        0.6944

    Reference:
        Van Rijsbergen (1979), Information retrieval, chapter 7.
    """

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(average, beta, threshold, name, dtype)


@metric_registry.register("f1")
class F1Score(_FScore):
    """``F₁ = 2 P R / (P + R)``: the harmonic mean of precision P and recall R.

    Args:
        average: ``"macro"`` (the mean over classes), ``"weighted"`` (classes count by their rows), ``"micro"`` (all answers
            counted together), or None (one score a class).
        threshold: a class is named where its output exceeds this. By default the highest output names the class; with one
            output, 0.5.
        name: its name in logs.
        dtype: the type of the state.

    Shapes:
        targets (B, K) one-hot or (B,) class numbers, outputs (B, K); the state is (K,), or () for ``"micro"``.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> metric = F1Score(average="macro")
        >>> round(float(metric([[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])), 4)
        0.6667

    Reference:
        Van Rijsbergen (1979), Information retrieval, chapter 7.
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)
