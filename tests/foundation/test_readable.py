import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet.foundation.readable import log_ticks, nice_ticks, numbers, percent, short, tick_labels

finite = st.floats(-1e15, 1e15)


@given(st.floats(1e-300, 1e300), st.integers(1, 6))
def test_short_numbers_are_close_to_the_number(value, digits):
    assert float(short(value, digits).replace(",", "")) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))
    assert short(-value, digits) == "-" + short(value, digits)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (99.95, "100"),
        (1234567, "1.23e6"),
        (math.nan, "not known"),
        (-math.inf, "minus infinite"),
    ],
)
def test_short_numbers(value, words):
    assert short(value) == words


def test_only_an_exact_whole_is_a_hundred_percent():
    shares = [1, 0.99999, 0.974, 0.5, 0.00001, 0, None, math.nan]
    assert [percent(s) for s in shares] == [
        "100 %", "99.9 %", "97.4 %", "50.0 %", "under 0.1 %", "0 %", "not known", "not known",
    ]  # fmt: skip


@given(finite, finite, st.integers(1, 12))
def test_ticks_cover_the_range_evenly_at_round_numbers(low, high, count):
    low, high = min(low, high), max(low, high)
    ticks = nice_ticks(low, high, count)
    steps = np.diff(ticks)
    assert ticks[0] <= low + 1e-6 * steps[0] and ticks[-1] >= high - 1e-6 * steps[0] and steps[0] > 0
    assert 2 <= len(ticks) <= 2 * count + 3
    if steps[0] > 1e-9 * max(abs(low), abs(high)):
        assert np.allclose(steps, steps[0], rtol=1e-5)
        mantissa = steps[0] / 10 ** math.floor(math.log10(steps[0] * 1.0001))
        assert min(abs(mantissa - nice) for nice in (1, 2, 5, 10)) < 1e-4


@given(st.floats(1e-290, 1e290), st.floats(1, 1e9))
def test_log_ticks_cover_the_range(low, ratio):
    ticks = log_ticks(low, low * ratio)
    assert ticks[0] <= low * 1.0001 and ticks[-1] >= low * ratio * 0.9999
    assert 2 <= len(ticks) <= 8


def test_tick_labels_share_their_decimals():
    assert tick_labels([0.0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert tick_labels([0.0, 2e-7]) == ["0", "2e-7"]
    assert tick_labels([0, 5000, 10000]) == ["0", "5,000", "10,000"]


def test_numbers_take_anything_and_bound_it():
    given_ = [1, True, "2", "x", None, object(), 10**400, -1e308]
    assert str(numbers(given_).tolist()) == "[1.0, 1.0, 2.0, nan, nan, nan, nan, -1e+300]"
    assert numbers(np.ones((2, 2), np.float32)).shape == (4,)
    assert numbers(None).shape == (0,)


def test_numbers_do_not_change_what_they_were_given():
    original = np.array([1e308])
    numbers(original)
    assert original[0] == 1e308
