"""Probe rows: what counts as the same answer."""

from typing import Any

import numpy as np
import pytest

from glassnet.foundation.errors import ModelFileError
from glassnet.persistence import compare_probes


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ([0.5, 0.5], [0.5, 0.5000001]),
        ([1e6, 1e-3], [1e6 + 900, 1e-3]),
        ([0.0, 0.0], [1e-7, 0.0]),
        ([np.nan, np.inf, -np.inf, 1.0], [np.nan, np.inf, -np.inf, 1.0]),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([True, False]), np.array([True, False])),
        (np.array([3, 4]), np.array([3, 4])),
        ({"a": [1.0], "b": [2.0]}, {"b": [2.0], "a": [1.0]}),
        (np.float16([100.0]), np.float32([100.05])),
    ],
)
def test_equal_but_for_rounding_passes(expected: Any, actual: Any) -> None:
    compare_probes(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ([0.5, 0.5], [0.5, 0.51], "largest difference of 0.01"),
        ([1e-4, 0.0], [1e-4, 2e-6], "largest difference of 2e-06"),
        ([1.0], [np.nan], "difference of inf"),
        ([np.nan], [1.0], "difference of inf"),
        ([np.inf, 1.0], [-np.inf, 1.0], "difference of inf"),
        ([[1.0, 2.0]], [1.0, 2.0], r"shape \(1, 2\)"),
        ({"a": [1.0]}, {"b": [1.0]}, r"\['a'\]"),
        ({"a": [1.0], "b": [1.0]}, {"a": [1.0], "b": [3.0]}, "'b' with a largest difference of 2"),
    ],
)
def test_another_answer_is_told_with_its_size(expected: Any, actual: Any, told: str) -> None:
    with pytest.raises(ModelFileError, match=told):
        compare_probes(expected, actual)


def test_the_tolerance_can_be_chosen() -> None:
    compare_probes([1.0], [1.01], rtol=0.1)
    with pytest.raises(ModelFileError):
        compare_probes([1.0], [1.01], rtol=0.001)
