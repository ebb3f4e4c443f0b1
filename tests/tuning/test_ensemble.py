"""Ensemble: a model like any other whose output is its members' mean."""

import numpy as np
import pytest

from glassnet import Input, Model, Sequential, load_model
from glassnet.foundation.errors import ConfigError
from glassnet.layers import Dense
from glassnet.models import fit_together
from glassnet.tuning import Ensemble

X = np.random.default_rng(3).normal(size=(10, 2)).astype("float32")


@pytest.fixture(scope="module")
def members(plane, small):
    models = [small(seed, optimizer="adam") for seed in range(3)]
    fit_together(models, *plane, epochs=3)
    return models


def test_mean_and_spread_are_the_members(members):
    ensemble, parts = Ensemble(members), np.stack([member.predict(X) for member in members])
    np.testing.assert_allclose(ensemble.predict(X), parts.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(ensemble.predict_spread(X), parts.std(axis=0, ddof=1), rtol=1e-5)
    np.testing.assert_allclose(ensemble.predict_members(X), parts, rtol=1e-6)
    assert Ensemble(members[:1]).predict_spread(X).max() == 0


def test_its_squared_error_is_the_mean_one_less_the_variance(members, plane):
    x, y = plane
    parts = Ensemble(members).predict_members(x)
    error = ((parts.mean(axis=0) - y) ** 2).mean()
    np.testing.assert_allclose(error, ((parts - y) ** 2).mean() - parts.var(axis=0).mean(), rtol=1e-4)


def test_it_is_evaluated_saved_and_loaded_as_one_model(members, plane, tmp_path):
    ensemble = Ensemble(members, name="three")
    ensemble.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    ensemble.save(tmp_path / "model.glass")
    loaded = load_model(tmp_path / "model.glass")
    assert isinstance(loaded, Ensemble) and loaded.name == "three" and len(loaded.members) == 3
    np.testing.assert_array_equal(loaded.predict(X), ensemble.predict(X))
    np.testing.assert_array_equal(loaded.predict_spread(X), ensemble.predict_spread(X))
    assert loaded.evaluate(*plane) == pytest.approx(ensemble.evaluate(*plane))
    assert loaded.count_params() == 3 * members[0].count_params()


def test_its_members_stay_as_they_are_until_it_is_trained(members, plane):
    copies = [Sequential.from_config(member.get_config()) for member in members]
    before = [copy.get_weights() for copy in copies]
    ensemble = Ensemble(copies)
    for one, weights in zip(ensemble.members, before, strict=True):
        for a, b in zip(one.get_weights(), weights, strict=True):
            np.testing.assert_array_equal(a, b)
    ensemble.compile("sgd", "binary_crossentropy")
    ensemble.fit(*plane, epochs=1, verbose=0)
    assert all(
        not np.array_equal(one.get_weights()[0], weights[0])
        for one, weights in zip(ensemble.members, before, strict=True)
    )


def test_graphs_with_several_outputs_are_averaged_each():
    def two(seed):
        x = Input((2,), name="x")
        return Model(x, [Dense(1, name="a")(x), Dense(2, name="b")(x)], seed=seed)

    models = [two(0), two(1)]
    first, second = Ensemble(models).predict(X)
    np.testing.assert_allclose(second, np.mean([model.predict(X)[1] for model in models], axis=0), rtol=1e-6)
    assert first.shape == (10, 1)


ONE = Sequential([Input((2,)), Dense(1)])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "Received none"),
        ([Dense(1)], "Received Dense"),
        ([ONE, ONE], "one twice"),
        ([Sequential([Dense(1)])], "without weights"),
        ([ONE, Sequential([Input((3,)), Dense(1)])], "2 different kinds"),
    ],
    ids=["none", "layer", "twice", "unbuilt", "shapes"],
)
def test_what_cannot_work_is_said(given, words):
    with pytest.raises(ConfigError, match=words):
        Ensemble(given)
