"""decision_boundary: planes through two columns and through two principal components, against predictions place by place."""

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, DataError
from glassnet.inspection import decision_boundary


def test_two_columns_vary_and_the_others_stay_at_their_median(curved, table):
    model, outputs, _ = curved
    found = decision_boundary(model, table, features=(2, 0), points=7)
    assert found.outputs.shape == (7, 7, 3) and found.axes == ("column 2", "column 0")
    a, b = np.meshgrid(found.across, found.up)
    rows = np.stack([b.ravel(), np.full(49, np.median(table[:, 1])), a.ravel()], axis=1)
    np.testing.assert_allclose(found.outputs.reshape(49, 3), outputs(rows), atol=1e-5)
    np.testing.assert_array_equal(found.classes.ravel(), outputs(rows).argmax(axis=1))
    np.testing.assert_array_equal(found.points, table[:, [2, 0]])
    assert found.across[0] < table[:, 2].min() and found.across[-1] > table[:, 2].max()


@pytest.mark.parametrize("pinned", [{"b": 4.0}, [0.0, 4.0, 0.0]])
def test_other_columns_are_pinned_where_they_are_told(linear, table, pinned):
    found = decision_boundary(linear, table, features=("a", "c"), pinned=pinned, names=["a", "b", "c"], points=3)
    wanted = 2 * found.across[2] - 3 * 4.0 + 0.5 * found.up[0] + 0.25
    assert found.outputs[0, 2, 0] == pytest.approx(wanted, rel=1e-4)


def test_principal_components_are_brought_back_to_columns(curved, table):
    model, outputs, _ = curved
    found = decision_boundary(model, table, features="pca", points=4)
    values, vectors = np.linalg.eigh(np.cov(table.T.astype(np.float64)))
    assert found.kept == pytest.approx(values[-2:].sum() / values.sum(), rel=1e-4)
    first, second = (v * np.sign(v[np.abs(v).argmax()]) for v in (vectors[:, -1], vectors[:, -2]))
    place = table.mean(axis=0) + found.across[3] * first + found.up[1] * second
    np.testing.assert_allclose(found.outputs[1, 3], outputs(place[None])[0], atol=1e-4)


def test_one_output_is_a_class_above_a_half(text, table):
    from glassnet import Input, Sequential
    from glassnet.layers import Dense

    model = Sequential([Input((2,)), Dense(1, activation="sigmoid", kernel_initializer="ones")])
    found = decision_boundary(model, table[:, :2], table[:, 0] > 0, points=9)
    a, b = np.meshgrid(found.across, found.up)
    np.testing.assert_array_equal(found.classes, (a + b > 0).astype(int))
    assert set(found.plot(["no", "yes"]).numbers) >= {"outputs", "classes", "points"}


def test_targets_may_be_one_hot(curved, table):
    labels = np.arange(40) % 3
    found = decision_boundary(curved[0], table, np.eye(3)[labels], points=2)
    np.testing.assert_array_equal(found.labels, labels)


def test_mistakes_are_named(curved, table, pictures):
    with pytest.raises(ConfigError, match="two different columns"):
        decision_boundary(curved[0], table, features=(1, 1))
    with pytest.raises(ConfigError, match="'pca'"):
        decision_boundary(curved[0], table, features="tsne")
    with pytest.raises(ConfigError, match="from 0 to 2"):
        decision_boundary(curved[0], table, features=(0, 5))
    with pytest.raises(ConfigError, match="row of 3"):
        decision_boundary(curved[0], table, pinned=[1.0])
    with pytest.raises(ConfigError, match="images"):
        decision_boundary(*pictures)
    with pytest.raises(DataError, match="40 rows"):
        decision_boundary(curved[0], table, [1, 2])
