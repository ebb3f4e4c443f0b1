"""Graphs of boxes: levels, no overlaps, edges around boxes, and models drawn as they are."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.foundation.errors import ConfigError, NotBuiltError
from glassnet.layers import Add, Dense
from glassnet.plots.drawing import Drawing
from glassnet.plots.graph import Box, graph
from glassnet.plots.layered import place
from glassnet.utils import plot_model


def random_edges(count, seed):
    random = np.random.default_rng(seed)
    return [(int(random.integers(0, stop)), stop) for stop in range(1, count) for _ in range(random.integers(1, 3))]


@pytest.mark.parametrize("seed", range(6))
def test_edges_go_down_and_boxes_never_overlap(seed):
    random = np.random.default_rng(seed)
    widths = random.uniform(40, 160, 14).tolist()
    edges = random_edges(14, seed)
    layout = place(widths, edges, gap=20.0)
    assert all(layout.levels[a] < layout.levels[b] for a, b in edges)
    assert [len(route) for route in layout.routes] == [layout.levels[b] - layout.levels[a] - 1 for a, b in edges]
    for one in range(14):
        assert widths[one] / 2 - 1e-6 <= layout.centres[one] <= layout.width - widths[one] / 2 + 1e-6
        for other in range(one):
            if layout.levels[one] == layout.levels[other]:
                apart = abs(layout.centres[one] - layout.centres[other])
                assert apart >= (widths[one] + widths[other]) / 2 + 20 - 1e-6
    for (start, _), route in zip(edges, layout.routes, strict=True):
        for step, at in enumerate(route, start=1):
            for node, level in enumerate(layout.levels):
                assert level != layout.levels[start] + step or abs(layout.centres[node] - at) >= widths[node] / 2


def test_a_chain_is_a_straight_line_and_a_diamond_is_symmetric():
    assert len(set(place([50.0, 90.0, 30.0], [(0, 1), (1, 2)], gap=10.0).centres)) == 1
    top, left, right, bottom = place([40.0] * 4, [(0, 1), (0, 2), (1, 3), (2, 3)], gap=10.0).centres
    assert top == pytest.approx((left + right) / 2) == pytest.approx(bottom) and right - left == pytest.approx(50)


def test_the_drawing_is_well_formed_and_escapes_names():
    svg = graph([Box("<a&b>", ("Dense",)), Box("c", strong=True)], [(0, 1)], title="x")
    root = ElementTree.fromstring(svg)
    words = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["<a&b>", "Dense", "c"] and "2 boxes and 1 arrows" in svg
    assert ElementTree.fromstring(graph([], [], title="empty")) is not None


def test_a_model_is_drawn_call_by_call(tmp_path):
    x = Input((3,), name="x")
    shared = Dense(3, name="shared")
    model = Model(x, Add()([shared(shared(x)), x]), name="loop")
    drawing = plot_model(model, tmp_path / "m.svg")
    assert (tmp_path / "m.svg").read_text() == drawing.svg == drawing._repr_svg_()
    titles = re.findall(r'gn-title">([^<]*)<', drawing.svg)
    assert sorted(titles) == ["add", "shared, call 1", "shared, call 2", "x"]
    assert drawing.svg.count("<path") == 2 * 4 and "(None, 3)" in drawing.svg
    bare = plot_model(model, None, show_shapes=False, show_layer_names=False).svg
    assert "(None, 3)" not in bare and "shared" not in bare and ">Dense<" in bare


def test_a_sequential_is_a_chain_and_one_that_knows_no_input_says_so(tmp_path):
    drawn = plot_model(Sequential([Input((3,)), Dense(2), Dense(1)]), None).svg
    assert drawn.count("<rect") == 1 + 3
    with pytest.raises(NotBuiltError, match="start it with Input"):
        plot_model(Sequential([Dense(2)]), None)
    with pytest.raises(ConfigError, match=r"ends in \.svg"):
        Drawing("<svg/>").save(tmp_path / "m.png")
    with pytest.raises(ConfigError, match="can be written"):
        Drawing("<svg/>").save(tmp_path / "no" / "m.svg")
