import xml.etree.ElementTree as ET

import numpy as np
import pytest

from glassnet.foundation.errors import ShapeError
from glassnet.plots import error_histogram, predicted_against_true, residuals

SVG = "{http://www.w3.org/2000/svg}"


def dots(svg):
    return [(float(c.get("cx")), float(c.get("cy"))) for c in ET.fromstring(svg).iter(f"{SVG}circle")]


def described(svg):
    return ET.fromstring(svg).find(f"{SVG}desc").text


def test_right_predictions_lie_on_the_identity_line():
    svg = predicted_against_true([1.0, 2.0, 5.0], [1.0, 2.0, 5.0])
    (x, y) = np.array(dots(svg)).T
    line = [
        e for e in ET.fromstring(svg).findall(f"{SVG}line") if e.get("x1") != e.get("x2") and e.get("y1") != e.get("y2")
    ]
    (x1, y1), (x2, y2) = [(float(line[0].get(f"x{i}")), float(line[0].get(f"y{i}"))) for i in (1, 2)]
    assert np.allclose(y, y1 + (x - x1) * (y2 - y1) / (x2 - x1), atol=0.05)


def test_a_prediction_too_high_lies_above_the_line():
    (on, above) = dots(predicted_against_true([3.0, 3.0], [3.0, 4.0]))
    assert on[0] == above[0] and above[1] < on[1]


def test_the_histogram_counts_every_row():
    heights = columns(error_histogram([0, 0, 0, 0], [0.1, 0.1, 0.1, 1.9]))
    assert sorted(np.round(heights / min(heights))) == [1, 3]


def columns(svg):
    (path,) = [p for p in ET.fromstring(svg).findall(f"{SVG}path") if p.get("d").endswith("Z")]
    parts = [part.replace("V", " ").replace("H", " ").split() for part in path.get("d").strip("MZ").split("ZM")]
    return np.array([float(part[1]) - float(part[2]) for part in parts])


def test_the_description_has_mean_median_and_largest_error():
    assert described(residuals([0, 0, 0], [1, -1, 3])) == (
        "3 rows. The mean error is 1, half of the errors are within 1, the largest is 3."
    )


def test_pairs_that_are_not_finite_are_left_out_and_said():
    svg = residuals([1, np.nan, 3, 4], [1, 2, np.inf, 4])
    assert len(dots(svg)) == 2 and "2 rows are left out: not finite." in described(svg)


def test_many_rows_are_thinned_and_the_worst_stays():
    generator = np.random.default_rng(0)
    truth = generator.normal(size=5000)
    predicted = truth + generator.normal(0, 0.1, 5000)
    predicted[2345] = 9.0
    svg = predicted_against_true(truth, predicted)
    assert len(dots(svg)) <= 800 and "of 5,000 rows" in svg
    assert min(y for _, y in dots(svg)) < 100


def test_as_many_predictions_as_truths_are_needed():
    with pytest.raises(ShapeError, match="2 true values and 1 predictions"):
        residuals([1, 2], [1])
