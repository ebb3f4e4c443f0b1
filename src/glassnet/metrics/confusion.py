"""Counts of right and wrong answers, and the rates made of them: precision, recall, specificity."""

from collections.abc import Sequence
from typing import Any

from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array
from glassnet.metrics.base import State, metric_registry
from glassnet.metrics.counting import LOWEST, CountingMetric, Thresholds, class_number, first_or_all
from glassnet.metrics.mean import ratio


class _Count(CountingMetric):
    """One of the four counts.

    Args:
        thresholds: a probability, or several, that an output must exceed to count as a yes; 0.5 by default.
        name: its name in logs.
        dtype: the type of the state.
    """

    def __init__(
        self, thresholds: float | Sequence[float] | None = None, name: str | None = None, dtype: Any = "float32"
    ) -> None:
        super().__init__(dtype, name)
        Thresholds.given(self.name, thresholds, 0.5)
        self.thresholds = thresholds

    def compute(self, state: State) -> Array:
        """The count; one for each threshold where there are several."""
        return first_or_all(state[self.needs[0]])


@metric_registry.register()
class TruePositives(_Count):
    """``Σᵢ wᵢ [yᵢ = 1][ŷᵢ > t]``: how many yes are answered yes.

    Args:
        thresholds: a probability, or several, that an output must exceed to count as a yes; 0.5 by default.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: a threshold outside 0 to 1.

    Example:
        >>> float(TruePositives()([0, 1, 1, 1], [0.9, 0.2, 0.8, 0.7]))
        2.0

    Reference:
        Fawcett (2006), An introduction to ROC analysis.
    """

    needs = ("true_positives",)

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str = "true_positives",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(thresholds, name, dtype)


@metric_registry.register()
class FalsePositives(_Count):
    """``Σᵢ wᵢ [yᵢ = 0][ŷᵢ > t]``: how many no are answered yes: false alarms.

    Args:
        thresholds: a probability, or several, that an output must exceed to count as a yes; 0.5 by default.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: a threshold outside 0 to 1.

    Example:
        >>> float(FalsePositives()([0, 1, 1, 1], [0.9, 0.2, 0.8, 0.7]))
        1.0

    Reference:
        Fawcett (2006), An introduction to ROC analysis.
    """

    needs = ("false_positives",)

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str = "false_positives",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(thresholds, name, dtype)


@metric_registry.register()
class TrueNegatives(_Count):
    """``Σᵢ wᵢ [yᵢ = 0][ŷᵢ ≤ t]``: how many no are answered no.

    Args:
        thresholds: a probability, or several, that an output must exceed to count as a yes; 0.5 by default.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: a threshold outside 0 to 1.

    Example:
        >>> float(TrueNegatives()([0, 1, 1, 1], [0.9, 0.2, 0.8, 0.7]))
        0.0

    Reference:
        Fawcett (2006), An introduction to ROC analysis.
    """

    needs = ("true_negatives",)

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str = "true_negatives",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(thresholds, name, dtype)


@metric_registry.register()
class FalseNegatives(_Count):
    """``Σᵢ wᵢ [yᵢ = 1][ŷᵢ ≤ t]``: how many yes are answered no: misses.

    Args:
        thresholds: a probability, or several, that an output must exceed to count as a yes; 0.5 by default.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: a threshold outside 0 to 1.

    Example:
        >>> float(FalseNegatives()([0, 1, 1, 1], [0.9, 0.2, 0.8, 0.7]))
        1.0

    Reference:
        Fawcett (2006), An introduction to ROC analysis.
    """

    needs = ("false_negatives",)

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        name: str = "false_negatives",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(thresholds, name, dtype)


class _Rate(CountingMetric):
    """``needs[0] / (needs[0] + needs[1])``: the share of one count among two."""

    direction = "up"

    def __init__(
        self,
        thresholds: float | Sequence[float] | None,
        top_k: int | None,
        class_id: int | None,
        name: str | None,
        dtype: Any,
    ) -> None:
        super().__init__(dtype, name)
        Thresholds.given(self.name, thresholds, LOWEST)
        self.thresholds = thresholds
        self.top_k = None if top_k is None else positive_int("top_k", top_k, owner=f"Metric {self.name}")
        self.class_id = class_number(self.name, class_id)

    def compute(self, state: State) -> Array:
        """The rate, 0 where nothing was counted; one for each threshold where there are several."""
        right, wrong = (state[name] for name in self.needs)
        return first_or_all(ratio(right, right + wrong))


@metric_registry.register()
class Precision(_Rate):
    """``TP / (TP + FP)``: how many of the answers yes are right.

    Args:
        thresholds: a probability, or several, that an output must exceed to count as a yes; 0.5 by default.
        top_k: where given, only the k highest outputs of a row count as a yes (those above `thresholds`, where given too).
        class_id: where given, only this column of targets and outputs is judged.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: a threshold outside 0 to 1, or another argument out of range.

    Example:
        >>> round(float(Precision()([0, 0, 1, 1, 1], [0.9, 0.1, 0.2, 0.8, 0.7])), 4)
        0.6667

    Reference:
        Manning, Raghavan & Schütze (2008), Introduction to information retrieval, section 8.3.
    """

    needs = ("true_positives", "false_positives")

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str = "precision",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(thresholds, top_k, class_id, name, dtype)


@metric_registry.register()
class Recall(_Rate):
    """``TP / (TP + FN)``: how many of the true yes are found; also called sensitivity.

    Args:
        thresholds: a probability, or several, that an output must exceed to count as a yes; 0.5 by default.
        top_k: where given, only the k highest outputs of a row count as a yes (those above `thresholds`, where given too).
        class_id: where given, only this column of targets and outputs is judged.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: a threshold outside 0 to 1, or another argument out of range.

    Example:
        >>> round(float(Recall()([0, 0, 1, 1, 1], [0.9, 0.1, 0.2, 0.8, 0.7])), 4)
        0.6667

    Reference:
        Manning, Raghavan & Schütze (2008), Introduction to information retrieval, section 8.3.
    """

    needs = ("true_positives", "false_negatives")

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str = "recall",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(thresholds, top_k, class_id, name, dtype)


@metric_registry.register()
class Specificity(_Rate):
    """``TN / (TN + FP)``: how many of the true no are left alone; recall of the other class.

    Args:
        thresholds: a probability, or several, that an output must exceed to count as a yes; 0.5 by default.
        class_id: where given, only this column of targets and outputs is judged.
        name: its name in logs.
        dtype: the type of the state.

    Raises:
        ConfigError: a threshold outside 0 to 1, or another argument out of range.

    Example:
        >>> round(float(Specificity()([0, 0, 1, 1, 1], [0.9, 0.1, 0.2, 0.8, 0.7])), 4)
        0.5

    Reference:
        Altman & Bland (1994), Diagnostic tests 1: sensitivity and specificity.
    """

    needs = ("true_negatives", "false_positives")

    def __init__(
        self,
        thresholds: float | Sequence[float] | None = None,
        class_id: int | None = None,
        name: str = "specificity",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(thresholds, None, class_id, name, dtype)
