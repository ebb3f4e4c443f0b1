import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet.plots import sparkline, text_curves


def test_a_sparkline_rises_and_falls_with_its_values():
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([7, 0, 7]) == "█▁█"
    assert sparkline([5, 5, 5]) == "▄▄▄"


def test_a_sparkline_says_what_is_not_finite():
    assert sparkline([1, math.nan, 2]) == "▁x█"
    assert sparkline([math.inf]) == "x"
    assert sparkline([]) == ""


def test_a_long_sparkline_is_averaged_to_its_width():
    assert sparkline(range(800), width=8) == "▁▂▃▄▅▆▇█"
    assert len(sparkline(np.ones(10), width=40)) == 10


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.text(max_size=40), st.lists(st.floats(), max_size=30), max_size=8),
    st.integers(0, 90),
    st.integers(0, 20),
)
def test_a_text_chart_stays_within_its_width_and_height(series, width, height):
    chart = text_curves(series, width, height)
    lines = chart.splitlines()
    assert len(lines) <= max(height, 4) + 2 + 6
    assert all(len(line) <= max(width, 40) for line in lines[: max(height, 4) + 2])


def test_ascii_only_means_ascii_only():
    series = {"lös": [1, 2, math.nan], "val_lös": [3, 1, 2]}
    assert text_curves(series, ascii_only=True).isascii() and sparkline([1, 2, 3], ascii_only=True).isascii()


def test_a_text_chart_draws_high_values_high_and_tells_series_apart():
    rows = text_curves({"loss": [2, 1], "val_loss": [2, 2]}, width=30, height=5).splitlines()
    assert rows[0].startswith("   2 │○") and rows[0].endswith("○")
    assert rows[4].startswith("   1 │") and rows[4].endswith("●")
    assert rows[-1] == "● loss 1   ○ val_loss 2"


@pytest.mark.parametrize("series", [{}, {"loss": []}, {"loss": [math.nan]}])
def test_nothing_to_draw_is_said(series):
    assert text_curves(series) == "no finite values to draw"


def test_the_bottom_line_may_say_something_else_than_epochs():
    lines = text_curves({"loss": [3, 2, 1]}, width=40, height=4, ends=("1e-6", "10")).splitlines()
    assert lines[5].split() == ["1e-6", "10"] and len(lines[5]) == len(lines[4])


def test_marks_stand_under_their_epochs():
    *_, wall, floor, _, _ = text_curves(
        {"loss": [4, 3, 2, 1]}, 24, 4, ascii_only=True, marks=[(4, "1"), (9, "2")]
    ).splitlines()
    assert floor.endswith("-1") and "2" not in floor and floor.index("1") == wall.index("*")
