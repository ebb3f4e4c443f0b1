"""Plain data from a file is checked before anything uses it."""

import pytest

from glassnet.data import checking
from glassnet.foundation.errors import DataError

BAD = {
    "text": (checking.text, [1, None, "x" * 100_001]),
    "number": (checking.number, [True, "1", None, float("nan"), float("inf"), 10**400]),
    "positive": (checking.positive, [0, -1.0, float("inf")]),
    "count": (checking.count, [-1, 1.0, True, 2**63]),
    "truth": (checking.truth, [0, 1, "true", None]),
    "items": (checking.items(2), ["ab", {1: 2}, [1, 2, 3]]),
    "texts": (checking.texts, [["a", "a"], [1], "ab", ["a"] * 10_001]),
    "one_of": (checking.one_of("a", "b"), ["c", None, ["a"]]),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_belong_is_refused(name):
    check, values = BAD[name]
    for value in values:
        with pytest.raises(DataError, match="Expected the field in the saved preparation to be"):
            check("the field", value)


def test_what_belongs_comes_back():
    assert checking.text("", "a") == "a"
    assert checking.number("", 3) == 3.0
    assert checking.positive("", 0.5) == 0.5
    assert checking.count("", 0) == 0
    assert checking.truth("", False) is False
    assert checking.items(2)("", (1, 2)) == [1, 2]
    assert checking.texts("", ["b", "a"]) == ("b", "a")
    assert checking.one_of("a")("", "a") == "a"


def test_fields_are_these_and_no_others():
    checks = {"a": checking.count}
    assert checking.fields("x", {"a": 1}, checks) == {"a": 1}
    for bad in ({}, {"a": 1, "b": 2}, [("a", 1)], None, {"a": "1"}):
        with pytest.raises(DataError):
            checking.fields("x", bad, checks)
