"""Lambda: any function as a layer, saved by its registered name."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import load_model
from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.foundation.layer import Layer
from glassnet.layers import Dense, Input
from glassnet.layers.lambda_layer import Lambda
from glassnet.layers.masking import Masking
from glassnet.models import Sequential
from glassnet.optimizers import SGD
from glassnet.saving import register_keras_serializable

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


@register_keras_serializable("lambda_tests")
def squared(x, times=1.0):
    return times * x * x


def network(function):
    model = Sequential([Input((3,)), Lambda(function), Dense(1)], seed=0)
    model.compile(SGD(0.1), "mse")
    return model


def test_arguments_are_passed_on():
    np.testing.assert_allclose(Lambda(squared, arguments={"times": 3.0})(X), 3 * X * X, rtol=1e-6)


def test_a_registered_function_is_saved_by_its_name(tmp_path):
    model = network(squared)
    assert model.layers[0].get_config()["function"] == "lambda_tests>squared"
    model.save(tmp_path / "model.glass")
    loaded = load_model(tmp_path / "model.glass")
    assert loaded.layers[0].function is squared
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_any_other_trains_and_says_on_saving_what_to_register(tmp_path):
    model = network(lambda x: x * 2)
    model.fit(X, np.ones((4, 1)), verbose=0)
    with pytest.raises(ConfigError, match="register_keras_serializable"):
        model.save(tmp_path / "model.glass")


def test_the_output_shape_is_traced_or_as_told():
    def doubled(x):
        return jnp.concatenate([x, x], -1)

    assert Lambda(doubled).compute_output_shape((None, 3)) == (None, 6)
    assert Lambda(doubled, output_shape=(6,)).compute_output_shape((None, 3)) == (None, 6)
    assert Lambda(doubled, output_shape=[6]).compute_output_shape((5, 3)) == (5, 6)
    told = Lambda(doubled, output_shape=lambda shape: (*shape[:-1], 2 * shape[-1]))
    assert told.compute_output_shape((None, 3)) == (None, 6)


def test_training_and_mask_are_passed_where_they_are_taken():
    layer = Lambda(lambda x, training: x + 1 if training else x)
    np.testing.assert_allclose(layer(X, training=True), X + 1)
    np.testing.assert_array_equal(layer(X), X)
    counted = Lambda(lambda x, mask: jnp.where(mask[..., None], x, -1.0))
    x = np.float32([[[1], [0]]])
    np.testing.assert_array_equal(counted(Masking()(x), mask=np.array([[True, False]])), [[[1], [-1]]])


class After(Layer):
    """The mask after a Lambda."""

    def __init__(self, mask):
        super().__init__()
        self.first, self.inner = Masking(), Lambda(lambda x: x + 1, mask=mask)

    def call(self, inputs):
        return Taken()(self.inner(self.first(inputs)))


class Taken(Layer):
    """The mask that travels with the input."""

    def call(self, inputs, mask=None):
        return mask


def test_a_mask_ends_here_unless_told():
    x = np.float32([[[1], [0]]])
    assert After(None)(x) is None
    assert After(lambda inputs, mask: ~mask)(x).tolist() == [[False, True]]
    assert After(np.array([[True, True]]))(x).tolist() == [[True, True]]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Lambda(None), ConfigError, "Lambda expected `function` as a function of an array. Received None."),
        (lambda: Lambda(3), ConfigError, "Received 3."),
        (lambda: Lambda("sqared"), UnknownNameError, "sqared"),
        (lambda: Lambda(lambda x: x).get_config(), ConfigError, "no registered name"),
    ],
)
def test_bad_arguments_are_named(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
