"""Sums are written with their largest terms and what the others come to; nothing is lost on the way."""

import numpy as np

from glassnet.inspection.xrays.lines import Table, largest, number, place, products


def test_numbers_and_places_are_short():
    assert [number(v) for v in (0.5, -0.5, 123456.7, -0.0)] == ["0.5", "(-0.5)", "1.2346e+05", "(-0)"]
    assert place("x", (0, 3)) == "x[0, 3]" and place("scale", ()) == "scale"


def test_the_largest_are_found_in_order_and_zeros_are_none_of_them():
    assert largest(np.array([[1.0, -5.0], [0.0, 3.0]]), 2) == [1, 3]
    assert largest(np.zeros(4)) == []


def test_a_long_sum_is_whole():
    left, right = np.arange(1.0, 13.0), np.ones(12)
    terms = products(left, right, most=3)
    assert terms == ["10 × 1", "11 × 1", "12 × 1", "45 from 9 more"]
    assert products(np.zeros(2), np.ones(2)) == ["0"]


def test_a_table_is_plain_data():
    table = Table("gates", ("i", "f"), ("t=0",), np.array([[0.5, 1.0]]))
    assert table.to_dict() == {"title": "gates", "columns": ("i", "f"), "rows": ("t=0",), "values": [[0.5, 1.0]]}
