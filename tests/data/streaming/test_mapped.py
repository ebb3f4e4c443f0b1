"""mapped: arrays in files are read in stretches, checked where they are read, and never whole."""

import numpy as np
import pytest

from glassnet.data import ArrayBatches, is_mapped
from glassnet.data.streaming import mapped
from glassnet.foundation.errors import ConfigError, DataError

X = np.random.default_rng(0).normal(size=(300, 5))
Y = np.arange(300)


@pytest.fixture
def file(tmp_path):
    np.save(tmp_path / "x.npy", X)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def test_only_large_arrays_in_files_count_as_mapped(file, monkeypatch):
    assert not is_mapped(file)
    monkeypatch.setattr(mapped, "BUFFER_BYTES", 100)
    assert is_mapped(file) and is_mapped(None, file[5:]) and is_mapped({"a": np.asarray(file)}) and is_mapped([X, file])
    assert not is_mapped(X) and not is_mapped(file + 1) and not is_mapped(iter([file])) and not is_mapped(X.tolist())


@pytest.mark.parametrize("buffer", [None, 64])
def test_every_row_comes_once_and_keeps_its_target(file, monkeypatch, buffer):
    monkeypatch.setattr(mapped, "_GROUP_BYTES", 200)
    batches = ArrayBatches(file, Y, 16, shuffle_buffer=buffer, seed=2)
    x, y = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    np.testing.assert_array_equal(x, X.astype("float32")[y])
    np.testing.assert_array_equal(np.sort(y), Y)
    assert x.dtype == np.float32 and (y != Y).any() and len(batches) == 19


def test_some_rows_of_a_nest_in_order(file):
    rows = np.array([3, 4, 250, 299])
    weights = np.linspace(0, 1, 300)
    given = {"x": {"a": file, "b": Y}, "y": [Y, Y], "sample_weight": weights}
    ((x, y, w),) = ArrayBatches(**given, batch_size=9, rows=rows, shuffle=False)
    np.testing.assert_array_equal(x["a"], X[rows].astype("float32"))
    np.testing.assert_array_equal(y[1], rows)
    np.testing.assert_array_equal(w, weights[rows].astype("float32"))


@pytest.mark.parametrize("rows", [None, np.arange(1, 300, 2)])
def test_a_cell_that_is_no_number_is_named_by_its_row(tmp_path, rows):
    wrong = X.copy()
    wrong[251, 3] = np.nan
    np.save(tmp_path / "w.npy", wrong)
    batches = ArrayBatches(np.load(tmp_path / "w.npy", mmap_mode="r"), Y, rows=rows)
    with pytest.raises(DataError, match=r"NaN, a missing number, in x\[251, 3\] \(row 251, column 3\)"):
        list(batches)


def test_a_map_that_was_written_to_in_memory_keeps_what_was_written(tmp_path):
    np.save(tmp_path / "x.npy", X)
    private = np.load(tmp_path / "x.npy", mmap_mode="c")
    private[:] = 7.0
    for _ in range(2):
        assert all((x == 7).all() for x, _ in ArrayBatches(private, Y))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"y": Y[:9]}, DataError, "y has 9"),
        ({"batch_size": 0}, ConfigError, "ArrayBatches expected `batch_size`"),
        ({"shuffle_buffer": 0}, ConfigError, "`shuffle_buffer`"),
        ({"x": np.array(["a"] * 300)}, DataError, "strings where numbers belong"),
    ],
)
def test_arguments_that_cannot_work_are_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        ArrayBatches(**{"x": X, "y": Y, **arguments})


def test_other_arrays_have_another_identity():
    assert ArrayBatches(X, Y).identity() == ArrayBatches(X.copy(), Y).identity()
    assert ArrayBatches(X, Y).identity() != ArrayBatches(X + 1, Y).identity()
