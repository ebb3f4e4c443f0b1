"""Columns read as another kind: the right cells convert, the first wrong one is named."""

import numpy as np
import pytest

from glassnet.data.columns import column_of
from glassnet.data.converting import as_booleans, as_numbers, as_texts, finite_numbers, parse_number, standardized
from glassnet.foundation.errors import DataError


def where(row):
    return f"row {row}"


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), (" -2.5 ", -2.5), ("+.5", 0.5), ("1e3", 1000.0), ("7.", 7.0), ("inf", np.inf), ("-Infinity", -np.inf)],
)
def test_numbers_in_digits(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "a", "1_000", "0x10", "1 2", "nan", "1,5", "١", "e5", "."])
def test_what_is_no_number(text):
    assert parse_number(text) is None


def test_text_and_truth_values_as_numbers():
    assert as_numbers(column_of("x", ["1", "2.5", "1e2"]), where).tolist() == [1.0, 2.5, 100.0]
    np.testing.assert_array_equal(as_numbers(column_of("x", [True, None]), where), [1.0, np.nan])
    with pytest.raises(DataError, match=r"'age' expected numbers. Received the text 'old' in row 1"):
        as_numbers(column_of("age", ["1", "old", "older"]), where)


def test_infinity_is_named_with_the_others_counted():
    with pytest.raises(DataError, match="Received -inf in row 1, and 1 more like it"):
        finite_numbers(column_of("x", [1.0, -np.inf, np.inf]), where)


@pytest.mark.parametrize("cells", [[True, False], [1, 0], ["true", "FALSE"], [1.0, 0.0]])
def test_truth_values_by_other_names(cells):
    assert as_booleans(column_of("x", cells), where).tolist() == [True, False]


def test_what_is_no_truth_value_is_named():
    with pytest.raises(DataError, match=r"'x' expected true or false. Received '2' in row 1"):
        as_booleans(column_of("x", [1, 2]), where)


def test_numbers_as_text():
    assert as_texts(column_of("x", [1, 2.5, None])).tolist() == ["1", "2.5", None]
    assert as_texts(column_of("x", [True])).tolist() == ["True"]


def test_a_number_beyond_float32_is_named():
    column = column_of("x", [1.0, 1e300])
    with pytest.raises(DataError, match=r"around 1, as in training\. Received 1e\+300 in row 1"):
        standardized(column, column.values, 1.0, 2.0, where)
