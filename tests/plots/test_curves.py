import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from glassnet.plots import curves
from glassnet.plots.curves import is_validation

SVG = "{http://www.w3.org/2000/svg}"


def drawn(series, **options):
    return ET.fromstring(curves(series, title="Loss", y_label="loss", **options))


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def points(path):
    return [tuple(map(float, pair.split())) for pair in re.findall(r"[ML]([\d.]+ [\d.]+)", path.get("d"))]


def test_each_line_is_named_with_its_last_value():
    assert {"training 0.2", "validation 0.35"} <= set(texts(drawn({"training": [0.9, 0.2], "validation": [0.9, 0.35]})))


def test_validation_is_dashed_with_diamonds_and_training_is_not():
    root = drawn({"training": [3, 2, 1], "val_loss": [3, 2.5, 2]})
    training, validation = root.findall(f"{SVG}path")
    assert training.get("stroke-dasharray") is None and validation.get("stroke-dasharray")
    assert len(root.findall(f"{SVG}polygon")) == 3 and len(root.findall(f"{SVG}circle")) == 1


@pytest.mark.parametrize(
    ("name", "expected"), [("val_loss", True), ("validation", True), ("loss", False), ("value", False)]
)
def test_what_counts_as_validation(name, expected):
    assert is_validation(name) is expected


def test_equal_steps_are_equally_far_apart_and_larger_is_higher():
    (path,) = drawn({"loss": [4.0, 3.0, 2.0, 1.0]}).findall(f"{SVG}path")
    x, y = np.array(points(path)).T
    assert np.ptp(np.diff(x)) < 0.02 and np.ptp(np.diff(y)) < 0.02
    assert np.all(np.diff(x) > 0) and np.all(np.diff(y) > 0)


def test_a_logarithm_makes_equal_ratios_equal_steps():
    (path,) = drawn({"loss": [1.0, 0.1, 0.01, 0.001]}, log=True).findall(f"{SVG}path")
    assert np.ptp(np.diff(np.array(points(path))[:, 1])) < 0.02


def test_the_marked_epoch_has_a_line_a_name_and_a_ring():
    root = drawn({"training": [4, 3, 2, 1], "validation": [4, 3, 3.5, 3.6]}, mark=2)
    assert "best: epoch 2" in texts(root)
    (ring,) = [circle for circle in root.findall(f"{SVG}circle") if circle.get("r") == "8"]
    validation = root.findall(f"{SVG}path")[1]
    assert (float(ring.get("cx")), float(ring.get("cy"))) == points(validation)[1]


@pytest.mark.parametrize("mark", [None, 0, 5])
def test_no_epoch_is_marked_outside_the_curve(mark):
    root = drawn({"training": [4, 3, 2, 1]}, mark=mark)
    assert not [circle for circle in root.findall(f"{SVG}circle") if circle.get("r") == "8"]


def test_values_that_are_not_finite_break_the_line_and_are_said():
    root = drawn({"training": [1, 2, np.nan, 4, np.inf]})
    assert root.find(f"{SVG}path").get("d").count("M") == 2
    assert "training not finite" in texts(root)
    assert "Not finite from epoch 3." in root.find(f"{SVG}desc").text


def test_a_long_line_is_thinned_and_keeps_its_peaks():
    values = np.zeros(50_000)
    values[12_345], values[40_000] = 7.0, -7.0
    (path,) = drawn({"loss": values}).findall(f"{SVG}path")
    heights = [y for _, y in points(path)]
    ends = drawn({"loss": [7.0, -7.0]}).find(f"{SVG}path")
    assert len(heights) <= 1200
    assert [min(heights), max(heights)] == [y for _, y in points(ends)]


def test_the_description_says_what_the_eye_sees():
    said = drawn({"loss": [0.9, 0.1, 0.4]}, mark=2).find(f"{SVG}desc").text
    assert said == "loss: 0.9 at epoch 1, 0.4 at epoch 3; lowest 0.1 at 2, highest 0.9 at 1. Marked as best: epoch 2."


def test_labels_of_lines_that_end_together_are_moved_apart():
    root = drawn({f"line {i}": [1, 2.0] for i in range(6)})
    ends = [float(e.get("y")) for e in root.iter(f"{SVG}text") if e.text.startswith("line")]
    assert np.diff(sorted(ends)).min() >= 16.9


def test_more_than_ten_series_are_said_not_drawn():
    root = drawn({f"line {i}": [1, 2.0] for i in range(13)})
    assert len(root.findall(f"{SVG}path")) == 10
    assert "3 more series are not drawn." in root.find(f"{SVG}desc").text
