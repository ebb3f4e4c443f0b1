"""partial_dependence: against closed forms and brute force."""

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError
from glassnet.inspection import partial_dependence

W, B = np.array([[2.0], [-3.0], [0.5]], "float32"), np.array([0.25], "float32")  # those of the fixture `linear`


def test_on_a_line_it_is_a_line(linear, table):
    found = partial_dependence(linear, table, 1, grid=[-1.0, 0.0, 2.0])
    rest = table @ W[:, 0] - table[:, 1] * W[1, 0] + B[0]
    wanted = rest[:, None] + W[1, 0] * np.array([-1.0, 0.0, 2.0])
    np.testing.assert_allclose(found.single, wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.mean, wanted.mean(axis=0), rtol=1e-4)


def test_every_output_is_there_or_the_one_asked_for(curved, table):
    model, outputs, _ = curved
    found = partial_dependence(model, table, "dose", names=["age", "dose", "rate"], points=5)
    assert found.feature == "dose" and found.single.shape == (40, 5, 3)
    low, high = np.quantile(table[:, 1].astype(np.float64), [0.01, 0.99])
    np.testing.assert_allclose(found.grid, np.linspace(low, high, 5), rtol=1e-5)
    for place, value in enumerate(found.grid):
        changed = table.copy()
        changed[:, 1] = value
        np.testing.assert_allclose(found.single[:, place], outputs(changed), atol=1e-6)
    one = partial_dependence(model, table, 1, target=2, grid=found.grid)
    np.testing.assert_allclose(one.single, found.single[..., 2])
    assert len(found.plot().numbers["mean"]) == 5


def test_words_take_each_value_that_they_have(text):
    model, rows = text
    found = partial_dependence(model, rows, (2,))
    assert found.grid.tolist() == sorted(set(rows[:, 2].tolist())) and found.grid.dtype == rows.dtype
    changed = rows.copy()
    changed[:, 2] = found.grid[0]
    np.testing.assert_allclose(found.single[:, 0], model.predict(changed)[:, 0], atol=1e-6)


def test_a_part_of_a_picture_is_set_as_a_whole(line_of_pixels):
    model, weights = line_of_pixels
    images = np.zeros((2, 4, 4, 1), "float32")
    found = partial_dependence(model, images, (slice(0, 2), slice(0, 2)), grid=[0.0, 1.0])
    np.testing.assert_allclose(found.mean, [0.0, weights[:2, :2].sum()], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("feature", [3, -1, "dose", True, (5,), (0, 0)])
def test_a_column_that_is_not_there_is_named(linear, table, feature):
    with pytest.raises(ConfigError, match=r"Expected a (column|place)"):
        partial_dependence(linear, table, feature)
