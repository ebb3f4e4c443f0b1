"""streams: batches from generators, iterables, and objects with a length."""

import numpy as np
import pandas as pd
import pytest

from glassnet import data
from glassnet.foundation.errors import DataError
from glassnet.training.streams import Stream, at_hand, is_stream

X, Y = np.arange(14, dtype="float32").reshape(7, 2), np.arange(7)
BATCHES = [(X[:3], Y[:3]), (X[3:6], Y[3:6]), (X[6:], Y[6:])]


class Numbered:
    """Batches by number, as a data set of PyTorch or Keras's Sequence has them."""

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return BATCHES[index]


class Again:
    """Batches that can start again."""

    def __iter__(self):
        return iter(BATCHES)


@pytest.mark.parametrize(
    ("value", "streams"),
    [
        (iter(BATCHES), True),
        ((batch for batch in BATCHES), True),
        (Numbered(), True),
        (Again(), True),
        (X, False),
        (X.tolist(), False),
        ((X, X), False),
        ({"a": X}, False),
        (pd.DataFrame(X), False),
        ("text", False),
        (None, False),
        (3, False),
    ],
    ids=[
        "iterator",
        "generator",
        "numbered",
        "iterable",
        "array",
        "list",
        "tuple",
        "dict",
        "frame",
        "text",
        "none",
        "number",
    ],
)
def test_rows_themselves_are_no_stream(value, streams):
    assert is_stream(value) is streams


@pytest.mark.parametrize("source", [Numbered, Again, lambda: iter(BATCHES)], ids=["numbered", "iterable", "iterator"])
def test_the_batches_come_in_order_and_the_first_is_not_lost(source):
    stream = Stream(source())
    np.testing.assert_array_equal(stream.first.x, X[:3])
    batches = list(stream.batches(0))
    assert len(batches) == 3
    rows = [batch.x[batch.real == 1] for batch in batches]
    np.testing.assert_array_equal(np.concatenate(rows), X)


def test_a_smaller_batch_is_filled_up_by_rows_that_do_not_count():
    *_, last = Stream(Again()).batches(0)
    assert last.x.shape == (3, 2)
    np.testing.assert_array_equal(last.real, [1, 0, 0])
    stream = Stream(Again())
    stream.pad = False
    *_, last = stream.batches(0)
    assert last.x.shape == (1, 2) and last.real.tolist() == [1]


def test_steps_cut_an_epoch_and_a_generator_goes_on_where_it_was():
    counted = Stream(iter(BATCHES * 2), steps=2)
    seen = [[int(batch.y[0]) for batch in counted.batches(epoch)] for epoch in range(3)]
    assert seen == [[0, 3], [6, 0], [3, 6]]
    again = Stream(Again(), steps=2)
    assert [[int(batch.y[0]) for batch in again.batches(epoch)] for epoch in range(2)] == [[0, 3], [0, 3]]


def test_a_third_part_of_a_batch_weighs_its_rows():
    (batch,) = Stream(iter([(X, Y, np.arange(7))])).batches(0)
    np.testing.assert_array_equal(batch.weights, np.arange(7))


def test_a_generator_that_is_empty_or_has_run_out_says_so():
    with pytest.raises(DataError, match="batches from the generator `x`; received none"):
        Stream(iter(()))
    stream = Stream(iter(BATCHES))
    list(stream.batches(0))
    with pytest.raises(DataError, match=r"epoch 2 from `x`; the generator has run out.*steps_per_epoch"):
        list(stream.batches(1))


@pytest.mark.parametrize("item", [X, (X,), (X, Y, Y, Y), "batch"], ids=["array", "one", "four", "text"])
def test_a_batch_is_a_pair_or_a_triple(item):
    with pytest.raises(DataError, match=r"\(x, y\) or \(x, y, sample_weight\) from `validation_data`"):
        Stream(iter([item]), what="validation_data")


def test_cells_of_a_batch_are_checked_like_any_rows():
    with pytest.raises(DataError, match="row 1, column 0"):
        Stream(iter([(np.where(X == 2, np.nan, X), Y)]))


def test_how_many_steps_an_epoch_has_is_known_where_the_source_has_a_length():
    assert Stream(Numbered()).steps == 3 and Stream(Numbered(), 2).steps == 2 and Stream(Numbered(), 9).steps == 3
    assert Stream(Again()).steps == 0 and Stream(Again(), 2).steps == 2


def test_targets_are_checked_batch_by_batch():
    stream = Stream(Again())

    def check(y):
        if 4 in y:
            raise DataError("Expected no 4.")

    stream.check = check
    batches = stream.batches(7)
    next(batches)
    with pytest.raises(DataError, match=r"Expected no 4\. That is in batch 1 of epoch 7, both counted from 0\."):
        next(batches)


def test_fewer_batches_than_asked_for_are_said():
    said = []
    stream = Stream(Again(), 5)
    stream.say = said.append
    assert len(list(stream.batches(0))) == 3
    assert said == ["epoch 1 had 3 of the 5 steps asked for: there were no more batches"]


def test_class_weights_weigh_the_rows_of_each_batch():
    stream = Stream(Again(), class_weight={label: label + 1.0 for label in range(7)})
    weights = [batch.weights[batch.real == 1] for batch in stream.batches(0)]
    np.testing.assert_array_equal(np.concatenate(weights), np.arange(7) + 1)


def test_rows_are_at_hand_only_where_a_buffer_holds_them():
    for buffer, expected in ((7, True), (6, False)):
        batches = data.ArrayBatches(X, Y, 3, shuffle_buffer=buffer)
        assert (at_hand(batches) is not None) is expected
    assert at_hand(Again()) is None and at_hand(iter(BATCHES)) is None
    with pytest.raises(DataError, match="when they are made with a target"):
        at_hand(data.ArrayBatches(X))
