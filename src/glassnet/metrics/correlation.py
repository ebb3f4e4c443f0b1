"""Correlations between the numbers of a target and those of an output, row by row."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.pairing import EPSILON, pair
from glassnet.metrics.base import metric_registry
from glassnet.metrics.mean import FormulaMetric, ratio


def pearson_correlation(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """``r = Σ (y - ȳ)(ŷ - ŷ̄) / √(Σ (y - ȳ)² Σ (ŷ - ŷ̄)²)``: how well a straight line through ŷ gives y.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.
        axis: the axis that is correlated along.

    Returns:
        (B, ...), from -1 to 1; 0 where one side does not vary.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> pearson_correlation([[1.0, 2.0, 3.0]], [[2.0, 4.0, 6.0]]).round(4).tolist()
        [1.0]

    Reference:
        Pearson (1895), Note on regression and inheritance in the case of two parents.
    """
    y_true, y_pred = pair(y_true, y_pred, "Metric pearson_correlation")
    true, pred = _centred(y_true, axis), _centred(y_pred, axis)
    spread = jnp.sqrt(jnp.sum(true**2, axis)) * jnp.sqrt(jnp.sum(pred**2, axis))
    return ratio(jnp.sum(true * pred, axis), spread)


def concordance_correlation(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """``ρ = 2 cov(y, ŷ) / (var(y) + var(ŷ) + (ȳ - ŷ̄)²)``: like Pearson's, and ŷ must have the scale and level of y too.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.
        axis: the axis that is correlated along.

    Returns:
        (B, ...), from -1 to 1.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> concordance_correlation([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]]).round(4).tolist()
        [1.0]

    Reference:
        Lin (1989), A concordance correlation coefficient to evaluate reproducibility.
    """
    y_true, y_pred = pair(y_true, y_pred, "Metric concordance_correlation")
    true, pred = _centred(y_true, axis), _centred(y_pred, axis)
    apart = jnp.mean(y_true, axis) - jnp.mean(y_pred, axis)
    whole = jnp.mean(true**2, axis) + jnp.mean(pred**2, axis) + apart**2
    return 2.0 * jnp.mean(true * pred, axis) / (whole + EPSILON)


def _centred(x: Array, axis: int) -> Array:
    return x - jnp.mean(x, axis, keepdims=True)


@metric_registry.register()
class PearsonCorrelation(FormulaMetric):
    """``r = cov(y, ŷ) / (σ_y σ_ŷ)``, along the outputs of each row, averaged over rows; see `pearson_correlation`.

    Args:
        name: its name in logs.
        dtype: the type of the state.
        axis: the axis that is correlated along.

    Example:
        >>> round(float(PearsonCorrelation()([[1.0, 2.0, 3.0]], [[2.0, 4.0, 6.0]])), 4)
        1.0

    Reference:
        Pearson (1895), Note on regression and inheritance in the case of two parents.
    """

    direction = "up"
    formula = staticmethod(pearson_correlation)
    by_element = False

    def __init__(self, name: str = "pearson_correlation", dtype: Any = "float32", axis: int = -1) -> None:
        super().__init__(dtype, name)
        self.axis = axis


@metric_registry.register()
class ConcordanceCorrelation(FormulaMetric):
    """``ρ = 2 cov(y, ŷ) / (σ_y² + σ_ŷ² + (ȳ - ŷ̄)²)``, along the outputs of each row; see `concordance_correlation`.

    Args:
        name: its name in logs.
        dtype: the type of the state.
        axis: the axis that is correlated along.

    Example:
        >>> round(float(ConcordanceCorrelation()([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]])), 4)
        1.0

    Reference:
        Lin (1989), A concordance correlation coefficient to evaluate reproducibility.
    """

    direction = "up"
    formula = staticmethod(concordance_correlation)
    by_element = False

    def __init__(self, name: str = "concordance_correlation", dtype: Any = "float32", axis: int = -1) -> None:
        super().__init__(dtype, name)
        self.axis = axis
