"""permutation_importance: against the closed form of a line, with its spread, on any metric."""

import numpy as np
import pytest

from glassnet import metrics
from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.inspection import permutation_importance

W, B = np.array([[2.0], [-3.0], [0.5]], "float32"), np.array([0.25], "float32")  # those of the fixture `linear`


@pytest.fixture(scope="module")
def many():
    return np.random.default_rng(4).normal(size=(600, 3)).astype("float32")


def test_on_a_line_it_is_twice_the_variance_of_the_part(linear, many):
    found = permutation_importance(linear, many, many @ W + B, repeats=30, names=["a", "b", "c"])
    assert found.base == pytest.approx(0.0, abs=1e-9) and found.metric == "loss" and found.values.shape == (3, 30)
    wanted = 2 * (W[:, 0] ** 2) * many.var(axis=0)
    np.testing.assert_allclose(found.mean, wanted, rtol=0.06)
    assert (found.deviation > 0).all() and (found.deviation < 0.2 * wanted + 1e-3).all()
    assert repr(found).splitlines()[1].startswith("b")


def test_each_shuffle_is_a_shuffle_of_that_column_alone(linear, many):
    y = many @ W + B
    one = permutation_importance(linear, many, y, repeats=1, seed=3)
    generator = np.random.default_rng(3)
    for column in range(3):
        moved = many[generator.permutation(600), column] - many[:, column]
        assert one.values[column, 0] == pytest.approx(float(np.mean((moved * W[column]) ** 2)), rel=1e-3)


def test_worse_is_above_zero_whichever_way_the_metric_points(linear, curved, table):
    y = (table @ W + B) + 0.1
    for metric in ("loss", "mae", "root_mean_squared_error"):
        assert (permutation_importance(linear, table, y, metric=metric).mean > 0).all()
    model, outputs, _ = curved
    labels = outputs(table).argmax(axis=1)
    found = permutation_importance(model, table, labels, metric="accuracy")
    assert found.base == 1.0 and (found.mean > 0).all() and found.values.max() <= 1.0
    own = permutation_importance(model, table, labels, metric=lambda y, p: np.mean(p.argmax(axis=1) == y))
    np.testing.assert_allclose(own.values, found.values, atol=1e-6)


def test_a_metric_says_itself_which_way_is_better(curved, table):
    model, outputs, _ = curved
    labels = outputs(table).argmax(axis=1)
    kind = metrics.SparseCategoricalAccuracy(name="hits")
    assert permutation_importance(model, table, labels, metric=kind).higher
    loss = metrics.SparseCategoricalCrossentropy(name="surprise")
    assert not permutation_importance(model, table, labels, metric=loss).higher


def test_the_same_seed_shuffles_alike(linear, table):
    y = table @ W
    first, again, other = (permutation_importance(linear, table, y, repeats=2, seed=s).values for s in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_patches_of_pictures_change_places_among_the_rows(line_of_pixels):
    model, _ = line_of_pixels
    images = np.random.default_rng(0).normal(size=(30, 4, 4, 1)).astype("float32")
    model.compile("sgd", "mse")
    found = permutation_importance(model, images, model.predict(images), patch=2)
    assert found.grid == (2, 2) and found.names[3] == "2:4, 2:4" and (found.mean > 0).all()
    assert len(found.plot().numbers["mean"]) == 4


def test_mistakes_are_named(linear, table):
    y = table @ W
    with pytest.raises(UnknownNameError, match="mean_absolute_error"):
        permutation_importance(linear, table, y, metric="mean_absolut_error")
    with pytest.raises(ConfigError, match="3 names"):
        permutation_importance(linear, table, y, names=["a"])
    with pytest.raises(ConfigError, match="repeats"):
        permutation_importance(linear, table, y, repeats=0)
