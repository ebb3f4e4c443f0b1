"""Whatever may be passed as x or y becomes one array of numbers, or the first wrong cell is named."""

import jax.numpy as jnp
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from glassnet.data import arrays, as_array, check_finite, check_same_rows
from glassnet.foundation.errors import DataError

ACCEPTED = {
    "float64": (np.ones((2, 3)), "float32", (2, 3)),
    "integers": (np.array([1, 2], dtype=np.int16), "int16", (2,)),
    "truth values": ([True, False], "bool", (2,)),
    "bytes of a picture": (np.zeros((2, 4, 4, 1), np.uint8), "uint8", (2, 4, 4, 1)),
    "lists": ([[1.0, 2.0], [3.0, 4.0]], "float32", (2, 2)),
    "list of arrays": ([np.ones(2), np.zeros(2)], "float32", (2, 2)),
    "objects": (np.array([1, None, 2.5], dtype=object), "float32", (3,)),
    "whole objects": (np.array([1, 2], dtype=object), "int64", (2,)),
    "true objects": (np.array([True, False], dtype=object), "bool", (2,)),
    "whole numbers beyond 64 bits": (np.array([2**70, 1], dtype=object), "float32", (2,)),
    "JAX": (jnp.ones((3, 2)), "float32", (3, 2)),
    "bfloat16": (jnp.ones(3, jnp.bfloat16), "float32", (3,)),
    "data frame": (pd.DataFrame({"a": [1, 2], "b": [0.5, None]}), "float32", (2, 2)),
    "data frame of integers": (pd.DataFrame({"a": [1, 2], "b": [3, 4]}), "int64", (2, 2)),
    "data frame of booleans": (pd.DataFrame({"a": [True, False]}), "bool", (2, 1)),
    "data frame with NA": (pd.DataFrame({"a": pd.Series([1, None], dtype="Int64")}), "float32", (2, 1)),
    "data frame of numbers and booleans": (pd.DataFrame({"a": [1, 2], "b": [True, False]}), "float32", (2, 2)),
    "series": (pd.Series([1, 2, 3]), "int64", (3,)),
    "series with NA": (pd.Series([1, None], dtype="Int64"), "float32", (2,)),
    "Arrow table": (pa.table({"a": [1, 2], "b": [None, 2.5]}), "float32", (2, 2)),
    "Arrow column": (pa.chunked_array([[1, 2]]), "int64", (2,)),
    "other byte order": (np.ones(3, ">f4"), "float32", (3,)),
    "masked": (np.ma.masked_array([1.0, 2.0], [False, True]), "float32", (2,)),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_accepted(case):
    value, dtype, shape = ACCEPTED[case]
    array = as_array(value)
    assert (type(array), array.dtype.name, array.shape) == (np.ndarray, dtype, shape)
    assert array.dtype.isnative


def test_missing_cells_become_nan():
    assert np.isnan(as_array([None, 1.0])[0])
    assert np.isnan(as_array(np.ma.masked_array([1.0, 2.0], [False, True]))[1])
    assert np.isnan(as_array(pa.table({"a": [1, 2], "b": [None, 2.5]}))[0, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64, np.uint8, bool])
def test_what_is_fine_is_not_copied(dtype):
    array = np.ones((4, 2), dtype)
    assert as_array(array) is array


REFUSED = {
    "text in a list": ([[1, 2], [3, "a"]], "'a' of type str in row 1, column 1: strings where numbers belong"),
    "text in an array": (np.array(["u", "v"]), "'u' of type str in row 0"),
    "text in an object array": (np.array([[1, "x"]], dtype=object), "'x' of type str in row 0, column 1"),
    "text in a data frame": (pd.DataFrame({"a": [1, 2], "b": ["u", "v"]}), "'u' of type str in row 0, column 1 'b'"),
    "text in a series": (pd.Series(["a"]), "'a' of type str in row 0"),
    "text in Arrow": (pa.table({"a": ["x"]}), "'x' of type str in row 0, column 0 'a'"),
    "an object": (np.array([1, object()], dtype=object), "of type object in row 1"),
    "ragged lists": ([[1, 2], [3]], "2 values in row 0 and 1 values in row 1"),
    "ragged arrays": ([np.ones(2), np.ones(3)], "2 values in row 0 and 3 values in row 1"),
    "nothing": (None, "Received None"),
    "a number": (3.5, "'3.5' of type float"),
    "a generator": ((i for i in [1]), "of type generator"),
    "a sparse matrix": (csr_array(np.eye(2)), "Pass x.toarray()"),
    "complex numbers": (np.array([1j]), "complex numbers"),
    "dates": (np.array(["2020-01-01"], dtype="M8[D]"), "dates"),
    "records": (np.zeros(2, dtype=[("a", "f4")]), "records"),
    "a frame without columns": (pd.DataFrame(index=[0, 1]), "without columns"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case):
    value, words = REFUSED[case]
    with pytest.raises(DataError) as caught:
        as_array(value)
    assert words in str(caught.value)


def test_what_cannot_become_an_array_says_why():
    class Stubborn:
        def __array__(self, *_, **__):
            raise RuntimeError("call .detach() first")

    with pytest.raises(DataError, match=r"y as an array\. Received Stubborn.*call \.detach"):
        as_array(Stubborn(), "y")


def test_a_cell_that_is_not_finite_is_named_with_its_column():
    x = np.zeros((6, 3), np.float32)
    x[5, 2] = np.nan
    with pytest.raises(DataError, match=r"NaN, a missing number, in x\[5, 2\] \(row 5, column 2 'c'\)\. Fill"):
        check_finite(x, "x", ["a", "b", "c"])
    x[5, 1] = -np.inf
    with pytest.raises(DataError, match=r"-inf .* in x\[5, 1\].* and in 1 other cell"):
        check_finite(x)


def test_a_number_beyond_float32_is_named():
    with pytest.raises(DataError, match=r"inf \(infinity, or a number beyond 3\.4e38\) in y\[1\]"):
        check_finite(as_array([1.0, 1e300], "y"), "y")


def test_whole_numbers_are_finite():
    check_finite(np.array([1, 2]))
    check_finite(np.array([True]))


def test_rows_must_agree():
    assert check_same_rows({"x": np.ones((3, 2)), "y": np.ones(3), "sample_weight": None}) == 3
    with pytest.raises(DataError, match="x has 3, y has 2"):
        check_same_rows({"x": np.ones((3, 2)), "y": np.ones(2)})
    with pytest.raises(DataError, match="at least one row"):
        check_same_rows({"x": np.ones((0, 2))})


def test_rows_are_looked_at_in_blocks_and_counted_over_all(monkeypatch):
    monkeypatch.setattr(arrays, "_BLOCK_BYTES", 100)
    x = np.zeros((50, 4), "float32")
    check_finite(x)
    x[33, 2], x[49, 0] = np.inf, np.nan
    with pytest.raises(DataError, match=r"in x\[33, 2\] \(row 33, column 2\), and in 1 other cell"):
        check_finite(x)
    with pytest.raises(DataError, match=r"in x\[1033, 2\] \(row 1033, column 2\)"):
        check_finite(x, first=1000)
