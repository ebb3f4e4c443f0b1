"""Whether a flat boundary parts two classes: decided by a linear programme, not by trying."""

import numpy as np

from glassnet.estimators.labelled_rows import with_ones
from glassnet.foundation.types import ArrayLike

_SECONDS = 10.0  # the most time spent on deciding whether a boundary exists at all


def is_separable(X: ArrayLike, target: ArrayLike) -> bool | None:
    """Are there w, b with (2y - 1)(w·x + b) ≥ 1 for every row? A linear programme without an objective.

    Args:
        X: the rows, shape (rows, columns).
        target: 0 or 1 for each row, shape (rows,).

    Returns:
        True or False; None when ten seconds do not settle it.

    Example:
        >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
        >>> is_separable(X, [0, 0, 0, 1]), is_separable(X, [0, 1, 1, 0])
        (True, False)

    Reference:
        Mangasarian, "Linear and nonlinear separation of patterns by linear programming", Operations Research 13, 1965.
    """
    from scipy.optimize import linprog

    table = np.asarray(X, float)
    spread = table.std(axis=0)
    # Shifting and scaling columns changes no answer and keeps the solver's tolerances meaningful.
    scaled = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    side = 2.0 * np.asarray(target, float) - 1.0
    found = linprog(
        np.zeros(scaled.shape[1] + 1),
        A_ub=-side[:, np.newaxis] * with_ones(scaled),
        b_ub=-np.ones(len(scaled)),
        bounds=(None, None),
        options={"time_limit": _SECONDS},
    )
    return {0: True, 2: False}.get(found.status)
