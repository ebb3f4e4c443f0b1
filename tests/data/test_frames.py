"""Data frames of other libraries, recognised by what they can do."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from glassnet.data import Table
from glassnet.data.frames import column_names_of
from glassnet.foundation.errors import DataError


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": [1.5, np.nan],
            "whole": pd.Series([1, None], dtype="Int64"),
            "flag": pd.Series([True, None], dtype="boolean"),
            "plain flag": [True, False],
            "text": ["a", None],
            "mixed": [1, "a"],
            "category": pd.Categorical([3, None]),
            "day": pd.to_datetime(["2020-01-02", None]),
            "zoned": pd.to_datetime(["2020-01-02", None], utc=True),
            7: [0, 1],
        }
    )


EXPECTED = {
    "number": ("number", [1.5, None]),
    "whole": ("number", [1.0, None]),
    "flag": ("boolean", [True, None]),
    "plain flag": ("boolean", [True, False]),
    "text": ("text", ["a", None]),
    "mixed": ("text", ["1", "a"]),
    "category": ("category", ["3", None]),
    "day": ("text", ["2020-01-02", None]),
    "zoned": ("text", ["2020-01-02 00:00:00+00:00", None]),
    "7": ("number", [0.0, 1.0]),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_pandas(name):
    column = Table.from_frame(frame()).column(name)
    cells = [None if gone else value for value, gone in zip(column.values.tolist(), column.missing, strict=True)]
    assert (column.kind, cells) == EXPECTED[name]


def test_arrow_and_dictionaries():
    columns = {"a": [1, None], "b": ["x", "y"]}
    for source in (pa.table(columns), columns, Table.from_columns(columns)):
        table = Table.from_frame(source)
        assert [column.kind for column in table.columns.values()] == ["number", "text"]
        assert table.column("a").missing.tolist() == [False, True]


def test_a_frame_that_gives_an_arrow_table():
    class Polar:
        def to_arrow(self):
            return pa.table({"a": [1]})

    assert Table.from_frame(Polar()).names == ["a"]


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(DataError, match="'a' 2 times"):
        Table.from_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]))


@pytest.mark.parametrize("value", [np.ones((2, 2)), [1, 2], "a.csv"])
def test_what_is_no_table(value):
    with pytest.raises(DataError, match="Expected a table"):
        Table.from_frame(value)


def test_the_names_of_columns_are_text_whatever_the_library():
    assert column_names_of(frame())[-2:] == ("zoned", "7")
    assert column_names_of(pa.table({"a": [1], "b": [2]})) == ("a", "b")
    assert column_names_of(np.zeros((2, 2))) is None
    assert column_names_of({"a": [1]}) is None
