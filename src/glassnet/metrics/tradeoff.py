"""One rate at the best threshold where another is high enough: what a detector gives under a demand."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array
from glassnet.metrics.base import State, metric_registry
from glassnet.metrics.counting import CountingMetric, Thresholds, class_number
from glassnet.metrics.mean import ratio


def _sensitivity(state: State) -> Array:
    return ratio(state["true_positives"], state["true_positives"] + state["false_negatives"])


def _specificity(state: State) -> Array:
    return ratio(state["true_negatives"], state["true_negatives"] + state["false_positives"])


def _precision(state: State) -> Array:
    return ratio(state["true_positives"], state["true_positives"] + state["false_positives"])


class _AtLeast(CountingMetric):
    """``max rateₜ over the thresholds t where demandₜ ≥ least``, 0 where there is none."""

    direction = "up"
    needs = ("true_positives", "false_positives", "true_negatives", "false_negatives")

    def __init__(self, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any) -> None:
        super().__init__(dtype, name)
        Thresholds.spread(self.name, num_thresholds)
        self.num_thresholds = num_thresholds
        self.class_id = class_number(self.name, class_id)

    def grid(self) -> Thresholds:
        """Thresholds spread evenly from 0 to 1."""
        return Thresholds.spread(self.name, self.num_thresholds)


def _best(rate: Array, demand: Array, least: float) -> Array:
    return jnp.max(jnp.where(demand >= least, rate, 0.0))


@metric_registry.register()
class SensitivityAtSpecificity(_AtLeast):
    """``max sensitivityₜ where specificityₜ ≥ specificity``: how many yes are found if at most some false alarms are allowed.

    Args:
        specificity: the least specificity demanded, from 0 to 1.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: where given, only this column of targets and outputs is judged.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> metric = SensitivityAtSpecificity(0.5)
        >>> round(float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])), 4)
        0.5

    Reference:
        Fawcett (2006), An introduction to ROC analysis.
    """

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "sensitivity_at_specificity",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(num_thresholds, class_id, name, dtype)
        self.specificity = fraction("specificity", specificity, owner=f"Metric {name}", below_one=False)

    def compute(self, state: State) -> Array:
        """The best sensitivity under the demand."""
        return _best(_sensitivity(state), _specificity(state), self.specificity)


@metric_registry.register()
class SpecificityAtSensitivity(_AtLeast):
    """``max specificityₜ where sensitivityₜ ≥ sensitivity``: how few false alarms there are if enough yes must be found.

    Args:
        sensitivity: the least sensitivity demanded, from 0 to 1.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: where given, only this column of targets and outputs is judged.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> metric = SpecificityAtSensitivity(0.5)
        >>> round(float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])), 4)
        0.6667

    Reference:
        Fawcett (2006), An introduction to ROC analysis.
    """

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "specificity_at_sensitivity",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(num_thresholds, class_id, name, dtype)
        self.sensitivity = fraction("sensitivity", sensitivity, owner=f"Metric {name}", below_one=False)

    def compute(self, state: State) -> Array:
        """The best specificity under the demand."""
        return _best(_specificity(state), _sensitivity(state), self.sensitivity)


@metric_registry.register()
class PrecisionAtRecall(_AtLeast):
    """``max precisionₜ where recallₜ ≥ recall``: how many alarms are right if enough yes must be found.

    Args:
        recall: the least recall demanded, from 0 to 1.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: where given, only this column of targets and outputs is judged.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> metric = PrecisionAtRecall(0.5)
        >>> round(float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])), 4)
        0.5

    Reference:
        Fawcett (2006), An introduction to ROC analysis.
    """

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "precision_at_recall",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(num_thresholds, class_id, name, dtype)
        self.recall = fraction("recall", recall, owner=f"Metric {name}", below_one=False)

    def compute(self, state: State) -> Array:
        """The best precision under the demand."""
        return _best(_precision(state), _sensitivity(state), self.recall)


@metric_registry.register()
class RecallAtPrecision(_AtLeast):
    """``max recallₜ where precisionₜ ≥ precision``: how many yes are found if enough alarms must be right.

    Args:
        precision: the least precision demanded, from 0 to 1.
        num_thresholds: how many thresholds are tried, evenly from 0 to 1.
        class_id: where given, only this column of targets and outputs is judged.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> metric = RecallAtPrecision(0.5)
        >>> round(float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8])), 4)
        1.0

    Reference:
        Fawcett (2006), An introduction to ROC analysis.
    """

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "recall_at_precision",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(num_thresholds, class_id, name, dtype)
        self.precision = fraction("precision", precision, owner=f"Metric {name}", below_one=False)

    def compute(self, state: State) -> Array:
        """The best recall under the demand."""
        return _best(_sensitivity(state), _precision(state), self.precision)
