"""Probe rows: does a loaded model still give the answers it gave when it was saved?"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from glassnet.foundation.errors import ModelFileError

Outputs: TypeAlias = Mapping[str, Any] | Any


def compare_probes(expected: Outputs, actual: Outputs, *, rtol: float = 1e-3) -> None:
    """max |actual - expected| <= rtol · max |expected| + 1e-6, for each output.

    The bound is wide enough for another processor's float32 arithmetic, and far below what a wrong weight does.

    Args:
        expected: the outputs kept in the file: one array, or several by name.
        actual: the loaded model's outputs for the same rows, in the same form and shapes.
        rtol: the allowed difference as a share of the largest expected number; 0 or more.

    Raises:
        ModelFileError: an output is missing, has another shape, or differs by more; the message has the largest
            difference.

    Example:
        >>> import numpy as np
        >>> compare_probes(np.array([0.2, 0.8]), np.array([0.2, 0.8000001]))
        >>> compare_probes(np.array([0.2, 0.8]), np.array([0.3, 0.7]))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        glassnet.foundation.errors.ModelFileError: Expected the loaded model to repeat its saved outputs ...

    Reference:
        Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 1.2 (relative error).
    """
    wanted = dict(expected) if isinstance(expected, Mapping) else {"output": expected}
    given = dict(actual) if isinstance(actual, Mapping) else {"output": actual}
    if set(wanted) != set(given):
        raise ModelFileError(
            f"Expected the outputs {sorted(wanted)} for the probe rows. Received {sorted(given)}. The file's "
            f"configuration and its probes do not belong together; use a fresh copy."
        )
    for name in wanted:
        _compare(name, np.asarray(wanted[name]), np.asarray(given[name]), rtol)


def _compare(name: str, expected: np.ndarray, actual: np.ndarray, rtol: float) -> None:
    if expected.shape != actual.shape:
        raise ModelFileError(
            f"Expected shape {expected.shape} for {name!r} of the probe rows. Received {actual.shape}. The file's "
            f"configuration and its probes do not belong together; use a fresh copy."
        )
    difference = _largest_difference(expected.astype(np.float64), actual.astype(np.float64))
    finite = np.abs(expected[np.isfinite(expected)].astype(np.float64))
    bound = rtol * float(finite.max(initial=0.0)) + 1e-6
    if not difference <= bound:
        raise ModelFileError(
            f"Expected the loaded model to repeat its saved outputs for the probe rows within {bound:.3g}. Received "
            f"{name!r} with a largest difference of {difference:.6g}. The weights were altered, or a custom layer "
            f"computes something else than when it was saved; restore it, or save the model anew."
        )


def _largest_difference(expected: np.ndarray, actual: np.ndarray) -> float:
    # Equal infinities agree, and NaN agrees with NaN; either against a number is infinitely far.
    differs = ~((expected == actual) | (np.isnan(expected) & np.isnan(actual)))
    gaps = np.abs(actual[differs] - expected[differs])
    return float(np.where(np.isnan(gaps), np.inf, gaps).max(initial=0.0))
