"""Losses by name, function and configuration, and losses of a user's own."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import losses
from glassnet.foundation.errors import ConfigError, UnknownNameError

ALIASES = {
    "mse": "MeanSquaredError",
    "MSE": "MeanSquaredError",
    "mae": "MeanAbsoluteError",
    "MAE": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "MAPE": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError",
    "MSLE": "MeanSquaredLogarithmicError",
    "bce": "BinaryCrossentropy",
    "BCE": "BinaryCrossentropy",
    "kld": "KLDivergence",
    "KLD": "KLDivergence",
    "kullback_leibler_divergence": "KLDivergence",
    "logcosh": "LogCosh",
    "huber_loss": "Huber",
}


@pytest.mark.parametrize("alias", ALIASES)
def test_short_names(alias):
    assert losses.get(alias) == losses.get(ALIASES[alias])


def test_a_wrong_name_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'binary_crossentropy'"):
        losses.get("binary_crosentropy")


@pytest.mark.parametrize("thing", [3, 2.5, ["mse"]])
def test_what_is_no_loss_is_told(thing):
    with pytest.raises(ConfigError, match="Expected the loss"):
        losses.get(thing)


def test_none_stays_none():
    assert losses.get(None) is None


@pytest.mark.parametrize(
    ("outputs", "targets", "name"),
    [
        ((None, 1), (None, 1), "BinaryCrossentropy"),
        ((None, 3), (None,), "SparseCategoricalCrossentropy"),
        ((None, 3), (None, 1), "SparseCategoricalCrossentropy"),
        ((None, 3), (None, 3), "CategoricalCrossentropy"),
        ((None, 3), None, "SparseCategoricalCrossentropy"),
    ],
)
def test_crossentropy_is_the_kind_that_fits(outputs, targets, name):
    for identifier in ("crossentropy", "ce"):
        assert type(losses.resolve(identifier, outputs, targets)).__name__ == name
    assert losses.resolve("mse", outputs, targets) == losses.MeanSquaredError()


def quartic(y_true, y_pred):
    return jnp.mean((y_true - y_pred) ** 4, axis=-1)


def test_a_plain_function_is_a_loss():
    loss = losses.get(quartic)
    assert loss.name == "quartic" and loss == losses.FunctionLoss(quartic) and hash(loss) == hash(losses.get(quartic))
    assert loss([[1.0], [2.0]], [[2.0], [4.0]], [1.0, 0.5]) == 4.5
    assert losses.FunctionLoss(lambda y_true, y_pred: jnp.float32(7), name="flat")([[1.0]], [[1.0]]) == 7


def test_a_registered_function_is_saved_by_its_name():
    losses.loss_registry.register(name="quartic_for_a_test")(quartic)
    loss = losses.get("quartic_for_a_test")
    assert loss == losses.get(quartic)
    assert losses.deserialize(losses.serialize(loss)) == loss


class Cubed(losses.Loss):
    """As in the docstring of `Loss`."""

    def call(self, y_true, y_pred):
        return jnp.mean(jnp.abs(y_true - y_pred) ** 3, axis=-1)


def test_a_loss_of_ones_own_defines_call():
    loss = Cubed(reduction="sum")
    assert loss.name == "cubed"
    assert loss([[1], [2]], [[2.0], [4.0]]) == 9
    np.testing.assert_allclose(losses.reduced(Cubed(), np.zeros((2, 1)), np.ones((2, 1)), np.ones(2), 2), 1.0)
    with pytest.raises(ConfigError, match="define `call"):
        losses.Loss()([[1.0]], [[1.0]])
