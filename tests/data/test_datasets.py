"""Classic data sets as arrays, as scikit-learn gives them."""

import numpy as np
import pytest
from sklearn import datasets as shipped

from glassnet.data import datasets
from glassnet.foundation.errors import DataError

LOADERS = ["load_breast_cancer", "load_diabetes", "load_digits", "load_iris", "load_wine"]


@pytest.mark.parametrize("name", LOADERS)
def test_arrays_are_those_of_scikit_learn(name):
    x, y = getattr(datasets, name)()
    bunch = getattr(shipped, name)()
    assert (x.dtype, y.dtype) == (np.float32, np.float32 if name == "load_diabetes" else np.int32)
    np.testing.assert_array_equal(y, bunch.target)
    np.testing.assert_allclose(x, bunch.data, rtol=1e-6, atol=1e-7)


def test_diabetes_in_its_own_units():
    x, _ = datasets.load_diabetes(scaled=False)
    np.testing.assert_array_equal(x, shipped.load_diabetes(scaled=False).data.astype(np.float32))


def test_arrays_may_be_changed_without_harm():
    x, _ = datasets.load_iris()
    x[:] = 0
    assert datasets.load_iris()[0].any()


def test_without_scikit_learn(monkeypatch):
    monkeypatch.setattr(datasets, "find_spec", lambda name: None)
    with pytest.raises(DataError, match="pip install scikit-learn"):
        datasets.read_shipped("another.csv")
