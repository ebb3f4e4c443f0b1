"""Operation: operators between arrays, and between arrays and constants, as layers."""

import json

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError
from glassnet.layers import Operation

X, Y = np.float32([[1, 2], [3, 4]]), np.float32([[0.5, 1], [2, 8]])


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("add", X + Y),
        ("subtract", X - Y),
        ("multiply", X * Y),
        ("divide", X / Y),
        ("power", X**Y),
    ],
)
def test_two_arrays(function, expected):
    layer = Operation(function, [None, None])
    np.testing.assert_allclose(layer([X, Y]), expected, rtol=1e-6)
    assert layer.name == function and layer.compute_output_shape([(None, 2), (None, 2)]) == (None, 2)


def test_the_matrix_product_is_one_for_each_row_of_the_batch():
    np.testing.assert_allclose(Operation("matmul", [None, None])([X[None], Y[None]]), (X @ Y)[None], rtol=1e-6)
    assert Operation("matmul", [None, Y])(X).shape == (2, 2)


@pytest.mark.parametrize(
    ("constants", "expected"),
    [([None, 2.0], X - 2), ([2.0, None], 2 - X), ([None, [1.0, 2.0]], X - np.float32([1, 2]))],
    ids=["right", "left", "row"],
)
def test_a_constant(constants, expected):
    layer = Operation("subtract", constants)
    np.testing.assert_array_equal(layer(X), expected)
    again = Operation.from_config(json.loads(json.dumps(layer.get_config())))
    np.testing.assert_array_equal(again(X), expected)
    assert again.get_config() == layer.get_config() and not layer.weights


@pytest.mark.parametrize(
    "index",
    [
        (slice(None), 1),
        (slice(None), slice(1, None)),
        (slice(None), slice(None, None, -1)),
        (slice(None), [1, 0, 1]),
        (Ellipsis, -1),
        (slice(None), None),
        slice(None),
    ],
)
def test_an_index_goes_through_json_and_back(index):
    layer = Operation("getitem", [None, index])
    again = Operation.from_config(json.loads(json.dumps(layer.get_config())))
    for made in (layer, again):
        np.testing.assert_array_equal(made(X), X[index])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Operation("ad"), "did you mean 'add'"),
        (lambda: Operation("getitem", [None, 0]), "keeps the batch"),
        (lambda: Operation("getitem", [None, (slice(None), 1.5)]), "whole numbers and slices"),
    ],
)
def test_what_it_cannot_do(make, words):
    with pytest.raises(ConfigError, match=words):
        make()
