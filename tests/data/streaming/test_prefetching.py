"""prefetching: a thread that works ahead, hands over its errors, and is gone when nobody needs it any more."""

import threading
import time

import numpy as np
import pytest

from glassnet.data import prefetched
from glassnet.foundation.errors import ConfigError


def helpers():
    return [thread for thread in threading.enumerate() if thread.name == "glassnet-prefetch"]


def test_the_items_come_in_their_order_and_the_thread_goes():
    assert list(prefetched(range(200), ahead=3)) == list(range(200))
    assert list(prefetched([])) == [] and helpers() == []


def test_no_more_is_made_ahead_than_was_allowed():
    made = []

    def items():
        for number in range(10):
            made.append(number)
            yield number

    taken = prefetched(items(), ahead=2)
    assert made == []  # nothing runs before the first item is asked for
    for number in range(4):
        assert next(taken) == number
        deadline = time.monotonic() + 5
        while len(made) < number + 3 and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.01)
        assert len(made) == number + 3  # those taken, and two more
    taken.close()


def test_it_works_while_the_taker_does():
    def slow():
        for number in range(5):
            arrived.wait(5)
            yield number

    arrived = threading.Event()
    taken = prefetched(slow())
    arrived.set()
    assert next(taken) == 0
    assert len(helpers()) == 1
    taken.close()
    assert helpers() == []


def test_an_error_arrives_where_the_item_is_taken():
    def broken():
        yield 1
        raise OSError("the disk is gone")

    taken = prefetched(broken())
    assert next(taken) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(taken)
    assert helpers() == []


@pytest.mark.parametrize("end", [GeneratorExit, KeyboardInterrupt, ValueError])
def test_no_thread_is_left_behind_however_the_loop_ends(end):
    closed = []

    def items():
        try:
            yield from range(1000)
        finally:
            closed.append(True)

    taken = prefetched(prefetched(items(), ahead=1), ahead=2)
    try:
        for item in taken:
            if item == 3:
                raise end
    except end:
        taken.close()
    assert helpers() == [] and closed == [True]


def test_what_is_set_for_the_taker_is_set_for_the_thread():
    with np.errstate(over="raise"):
        assert next(prefetched(np.geterr()["over"] for _ in range(1))) == "raise"


@pytest.mark.parametrize("ahead", [0, -1, 1.5])
def test_a_size_that_is_none_is_refused(ahead):
    with pytest.raises(ConfigError, match="prefetched expected `ahead`"):
        prefetched([], ahead)
