"""Tables come out of files as they went in, and a file that cannot be read says where and what to do."""

import csv
import gzip
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from glassnet.data import read_table
from glassnet.foundation.errors import ConfigError, DataError

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53).map(float)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8).map(lambda middle: f"w{middle}w")
CELLS = {"number": NUMBERS, "text": WORDS, "boolean": st.booleans()}


@st.composite
def tables(draw):
    rows = draw(st.integers(1, 6))
    columns = {}
    for place in range(draw(st.integers(2, 4))):
        kind = draw(st.sampled_from(sorted(CELLS)))
        cells = draw(st.lists(CELLS[kind] | st.none(), min_size=rows, max_size=rows))
        columns[f"c{place}"] = (kind if any(cell is not None for cell in cells) else "number", cells)
    return columns


def cells_of(column):
    return [None if gone else value for value, gone in zip(column.values.tolist(), column.missing, strict=True)]


def written(columns, delimiter, marker):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(columns)
    rows = zip(*(cells for _, cells in columns.values()), strict=True)
    writer.writerows(
        [marker if cell is None else repr(cell) if not isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(), st.sampled_from(",;\t|"), st.sampled_from(["", "NA", "N/A", "NaN", "nan", "null", "None", "?", "-"]))
def test_a_table_survives_a_text_file(tmp_path, columns, delimiter, marker):
    file = tmp_path / "t.csv"
    file.write_bytes(written(columns, delimiter, marker))
    table = read_table(file, delimiter=delimiter)
    assert {name: (column.kind, cells_of(column)) for name, column in table.columns.items()} == columns


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables())
def test_a_table_survives_parquet(tmp_path, columns):
    types = {"number": pa.float64(), "text": pa.string(), "boolean": pa.bool_()}
    data = {name: pa.array(cells, types[kind]) for name, (kind, cells) in columns.items()}
    parquet.write_table(pa.table(data), tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert {name: (column.kind, cells_of(column)) for name, column in table.columns.items()} == columns


def test_pandas_reads_the_same(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"x": rng.normal(size=50), "n": rng.integers(0, 9, 50), "t": rng.choice(["a", "b,c", 'd"e'], 50)}
    )
    frame.loc[::7, "x"] = np.nan
    frame.to_csv(tmp_path / "t.csv.gz", index=False)
    table, expected = read_table(tmp_path / "t.csv.gz"), pd.read_csv(tmp_path / "t.csv.gz")
    np.testing.assert_array_equal(table.column("x").values, expected["x"])
    np.testing.assert_array_equal(table.column("n").values, expected["n"])
    assert table.column("t").values.tolist() == expected["t"].tolist()


def test_the_index_that_pandas_writes_to_parquet_is_no_column(tmp_path):
    pd.DataFrame({"a": [1.0, 2.0]}, index=[5, 3]).to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").names == ["a"]


def test_a_file_may_be_packed_whatever_its_name(tmp_path):
    for name in ("t.csv.gz", "t.csv", "t.TSV.GZ"):
        (tmp_path / name).write_bytes(gzip.compress(b"a\tb\n1\tx\n"))
        assert read_table(tmp_path / name, delimiter="\t").names == ["a", "b"]


def test_a_tab_separated_file_may_hold_commas(tmp_path):
    (tmp_path / "t.tsv").write_bytes(b"a,b,c\td\n1,2,3\tx\n")
    assert read_table(tmp_path / "t.tsv").names == ["a,b,c", "d"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "patients.csv").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n" * 50)[:-9])
    (tmp_path / "no.csv.gz").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "sheet.xlsx").write_bytes(b"PK\3\4")
    (tmp_path / "no.parquet").write_bytes(b"PAR1 but no more")
    (tmp_path / "noending").write_bytes(b"a,b\n1,2\n")
    parquet.write_table(pa.table({"a": pa.array([], pa.float64())}), tmp_path / "empty.parquet")
    parquet.write_table(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "twice.parquet")
    parquet.write_table(pa.table({"a": [[1, 2]]}), tmp_path / "lists.parquet")
    return tmp_path


UNREADABLE = {
    "patient.csv": "which does not exist; did you mean 'patients.csv'?",
    "other/patients.csv": "there is no folder",
    "": "Received the folder",
    "sheet.xlsx": "Received 'sheet.xlsx'. Save the table in one of these formats. In Excel: File",
    "noending": "Expected a file ending in .csv",
    "cut.csv.gz": "It cannot be unpacked",
    "no.csv.gz": "Expected no.csv.gz to be packed with gzip",
    "no.parquet": "Expected no.parquet to be a Parquet file",
    "empty.parquet": "Received 0 rows and 1 columns",
    "twice.parquet": "Received 'a' more than once",
    "lists.parquet": "Column 'a' expected numbers, truth values, text or dates",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_files_that_cannot_be_read(folder, name):
    with pytest.raises(DataError) as caught:
        read_table(folder / name)
    assert UNREADABLE[name] in str(caught.value)


def test_an_address_is_no_file():
    with pytest.raises(DataError, match="Download it"):
        read_table("https://example.org/t.csv")


def test_the_system_refuses(folder, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(DataError, match=r"The system says: Permission denied\. Check its permissions"):
        read_table(folder / "patients.csv")


def test_another_encoding_must_be_said(tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes("name,n\nAnna,1\nJosé,2\n".encode("cp1252"))
    with pytest.raises(
        DataError, match=r"0xE9 in line 3 of t\.csv \(in Windows-1252 it would be 'é'\)\. .* encoding='cp1252'"
    ):
        read_table(file)
    assert read_table(file, encoding="cp1252").column("name").values[1] == "José"
    with pytest.raises(ConfigError, match="Received 'cp9999'"):
        read_table(file, encoding="cp9999")
