"""The page is well formed, loads nothing, and has the numbers of the text."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from glassnet import Input, Sequential
from glassnet.inspection.xrays.page import layer_page, page
from glassnet.layers import Dense


def test_it_is_well_formed_and_holds_every_layer_twice(pictures):
    tree = ElementTree.fromstring(page(pictures))
    heads = [summary.text for summary in tree.iter("summary")]
    names = [f"{layer.call.path} " for layer in pictures.layers]
    assert all(sum(head.startswith(name) for head in heads) == 2 for name in names)
    assert "http" not in page(pictures) and "<script" not in page(pictures)
    cells = [cell.text for cell in tree.iter("td")]
    value = pictures["pool"].tables[0].values.max()
    assert f"{value:.4g}" in cells


def test_a_large_network_has_its_summary_and_a_layer_its_own_page(pictures):
    tree = ElementTree.fromstring(page(replace(pictures, layers=pictures.layers * 5)))
    assert any("xray.layer('out')" in (pre.text or "") for pre in tree.iter("pre"))
    assert ElementTree.fromstring(layer_page(pictures["conv"])).tag == "div"


def test_text_and_page_say_how_many_units_of_a_large_layer_are_not_written_out():
    model = Sequential([Input((5,)), Dense(9, "relu"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    seen = model.xray(np.linspace(-1, 1, 5), 1.0)
    assert [line.name[0] for line in seen["dense"].forward] == list("zaza")
    for shown in (str(seen), page(seen)):
        assert shown.count("7 units more: .unit(0)") == 1
    assert "units more" not in str(seen["dense"].unit(3))
