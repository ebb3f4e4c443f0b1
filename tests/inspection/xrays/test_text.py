"""Text of 80 columns: each part of a small network's step, a line a call of a large one."""

from dataclasses import replace

import numpy as np

from glassnet.inspection.xrays.lines import Table
from glassnet.inspection.xrays.text import _table, shown, shown_layer, shown_weight


def test_all_parts_are_there_and_no_line_is_wider_than_a_terminal(pictures):
    text = shown(pictures)
    assert max(map(len, text.splitlines())) <= 80
    for words in ("FORWARDS", "LOSS", "BACKWARDS", "UPDATE by Adam", "patch × kernel", "window:", "by differences"):
        assert words in text
    assert "not confirmed" not in text


def test_a_large_network_is_summed_up_and_says_how_to_see_more(pictures):
    large = replace(pictures, layers=pictures.layers * 5)
    text = shown(large)
    assert not large.worked and "FORWARDS" not in text and "xray.layer('out')" in text
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("conv") >= 5
    data = large.to_dict()["layers"][0]
    assert data["forward"] == [] and data["outputs"]


def test_a_layer_and_a_weight_show_themselves(pictures):
    text = shown_layer(pictures["conv"].unit(1, 1, 0))
    assert text == str(pictures.layer("conv").unit(1, 1, 0)) and "z[1, 1, 0] = " in text
    weight = pictures.weight("conv/kernel", 0, 1, 1, 0)
    assert "central difference" in shown_weight(weight) == str(weight)
    assert abs(weight.difference.difference - weight.gradient) <= 1e-3 * abs(weight.gradient)


def test_a_wide_table_is_folded():
    table = Table("wide", tuple(f"column {i}" for i in range(12)), ("row",), np.arange(12.0)[None])
    lines = _table(table)
    assert max(map(len, lines)) <= 80 and sum("row" in line for line in lines) == 2
    assert [word for line in lines for word in line.split() if word.isdigit() and "column" not in line] == [
        str(i) for i in range(12)
    ]
