"""What a network must beat: a guess that looks at nothing, and a linear model."""

import numpy as np

from glassnet.foundation.types import HostArray

_PENALTY = 1.0  # on the sum of squares, as in scikit-learn's LogisticRegression and Ridge


def class_frequencies(y: HostArray, classes: int, rows: int) -> HostArray:
    """The training classes' shares as everybody's probabilities, (rows, classes): its argmax is the majority class."""
    shares = np.bincount(y, minlength=classes) / len(y)
    return np.tile(shares, (rows, 1))


def mean_value(y: HostArray, rows: int) -> HostArray:
    """The training targets' mean for every row, (rows,)."""
    return np.full(rows, y.mean())


def logistic_regression(x: HostArray, y: HostArray, classes: int, new: HostArray) -> HostArray:
    """Probabilities (rows, classes) of a multinomial logistic regression with an L2 penalty, fitted by L-BFGS.

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
    from scipy.optimize import minimize

    design = _with_ones(x)
    truth = np.eye(classes)[y]

    def loss_and_slope(flat: HostArray) -> tuple[float, HostArray]:
        w = flat.reshape(design.shape[1], classes)
        p, log_p = _softmax(design @ w)
        free = w * _penalised(len(w))
        loss = -(truth * log_p).sum() + 0.5 * _PENALTY * (free**2).sum()
        slope = design.T @ (p - truth) + _PENALTY * free
        return float(loss), slope.ravel()

    start = np.zeros(design.shape[1] * classes)
    best = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return _softmax(_with_ones(new) @ best.x.reshape(-1, classes))[0]


def ridge_regression(x: HostArray, y: HostArray, new: HostArray) -> HostArray:
    """Predictions (rows,) of a linear regression with a small L2 penalty, in closed form.

    Example:
        >>> x = np.array([[-1.0], [0.0], [1.0]])
        >>> ridge_regression(np.tile(x, (100, 1)), np.tile([1.0, 3.0, 5.0], 100), x).round(1).tolist()
        [1.0, 3.0, 5.0]

    Reference:
        Hoerl and Kennard, "Ridge regression", Technometrics 12 (1970).
    """
    design = _with_ones(x)
    penalty = _PENALTY * np.diag(_penalised(design.shape[1])[:, 0])
    w = np.linalg.lstsq(design.T @ design + penalty, design.T @ y, rcond=None)[0]
    return _with_ones(new) @ w


def _with_ones(x: HostArray) -> HostArray:
    return np.concatenate([np.ones((len(x), 1)), x.astype(float)], axis=1)  # (n, 1 + d): the first weight is the bias


def _penalised(rows: int) -> HostArray:
    return (np.arange(rows) > 0).astype(float)[:, None]  # the bias goes free


def _softmax(z: HostArray) -> tuple[HostArray, HostArray]:
    z = z - z.max(-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return np.exp(log_p), log_p
