"""contours: lines of equal height where they belong, and paths across them."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from glassnet.foundation.errors import ShapeError
from glassnet.plots.contours import contours, level_pieces

SVG = "{http://www.w3.org/2000/svg}"
AT = np.linspace(-2, 2, 41)
BOWL = AT[None, :] ** 2 + AT[:, None] ** 2


def test_a_line_of_equal_height_lies_at_that_height():
    pieces = np.array(level_pieces(AT, AT, BOWL - 1.5))
    assert len(pieces) > 40
    np.testing.assert_allclose(np.hypot(pieces[:, 0], pieces[:, 1]), np.sqrt(1.5), atol=0.01)
    lengths = np.hypot(pieces[:, 0] - pieces[:, 2], pieces[:, 1] - pieces[:, 3])
    np.testing.assert_allclose(lengths.sum(), 2 * np.pi * np.sqrt(1.5), rtol=0.01)
    assert level_pieces(AT, AT, BOWL + 1) == []


def test_a_path_goes_through_its_points_and_is_cut_at_the_edge():
    walked = {"sgd": [[1.0, 1.0], [0.0, 0.0], [5.0, 0.0]], "adam": [[1.0, -1.0]], "lost": [[9.0, 9.0], [0.0, 0.0]]}
    root = ET.fromstring(contours(AT, AT, BOWL, walked, title="Bowl", targets=[(0.0, 0.0)]))
    paths = [path for path in root.iter(f"{SVG}path") if "stroke-linejoin" in path.get("style")]
    assert len(paths) == 1
    (start, end), cross = (
        [tuple(map(float, pair.split())) for pair in re.findall(r"[ML]([\d.]+ [\d.]+)", paths[0].get("d"))],
        next(path for path in root.iter(f"{SVG}path") if "gn-orange" in path.get("style")),
    )
    assert start[0] > end[0] and start[1] < end[1]
    assert cross.get("d").startswith(f"M{end[0] - 5:g} {end[1] - 5:g}")
    assert len(list(root.iter(f"{SVG}circle"))) == 4
    assert {"sgd", "adam", "lost"} <= {element.text for element in root.iter(f"{SVG}text")}


def test_it_is_told_in_words():
    svg = contours(AT, AT, BOWL, {"sgd": [[1.0, 1.0], [0.5, 0.0]]}, title="Bowl")
    assert "sgd: from (1, 1) to (0.5, 0) in 1 steps." in svg
    assert "There are no paths." in contours(AT, AT, BOWL, {}, title="Bowl")


@pytest.mark.parametrize(
    ("heights", "paths", "words"),
    [(BOWL[:3], {}, "heights of shape"), (BOWL, {"sgd": [1.0, 2.0]}, "the path 'sgd'")],
    ids=["heights", "path"],
)
def test_what_does_not_fit_is_said(heights, paths, words):
    with pytest.raises(ShapeError, match=words):
        contours(AT, AT, heights, paths, title="Bowl")
