"""Intervals: how far a mean of few numbers could be off."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Interval:
    """A mean and the interval in which the true one lies with the confidence asked for.

    Args:
        mean: the mean.
        low: the interval's lower end.
        high: its upper end.

    Example:
        >>> Interval(0.9, 0.85, 0.95)
        0.9 (0.85 to 0.95)
    """

    mean: float
    low: float
    high: float

    def __repr__(self) -> str:
        return f"{self.mean:.4g} ({self.low:.4g} to {self.high:.4g})"


def t_interval(values: Any, confidence: float = 0.95, *, overlap: float = 0.0) -> Interval:
    """mean ± t · s √(1/k + overlap): Student's interval for k numbers; without bounds where there is only one.

    Args:
        values: k numbers.
        confidence: how often such intervals hold the true mean, between 0 and 1.
        overlap: what is added to 1/k because the numbers are not independent, from 0 on.

    Returns:
        An `Interval`.

    Example:
        >>> t_interval([1.0, 2.0, 3.0])
        2 (-0.4841 to 4.484)

    Reference:
        Student, "The Probable Error of a Mean", Biometrika 6, 1908.
    """
    numbers = np.asarray(values, np.float64)
    count, mean = len(numbers), float(np.mean(numbers))
    if count < 2:
        return Interval(mean, -np.inf, np.inf)
    half = t_quantile(count - 1, confidence) * float(numbers.std(ddof=1)) * np.sqrt(1 / count + overlap)
    return Interval(mean, float(mean - half), float(mean + half))


def corrected_interval(fold_means: Any) -> Interval:
    """The 95 % interval for k folds' means with Nadeau and Bengio's correction: overlap = n_test/n_train = 1/(k - 1).

    Example:
        >>> corrected_interval([0.9, 0.8, 0.85, 0.95, 0.9])
        0.88 (0.7738 to 0.9862)

    Reference:
        C. Nadeau and Y. Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
    """
    return t_interval(fold_means, overlap=1 / (len(fold_means) - 1))


def t_quantile(freedom: int, confidence: float) -> float:
    """The t with P(|T| < t) = confidence for Student's T with this many degrees of freedom.

    Example:
        >>> round(t_quantile(4, 0.95), 3)
        2.776
    """
    return float(special.stdtrit(freedom, 0.5 + confidence / 2))
