"""Looks made by hand, for rules and showing: nothing is compiled."""

import pytest

from glassnet.diagnosis.health.looks import HealthLook
from glassnet.inspection import LayerVitals, Vitals


def layer(name="dense", **more):
    well = {"kind": "Dense", "activation": "relu", "units": 16, "trains": True, "table": True}
    well |= {"gradient": 0.1, "weights": 4.0, "update": 1e-3, "dead": 0.0, "mean": 0.5, "spread": 0.6}
    return LayerVitals(name, **{**well, **more})


def look(epoch, *layers, loss=0.5, spread=0.3, size=0.6, rate=0.1):
    return HealthLook(epoch, 10 * epoch, 0.3 * epoch, rate, Vitals(tuple(layers), loss, 128, spread, size))


@pytest.fixture
def make():
    return layer, look
