"""project: against the eigenvectors of the covariance."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ConfigError
from glassnet.inspection import project, project_embedding
from glassnet.layers import Dense


def test_points_lie_along_the_directions_of_most_variance():
    rows = np.random.default_rng(0).normal(size=(50, 4)) @ np.diag([5.0, 1.0, 0.3, 0.1]) + 7
    found = project(rows, components=3)
    values, vectors = np.linalg.eigh(np.cov(rows.T))
    np.testing.assert_allclose(found.explained, values[::-1][:3] / values.sum(), rtol=1e-8)
    np.testing.assert_allclose(np.abs(found.components @ vectors[:, ::-1][:, :3]), np.eye(3), atol=1e-7)
    np.testing.assert_allclose(found.points, (rows - rows.mean(axis=0)) @ found.components.T)
    assert (found.components[np.arange(3), np.abs(found.components).argmax(axis=1)] > 0).all()


def test_an_embedding_is_projected_with_its_words(text):
    model, _ = text
    found = project_embedding(model, "embedding", names=[f"word{i}" for i in range(9)])
    table = np.asarray(model.get_layer("embedding").embeddings)
    np.testing.assert_allclose(found.points @ found.points.T, _in_plane(table), atol=1e-6)
    assert ">word7<" in found.plot().svg


def _in_plane(table):
    centred = table - table.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred)
    return (left[:, :2] * sizes[:2] ** 2) @ left[:, :2].T


def test_mistakes_are_named(text, linear):
    with pytest.raises(ConfigError, match="at least 3 rows"):
        project(np.ones((2, 5)), components=3)
    with pytest.raises(ConfigError, match="Dense"):
        project_embedding(linear, "line")


def test_the_only_embedding_needs_no_name(text):
    model, _ = text
    np.testing.assert_array_equal(project_embedding(model).points, project_embedding(model, "embedding").points)
    with pytest.raises(ConfigError, match="the model has 0"):
        project_embedding(Sequential([Input((2,)), Dense(1)]))
