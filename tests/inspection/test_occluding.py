"""occlusion and grad_cam: against closed forms and the formula of the paper, worked out by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.foundation.errors import ConfigError
from glassnet.inspection import grad_cam, occlusion
from glassnet.layers import Concatenate, Conv1D, Dense, GlobalAveragePooling1D

W, B = np.array([[2.0], [-3.0], [0.5]], "float32"), np.array([0.25], "float32")  # those of the fixture `linear`


def test_covering_a_column_of_a_line_takes_its_part(linear, table):
    np.testing.assert_allclose(occlusion(linear, table).values, table * W[:, 0], rtol=1e-4, atol=1e-5)
    wanted = (table - table.mean(axis=0)) * W[:, 0]
    np.testing.assert_allclose(occlusion(linear, table, value="mean").values, wanted, rtol=1e-3, atol=1e-5)


def test_patches_of_a_picture_take_what_their_pixels_give(line_of_pixels):
    model, weights = line_of_pixels
    images = np.random.default_rng(0).normal(size=(2, 4, 4, 1)).astype("float32")
    parts = images[..., 0] * weights
    found = occlusion(model, images, patch=2).values
    blocks = parts.reshape(2, 2, 2, 2, 2).sum(axis=(2, 4))
    np.testing.assert_allclose(found, blocks.repeat(2, axis=1).repeat(2, axis=2), rtol=1e-4, atol=1e-5)
    single = occlusion(model, images, patch=1).values
    np.testing.assert_allclose(single, parts, rtol=1e-3, atol=1e-5)


def test_patches_that_overlap_are_averaged(line_of_pixels):
    model, weights = line_of_pixels
    images = np.ones((1, 4, 4, 1), "float32")
    found = occlusion(model, images, patch=(4, 2), stride=(4, 1)).values[0]
    columns = weights.sum(axis=0)
    pairs = columns[:-1] + columns[1:]
    wanted = [pairs[0], (pairs[0] + pairs[1]) / 2, (pairs[1] + pairs[2]) / 2, pairs[2]]
    np.testing.assert_allclose(found, np.tile(wanted, (4, 1)), rtol=1e-4)


def test_words_are_covered_one_by_one(text):
    model, rows = text
    found = occlusion(model, rows).values
    for place in range(6):
        covered = rows.copy()
        covered[:, place] = 0
        wanted = model.predict(rows)[:, 0] - model.predict(covered)[:, 0]
        np.testing.assert_allclose(found[:, place], wanted, atol=1e-6)


def test_grad_cam_is_the_formula_of_the_paper(pictures):
    model, images = pictures
    first, pool, last, mean, dense = model.layers[-5:]

    def logits(maps):
        return mean(maps) @ dense.kernel + dense.bias

    maps = last(pool(first(images)))
    target = np.asarray(model.predict(images)).argmax(axis=1)
    slopes = jax.grad(lambda a: logits(a)[jnp.arange(3), target].sum())(maps)
    wanted = np.maximum((np.asarray(slopes).mean(axis=(1, 2), keepdims=True) * np.asarray(maps)).sum(-1), 0)
    found = grad_cam(model, images)
    assert found.values.shape == (3, 8, 8) and (found.values >= 0).all()
    np.testing.assert_allclose(found.values, jax.image.resize(wanted, (3, 8, 8), "linear"), atol=1e-6)
    np.testing.assert_allclose(grad_cam(model, images, layer="last").values, found.values)
    assert np.abs(grad_cam(model, images, layer="first").values - found.values).max() > 1e-4


def test_grad_cam_follows_sequences_too():
    model = Sequential([Input((10, 2)), Conv1D(3, 3), GlobalAveragePooling1D(), Dense(2)], seed=0)
    assert grad_cam(model, np.ones((2, 10, 2), "float32")).values.shape == (2, 10)


def test_what_does_not_fit_is_named(linear, table, pictures):
    with pytest.raises(ConfigError, match=r"convolution.*Dense.*saliency"):
        grad_cam(linear, table)
    with pytest.raises(ConfigError, match="positions and channels"):
        grad_cam(*pictures, layer="dense")
    with pytest.raises(ConfigError, match="patch"):
        occlusion(*pictures, patch=9)
    a, b = Input((2,)), Input((2,))
    two = Model([a, b], Dense(1)(Concatenate()([a, b])))
    with pytest.raises(ConfigError, match="2 inputs"):
        occlusion(two, [table[:, :2], table[:, :2]])
