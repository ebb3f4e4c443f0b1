"""parquet: rows in batches with the values and the order that arrays in memory have; classes, inputs and outputs by name."""

import threading

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from glassnet.data import ParquetBatches, epoch_order
from glassnet.foundation.errors import ConfigError, DataError

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(50, 3)).astype("float32"), RANDOM.integers(0, 3, 50)


@pytest.fixture
def file(tmp_path):
    columns = {"a": X[:, 0], "b": X[:, 1].astype("float64"), "c": X[:, 2], "y": Y}
    parquet.write_table(pa.table(columns), tmp_path / "rows.parquet", row_group_size=7)
    return tmp_path / "rows.parquet"


def joined(batches):
    return [np.concatenate(parts) for parts in zip(*batches, strict=True)]


def test_the_rows_come_as_they_lie(file):
    batches = ParquetBatches(file, target="y", batch_size=8, shuffle=False)
    assert (batches.n, len(batches), batches.labels) == (50, 7, None)
    x, y = joined(batches)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)
    assert x.dtype == np.float32 and y.dtype == np.int64


def test_one_buffer_shuffles_as_an_array_is_shuffled(file):
    batches = ParquetBatches(file, target="y", batch_size=8, seed=5)
    for epoch in (0, 3):
        x, y = joined(batches.epoch(epoch))
        order = epoch_order(50, 5, epoch)
        np.testing.assert_array_equal(x, X[order])
        np.testing.assert_array_equal(y, Y[order])
    whole = batches.whole()
    np.testing.assert_array_equal(whole[0], X)


def test_a_small_buffer_mixes_groups_and_rows(file):
    batches = ParquetBatches(file, target="y", batch_size=4, shuffle_buffer=14, seed=1)
    assert batches.whole() is None
    first, second = joined(batches)[0], joined(batches)[0]  # each pass is the next epoch
    for found in (first, second):
        np.testing.assert_array_equal(np.sort(found, axis=0), np.sort(X, axis=0))
    assert (first != second).any() and (first != X).any()
    np.testing.assert_array_equal(joined(batches.epoch(1))[0], second)
    np.testing.assert_array_equal(joined(batches.in_order())[0], X)
    other = ParquetBatches(file, target="y", batch_size=4, shuffle_buffer=14, seed=2)
    assert (joined(other.epoch(0))[0] != first).any()


def test_breaking_off_leaves_no_thread(file):
    for _ in ParquetBatches(file, target="y", batch_size=4, shuffle_buffer=14):
        break
    assert [t.name for t in threading.enumerate() if t.name.startswith("glassnet")] == []


def test_pictures_and_text_classes(tmp_path):
    pictures = np.arange(6 * 4, dtype="uint8").reshape(6, 4)
    animals = ["dog", "cat", "dog", "emu", "cat", "cat"]
    table = {"image": pa.FixedSizeListArray.from_arrays(pa.array(pictures.reshape(-1)), 4), "animal": animals}
    parquet.write_table(pa.table(table), tmp_path / "p.parquet")
    batches = ParquetBatches(tmp_path / "p.parquet", "animal", shape=(2, 2, 1), shuffle=False)
    x, y = next(iter(batches))
    assert x.dtype == np.uint8 and x.shape == (6, 2, 2, 1) and batches.labels == ["cat", "dog", "emu"]
    np.testing.assert_array_equal(y, [1, 0, 1, 2, 0, 0])
    assert batches.class_counts() == {0: 3, 1: 2, 2: 1}
    given = ParquetBatches(tmp_path / "p.parquet", "animal", labels=["emu", "dog", "cat"], shuffle=False)
    np.testing.assert_array_equal(next(iter(given))[1], [1, 2, 1, 0, 2, 2])
    with pytest.raises(DataError, match="Received 'emu' in row 3"):
        ParquetBatches(tmp_path / "p.parquet", "animal", labels=["dog", "cat"])
    with pytest.raises(ConfigError, match=r"`shape` to hold the 4 numbers of a row. Received \(3, 2\)"):
        ParquetBatches(tmp_path / "p.parquet", "animal", shape=(3, 2))


