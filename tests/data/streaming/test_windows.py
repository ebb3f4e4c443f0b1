"""windows: an order that follows from the seed, windows that take turns in memory, batches of one size."""

import numpy as np
import pytest

from glassnet.data.batches import epoch_order
from glassnet.data.streaming.windows import cut, filled, group_order


def pieces(*sizes):
    start = 0
    for size in sizes:
        yield [np.arange(start, start + size), np.arange(start, start + size)[:, None] * 2.0]
        start += size


@pytest.mark.parametrize("sizes", [(1,), (3, 4, 5), (12,), (1, 1, 1, 9), (5, 0, 5)])
@pytest.mark.parametrize("rows", [1, 4, 12, 20])
def test_windows_hold_every_row_once_in_order(sizes, rows):
    windows = [[array.copy() for array in window] for window in filled(pieces(*sizes), rows)]
    np.testing.assert_array_equal(np.concatenate([w[0] for w in windows]), np.arange(sum(sizes)))
    assert {len(w[0]) for w in windows[:-1]} <= {rows}
    assert all((w[1][:, 0] == 2 * w[0]).all() for w in windows)


def test_two_windows_take_turns_in_memory():
    kept = list(filled(pieces(*[3] * 6), 3))
    assert len({window[0].__array_interface__["data"][0] for window in kept}) == 2


@pytest.mark.parametrize("batch", [1, 2, 5, 7, 30])
@pytest.mark.parametrize("rows", [3, 10, 23])
def test_batches_have_one_size_and_each_row_once(batch, rows):
    batches = [b[0] for b in cut(filled(pieces(9, 9, 5), rows), batch, seed=1, epoch=2, shuffle=True)]
    assert [len(b) for b in batches] == [batch] * (23 // batch) + ([23 % batch] if 23 % batch else [])
    np.testing.assert_array_equal(np.sort(np.concatenate(batches)), np.arange(23))


def test_what_fits_in_one_window_has_the_order_of_an_array_in_memory():
    assert group_order([5, 5], buffer=10, seed=3, epoch=4, shuffle=True) == [0, 1]
    (batch,) = cut(filled(pieces(5, 5), 10), 10, seed=3, epoch=4, shuffle=True)
    np.testing.assert_array_equal(batch[0], epoch_order(10, 3, 4))


def test_the_order_follows_from_seed_and_epoch():
    def drawn(seed, epoch):
        order = group_order([4] * 8, buffer=8, seed=seed, epoch=epoch, shuffle=True)
        rows = list(cut(filled(pieces(*[4] * 8), 8), 4, seed, epoch, shuffle=True))
        return order, np.concatenate([r[0] for r in rows]).tolist()

    assert drawn(0, 1) == drawn(0, 1)
    assert len({str(drawn(seed, epoch)) for seed in (0, 1) for epoch in (0, 1)}) == 4
    assert sorted(drawn(0, 0)[0]) == list(range(8)) != drawn(0, 0)[0]
    assert group_order([4] * 8, 8, 0, 0, shuffle=False) == list(range(8))
