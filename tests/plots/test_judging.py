"""confusion and errors: counting."""

import numpy as np
import pytest

from glassnet.foundation.errors import DataError
from glassnet.plots import confusion, errors
from glassnet.plots.marks import Bars, Heat, Points


def test_cells_say_counts_and_shares():
    made = confusion([[70, 2, 0], [1, 41, 8], [0, 0, 0]], ["a", "b", "c"])
    (heat,) = (mark for mark in made.panels[0].marks if isinstance(mark, Heat))
    assert heat.said()[1] == ["1\n2.0 %", "41\n82.0 %", "8\n16.0 %"] and heat.said()[2] == ["0", "0", "0"]
    np.testing.assert_allclose(made.numbers["shares"][0], [70 / 72, 2 / 72, 0])
    assert "91.0 % of 122 rows" in made.note


def test_classes_of_rows_are_counted():
    picture = confusion(np.array([2, 2, 0, 1]), [2, 0, 0, 1])
    np.testing.assert_array_equal(picture.numbers["counts"], [[1, 0, 0], [0, 1, 0], [1, 0, 1]])
    assert confusion([[1, 0], [0, 2]]).numbers["counts"].sum() == 3
    with pytest.raises(DataError, match="argmax"):
        confusion([0, 1], [0, 1, 1])


def test_every_error_is_counted_once():
    generator = np.random.default_rng(0)
    truth, guess = generator.normal(size=1500), generator.normal(size=1500)
    guess[3] = np.nan
    made = errors(truth, guess)
    bars = next(mark for mark in made.panels[2].marks if isinstance(mark, Bars))
    assert bars.values.sum() == len(made.numbers["error"]) == 1499
    points = next(mark for mark in made.panels[1].marks if isinstance(mark, Points))
    assert np.abs(points.y).max() == np.abs(made.numbers["error"]).max() and len(points.x) <= 800
