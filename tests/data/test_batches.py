"""Each row once an epoch, in an order that depends on seed and epoch alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet.data import batched, epoch_order
from glassnet.foundation.errors import ConfigError


@given(st.integers(0, 200), st.integers(0, 99), st.integers(0, 99))
def test_an_epoch_holds_each_row_once(n, seed, epoch):
    order = epoch_order(n, seed, epoch)
    assert order.dtype == np.int32
    assert sorted(order.tolist()) == list(range(n))
    assert order.tolist() == epoch_order(n, seed, epoch).tolist()


def test_epochs_and_seeds_differ():
    orders = {tuple(epoch_order(20, seed, epoch)) for seed in range(5) for epoch in range(5)}
    assert len(orders) == 25


def test_without_shuffling_the_order_stays():
    assert epoch_order(4, 3, 2, shuffle=False).tolist() == [0, 1, 2, 3]


@given(st.integers(0, 200), st.integers(1, 50))
def test_batches_cover_the_rows_without_gap(n, size):
    bounds = batched(n, size)
    assert [row for start, stop in bounds for row in range(start, stop)] == list(range(n))
    assert all(stop - start == size for start, stop in bounds[:-1])


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ConfigError, match="seed=-1"):
        epoch_order(3, -1, 0)
    with pytest.raises(ConfigError, match="batch_size"):
        batched(3, 0)
