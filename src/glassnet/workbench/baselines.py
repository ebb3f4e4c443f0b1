"""What a network must beat: a guess that looks at nothing, and a linear model."""

from collections.abc import Callable

import numpy as np

from glassnet.foundation.types import HostArray

_PENALTY = 1.0  # half of it times the sum of squares, as in scikit-learn's LogisticRegression; for a ridge all of it
_LARGE = 20_000_000  # cells beyond which float32 has to do
_WORK = 5e10  # multiplications a linear model may take: about a second or two


def class_frequencies(y: HostArray, classes: int, rows: int) -> HostArray:
    """The training classes' shares as everybody's probabilities, (rows, classes): its argmax is the majority class."""
    shares = np.bincount(y, minlength=classes) / len(y)
    return np.tile(shares, (rows, 1))


def mean_value(y: HostArray, rows: int) -> HostArray:
    """The training targets' mean for every row, (rows,)."""
    return np.full(rows, y.mean(dtype=np.float64))


def logistic_regression(x: HostArray, y: HostArray, classes: int, new: HostArray) -> HostArray:
    """Minimises cross-entropy + |w|² / 2 by Newton's method; returns probabilities (rows, classes).

    Two classes have one logit, more have one each. The bias is not penalised.

    Args:
        x: training inputs, (n, d).
        y: class numbers, (n,).
        classes: how many classes there are.
        new: rows to predict, (rows, d).

    Example:
        >>> x = np.array([[-1.0], [-2.0], [1.0], [2.0]])
        >>> logistic_regression(x, np.array([0, 0, 1, 1]), 2, x).argmax(-1).tolist()
        [0, 0, 1, 1]

    Reference:
        Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning* (2009), section 4.4.
    """
    design = _with_ones(x)
    logits = 1 if classes == 2 else classes
    truth = np.eye(classes, dtype=design.dtype)[y]
    penalty = _penalties(design)
    budget = _products(design, logits)

    def loss(w: HostArray) -> float:
        return float(-(truth * _log_softmax(design @ w)).sum() + (penalty * w**2).sum() / 2)

    w = np.zeros((design.shape[1], logits), design.dtype)
    for _ in range(30):
        p = np.exp(_log_softmax(design @ w))
        slope = design.T @ (p - truth)[:, -logits:] + penalty * w

        def curvature(v: HostArray, p: HostArray = p) -> HostArray:
            z = _padded(design @ v)
            return design.T @ (p * (z - (p * z).sum(-1, keepdims=True)))[:, -logits:] + penalty * v

        size = float(np.linalg.norm(slope))
        if size < 1e-7 * len(x) or budget <= 0:
            break
        step, used = _solve(curvature, slope, min(0.1, size) * size, budget)
        budget -= used
        w = _downhill(loss, w, step, float((slope * step).sum()))
    return np.exp(_log_softmax(_with_ones(new) @ w)).astype(np.float64)


def ridge_regression(x: HostArray, y: HostArray, new: HostArray) -> HostArray:
    """Minimises |y - x w - b|² + |w|²; returns predictions (rows,).

    Example:
        >>> x = np.array([[-1.0], [0.0], [1.0]])
        >>> ridge_regression(np.tile(x, (100, 1)), np.tile([1.0, 3.0, 5.0], 100), x).round(1).tolist()
        [1.0, 3.0, 5.0]

    Reference:
        Hoerl and Kennard, "Ridge regression", Technometrics 12 (1970).
    """
    design = _with_ones(x)
    penalty = _penalties(design)
    target = design.T @ y.astype(design.dtype)[:, None]
    enough = 1e-9 * float(np.linalg.norm(target))
    w, _ = _solve(lambda v: design.T @ (design @ v) + penalty * v, target, enough, _products(design, 1))
    return (_with_ones(new) @ w)[:, 0].astype(np.float64)


def _solve(
    product: Callable[[HostArray], HostArray], target: HostArray, enough: float, limit: int
) -> tuple[HostArray, int]:
    """w with product(w) = target, by conjugate gradients until the residual is `enough`; and the products it took."""
    w = np.zeros_like(target)
    residual = direction = target
    length = float((residual**2).sum())
    for used in range(limit):
        if length <= enough**2:
            return w, used
        bent = product(direction)
        rate = length / float((direction * bent).sum())
        w = w + rate * direction
        residual = residual - rate * bent
        length, before = float((residual**2).sum()), length
        direction = residual + length / before * direction
    return w, limit


def _downhill(loss: Callable[[HostArray], float], w: HostArray, step: HostArray, slope: float) -> HostArray:
    """w - t · step with the first t of 1, 1/2, 1/4 ... that lowers the loss enough; w itself when none does."""
    here = loss(w)
    for halvings in range(20):
        t = 0.5**halvings
        if loss(w - t * step) <= here - 1e-4 * t * slope:
            return w - t * step
    return w


def _products(design: HostArray, logits: int) -> int:
    """How many products with the design matrix and back are affordable."""
    return int(np.clip(_WORK / (4 * design.size * logits), 20, 1000))


def _with_ones(x: HostArray) -> HostArray:
    kind = np.float64 if x.size < _LARGE else np.float32
    return np.concatenate([np.ones((len(x), 1), kind), x.astype(kind)], axis=1)  # (n, 1 + d): the first is the bias


def _penalties(design: HostArray) -> HostArray:
    return (_PENALTY * (np.arange(design.shape[1]) > 0)).astype(design.dtype)[:, None]  # the bias goes free


def _padded(z: HostArray) -> HostArray:
    """(n, classes) logits: a single one stands beside a zero."""
    return np.concatenate([np.zeros_like(z), z], axis=1) if z.shape[1] == 1 else z


def _log_softmax(z: HostArray) -> HostArray:
    z = _padded(z)
    z = z - z.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))
