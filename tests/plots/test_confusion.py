import xml.etree.ElementTree as ET

import numpy as np
import pytest

from glassnet.foundation.errors import ShapeError
from glassnet.plots import confusion_matrix
from glassnet.plots.confusion import collapse

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_every_cell_has_its_count_and_share_of_the_row():
    found = texts(confusion_matrix([[8, 2], [1, 3]], ["yes", "no"]))
    assert found[-8:] == ["8", "80.0 %", "2", "20.0 %", "1", "25.0 %", "3", "75.0 %"]
    assert found.count("yes") == found.count("no") == 2


def test_right_answers_are_blue_and_mistakes_orange_and_empty_cells_paper():
    root = ET.fromstring(confusion_matrix([[8, 2], [0, 4]], ["yes", "no"]))
    styles = [rect.get("style") for rect in root.findall(f"{SVG}rect")][1:]
    assert [("blue" in style, "opacity:0.00" in style) for style in styles] == [
        (True, False), (False, False), (False, True), (True, False),
    ]  # fmt: skip


@pytest.mark.parametrize("classes", range(2, 11))
def test_up_to_ten_classes_show_shares_in_readable_type(classes):
    root = ET.fromstring(confusion_matrix(np.full((classes, classes), 123), range(classes)))
    sizes = [
        float(e.get("style").split("font-size:")[1].split("px")[0]) for e in root.iter(f"{SVG}text") if e.get("style")
    ]
    assert min(sizes) >= 10 and len(sizes) == 2 * classes**2


def test_beyond_twenty_classes_the_best_known_are_summed():
    counts = np.diag(np.full(30, 50))
    counts[3, 7] = 9
    table, names, note = collapse(counts, [f"c{i}" for i in range(30)])
    assert table.shape == (20, 20) and names[-1] == "11 others" and {"c3", "c7"} <= set(names)
    assert table.sum() == counts.sum() and table[names.index("c3"), names.index("c7")] == 9
    assert table[-1, -1] == 11 * 50 and "11 classes" in note


def test_twenty_classes_are_left_alone():
    counts = np.arange(400).reshape(20, 20)
    table, names, note = collapse(counts, list("abcdefghijklmnopqrst"))
    assert table is counts and len(names) == 20 and note == ""


def test_the_description_sums_it_up():
    described = ET.fromstring(confusion_matrix([[8, 2], [1, 9]], ["yes", "no"])).find(f"{SVG}desc").text
    assert described == (
        "85.0 % of 20 rows are on the diagonal, that is right. yes: 8 of 10 right, 80.0 %. no: 9 of 10 right, 90.0 %."
    )


@pytest.mark.parametrize(("counts", "labels"), [([[1, 2]], ["a"]), ([[1]], ["a", "b"]), ([1, 2], ["a", "b"])])
def test_counts_that_are_not_square_are_refused(counts, labels):
    with pytest.raises(ShapeError, match="Expected a square table"):
        confusion_matrix(counts, labels)
