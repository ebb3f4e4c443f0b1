"""Delimited text: what is understood, and exact complaints about lines that do not fit."""

import numpy as np
import pytest

from glassnet.data import delimited
from glassnet.data.delimited import find_delimiter, table_from_text
from glassnet.foundation.errors import DataError

DELIMITERS = {
    ",": "a,b\n1,2\n3,4\n",
    ";": "name;size\nA;1,5\nB;2,5\n",
    "\t": "a\tb\nx, y\t1\nz\t2\n",
    "|": "a|b\n1|2\n",
}


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_found(delimiter):
    assert find_delimiter(DELIMITERS[delimiter]) == delimiter


def test_of_two_that_fit_alike_the_comma_wins():
    assert find_delimiter("a,b;c\n1,2;3\n") == ","


def test_a_line_end_in_a_cell_may_fall_between_blocks(monkeypatch):
    monkeypatch.setattr(delimited, "_BLOCK", 1 << 10)
    rows = [f'{i},"first {i}\nsecond"' for i in range(500)]
    table = delimited.table_from_text("\n".join(["a,b", *rows]).encode(), "t.csv")
    assert table.column("b").values.tolist() == [f"first {i}\nsecond" for i in range(500)]


def test_one_column_needs_no_delimiter():
    assert find_delimiter("a\n1\n2\n") == ","
    table = table_from_text(b'a\n1\n""\n3\n', "t.csv")
    assert table.column("a").missing.tolist() == [False, True, False]


def test_a_delimiter_inside_quotes_does_not_count():
    assert find_delimiter('a;b\n"x,y,z";1\n"u,v,w";2\n') == ";"


READ = {
    "a byte-order mark": (b"\xef\xbb\xbfa,b\n1,2\n", {"a": [1.0], "b": [2.0]}),
    "UTF-16": ("a;b\n1,5;é\n".encode("utf-16"), {"a": [1.5], "b": ["é"]}),
    "line ends of Windows": (b"a,b\r\n1,2\r\n", {"a": [1.0], "b": [2.0]}),
    "line ends of old Macs": (b"a,b\r1,2\r", {"a": [1.0], "b": [2.0]}),
    "no last line end": (b"a,b\n1,2", {"a": [1.0], "b": [2.0]}),
    "blank lines": (b"\n\na,b\n\n1,2\n\n", {"a": [1.0], "b": [2.0]}),
    "spaces around cells": (b" a , b \n 1 , x \n", {"a": [1.0], "b": ["x"]}),
    "rows of empty cells": (b"a\tb\n\t\n\t\n", {"a": [None, None], "b": [None, None]}),
    "a line end in a cell": (b'a,b\n1,"x\ny"\n', {"a": [1.0], "b": ["x\ny"]}),
    "a line end in the header": (b'"a\nb",c\n1,2\n', {"a\nb": [1.0], "c": [2.0]}),
    "a quote in a cell": (b'a,b\n1,"x ""y"""\n2,5" pipe\n', {"a": [1.0, 2.0], "b": ['x "y"', '5" pipe']}),
    "a column without a name": (b",b\n1,2\n", {"column 1": [1.0], "b": [2.0]}),
    "thousands": (b'a,b\n"1,234",x\n"2,000.5",y\n', {"a": [1234.0, 2000.5], "b": ["x", "y"]}),
    "a decimal comma": (b"a;b\n1,5;-2\n-,5;3\n", {"a": [1.5, -0.5], "b": [-2.0, 3.0]}),
    "years as names": (b"land,2019,2020\nDE,1,2\n", {"land": ["DE"], "2019": [1.0], "2020": [2.0]}),
}


@pytest.mark.parametrize("case", READ)
def test_what_is_understood(case):
    data, expected = READ[case]
    table = table_from_text(data, "t.csv")
    cells = {name: np.where(column.missing, None, column.values).tolist() for name, column in table.columns.items()}
    assert cells == expected


REFUSED = {
    "nothing": (b"", "Received an empty file"),
    "blank lines": (b"\xef\xbb\xbf \n\n", "Received an empty file"),
    "a header alone": (b"a,b\n\n", "Received the header alone (2 columns: a, b)"),
    "a short line": (
        b"a,b,c\n1,2,3\n4,5\n",
        "Expected 3 cells in each line of t.csv, as in its header. Received 2 in line 3: '4,5'",
    ),
    "a long line": (b'a,b\n"x\ny",2\n4,5,6\n', "Received 3 in line 4: '4,5,6'. Put a cell"),
    "an open quote": (b'a,b\n1,2\n1,"x\n3,4\n', "Received one in line 3 that never is"),
    "an open quote that shifts cells": (b'a,b\n"x,2\n3,4\n5,6\n', "Received one in line 2 that never is"),
    "a name twice": (b"a,b,a\n1,2,3\n", "Received 'a' for columns 1 and 3"),
    "no header": (b"17.9,10.3,1\n1,2,3\n", "Received only numbers (17.9, 10.3, 1)"),
    "not UTF-8": (b"a,b\n\xe9,1\n", "Received the byte 0xE9 in line 2 of t.csv"),
    "a workbook": (b"PK\3\4\0\0", "Received an Excel workbook or a zip file"),
    "a packed file without zeros": (b"PK\3\4\xff\xff", "Received an Excel workbook or a zip file"),
    "Parquet": (b"PAR1abc", "Give it the ending .parquet"),
    "garbage": (bytes(range(256)), "Received bytes that are no text"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    data, words = REFUSED[case]
    with pytest.raises(DataError) as caught:
        table_from_text(data, "t.csv")
    assert words in str(caught.value)


def test_a_wrong_encoding_that_was_given():
    with pytest.raises(DataError, match=r"Expected text in ascii\. .* Pass the encoding it was saved in"):
        table_from_text(b"a,b\n\xe9,1\n", "t.csv", encoding="ascii")


def test_a_cell_longer_than_a_block_is_said_to_be_unreadable():
    data = b"a,b\n1," + b"x" * (1 << 25) + b"\n1,2\n"
    with pytest.raises(DataError, match=r"Expected rows of 2 cells in t\.csv\. Received lines that cannot be read"):
        table_from_text(data, "t.csv")
