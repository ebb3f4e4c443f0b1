"""Named columns of one length."""

import numpy as np
import pytest

from glassnet.data import Table
from glassnet.foundation.errors import DataError


def make() -> Table:
    return Table.from_columns(
        {"age": [31, None, 27], "smoker": ["yes", "no", "no"], "ill": [True, False, True]}, "p.csv"
    )


def test_names_rows_and_kinds():
    table = make()
    assert (table.rows, len(table), table.names) == (3, 3, ["age", "smoker", "ill"])
    assert [column.kind for column in table.columns.values()] == ["number", "text", "boolean"]
    assert repr(table) == "<Table 'p.csv': 3 rows, 3 columns>"


@pytest.mark.parametrize("rows", [[2, 0], np.array([True, False, True]), slice(0, 3, 2)])
def test_selected_rows_keep_their_numbers(rows):
    table = make().select(rows)
    expected = [3, 1] if isinstance(rows, list) else [1, 3]
    assert table.row_numbers.tolist() == expected
    assert table.where(0) == f"data row {expected[0]} of p.csv"
    assert table.select([1]).where(0) == f"data row {expected[1]} of p.csv"


def test_dropped_columns():
    assert make().drop("age").names == ["smoker", "ill"]
    assert make().drop(["age", "ill"]).names == ["smoker"]
    assert make().names == ["age", "smoker", "ill"]


def test_a_wrong_name_gets_the_nearest():
    with pytest.raises(DataError, match=r"'smoke', which it does not have; did you mean 'smoker'\? Its columns: age,"):
        make().column("smoke")
    with pytest.raises(DataError, match="did you mean 'age'"):
        make().drop(["agee"])


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(DataError, match="Received 'a' 2, 'b' 1 cells"):
        Table.from_columns({"a": [1, 2], "b": [1]})


def test_a_table_without_columns_or_rows():
    assert Table.from_columns({}).rows == 0
    assert Table.from_columns({"a": []}).rows == 0


def test_columns_may_be_columns_of_another_table():
    table = Table.from_columns({"years": make().column("age")})
    assert table.column("years").name == "years"
