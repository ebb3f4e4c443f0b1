"""Lines from slopes alone: a sum where the layer is one, slopes where it is not, and the chain rule over all outputs."""

import numpy as np

from glassnet.inspection.xrays import general
from glassnet.inspection.xrays.replaying import Slopes, Source


def source(name, value, row, leaving, index, column):
    return Source(name, *(np.array(a, "float64") for a in (value, row, leaving)), index, np.array(column, "float64"))


def slopes(value, at_zero, inputs, weights=()):
    return Slopes("y", (0, 1), value, at_zero, np.array([[0.5, -2.0]]), tuple(inputs), tuple(weights))


X = source("x", [[2.0, 3.0]], [[4.0, 0.0]], [[-8.0, 1.0]], (0, 0), [[1.0, 4.25]])


def test_a_sum_is_written_with_its_products_and_its_constant():
    (line,) = general.forward(slopes(8.0, 0.0, [X]))
    assert (line.name, line.numbers, line.value) == ("y[1]", "4 × 2 (x[0])", 8.0)
    bias = source("layer/bias", [0.25, 1.5], [0.0, 1.0], [0.0, 1.0], (1,), [[0.0, 1.0]])
    (line,) = general.forward(slopes(9.5, 1.5, [X], [bias]))
    assert line.numbers == "4 × 2 (x[0]) + 1.5 (bias[1])"
    (line,) = general.forward(slopes(9.25, 1.25, [X]))
    assert line.numbers == "4 × 2 (x[0]) + 1.25"


def test_what_is_no_sum_shows_its_slopes():
    value, slope = general.forward(slopes(5.0, 1.0, [X]))
    assert (value.numbers, value.value) == ("", 5.0)
    assert (slope.name, slope.numbers, slope.value) == ("dy[1]/dx[0]", "at x[0] = 2", 4.0)


def test_the_chain_rule_is_summed_over_all_outputs():
    (line,) = general.backward(slopes(8.0, 0.0, [X]))
    assert line.name == "dL/dx[0]" and line.value == -8.0
    assert line.numbers == "Σ dL/dy × dy/dx = 0.5 × 1 + (-2) × 4.25"


def test_another_row_of_the_batch_is_named():
    other = source("x1", [[2.0], [3.0]], [[0.0], [1.0]], [[0.0], [1.0]], (1, 0), [[1.0, 0.0]])
    (line,) = general.forward(slopes(3.0, 0.0, [other]))
    assert line.numbers == "1 × 3 (row 1's x1[0])"
