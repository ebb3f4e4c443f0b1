import xml.etree.ElementTree as ET

import pytest

from glassnet.foundation.errors import ShapeError
from glassnet.plots import bars

SVG = "{http://www.w3.org/2000/svg}"


def rectangles(svg):
    return ET.fromstring(svg).findall(f"{SVG}rect")[1:]


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_bars_are_as_long_as_their_values():
    network, baseline = rectangles(bars(["network", "baseline"], [0.9, 0.6], [None] * 2, [None] * 2))
    assert float(network.get("width")) / float(baseline.get("width")) == pytest.approx(1.5, abs=0.01)
    assert network.get("x") == baseline.get("x")


def test_negative_values_go_left_of_zero():
    up, down = rectangles(bars(["a", "b"], [1.0, -0.5], [None] * 2, [None] * 2))
    assert float(down.get("x")) + float(down.get("width")) == pytest.approx(float(up.get("x")), abs=0.02)


def test_values_and_intervals_are_spelled_out():
    assert "97.4 % (93.9 to 99.1)" in texts(bars(["a"], [0.974], [0.939], [0.991], shares=True))
    assert "4.3 (4.1 to 4.52)" in texts(bars(["a"], [4.3], [4.1], [4.52]))
    assert "4.3" in texts(bars(["a"], [4.3], [4.1], [4.52], spell=False))
    assert "4.3" in texts(bars(["a"], [4.3], [None], [4.52]))


def test_shares_stand_on_an_axis_to_a_hundred_percent():
    assert {"0 %", "50 %", "100 %"} <= set(texts(bars(["a"], [0.4], [0.3], [0.5], shares=True)))


def test_only_bars_with_both_ends_have_whiskers():
    root = ET.fromstring(bars(["a", "b"], [1.0, 2.0], [0.5, None], [1.5, 2.5]))
    assert len(root.findall(f"{SVG}path")) == 2  # one whisker and its halo


def test_the_emphasised_bar_alone_is_blue():
    looks = [
        "blue" in rect.get("style")
        for rect in rectangles(bars(["a", "b", "c"], [1, 2, 3], [None] * 3, [None] * 3, emphasis=1))
    ]
    assert looks == [False, True, False]
    assert all(
        "blue" in r.get("style") for r in rectangles(bars(["a", "b"], [1, 2], [None] * 2, [None] * 2, emphasis=None))
    )


def test_a_value_that_is_not_known_is_said():
    assert "not known" in texts(bars(["a", "b"], [1.0, None], [None] * 2, [None] * 2))


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ShapeError, match="Received 2, 1, 1 and 1"):
        bars(["a", "b"], [1.0], [1.0], [1.0])
