"""boundary, landscape, scatter: what lies where."""

import numpy as np

from glassnet.plots import boundary, landscape, scatter
from glassnet.plots.marks import Heat, Pieces, Points
from glassnet.plots.planes import _resampled

AT = np.linspace(-1, 1, 21)


def of_kind(made, kind):
    return [mark for mark in made.panels[0].marks if isinstance(mark, kind)]


def test_the_line_between_two_classes_is_where_the_output_is_a_half():
    made = boundary(AT, AT, 0.5 + 0.25 * AT + 0 * AT[:, None])
    middle = np.asarray(of_kind(made, Pieces)[-1].ends)
    np.testing.assert_allclose(middle[:, [0, 2]], 0, atol=1e-9)
    np.testing.assert_array_equal(made.numbers["classes"][0], AT > 0)


def test_rows_have_a_shape_for_each_class():
    made = boundary(AT, AT, np.random.default_rng(0).random((21, 21, 3)), [[0, 0], [1, 1], [0, 1]], [0, 2, 2])
    first, second = (mark for mark in of_kind(made, Points) if mark.name)
    assert first.shape != second.shape and first.colour != second.colour
    assert (first.name, second.name) == ("class 0", "class 2") and len(second.x) == 2


def test_shades_lie_where_the_numbers_are():
    x, y = np.array([0.0, 1.0, 4.0]), np.array([-1.0, 3.0])
    table = 2 * x + 5 * y[:, None]
    even = _resampled(x, y, table)
    share = (np.arange(len(even)) + 0.5) / len(even)
    np.testing.assert_allclose(even, 2 * (4 * share) + 5 * (-1 + 4 * share)[:, None], atol=1e-9)


def test_low_losses_are_dark_and_the_path_ends_at_the_cross():
    made = landscape(AT, AT, AT**2 + AT[:, None] ** 2, [[0.5, 0.5], [0.0, 0.0]])
    (heat,) = of_kind(made, Heat)
    size = heat.values.shape[0]
    assert heat.values[size // 2, size // 2] > heat.values[0, 0]
    assert {mark.name for mark in of_kind(made, Points)} == {"start", "", "trained weights"}


def test_points_without_labels_are_all_alike():
    assert len(of_kind(scatter([[0, 0], [1, 2]]), Points)) == 1
    assert len(of_kind(scatter([[0, 0], [1, 2]], ["a", "b"]), Points)) == 2
