"""calibration: counting bin by bin."""

import numpy as np
import pytest

from glassnet.plots import calibration


def test_each_bin_is_counted():
    generator = np.random.default_rng(0)
    given = generator.random(200)
    truth = (generator.random(200) < given).astype(int)
    found = calibration(truth, given, bins=5).numbers
    error = 0.0
    for place in range(5):
        mine = (given >= place / 5) & (given < (place + 1) / 5)
        assert found["count"][place] == mine.sum()
        assert found["share"][place] == pytest.approx(truth[mine].mean())
        assert found["mean_probability"][place] == pytest.approx(given[mine].mean())
        error += mine.mean() * abs(truth[mine].mean() - given[mine].mean())
    assert found["ece"] == pytest.approx(error)
    assert (found["low"] < found["share"]).all() and (found["high"] > found["share"]).all()


def test_the_ends_belong_to_the_outer_bins_and_empty_ones_are_left_out():
    found = calibration([0, 1, 1], [0.0, 1.0, 1.0]).numbers
    assert found["count"].tolist() == [1, 2] and found["ece"] == 0
