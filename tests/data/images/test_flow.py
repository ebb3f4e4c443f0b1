"""Batches of pictures: epochs, orders, subsets, and what follows from the seed."""

import numpy as np
import pytest

from glassnet.data.images import ImageBatches, ImageDataGenerator
from glassnet.foundation.errors import ConfigError

X = np.arange(7 * 2 * 3, dtype="uint8").reshape(7, 2, 3, 1)
Y, W = np.arange(7), np.linspace(0, 1, 7)
FLIPS = ImageDataGenerator(horizontal_flip=True, vertical_flip=True)


def rows(batches):
    return np.concatenate([y for _, y in batches])


def test_an_epoch_has_every_picture_once_with_its_target_and_weight():
    batches = ImageDataGenerator().flow(X, Y, batch_size=3, sample_weight=W, seed=1)
    assert (len(batches), batches.n, batches.batch_size) == (3, 7, 3)
    for _ in range(2):
        parts = list(batches)
        assert [len(x) for x, _, _ in parts] == [3, 3, 1]
        x, y, w = (np.concatenate(items) for items in zip(*parts, strict=True))
        assert sorted(y) == list(range(7)) and x.dtype == np.float32
        np.testing.assert_array_equal(x, X[y])
        np.testing.assert_array_equal(w, W[y])


def test_each_epoch_has_an_order_and_changes_of_its_own_that_follow_from_the_seed():
    batches, again = (FLIPS.flow(X, Y, batch_size=3, seed=5) for _ in range(2))
    epochs = [[(x.tobytes(), y.tobytes()) for x, y in batches] for _ in range(3)]
    assert epochs == [[(x.tobytes(), y.tobytes()) for x, y in again] for _ in range(3)]
    assert len({str(epoch) for epoch in epochs}) == 3
    assert [(x.tobytes(), y.tobytes()) for x, y in again.epoch(1)] == epochs[1]
    still = FLIPS.flow(X, Y, batch_size=3, shuffle=False, seed=5)
    assert rows(still).tolist() == rows(still).tolist() == list(range(7))
    assert len({np.concatenate([x for x, _ in still]).tobytes() for _ in range(3)}) == 3
    assert FLIPS.flow(X).seed != FLIPS.flow(X).seed


def test_batches_by_number_are_those_of_the_epoch_that_is_under_way():
    batches = FLIPS.flow(X, Y, batch_size=3, seed=5)
    np.testing.assert_array_equal(batches[1][0], batches[1][0])
    first = list(batches)
    for index, (x, y) in enumerate(first):
        np.testing.assert_array_equal(batches[index][0], x)
        np.testing.assert_array_equal(batches[index][1], y)
    np.testing.assert_array_equal(batches[-1][1], first[-1][1])
    batches.on_epoch_end()
    assert [batches[i][1].tolist() for i in range(3)] != [y.tolist() for _, y in first]
    with pytest.raises(IndexError, match=r"Expected a batch from 0 to 2. Received 3."):
        batches[3]


def test_next_goes_on_from_epoch_to_epoch():
    batches = FLIPS.flow(X, Y, batch_size=3, seed=5)
    taken = [batches.next()[1] for _ in range(6)]
    assert sorted(np.concatenate(taken[:3])) == sorted(np.concatenate(taken[3:])) == list(range(7))


def test_pictures_without_targets_are_batches_of_pictures():
    assert [x.shape for x in FLIPS.flow(X, batch_size=4)] == [(4, 2, 3, 1), (3, 2, 3, 1)]
    assert next(iter(FLIPS.flow(X, batch_size=100))).shape == (7, 2, 3, 1)


def test_the_split_gives_the_first_pictures_to_validation():
    generator = ImageDataGenerator(validation_split=0.3)
    sides = {
        side: generator.flow(X, Y, subset=side, shuffle=False, ignore_class_split=True)
        for side in ("training", "validation")
    }
    assert rows(sides["validation"]).tolist() == [0, 1] and rows(sides["training"]).tolist() == [2, 3, 4, 5, 6]


def test_every_batch_runs_one_program():
    calls = []
    batches = ImageBatches((X, Y), lambda x, generator: calls.append(x.shape) or x, 3, True, 0)
    assert [len(x) for x, _ in batches] == [3, 3, 1] and calls == [(3, 2, 3, 1)] * 3


def test_a_function_of_the_batch_may_follow():
    halved = FLIPS.flow(X, Y, batch_size=3, seed=5).map(lambda x, y: (x / 2, y)).map(lambda x, y: (x, y + 1))
    for (x, y), (x_plain, y_plain) in zip(halved, FLIPS.flow(X, Y, batch_size=3, seed=5), strict=True):
        np.testing.assert_array_equal(x, x_plain / 2)
        np.testing.assert_array_equal(y, y_plain + 1)
    alone = FLIPS.flow(X).map(lambda x: x - 1)
    assert alone[0].shape == X.shape
    with pytest.raises(ConfigError, match=r"map expected a function of a batch"):
        FLIPS.flow(X).map(3)
