"""The kind of a column is found from its cells, and missing cells are known as such."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from glassnet.data.columns import Column, column_of, text_of
from glassnet.foundation.errors import DataError

CASES = {
    "numbers": ([1, 2.5, None], "number", [1.0, 2.5, None]),
    "decimals": ([Decimal("1.5"), Decimal("NaN")], "number", [1.5, None]),
    "truth values": ([True, None, False], "boolean", [True, None, False]),
    "truth values among numbers": ([True, 2], "number", [1.0, 2.0]),
    "text": (["a", "", "  ", None, "b"], "text", ["a", None, None, None, "b"]),
    "text among numbers": ([1, "a", 2.0], "text", ["1", "a", "2"]),
    "dates": (np.array(["2020-01-02", "NaT"], dtype="M8[D]"), "text", ["2020-01-02", None]),
    "times": (np.array(["2020-01-02T03:04"], dtype="M8[m]"), "text", ["2020-01-02T03:04"]),
    "time stamps": ([pd.Timestamp("2020-01-02"), pd.NaT], "text", ["2020-01-02", None]),
    "bytes": (np.array([b"a", b"b"]), "text", ["a", "b"]),
    "pandas' missing cell": ([1, pd.NA], "number", [1.0, None]),
    "nothing but missing cells": ([None, None], "number", [None, None]),
    "no cells": ([], "number", []),
    "an array of truth values": (np.array([True, False]), "boolean", [True, False]),
    "an array of integers": (np.array([3, 4], dtype=np.uint8), "number", [3.0, 4.0]),
}


def cells(column: Column) -> list:
    return [None if gone else value for value, gone in zip(column.values.tolist(), column.missing, strict=True)]


@pytest.mark.parametrize("case", CASES)
def test_kind_and_cells(case):
    given, kind, expected = CASES[case]
    column = column_of("x", given)
    assert (column.kind, cells(column)) == (kind, expected)
    assert column.missing.dtype == bool


def test_declared_categories_stay_categories():
    assert cells(column_of("x", [1.0, 2.0, None], kind="category")) == ["1", "2", None]


@pytest.mark.parametrize("cell", [[1], (1,), {"a": 1}, np.ones(2), 1j])
def test_a_cell_with_several_values_is_refused(cell):
    with pytest.raises(DataError, match="'x' expected one number, text or truth value a cell"):
        column_of("x", [cell, 1])


def test_an_array_of_two_axes_is_refused():
    with pytest.raises(DataError, match=r"one value a row. Received an array of shape \(2, 2\)"):
        column_of("x", np.ones((2, 2)))


def test_rows_are_selected_with_their_missing_cells():
    column = column_of("x", [1, None, 3]).select([2, 1])
    assert cells(column) == [3.0, None]
    assert (len(column), column.present.tolist(), column.cell(0), column.cell(1)) == (2, [3.0], "3", "")


def test_cells_as_text():
    assert [text_of(value) for value in (3.0, -0.5, 1e20, True, "a")] == ["3", "-0.5", "1e+20", "True", "a"]
