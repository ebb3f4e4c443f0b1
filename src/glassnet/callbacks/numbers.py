"""The numbers of an epoch as other programs want them: one float to a name."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def plain_numbers(logs: Mapping[str, Any]) -> dict[str, float]:
    """Each number by its name; those of an array by its name and their place in it.

    Example:
        >>> plain_numbers({"loss": 0.5, "recall": np.array([1.0, 0.25])})
        {'loss': 0.5, 'recall_0': 1.0, 'recall_1': 0.25}
    """
    found = {}
    for name, value in logs.items():
        array = np.asarray(value, np.float64)
        if array.ndim:
            found |= {f"{name}_{place}": float(one) for place, one in enumerate(array.ravel())}
        else:
            found[name] = float(array)
    return found
