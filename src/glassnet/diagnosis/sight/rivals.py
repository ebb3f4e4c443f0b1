"""What simple models learn from the same rows: how much there is to learn, on rows like the training rows and on the others."""

from dataclasses import dataclass

import numpy as np

from glassnet.diagnosis.sight.task import Task
from glassnet.foundation.types import HostArray

_MOST = 700
_INNER = 0.3
_SHARPNESS = (1.0, 2.0, 4.0, 8.0, 16.0)


@dataclass(frozen=True, eq=False)
class Rival:
    """The best of a few simple models, fitted on seven tenths of the training rows.

    Args:
        inner: its loss on each of the training rows it was not fitted on.
        inner_base: a constant answer's loss on them.
        val: its loss on each validation row.
        inner_error: its error beside a constant answer's on the first: 0 for none, 1 for no better.
    """

    inner: HostArray
    inner_base: HostArray
    val: HostArray
    inner_error: float


def rival(task: Task, columns: HostArray | None = None) -> Rival | None:
    """``α = (K + λI)⁻¹ y``: kernel ridge regressions, linear and with two widths of Gaussians, the best by held-out rows.

    Args:
        task: the rows.
        columns: the numbers of the columns to use; all by default.

    Returns:
        None with fewer than 20 training rows.

    Reference:
        C. Saunders, A. Gammerman and V. Vovk, Ridge Regression Learning Algorithm in Dual Variables, 1998.
    """
    order = np.random.default_rng(0).permutation(task.train.count)[:_MOST]
    cut = int(len(order) * _INNER)
    if cut < 6:
        return None
    inner, fitted = order[:cut], order[cut:]
    x, held = task.train.x, task.val.x
    if columns is not None:
        x, held = x[:, columns], held[:, columns]
    y = task.targets(task.train.truth[fitted])
    middle = y.mean(0)
    best: tuple[float, HostArray, HostArray] | None = None
    for kind in ("linear", 0.3, 1.0):
        kernel, across, beyond = (_kernel(kind, a, x[fitted]) for a in (x[fitted], x[inner], held))
        for penalty in (0.01, 0.3, 10.0):
            weights = np.linalg.solve(kernel + penalty * np.eye(len(kernel)), y - middle)
            found = _calibrated(task, inner, middle + across @ weights, middle + beyond @ weights)
            if best is None or found[0] < best[0]:
                best = found
    if best is None:
        return None
    truth = task.train.truth[inner]
    base = task.losses(truth, task.guesses(len(inner)))
    error = error_of(task, truth, best[1])
    return Rival(task.losses(truth, best[1]), base, task.losses(task.val.truth, best[2]), error)


def error_of(task: Task, truth: HostArray, said: HostArray) -> float:
    """The share of rows wrong beside a constant answer's, or ``1 - R²``: 0 for no error, 1 for no better."""
    if not task.classes:
        return float(np.mean((truth - said) ** 2) / max(np.mean((truth - truth.mean(0)) ** 2), 1e-12))
    constant = 1 - np.bincount(truth).max() / len(truth)
    return float(np.mean(said.argmax(1) != truth) / max(constant, 1e-12))


def _kernel(kind: object, a: HostArray, b: HostArray) -> HostArray:
    width = a.shape[1]
    if not isinstance(kind, float):
        return a @ b.T / width
    apart = (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * a @ b.T
    return np.exp(-kind * np.maximum(apart, 0) / width)


def _calibrated(task: Task, inner: HostArray, near: HostArray, far: HostArray) -> tuple[float, HostArray, HostArray]:
    """The held-out loss and what is said of both parts; scores become probabilities of the best sharpness."""
    truth = task.train.truth[inner]
    if not task.classes:
        return float(task.losses(truth, near).mean()), near, far
    options = []
    for sharp in _SHARPNESS:
        both = [_softmax(sharp * np.clip(said, -3, 3)) for said in (near, far)]
        options.append((float(task.losses(truth, both[0]).mean()), both[0], both[1]))
    return min(options, key=lambda option: option[0])


def _softmax(z: HostArray) -> HostArray:
    p = np.exp(z - z.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)
