"""What all methods share: programs kept by architecture, rows in batches, layers by their paths."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import DataError
from glassnet.inspection import activations, saliency
from glassnet.inspection.tapping import in_batches, layer_at, rows_at_once, slope_program, tap_program
from glassnet.layers import Conv2D, Dense, GlobalAveragePooling2D


def test_a_second_model_of_the_same_architecture_compiles_nothing(table):
    def make(seed):
        return Sequential([Input((3,)), Dense(4, activation="elu"), Dense(1)], seed=seed)

    one, other = make(1), make(2)
    first = activations(one, table, "dense").values
    known = tap_program.cache_info().misses, slope_program.cache_info().misses
    assert np.abs(activations(other, table, "dense").values - first).max() > 0.01
    assert tap_program.cache_info().misses == known[0]
    saliency(one, table)
    saliency(other, table)
    assert slope_program.cache_info().misses == known[1] + 1


def test_no_more_rows_than_asked_for_are_held_at_once():
    sizes = []

    def double(rows):
        sizes.append(len(rows["x"]))
        return {"y": 2 * rows["x"]}

    rows = {"x": np.arange(83.0)[:, None]}
    np.testing.assert_array_equal(in_batches(double, rows, 32)["y"], 2 * rows["x"])
    assert sizes == [32, 32, 32]  # the last one filled up: one program for all
    sizes.clear()
    np.testing.assert_array_equal(in_batches(double, rows, 50)["y"], 2 * rows["x"])
    assert sizes == [50, 33]
    with pytest.raises(DataError, match="at least one row"):
        in_batches(double, {"x": np.zeros((0, 1))}, 8)


def test_large_rows_and_wide_layers_come_in_small_batches():
    model = Sequential([Input((None, None, 3)), Conv2D(2, 3)], seed=0)
    images = np.zeros((600, 64, 64, 3), "float32")
    assert rows_at_once(model, images) == 512 and rows_at_once(model, images, batch_size=7) == 7
    assert rows_at_once(model, np.zeros((9, 900, 900, 3), "float32")) == 1
    wide = Sequential([Input((64, 64, 3)), Conv2D(64, 3), GlobalAveragePooling2D()], seed=0)
    assert rows_at_once(wide, images) == 32  # 62 · 62 · 64 numbers before the activation, and as many after it


def test_inner_layers_have_paths():
    inner = Sequential([Dense(2, name="deep")], name="inner")
    model = Sequential([Input((3,)), inner, Dense(1)], seed=0)
    assert layer_at(model, "inner/deep") is inner.layers[0] is layer_at(model, inner.layers[0])
