"""loss_landscape and WeightPath: against evaluate, place by place, and the paper's normalisation."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ConfigError
from glassnet.inspection import WeightPath, loss_landscape
from glassnet.layers import Dense


@pytest.fixture(scope="module")
def trained():
    rows = np.random.default_rng(0).normal(size=(30, 3)).astype("float32")
    labels = (rows[:, 0] > rows[:, 1] ** 2).astype("int32")
    layers = [Input((3,)), Dense(4, activation="tanh", kernel_regularizer="l2"), Dense(2, activation="softmax")]
    model, path = Sequential(layers, seed=0), WeightPath()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(rows, labels, epochs=12, verbose=0, callbacks=[path])
    return model, rows, labels, path


def loss_at(trained, found, i, j):
    """evaluate, with the weights of place (i, j) put into the model."""
    model, rows, labels, _ = trained
    kept = model.get_weights()
    paths = list(found.directions[0])
    moved = {
        path: np.asarray(weight, np.float64)
        + found.across[j] * found.directions[0][path]
        + found.up[i] * found.directions[1][path]
        for path, weight in zip(paths, kept, strict=True)
    }
    try:
        model.set_weights([moved[path] for path in paths])
        return model.evaluate(rows, labels)
    finally:
        model.set_weights(kept)


def test_the_middle_is_the_loss_that_evaluate_reports(trained):
    model, rows, labels, path = trained
    before = [np.array(w) for w in model.get_weights()]
    for found in (
        loss_landscape(model, rows, labels, points=5),
        loss_landscape(model, rows, labels, points=5, path=path),
    ):
        assert found.centre == model.evaluate(rows, labels)
        assert found.across[2] == 0 and found.up[2] == 0 and (np.diff(found.across) > 0).all()
        for i, j in ((0, 0), (4, 1), (2, 3)):
            assert found.losses[i, j] == pytest.approx(loss_at(trained, found, i, j), rel=1e-5)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_random_directions_are_as_long_as_the_filters(trained):
    model, rows, labels, _ = trained
    found = loss_landscape(model, rows, labels, points=3)
    for layer in model.layers[-2:]:
        for direction in found.directions:
            long = np.linalg.norm(np.asarray(layer.kernel), axis=0)
            np.testing.assert_allclose(np.linalg.norm(direction[f"{layer.path}/kernel"], axis=0), long, rtol=1e-5)
            assert not direction[f"{layer.path}/bias"].any()
    other = loss_landscape(model, rows, labels, points=3, seed=1)
    assert (other.directions[0]["dense/kernel"] != found.directions[0]["dense/kernel"]).any()
    again = loss_landscape(model, rows, labels, points=3)
    assert (again.losses == found.losses).all()


def test_the_path_is_seen_along_its_principal_components(trained):
    model, rows, labels, path = trained
    found = loss_landscape(model, rows, labels, points=3, path=path)
    flat = np.stack([np.concatenate([w.ravel() for w in kept.values()]) for kept in path.weights]).astype(np.float64)
    moved = flat - flat[-1]
    gram = np.linalg.eigvalsh(moved @ moved.T)[::-1]
    assert found.kept == pytest.approx(gram[:2].sum() / gram.sum(), rel=1e-6)
    ones = [np.concatenate([d.ravel() for d in direction.values()]) for direction in found.directions]
    np.testing.assert_allclose(np.array(ones) @ np.array(ones).T, np.eye(2), atol=1e-6)
    np.testing.assert_allclose(found.path, moved @ np.array(ones).T, atol=1e-6)
    np.testing.assert_allclose(found.path[-1], 0, atol=1e-6)
    inside = (found.path[:, 0] >= found.across[0]) & (found.path[:, 0] <= found.across[-1])
    assert inside.all() and found.up[0] < found.path[:, 1].min() and found.up[-1] > found.path[:, 1].max()
    assert "the path of training" in found.plot().svg


def test_a_long_path_keeps_its_ends_and_little_else():
    model, path = Sequential([Input((1,)), Dense(1)], seed=0), WeightPath(most=5)
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 1)), np.zeros((4, 1)), epochs=40, verbose=0, callbacks=[path])
    assert path.epochs == [0, 16, 32]
    found = loss_landscape(model, np.ones((4, 1)), np.zeros((4, 1)), points=3, path=path)
    assert len(found.path) == 4 and not found.path[-1].any()
    model.fit(np.ones((4, 1)), np.zeros((4, 1)), epochs=8, verbose=0, callbacks=[path])
    assert path.epochs == [0, 16, 32, 48]


def test_mistakes_are_named(trained):
    model, rows, labels, path = trained
    for arguments, words in (({"points": 4}, "odd"), ({"span": 0}, "span"), ({"path": WeightPath()}, "at least three")):
        with pytest.raises(ConfigError, match=words):
            loss_landscape(model, rows, labels, **arguments)
    other = Sequential([Input((3,)), Dense(2, activation="softmax")], seed=0)
    other.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ConfigError, match="of other weights"):
        loss_landscape(other, rows, labels, path=path)
    with pytest.raises(ConfigError, match="most"):
        WeightPath(3)
