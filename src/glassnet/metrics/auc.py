"""The area under a curve: how well scores rank, over all thresholds at once."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike, Shape
from glassnet.losses.pairing import floating
from glassnet.metrics.base import State, metric_registry
from glassnet.metrics.counting import Answers, CountingMetric, Thresholds, tally
from glassnet.metrics.mean import ratio

_COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")
_CURVES = ("ROC", "PR", "PRGAIN")
_SUMMATIONS = ("interpolation", "minoring", "majoring")


@metric_registry.register()
class AUC(CountingMetric):
    """``Σₜ (xₜ - xₜ₊₁) (yₜ + yₜ₊₁) / 2``: the area under a curve drawn through thresholds t.

    Under the ROC curve (true against false positive rate) it is the chance that a random yes scores above a random no:
    1/2 for guessing, 1 for a perfect order. Scores between two neighbouring thresholds are not told apart, so it is exact
    up to about 1 / `num_thresholds`.

    Args:
        num_thresholds: how many thresholds, 2 or more.
        curve: ``"ROC"``, ``"PR"`` (precision against recall) or ``"PRGAIN"`` (both rescaled against always answering yes).
        summation_method: ``"interpolation"`` (for PR along the true curve between points), ``"minoring"`` or ``"majoring"``
            (the lower or upper end of each piece).
        name: its name in logs.
        dtype: the type of the state.
        thresholds: thresholds of your own from 0 to 1; `num_thresholds` is not used then.
        multi_label: whether each column of the outputs has its own curve, and the areas are averaged.
        num_labels: the number of columns, where it should be checked.
        label_weights: how much each column counts.
        from_logits: whether outputs are before the sigmoid.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> float(AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]))
        0.75

    Reference:
        Davis & Goadrich (2006), The relationship between precision-recall and ROC curves.
    """

    direction = "up"
    needs = _COUNTS

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str = "auc",
        dtype: Any = "float32",
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        self.thresholds = None if thresholds is None else sorted(Thresholds.given(self.name, thresholds, 0.5).values)
        self.num_thresholds = num_thresholds if self.thresholds is None else len(self.thresholds) + 2
        Thresholds.spread(self.name, self.num_thresholds, least=2)
        self.curve = _one_of(self.name, "curve", str(curve).upper(), _CURVES)
        self.summation_method = _one_of(self.name, "summation_method", str(summation_method).lower(), _SUMMATIONS)
        self.multi_label = bool(multi_label)
        if num_labels and not multi_label:
            raise ConfigError(
                f"Metric {self.name} expected `num_labels` with multi_label=True only. Received num_labels={num_labels}. "
                f"Pass multi_label=True too, or leave it out."
            )
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else [float(weight) for weight in np.ravel(label_weights)]
        self.from_logits = bool(from_logits)

    def grid(self) -> Thresholds:
        """The thresholds, with one just below 0 and one just above 1."""
        if self.thresholds is None:
            return Thresholds(Thresholds.spread(self.name, self.num_thresholds, least=2).values, open_ends=True)
        return Thresholds((0.0, *self.thresholds, 1.0), open_ends=True)

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """Nothing counted; with `multi_label`, as wide as the outputs."""
        shape = (self.num_thresholds, self._labels(output_shape)) if self.multi_label else (self.num_thresholds,)
        return {name: self.zeros(*shape) for name in self.needs}

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Count a batch: targets 0 or 1 and scores, both (B, ...)."""
        scores = jax.nn.sigmoid(floating(y_pred)) if self.from_logits else y_pred
        answers = Answers.read(self.name, y_true, scores, sample_weight)
        if not self.multi_label:
            if self.label_weights is not None:
                weights = answers.weights * jnp.asarray(self.label_weights, answers.weights.dtype)
                answers = Answers(answers.truth, answers.scores, weights)
            answers = answers.flat()
        counts = tally(answers, self.grid())
        return {name: state[name] + counts[name].astype(self.dtype) for name in self.needs}

    def compute(self, state: State) -> Array:
        """The area; with `multi_label`, the mean of the columns' areas."""
        if self.curve == "PR" and self.summation_method == "interpolation":
            area = _interpolated_pr(state)
        else:
            x, y = _points(state, self.curve)
            height = {"interpolation": lambda a, b: (a + b) / 2, "minoring": jnp.minimum, "majoring": jnp.maximum}
            area = jnp.sum((x[:-1] - x[1:]) * height[self.summation_method](y[:-1], y[1:]), 0)
        if not self.multi_label:
            return area
        if self.label_weights is None:
            return jnp.mean(area)
        weights = jnp.asarray(self.label_weights, area.dtype)
        return ratio(jnp.sum(area * weights), jnp.sum(weights))

    def _labels(self, output_shape: Shape | None) -> int:
        columns = None if output_shape is None or len(output_shape) != 2 else output_shape[-1]
        if columns is None and (output_shape is not None or self.num_labels is None):
            raise ShapeError(
                f"Metric {self.name} with multi_label=True expected outputs (B, number of labels). Received "
                f"{'no shape' if output_shape is None else show(output_shape)}. Pass outputs with one column a label."
            )
        if self.num_labels is not None and columns not in (None, self.num_labels):
            raise ShapeError(
                f"Metric {self.name} expected {self.num_labels} labels, as num_labels says. Received outputs of shape "
                f"{show(output_shape or ())}. Leave `num_labels` out, or give the last layer that many units."
            )
        return columns or self.num_labels or 0


def _points(state: State, curve: str) -> tuple[Array, Array]:
    """The curve's points by threshold."""
    tp, fp, tn, fn = (state[name] for name in _COUNTS)
    recall = ratio(tp, tp + fn)
    if curve == "ROC":
        return ratio(fp, fp + tn), recall
    if curve == "PR":
        return recall, ratio(tp, tp + fp)
    # Flach & Kull (2015): 0 is what always answering yes gets, 1 is perfect.
    odds = ratio(tp + fn, tn + fp)
    recall_gain = jnp.where(tp == 0, 0.0, 1.0 - odds * ratio(fn, tp))
    precision_gain = jnp.where(tp == 0, 1.0, 1.0 - odds * ratio(fp, tp))
    return jnp.maximum(recall_gain, 0.0), precision_gain


def _interpolated_pr(state: State) -> Array:
    """The area under precision and recall, between points along ``TP = intercept + slope · (TP + FP)``."""
    tp, fp, fn = state["true_positives"], state["false_positives"], state["false_negatives"]
    yes = tp + fp
    rise = tp[:-1] - tp[1:]
    slope = ratio(rise, jnp.maximum(yes[:-1] - yes[1:], 0.0))
    intercept = tp[1:] - slope * yes[1:]
    growth = jnp.where((yes[:-1] > 0) & (yes[1:] > 0), ratio(yes[:-1], yes[1:]), 1.0)
    return jnp.sum(ratio(slope * (rise + intercept * jnp.log(growth)), tp[1:] + fn[1:]), 0)


def _one_of(owner: str, name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ConfigError(
            f"Metric {owner} expected `{name}` to be one of {', '.join(known)}. Received {value!r}. Pass {known[0]!r}."
        )
    return value
