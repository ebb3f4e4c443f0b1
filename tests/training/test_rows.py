"""rows: what a user gave, checked once, as arrays of one length; cut into batches of one size."""

import jax
import numpy as np
import pandas as pd
import pytest

from glassnet.foundation.errors import ConfigError, DataError
from glassnet.training.rows import Rows, arrays, class_counts, collect, named_leaves, weighted

X = np.arange(10, dtype="float32").reshape(5, 2)
Y = np.array([0, 1, 1, 0, 2])


def test_rows_without_weights_weigh_one_each():
    rows = collect(X, Y)
    assert rows.count == 5 and rows.weights.dtype == np.float32
    np.testing.assert_array_equal(rows.weights, np.ones(5))
    assert rows.bytes == X.nbytes + Y.nbytes + 20
    assert collect(X, None).y is None


def test_what_is_given_becomes_float32_or_whole_numbers():
    rows = collect(X.astype("float64").tolist(), pd.Series([0.5] * 5), sample_weight=np.arange(5))
    assert rows.x.dtype == rows.y.dtype == rows.weights.dtype == np.float32
    assert collect(X, Y).y.dtype.kind == "i"
    assert collect(X, Y > 0).y.dtype == bool


def test_several_inputs_keep_their_nest():
    rows = collect({"a": X, "b": X[:, :1]}, [Y, Y], sample_weight=np.arange(5))
    assert set(rows.x) == {"a", "b"} and len(rows.y) == 2 and rows.count == 5
    part = rows.take(np.array([4, 0]))
    np.testing.assert_array_equal(part.x["b"], X[[4, 0], :1])
    np.testing.assert_array_equal(part.y[1], Y[[4, 0]])
    np.testing.assert_array_equal(part.weights, [4, 0])
    assert [where for where, _ in named_leaves(rows.x)] == ["['a']", "['b']"]
    assert isinstance(arrays((X, X), "x"), list) and arrays([[1, 2], [3, 4]], "x").shape == (2, 2)


def test_a_batch_is_filled_up_by_rows_that_do_not_count():
    rows = collect(X, Y, sample_weight=[1, 2, 3, 4, 5])
    batch = rows.batch(np.array([3, 1, -1]))
    np.testing.assert_array_equal(batch.x[:2], X[[3, 1]])
    np.testing.assert_array_equal(batch.weights[:2], [4, 2])
    np.testing.assert_array_equal(batch.real, [1, 1, 0])
    assert np.isfinite(batch.x).all()
    np.testing.assert_array_equal(rows.as_batch().real, np.ones(5))


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_folded_rows_keep_their_order_and_each_counts_once(size):
    folded = collect(X, Y).folded(size)
    batches = -(-5 // size)
    assert folded.x.shape == (batches, size, 2) and folded.real.shape == (batches, size)
    real = folded.real.ravel() == 1
    assert real.sum() == 5 and not real[5:].any()
    flat = jax.tree.map(lambda a: a.reshape(batches * size, *a.shape[2:])[real], folded)
    np.testing.assert_array_equal(flat.x, X)
    np.testing.assert_array_equal(flat.y, Y)


@pytest.mark.parametrize("y", [Y, Y[:, None], np.eye(3)[Y], Y.astype("float32")], ids=["1d", "column", "hot", "float"])
def test_class_weights_are_looked_up_by_label(y):
    rows = collect(X, y, class_weight={0: 1.0, 1: 2.0, 2: 5.0})
    np.testing.assert_array_equal(rows.weights, [1, 2, 2, 1, 5])
    both = collect(X, y, sample_weight=[1, 0, 3, 2, 1], class_weight={0: 1, 1: 2, 2: 5})
    np.testing.assert_array_equal(both.weights, [1, 0, 6, 2, 5])


def test_class_weights_need_every_class_and_one_array_of_targets():
    with pytest.raises(DataError, match=r"received none for class 2. Add {2: 1.0}"):
        collect(X, Y, class_weight={0: 1.0, 1: 1.0})
    with pytest.raises(ConfigError, match="one array of targets and received several"):
        collect(X, [Y, Y], class_weight={0: 1.0})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((np.where(X == 5, np.nan, X), Y), r"x\[2, 1\] \(row 2, column 1\)"),
        ((X, np.array([0, 1, np.inf, 0, 1])), r"y\[2\]"),
        (({"a": X, "b": X * np.nan}, Y), r"x\['b'\]"),
        ((X, Y, [1, 1, np.nan, 1, 1]), "sample_weight"),
        ((X, Y[:4]), "x has 5, y has 4"),
        ((X, Y, [1, 1]), "sample_weight has 2"),
        (({"a": X, "b": X[:3]}, Y), r"x\['b'\] has 3"),
        ((X[:0], Y[:0]), "at least one row"),
        ((X.astype(str), Y), "Expected numbers in x"),
    ],
    ids=["nan", "infinity", "nested", "weight", "lengths", "weights", "nested lengths", "none", "text"],
)
def test_what_is_wrong_is_named_by_array_row_and_column(given, words):
    with pytest.raises(DataError, match=words):
        collect(*given)


def test_rows_are_taken_by_number():
    rows = Rows(X, Y, np.ones(5, np.float32)).take(np.array([1, 1]))
    np.testing.assert_array_equal(rows.x, X[[1, 1]])
    assert rows.count == 2


def test_balanced_class_weights_even_out_the_classes():
    rows = collect(X, Y, sample_weight=[1, 1, 1, 1, 2], class_weight="balanced")
    np.testing.assert_allclose(rows.weights, [5 / 6, 5 / 6, 5 / 6, 5 / 6, 2 * 5 / 3], rtol=1e-6)
    assert class_counts(rows) == {0: 2, 1: 2, 2: 1}
    one_hot = weighted(collect(X, np.eye(3)[Y]), {0: 1.0, 1: 2.0, 2: 3.0})
    np.testing.assert_array_equal(one_hot.weights, [1, 2, 2, 1, 3])
    with pytest.raises(ConfigError, match=r"or 'balanced'\. Received 'auto'"):
        collect(X, Y, class_weight="auto")
