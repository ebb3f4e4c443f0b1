"""The contract that every SVG keeps, whatever it is given: well formed, readable without sight, bounded, self-contained."""

import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet.plots import bars, confusion_matrix, curves, error_histogram, predicted_against_true, residuals

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "</text><script>alert('1')</script> & \"quotes\" \x00\x1b \ud800 <b>"
nan, inf = math.nan, math.inf
generator = np.random.default_rng(0)

CASES = {
    "curves": lambda: curves({"training": [3, 2, 1], "validation": [3, 2.5, 2.6]}, title="Loss", y_label="", mark=2),
    "curves, none": lambda: curves({}, title="Loss", y_label="loss"),
    "curves, empty": lambda: curves({"training": []}, title="Loss", y_label="loss", mark=1),
    "curves, one point": lambda: curves({"training": [0.5]}, title="Loss", y_label="loss", mark=1),
    "curves, flat zero": lambda: curves({"training": [0.0] * 9}, title="Loss", y_label="loss"),
    "curves, not finite": lambda: curves({"a": [1, nan, inf, 2, -inf], "val_a": [nan] * 5}, title="L", y_label="l"),
    "curves, extreme": lambda: curves({"a": [1e308, -1e308, 5e-324, 0]}, title="L", y_label="l"),
    "curves, tiny": lambda: curves({"a": [1e-300, 3e-300]}, title="L", y_label="l"),
    "curves, log": lambda: curves({"a": [1e-300, 0, -1, 1e300]}, title="L", y_label="l", log=True),
    "curves, log of nothing": lambda: curves({"a": [0, -1]}, title="L", y_label="l", log=True),
    "curves, long": lambda: curves({"a": generator.normal(size=200_000)}, title="L", y_label="l", mark=100_000),
    "curves, many": lambda: curves({f"{i} {'x' * 99}": [i, 1] for i in range(40)}, title="L", y_label="l"),
    "curves, nasty": lambda: curves(
        {NASTY: [1, 2]}, title=NASTY, y_label=NASTY, x_label=NASTY, mark=1, mark_label=NASTY
    ),
    "bars": lambda: bars(["a", "b"], [0.9, 0.6], [0.8, 0.5], [1.0, 0.7], title="Accuracy", note="higher", shares=True),
    "bars, none": lambda: bars([], [], [], []),
    "bars, not finite": lambda: bars(["a", "b", "c"], [nan, inf, None], [None] * 3, [nan, 1, 2]),
    "bars, extreme": lambda: bars(["a", "b"], [-1e308, 1e308], [-1e308, 0], [0, 1e308]),
    "bars, zero": lambda: bars(["a"], [0.0], [0.0], [0.0]),
    "bars, nasty": lambda: bars([NASTY], [1], [0], [2], title=NASTY, note=NASTY),
    "bars, many": lambda: bars(["x" * 99] * 999, [1.0] * 999, [0.5] * 999, [2.0] * 999),
    "confusion, none": lambda: confusion_matrix([], []),
    "confusion, one": lambda: confusion_matrix([[3]], ["only"]),
    "confusion, two": lambda: confusion_matrix([[70, 2], [1, 41]], ["benign", "malignant"]),
    "confusion, empty rows": lambda: confusion_matrix(np.zeros((3, 3)), [1, 2, 3]),
    "confusion, ten": lambda: confusion_matrix(generator.integers(0, 99, (10, 10)), range(10)),
    "confusion, twenty": lambda: confusion_matrix(generator.integers(0, 9, (20, 20)), ["x" * 60] * 20),
    "confusion, thousand": lambda: confusion_matrix(generator.integers(0, 9, (1000, 1000)), range(1000)),
    "confusion, huge counts": lambda: confusion_matrix([[1e307, nan], [-5, 1e5]], ["a", "b"]),
    "confusion, nasty": lambda: confusion_matrix([[1, 1], [0, 1]], [NASTY, NASTY], title=NASTY),
    "residuals": lambda: residuals([1, 2, 3, 4], [1.1, 2.5, 2.9, 4]),
    "residuals, none": lambda: residuals([], []),
    "residuals, all alike": lambda: residuals([5, 5], [5, 5]),
    "residuals, not finite": lambda: residuals([1, nan, inf], [1, 2, 3]),
    "residuals, extreme": lambda: residuals([1e308, -1e308], [-1e308, 1e308]),
    "residuals, many": lambda: residuals(generator.normal(size=100_000), generator.normal(size=100_000)),
    "against": lambda: predicted_against_true([1, 2, 3], [1, 2, 4]),
    "errors": lambda: error_histogram([1, 2, 3], [1, 2, 4]),
}


@pytest.mark.parametrize("name", CASES)
def test_every_drawing_is_sound(name):
    check(CASES[name]())


def check(svg):
    root = ET.fromstring(svg)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    assert len(svg) < 150_000
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text and described.text
    assert root.get("aria-labelledby").split() == [title.get("id"), described.get("id")]
    assert not root.findall(f".//{SVG}script") and not root.findall(f".//{SVG}b")
    assert "href" not in svg and "url(" not in svg and "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    inside(root)


def inside(root):
    """Nothing is drawn outside the paper, and every position is a number."""
    width, height = (float(root.get(side)) for side in ("width", "height"))
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}" and width <= 1200 and height <= 1400
    bounds = {"x": width, "x1": width, "x2": width, "cx": width, "y": height, "y1": height, "y2": height, "cy": height}
    for element in root.iter():
        for key, limit in bounds.items():
            if element.get(key) is not None:
                assert -0.01 <= float(element.get(key)) <= limit + 0.01, (element.tag, element.attrib)
        for found in re.findall(r"[^\sMLHVZ,]+", element.get("d", "") + " " + element.get("points", "")):
            assert -0.01 <= float(found) <= max(width, height) + 0.01


values = st.lists(st.one_of(st.floats(), st.integers(-(10**9), 10**9)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=8), values, max_size=4), st.integers(-1, 20), st.booleans())
def test_curves_take_any_series(series, mark, log):
    check(curves(series, title="any", y_label="any", mark=mark, log=log))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=9), st.floats(), st.floats(), st.floats()), max_size=5), st.booleans())
def test_bars_take_any_numbers(rows, shares):
    check(bars(*([row[i] for row in rows] for i in range(4)), title="any", shares=shares))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=12))
def test_residuals_take_any_numbers(pairs):
    check(residuals([pair[0] for pair in pairs], [pair[1] for pair in pairs]))
