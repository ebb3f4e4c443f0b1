"""Normalization of inputs: measured in one go or batch by batch, told, inverted, and saved with what it measured."""

import numpy as np
import pytest

from glassnet import load_model
from glassnet.foundation.errors import ConfigError, DataError, ShapeError
from glassnet.layers import Dense, Input
from glassnet.layers.feature_normalization import Normalization
from glassnet.models import Sequential
from glassnet.optimizers import SGD

X = np.random.default_rng(0).normal([1, -200, 1e4], [2, 30, 0.5], size=(50, 3))


def adapted(data=X, **config):
    layer = Normalization(**config)
    layer.adapt(data)
    return layer


def test_columns_have_mean_0_and_standard_deviation_1():
    y = np.asarray(adapted()(X))
    np.testing.assert_allclose(y.mean(0), 0, atol=2e-3)
    np.testing.assert_allclose(y.std(0), 1, rtol=2e-3)


@pytest.mark.parametrize("axis", [-1, None, 1])
def test_batches_say_what_the_whole_says(axis):
    whole = adapted(axis=axis)
    for batches in ([X[:7], X[7:]], iter([X[:30], X[30:31], X[31:]]), [(X[:20], None), (X[20:], None)]):
        parts = adapted(batches, axis=axis)
        for one, other in zip(whole.get_weights(), parts.get_weights(), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)
    assert float(whole.count) == (X.size if axis is None else len(X))


def test_lists_of_numbers_are_data_too():
    np.testing.assert_array_equal(adapted(X.tolist()).get_weights()[0], adapted().get_weights()[0])


def test_adapting_again_forgets_what_was_measured_before():
    layer = adapted()
    layer.adapt(2 * X)
    np.testing.assert_array_equal(layer.get_weights()[0], adapted(2 * X).get_weights()[0])


def test_inverted_it_is_the_way_back():
    config = {"mean": [1.0, -200.0, 1e4], "variance": [4.0, 900.0, 0.25]}
    forth, back = Normalization(**config), Normalization(**config, invert=True)
    np.testing.assert_allclose(back(forth(X)), X, rtol=1e-5)
    again = adapted(invert=True)
    np.testing.assert_allclose(again(adapted()(X)), X, rtol=1e-5)


def test_a_column_that_never_changes_becomes_0():
    np.testing.assert_array_equal(adapted(np.full((3, 1), 7.0))(np.full((2, 1), 7.0)), np.zeros((2, 1)))


def test_whole_numbers_come_out_in_floating_point():
    assert adapted(np.arange(6).reshape(3, 2))(np.arange(4, dtype="int32").reshape(2, 2)).dtype == "float32"


def test_training_leaves_it_alone_and_a_file_keeps_it(tmp_path):
    layer = adapted()
    model = Sequential([Input((3,)), layer, Dense(1)], seed=0)
    model.compile(SGD(0.1), "mse")
    before = layer.get_weights()
    model.train_on_batch(X, np.ones((50, 1)))
    for was, now in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)
    assert len(layer.trainable_weights) == 0 and len(layer.non_trainable_weights) == 3
    model.save(tmp_path / "model.glass")
    np.testing.assert_array_equal(load_model(tmp_path / "model.glass").predict(X), model.predict(X))


def test_what_it_is_told_is_configuration_and_no_weight():
    layer = Normalization(mean=np.array([1.0, 2.0, 3.0]), variance=np.array([1, 1, 4]))
    assert layer.get_config()["mean"] == [1.0, 2.0, 3.0] and layer.mean == [1.0, 2.0, 3.0]
    np.testing.assert_allclose(layer(np.ones((1, 3))), [[0, -1, -1]])
    assert layer.weights == [] and layer.mean.shape == (1, 3)


def test_before_it_has_measured_it_passes_on():
    layer = Normalization()
    assert layer.mean is None and layer.variance is None
    np.testing.assert_array_equal(layer(np.float32([[1, 2]])), [[1, 2]])


BAD = [
    (lambda: Normalization(mean=1.0), ConfigError, "expected `mean` and `variance` together"),
    (lambda: Normalization(mean=[1.0], variance=1.0), ConfigError, "of one shape"),
    (lambda: Normalization(mean=1.0, variance=-1.0), ConfigError, "no variance below 0"),
    (lambda: Normalization(mean="a", variance="b"), ConfigError, "Normalization expected `mean` as a number"),
    (lambda: Normalization(axis="last"), ConfigError, "Normalization expected `axis`"),
    (lambda: Normalization(axis=2)(X), ShapeError, "expected an input with the axes (2,)"),
    (lambda: Normalization(axis=(1, -1))(X), ShapeError, "expected an input with the axes (1, -1)"),
    (lambda: Normalization().build((None, None)), ShapeError, "of known sizes"),
    (lambda: Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])(X), ShapeError, "of shape (3,)"),
    (lambda: adapted().adapt(X[:, :2]), ShapeError, "(1, 3). Received shape (50, 2)"),
    (lambda: adapted().adapt(X[None]), ShapeError, "Received shape (1, 50, 3)"),
    (lambda: adapted(X[:0]), DataError, "Received an empty array"),
    (lambda: adapted(iter([])), DataError, "Received no rows"),
    (lambda: adapted(np.where(X[4, 1] == X, np.nan, X)), DataError, "Received nan at (4, 1)"),
    (lambda: Normalization(mean=1.0, variance=1.0).adapt(X), ConfigError, "it was told its mean and variance"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:40] for _, _, words in BAD])
def test_bad_arguments_and_data_are_named(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
