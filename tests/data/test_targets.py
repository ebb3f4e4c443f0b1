"""Targets become class numbers or standardized numbers, and come back."""

import json

import numpy as np
import pytest

from glassnet.data.columns import column_of
from glassnet.data.targets import ClassTarget, NumberTarget, target_from_config
from glassnet.foundation.errors import DataError

CLASSES = {
    "text": (ClassTarget("y", "text", ("a", "b")), ["b", "a"]),
    "category": (ClassTarget("y", "category", ("1", "2")), ["2", "1"]),
    "boolean": (ClassTarget("y", "boolean", (False, True)), [True, False]),
    "whole": (ClassTarget("y", "number", (3, 7)), [7, 3]),
    "number": (ClassTarget("y", "number", (0.5, 1)), [1, 0.5]),
}


@pytest.mark.parametrize("case", CLASSES)
def test_classes_there_and_back(case):
    target, cells = CLASSES[case]
    codes = target.encode(column_of("y", cells), str)
    assert codes.dtype == np.int32
    assert codes.tolist() == [1, 0]
    assert target.decode(codes).tolist() == cells
    assert target.decode([[0], [1]]).shape == (2, 1)
    restored = target_from_config(json.loads(json.dumps(target.to_config())))
    assert restored == target
    assert [type(label) for label in restored.classes] == [type(label) for label in target.classes]


def test_numbers_there_and_back():
    target = NumberTarget("y", 10.0, 2.0)
    outputs = target.encode(column_of("y", [10, 14]), str)
    assert (outputs.dtype, outputs.tolist()) == (np.float32, [0.0, 2.0])
    assert target.decode(outputs).tolist() == [10.0, 14.0]
    assert target_from_config(json.loads(json.dumps(target.to_config()))) == target


def test_cells_that_cannot_be_targets():
    target = CLASSES["text"][0]
    with pytest.raises(DataError, match=r"'y', the target, .* empty cell in 1 and 1 in all"):
        target.encode(column_of("y", ["a", None]), str)
    with pytest.raises(
        DataError, match=r"the classes 'a', 'b'\. Received 'c' in 1, a class the training rows do not hold"
    ):
        target.encode(column_of("y", ["a", "c"]), str)
    with pytest.raises(DataError, match="expected numbers"):
        NumberTarget("y", 0.0, 1.0).encode(column_of("y", ["a"]), str)
    with pytest.raises(DataError, match="too far off"):
        NumberTarget("y", 0.0, 1.0).encode(column_of("y", [1e300]), str)


@pytest.mark.parametrize("codes", [[0, 2], [-1], [0.5], [0.0, 1.0]])
def test_numbers_that_stand_for_no_class(codes):
    with pytest.raises(DataError, match="class numbers from 0 to 1"):
        CLASSES["text"][0].decode(codes)


GOOD = {"task": "classification", "name": "y", "kind": "text", "classes": ["a", "b"]}
BAD = {
    "no mapping": [1],
    "no task": {key: GOOD[key] for key in ("name", "kind", "classes")},
    "another task": GOOD | {"task": "magic"},
    "another kind": GOOD | {"kind": "magic"},
    "one class": GOOD | {"classes": ["a"]},
    "a class twice": GOOD | {"classes": ["a", "a"]},
    "not sorted": GOOD | {"classes": ["b", "a"]},
    "numbers for text": GOOD | {"classes": [1, 2]},
    "text for numbers": GOOD | {"kind": "number"},
    "numbers for truth": GOOD | {"kind": "boolean", "classes": [0, 1]},
    "too many": GOOD | {"kind": "number", "classes": list(range(1001))},
    "no scale": {"task": "regression", "name": "y", "mean": 0.0},
    "scale zero": {"task": "regression", "name": "y", "mean": 0.0, "scale": 0.0},
}


@pytest.mark.parametrize("case", BAD)
def test_plain_data_that_is_no_target(case):
    with pytest.raises(DataError, match="saved preparation"):
        target_from_config(BAD[case])
