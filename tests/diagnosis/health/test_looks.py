"""looks: what the rows are like, and the price in words."""

import json

import numpy as np
import pytest

from glassnet.diagnosis.health.looks import Price, Probe
from glassnet.training.rows import Rows


def probe(x, y):
    return Probe(Rows(np.asarray(x, "float32"), y, np.ones(len(x), "float32")))


def test_inputs_and_targets_are_measured():
    found = probe([[3.0, -3.0]] * 4, np.float32([[0.0], [2.0], [0.0], [2.0]]))
    assert (found.input_size, found.target_size, found.target_spread) == pytest.approx((3.0, 2**0.5, 1.0))


@pytest.mark.parametrize(("labels", "spread"), [([0, 1, 1, 0], 1.0), ([1, 1, 1, 1], 0.0)])
def test_classes_vary_by_one_or_not_at_all(labels, spread):
    found = probe([[0.0]] * 4, np.array(labels))
    assert (found.target_size, found.target_spread) == (0.0, spread)


def test_the_rows_are_copies():
    x = np.zeros((2, 1), "float32")
    found = probe(x, np.array([0, 1]))
    x[:] = 5
    assert found.input_size == 0


def test_the_price_is_said_with_its_share_of_the_training():
    said = Price(looks=1, training=2.0, inside=0.03).sentence()
    assert said == "1 look; 30 ms while training (1.5 % of 2 s)"
    assert "120 s" in Price(looks=2, training=120.0, inside=0.5).sentence()


def test_a_look_is_plain_data_even_where_numbers_overflowed(make):
    layer, look = make
    told = look(3, layer(gradient=float("inf")), loss=float("inf")).to_dict()
    json.dumps(told, allow_nan=False)
    assert (told["epoch"], told["loss"], told["layers"][0]["gradient"]) == (3, None, None)
