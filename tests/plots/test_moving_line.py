"""A boundary that moves: where the line is drawn, which side is shaded, and which of many lines are shown."""

import numpy as np
import pytest

from glassnet.foundation.errors import ShapeError
from glassnet.plots import moving_line
from glassnet.plots.marks import Area, Line, Points, Words

CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]
LABELS = [0, 0, 0, 1]


def marks(picture, kind, panel=-1):
    return [mark for mark in picture.panels[panel].marks if isinstance(mark, kind)]


@pytest.mark.parametrize("w0, w1, b", [(2, 1, -2), (-1, 1, 0.25), (1, 0, -1), (0, -1, 0.5), (1, -3, 0.7)])
def test_the_line_is_where_the_sum_is_0_and_the_side_where_it_is_above(w0, w1, b):
    picture = moving_line(CORNERS, LABELS, [[w0, w1, b]])
    (line,) = marks(picture, Line)
    np.testing.assert_allclose(w0 * line.x + w1 * line.y + b, 0, atol=1e-12)
    for x, y in zip(line.x, line.y, strict=True):  # from edge to edge
        assert min(abs(x + 0.3), abs(x - 1.3), abs(y + 0.3), abs(y - 1.3)) < 1e-9
    (side,) = marks(picture, Area)
    for x, low, high in zip(side.x, side.low, side.high, strict=True):
        y = np.linspace(-0.299, 1.299, 41)
        np.testing.assert_array_equal((y > low - 1e-9) & (y < high + 1e-9), w0 * x + w1 * y + b >= -1e-9)


def test_no_line_and_a_line_outside_are_said():
    for line, words, shaded in (
        ([0, 0, -1], "no line: all one side", 0),
        ([0, 0, 1], "no line: all one side", 1),
        ([1, 0, -9], "the line is outside", 0),
    ):
        picture = moving_line(CORNERS, LABELS, [line])
        assert not marks(picture, Line) and marks(picture, Words)[0].words == words
        assert np.isfinite(marks(picture, Area)[0].high).any() == shaded
    assert marks(moving_line(CORNERS, LABELS, []), Points)


def test_the_line_before_is_dashed_and_the_corrected_row_ringed():
    picture = moving_line(CORNERS, LABELS, [[1, 1, 0], [1, 1, -1]], corrected=[3, 0], titles=["one", "two"])
    before, now = marks(picture, Line)
    assert before.dash and not now.dash
    np.testing.assert_allclose(before.x + before.y, 0, atol=1e-12)
    ring = marks(picture, Points)[0]
    assert ring.shape == "ring" and (ring.x[0], ring.y[0]) == (0, 0)
    assert [panel.title for panel in picture.panels] == ["one", "two"]
    shapes = {mark.shape for mark in marks(picture, Points)[1:]}
    assert len(shapes) == 2  # classes are told apart without colour


def test_of_many_lines_some_are_drawn_and_the_last_among_them():
    lines = np.column_stack([np.ones((60, 2)), -np.linspace(0, 2, 60)])
    picture = moving_line(CORNERS, LABELS, lines)
    drawn = picture.numbers["drawn"]
    assert len(picture.panels) == len(drawn) == 12 and drawn[:6].tolist() == list(range(6)) and drawn[-1] == 59
    assert "48 of 60 lines not drawn" in picture.note
    np.testing.assert_array_equal(picture.numbers["lines"], lines)


def test_it_becomes_a_figure():
    assert len(moving_line(CORNERS, LABELS, [[1, 1, -1]]).figure().axes) == 1


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match="a label each"):
        moving_line(CORNERS, [0, 1], [[1, 1, 0]])
