"""decoding: cells of every kind that holds numbers, and a word on those that do not, with row and column."""

import decimal

import numpy as np
import pyarrow as pa
import pytest

from glassnet.data.streaming.decoding import Cells
from glassnet.foundation.errors import DataError

FLAT = pa.array(np.arange(12, dtype="float32"))


def cells(values, first=0):
    return Cells(values, "age", "part.parquet", first)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1, 2, 3], pa.int8()), np.array([1, 2, 3], "int8")),
        (pa.array([1.5, 2.5]), np.array([1.5, 2.5], "float32")),
        (pa.array([1.5, 2.5], pa.float32()), np.array([1.5, 2.5], "float32")),
        (pa.array([True, False]), np.array([True, False])),
        (pa.array([decimal.Decimal("1.25")]), np.array([1.25], "float32")),
        (pa.array([7, 7, 8]).dictionary_encode(), np.array([7, 7, 8])),
        (pa.FixedSizeListArray.from_arrays(FLAT, 4), np.arange(12, dtype="float32").reshape(3, 4)),
        (pa.FixedSizeListArray.from_arrays(FLAT, 4)[1:], np.arange(4, 12, dtype="float32").reshape(2, 4)),
        (pa.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]])),
        (
            pa.array([[[1], [2]], [[3], [4]]], pa.large_list(pa.large_list(pa.int64()))),
            np.array([[[1], [2]], [[3], [4]]]),
        ),
        (pa.array([b"\x01\x02", b"\x03\xff"], pa.binary(2)), np.array([[1, 2], [3, 255]], "uint8")),
        (pa.array([b"\x01\x02", b"\x03\xff"], pa.binary(2))[1:], np.array([[3, 255]], "uint8")),
        (
            pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(12, dtype="float32").reshape(2, 3, 2)),
            np.arange(12, dtype="float32").reshape(2, 3, 2),
        ),
    ],
    ids=[
        "int8",
        "float64",
        "float32",
        "bool",
        "decimal",
        "dictionary",
        "fixed",
        "part_of_fixed",
        "list",
        "nested",
        "binary",
        "part_of_binary",
        "tensor",
    ],
)
def test_cells_become_numbers(values, expected):
    numbers = cells(values).numbers()
    assert numbers.dtype == expected.dtype
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (pa.array([1, None, 3]), "'age'. Received a missing cell in row 101 of part.parquet"),
        (pa.array([1.0, 2.0, np.nan]), "Received nan .* in row 102 of part.parquet"),
        (pa.array([1.0, 1e300]), "Received inf .* in row 101"),
        (pa.array([[1.0], None]), "a missing cell in row 101"),
        (pa.array([[1.0, 2.0], [3.0, None]]), "a list with a missing number in row 101"),
        (pa.FixedSizeListArray.from_arrays(pa.array([1.0, 2.0, np.inf, 1.0]), 2), "Received inf .* in row 101"),
        (pa.array([[1], [2, 3]]), "lists of one length .* 1 numbers in row 100 and 2 in row 101"),
        (pa.array(["a"]), "Received text. Leave it out by columns"),
        (pa.array([b"abc"]), "Write pictures as lists of one length"),
        (pa.array([0], pa.timestamp("s")), "Received cells of type timestamp"),
    ],
)
def test_what_is_no_number_is_named(values, words):
    with pytest.raises(DataError, match=words):
        cells(values, first=100).numbers()


def test_labels_become_their_places():
    values = pa.array(["b", "a", "b"])
    for given in (values, values.dictionary_encode()):
        np.testing.assert_array_equal(cells(given).numbers_of_labels(["a", "b"]), [1, 0, 1])
    with pytest.raises(DataError, match=r"among 'cat', 'dog' in column 'age'. Received 'dgo' in row 6 .* mean 'dog'"):
        cells(pa.array(["cat", "dgo"]), first=5).numbers_of_labels(["cat", "dog"])
    with pytest.raises(DataError, match="a missing cell in row 6"):
        cells(pa.array(["cat", None]), first=5).numbers_of_labels(["cat", "dog"])
