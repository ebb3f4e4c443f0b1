"""Built-in tables: the ones scikit-learn ships, cell for cell, and the drawn ones."""

import numpy as np
import pytest
from sklearn import datasets as shipped

from glassnet.data import TablePreparation, load_sample, plan_target, sample_names, split_rows
from glassnet.foundation.errors import UnknownNameError

TASKS = {
    "blobs": "classification",
    "breast-cancer": "classification",
    "circles": "classification",
    "diabetes": "regression",
    "digits": "classification",
    "iris": "classification",
    "moons": "classification",
    "sine": "regression",
    "spirals": "classification",
    "wine": "classification",
    "xor": "classification",
}
SHIPPED = {
    "breast-cancer": shipped.load_breast_cancer,
    "digits": shipped.load_digits,
    "iris": shipped.load_iris,
    "wine": shipped.load_wine,
    "diabetes": lambda: shipped.load_diabetes(scaled=False),
}


@pytest.mark.parametrize("name", TASKS)
def test_each_is_ready_to_train(name):
    table = load_sample(name)
    plan = plan_target(table, table.target)
    split = split_rows(table.rows, plan.labels, target=table.target)
    preparation = TablePreparation.fit(table.select(split.train), plan)
    assert plan.task == TASKS[name]
    assert np.isfinite(preparation.transform(table)).all()
    assert table.name == name
    assert all((table.description, table.licence, table.source))
    assert table.select(split.test).target == table.target


def test_names_are_sorted_and_complete():
    assert sample_names() == sorted(TASKS)


@pytest.mark.parametrize("name", SHIPPED)
def test_cells_and_names_are_those_of_scikit_learn(name):
    table, bunch = load_sample(name), SHIPPED[name]()
    assert table.drop(table.target).names == list(bunch.feature_names)
    x = np.stack([column.values for column in table.drop(table.target).columns.values()], axis=1)
    np.testing.assert_array_equal(x, bunch.data)
    names = bunch.get("target_names")
    expected = bunch.target if names is None else np.array(names)[bunch.target]
    assert table.column(table.target).values.tolist() == expected.tolist()


def test_a_wrong_name_gets_the_nearest():
    assert load_sample("breast_cancer").name == "breast-cancer"
    with pytest.raises(UnknownNameError, match=r"'irs'; did you mean 'iris' .*\? Known: blobs, "):
        load_sample("irs")
