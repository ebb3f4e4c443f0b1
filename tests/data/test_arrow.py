"""Arrow arrays become columns: typed ones by their type, cells of text by what all of them are."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from glassnet.data.arrow import MISSING_MARKERS, column_from_arrow, column_from_cells
from glassnet.foundation.errors import DataError


def cells_of(column):
    return [None if gone else value for value, gone in zip(column.values.tolist(), column.missing, strict=True)]


TYPED = {
    "whole": (pa.array([1, None]), "number", [1.0, None]),
    "floats": (pa.array([0.5, float("nan")], pa.float32()), "number", [0.5, None]),
    "decimals": (pa.array([Decimal("1.25"), None]), "number", [1.25, None]),
    "truth": (pa.array([True, None, False]), "boolean", [True, None, False]),
    "text": (pa.array(["a", None, " ", "7"]), "text", ["a", None, None, "7"]),
    "large text": (pa.array(["a", None], pa.large_string()), "text", ["a", None]),
    "a dictionary": (pa.array(["b", None, "a"]).dictionary_encode(), "category", ["b", None, "a"]),
    "a dictionary of numbers": (pa.array([3, 4]).dictionary_encode(), "category", ["3", "4"]),
    "days": (pa.array([date(2020, 1, 2), None]), "text", ["2020-01-02", None]),
    "nulls": (pa.array([None, None]), "number", [None, None]),
    "pieces": (pa.chunked_array([["b"], [None, "a"]]), "text", ["b", None, "a"]),
}


@pytest.mark.parametrize("case", TYPED)
def test_typed_arrays(case):
    array, kind, expected = TYPED[case]
    column = column_from_arrow("x", array)
    assert (column.kind, cells_of(column)) == (kind, expected)


def test_cells_that_are_lists_are_refused():
    with pytest.raises(DataError, match="Received cells of type list"):
        column_from_arrow("x", pa.array([[1]]))


GUESSED = {
    "numbers": (["1", "+2.5", "-3e2", ".5", " 7 "], {}, "number", [1.0, 2.5, -300.0, 0.5, 7.0]),
    "zeros": (["0", "0.5", "-0.5"], {}, "number", [0.0, 0.5, -0.5]),
    "codes": (["01234", "99999"], {}, "text", ["01234", "99999"]),
    "truth": (["true", "False", "TRUE", ""], {}, "boolean", [True, False, True, None]),
    "words": (["yes", "no", "NA"], {}, "text", ["yes", "no", None]),
    "numbers and words": (["1", "x"], {}, "text", ["1", "x"]),
    "a dash": (["1", "-", "2"], {}, "number", [1.0, None, 2.0]),
    "plus and dash": (["+", "-", "+"], {}, "text", ["+", "-", "+"]),
    "plus, and a dash said to be missing": (["+", "-"], {"missing": ["-"]}, "text", ["+", None]),
    "other words for missing": (["1", "unknown"], {"missing": ["unknown"]}, "number", [1.0, None]),
    "kept as text": (["1.50", "NA", "true"], {"as_text": True}, "text", ["1.50", None, "true"]),
    "a comma in a comma file": (["1,5", "2,5"], {}, "text", ["1,5", "2,5"]),
    "a comma elsewhere": (["1,5", "2"], {"delimiter": ";"}, "number", [1.5, 2.0]),
    "nothing": (["", "NA"], {}, "number", [None, None]),
}


@pytest.mark.parametrize("case", GUESSED)
def test_cells_of_text(case):
    given, options, kind, expected = GUESSED[case]
    column = column_from_cells("x", pa.chunked_array([given[:1], given[1:]]), **options)
    assert (column.kind, cells_of(column)) == (kind, expected)


@pytest.mark.parametrize("marker", MISSING_MARKERS)
def test_each_marker_is_a_missing_cell(marker):
    assert cells_of(column_from_cells("x", pa.chunked_array([["5", marker]]))) == [5.0, None]


def test_equal_words_are_one_object():
    column = column_from_cells("x", pa.chunked_array([["word"] * 3, ["word"] * 2]))
    assert len({id(cell) for cell in column.values}) == 1