def test_inputs_outputs_and_weights_by_name(file):
    columns = {"left": "a", "right": ["b", "c"]}
    batches = ParquetBatches(file, {"out": "y", "two": ["a", "b"]}, columns, sample_weight="c", shuffle=False)
    with pytest.raises(ConfigError, match="one column of classes"):
        batches.class_counts()
    x, y, weight = next(iter(batches))
    assert x["left"].shape == (32, 1) and x["right"].shape == (32, 2) and y["two"].shape == (32, 2)
    np.testing.assert_array_equal(y["out"], Y[:32])
    np.testing.assert_array_equal(weight, X[:32, 2])
    assert isinstance(next(iter(ParquetBatches(file, columns=["a", "y"]))), np.ndarray)


def test_a_frame_with_an_index_and_mixed_numbers(tmp_path):
    frame = pd.DataFrame(
        {"i": [1, 2, 3], "f": [0.5, 1.5, 2.5], "b": [True, False, True], "y": [0, 1, 0]}, index=[5, 6, 7]
    )
    frame.to_parquet(tmp_path / "f.parquet")
    x, _ = next(iter(ParquetBatches(tmp_path / "f.parquet", "y", shuffle=False)))
    np.testing.assert_array_equal(x, frame[["i", "f", "b"]].to_numpy("float32"))
    assert x.dtype == np.float32


def test_missing_cells_are_named_with_row_and_column(tmp_path):
    table = pa.table({"age": [*range(20), None, *range(9)], "y": [0] * 30})
    parquet.write_table(table, tmp_path / "m.parquet", row_group_size=4)
    batches = ParquetBatches(tmp_path / "m.parquet", "y", batch_size=4, shuffle_buffer=8)
    with pytest.raises(DataError, match=r"column 'age'. Received a missing cell in row 20 of m.parquet"):
        list(batches)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            {"target": "yy"},
            DataError,
            "Expected a column 'yy' in rows.parquet. Received none of that name; did you mean 'y'?",
        ),
        ({"columns": ["a", "d"]}, DataError, "column 'd'"),
        (
            {"batch_size": 0},
            ConfigError,
            "ParquetBatches expected `batch_size` to be a whole number above 0. Received 0",
        ),
        ({"shuffle_buffer": -1}, ConfigError, "`shuffle_buffer` to be a whole number above 0. Received -1"),
        ({"seed": -1}, ConfigError, "`seed` to be a whole number from 0 on"),
        ({"columns": []}, ConfigError, "Expected `columns` as a column's name"),
        ({"target": 3}, ConfigError, "Expected `target` as a column's name"),
        ({"labels": ["a"], "target": ["y", "a"]}, DataError, "one target where classes are text"),
    ],
)
def test_arguments_that_cannot_work_are_refused(file, arguments, error, words):
    with pytest.raises(error) as caught:
        ParquetBatches(file, **{"target": "y", **arguments})
    assert words in str(caught.value)


def test_free_text_is_no_target(tmp_path):
    parquet.write_table(pa.table({"a": range(1100), "y": [str(i) for i in range(1100)]}), tmp_path / "t.parquet")
    with pytest.raises(DataError, match="at most 1000 classes in column 'y'"):
        ParquetBatches(tmp_path / "t.parquet", "y")


def test_other_files_have_another_identity(file, tmp_path):
    one, same = ParquetBatches(file, "y"), ParquetBatches(file, "y")
    assert one.identity() == same.identity()
    assert one.identity() != ParquetBatches(file, "y", ["a"]).identity()
    assert one.identity() != ParquetBatches(file, "y", batch_size=8).identity()
    parquet.write_table(pa.table({"a": [1.0], "b": [1.0], "c": [1.0], "y": [0]}), file)
    assert one.identity() != ParquetBatches(file, "y").identity()
