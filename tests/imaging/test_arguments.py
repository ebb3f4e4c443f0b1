"""Arguments of augmentation: what they are read as, and what is said when they cannot be."""

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.imaging.arguments import FILL_MODES, interval, number, one_of, pair, value_range_for


def test_an_interval_is_two_numbers_or_one_for_both_sides():
    assert interval("L", "f", 0.2, -1, 1) == (-0.2, 0.2)
    assert interval("L", "f", -0.2, -1, 1) == (-0.2, 0.2)
    assert interval("L", "f", 0.2, 0, 1) == (0, 0.2)
    assert interval("L", "f", [0.3, -0.1], -1, 1) == (-0.1, 0.3)
    assert interval("L", "f", np.float32(0.5), -1, 1) == (-0.5, 0.5)


@pytest.mark.parametrize("value", ["0.2", None, True, np.nan, np.inf, 1.5, -1.5, [0.1]])
def test_what_is_no_number_of_the_range_is_refused(value):
    with pytest.raises(ConfigError, match=r"Layer expected `factor` as a number from -1 to 1. Received"):
        number("Layer", "factor", value, -1, 1)


@pytest.mark.parametrize("value", [0.1, (0.1,), (0.1, 0.2, 0.3), "ab"])
def test_a_pair_is_two_numbers(value):
    with pytest.raises(ConfigError, match=r"expected `range` as two numbers. Received .* Pass \(0.1, 0.2\)"):
        pair("Layer", "range", value)


def test_the_advice_lies_in_the_range():
    with pytest.raises(ConfigError, match=r"from 1 up. Received 0. Pass 1, for example."):
        number("Layer", "size", 0, 1)
    with pytest.raises(ConfigError, match=r"as a number. Received 'x'. Pass 0.2, for example."):
        number("Layer", "size", "x")


def test_the_nearest_word_is_suggested():
    assert one_of("Layer", "fill_mode", "wrap", FILL_MODES) == "wrap"
    with pytest.raises(UnknownNameError, match=r"Received 'reflct'; did you mean 'reflect'?"):
        one_of("Layer", "fill_mode", "reflct", FILL_MODES)


def test_a_value_range_goes_up():
    assert value_range_for("Layer", [0, 1]) == (0, 1)
    for wrong in ((1, 0), (0, 0), "0-1", 255):
        with pytest.raises(ConfigError, match=r"value_range"):
            value_range_for("Layer", wrong)
