"""bands: a mean and all runs around it, on any of the scales."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from glassnet.foundation.errors import ShapeError
from glassnet.plots.bands import bands

SVG = "{http://www.w3.org/2000/svg}"


def drawn(series, **options):
    return ET.fromstring(bands(series, title="Loss", y_label="loss", **options))


def points(path):
    return [tuple(map(float, pair.split())) for pair in re.findall(r"[ML]([\d.]+ [\d.]+)", path.get("d"))]


def test_the_band_holds_every_run_and_the_line_is_their_mean():
    area, path = drawn({"sgd": [[4.0, 2.0, 1.0], [2.0, 1.0, 1.0]]}).findall(f"{SVG}path")
    over, under = points(area)[:3], points(area)[3:][::-1]
    middle = points(path)
    assert [a for a, _ in over] == [a for a, _ in under] == [a for a, _ in middle]
    for (_, top), (_, at), (_, bottom) in zip(over, middle, under, strict=True):
        assert top <= at <= bottom and np.isclose(at, (top + bottom) / 2, atol=0.02)
    assert over[2] == under[2]


def test_each_line_is_named_with_its_last_mean_and_told_in_words():
    svg = bands({"adam": [[0.9, 0.3], [0.7, 0.5]], "sgd": [[0.9, 0.8]]}, title="Loss", y_label="loss")
    assert "adam 0.4" in svg and "sgd 0.8" in svg
    assert "adam: mean 0.8 at epoch 1, 0.4 at 2 (runs from 0.3 to 0.5); lowest 0.4 at 2." in svg


def test_a_number_that_is_not_finite_leaves_a_gap_in_line_and_band():
    area, path = drawn({"sgd": [[4.0, 3.0, np.nan, 1.0, 1.0], [2.0, 2.0, 2.0, 1.0, 1.0]]}).findall(f"{SVG}path")
    assert path.get("d").count("M") == area.get("d").count("M") == 2 and len(points(path)) == 4
    assert "no finite values" in bands({"sgd": [[np.nan]]}, title="Loss", y_label="loss")


def test_logarithms_make_equal_ratios_equal_steps():
    path = drawn({"sgd": [[1.0, 0.1, 0.01]]}, x=[0.001, 0.01, 0.1], log_x=True, log_y=True).findall(f"{SVG}path")[1]
    across, up = np.array(points(path)).T
    assert np.ptp(np.diff(across)) < 0.03 and np.ptp(np.diff(up)) < 0.03


def test_a_mark_stands_where_it_should():
    root = drawn({"sgd": [[3.0, 2.0, 1.0]]}, x=[1.0, 2.0, 3.0], mark=2.0, mark_label="chosen")
    middle = points(root.findall(f"{SVG}path")[1])[1][0]
    assert any(float(line.get("x1")) == middle == float(line.get("x2")) for line in root.iter(f"{SVG}line"))
    assert "chosen" in [element.text for element in root.iter(f"{SVG}text")]


def test_what_does_not_fit_is_said_or_left_out():
    with pytest.raises(ShapeError, match="each of 3 points"):
        bands({"a": [[1.0, 2.0, 3.0]]}, title="Loss", y_label="loss", x=[1.0, 2.0])
    many = bands({f"s{i}": [[1.0, 2.0]] for i in range(8)}, title="Loss", y_label="loss")
    assert "2 more series are not drawn" in many and "There are no runs" in bands({}, title="Loss", y_label="loss")
