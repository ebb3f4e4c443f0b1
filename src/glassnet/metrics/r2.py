"""R², the share of the targets' variation that outputs explain."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array, ArrayLike, Shape
from glassnet.losses.pairing import as_columns, pair
from glassnet.losses.reduction import aligned, weigh
from glassnet.metrics.answers import columns
from glassnet.metrics.base import Metric, State, metric_registry
from glassnet.metrics.mean import ratio

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


@metric_registry.register("r2")
class R2Score(Metric):
    """``R² = 1 - Σ w (y - ŷ)² / Σ w (y - ȳ)²``: 1 is perfect, 0 is no better than the mean, below 0 is worse.

    With `num_regressors` p and n targets it is adjusted: ``1 - (1 - R²)(n - 1) / (n - p - 1)``, where n > p + 1.

    Args:
        class_aggregation: how several outputs become one number: ``"uniform_average"``, ``"variance_weighted_average"``, or
            None (one for each).
        num_regressors: p, the number of inputs, for the adjusted R²; 0 for the plain one.
        name: its name in logs.
        dtype: the type of the state.

    Shapes:
        targets and outputs (B, K) or (B,); the state is (K,).

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(R2Score()([[1.0], [2.0], [3.0]], [[1.0], [2.0], [4.0]])), 4)
        0.5

    Reference:
        Draper & Smith (1998), Applied regression analysis, chapter 1.
    """

    direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(dtype, name)
        if class_aggregation not in _AGGREGATIONS:
            raise ConfigError(
                f"Metric {name} expected `class_aggregation` to be 'uniform_average', 'variance_weighted_average' or None. "
                f"Received {class_aggregation!r}. Pass 'uniform_average' for the mean over outputs."
            )
        if isinstance(num_regressors, bool) or not isinstance(num_regressors, int) or num_regressors < 0:
            raise ConfigError(
                f"Metric {name} expected `num_regressors` from 0 up. Received {num_regressors!r}. Pass the number of inputs, "
                f"or 0 for the plain R²."
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """Nothing seen, for as many outputs as there are."""
        width = columns(self.name, output_shape)
        names = ("count", "mean", "variation", "residual")
        return {**{name: self.zeros(width) for name in names}, "num_samples": self.zeros()}

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Add a batch: targets and outputs (B, K)."""
        y_true, y_pred = pair(*as_columns(y_true, y_pred), f"Metric {self.name}")
        y_true, y_pred = y_true.astype(self.dtype), y_pred.astype(self.dtype)
        _, weights = aligned(y_true, sample_weight)
        axes = tuple(range(y_true.ndim - 1))
        count = jnp.sum(weights, axes)
        mean = ratio(jnp.sum(weigh(y_true, weights), axes), count)
        variation = jnp.sum(weigh((y_true - mean) ** 2, weights), axes)
        # Means and variations of two parts are merged, as in Chan, Golub & LeVeque (1979): sums of squares would cancel.
        whole = state["count"] + count
        apart = mean - state["mean"]
        return {
            "count": whole,
            "mean": state["mean"] + apart * ratio(count, whole),
            "variation": state["variation"] + variation + apart**2 * state["count"] * ratio(count, whole),
            "residual": state["residual"] + jnp.sum(weigh((y_true - y_pred) ** 2, weights), axes),
            "num_samples": state["num_samples"] + jnp.sum(weights != 0).astype(self.dtype),
        }

    def compute(self, state: State) -> Array:
        """R²; where targets do not vary it is 1 for perfect outputs and 0 for others."""
        total, residual = state["variation"], state["residual"]
        score = jnp.where(total == 0, jnp.where(residual == 0, 1.0, 0.0), 1.0 - ratio(residual, total))
        if self.class_aggregation == "uniform_average":
            score = jnp.mean(score)
        elif self.class_aggregation == "variance_weighted_average":
            score = ratio(jnp.sum(total * score), jnp.sum(total))
        if self.num_regressors == 0:
            return score
        free = state["num_samples"] - self.num_regressors - 1
        adjusted = 1.0 - (1.0 - score) * ratio(state["num_samples"] - 1, free)
        return jnp.where(free > 0, adjusted, score)
