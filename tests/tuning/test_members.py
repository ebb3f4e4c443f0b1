"""Members are networks of their own: as if made with their seed, and the template stays as it was."""

import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.foundation.errors import ConfigError
from glassnet.layers import BatchNormalization, Concatenate, Dense, Dropout, Normalization
from glassnet.optimizers import SGD, Adam
from glassnet.tuning.members import checked_model, fresh_copy, seed_list


def in_a_row(seed):
    inner = Sequential([Dense(3), BatchNormalization()], name="inner")
    return Sequential([Input((2,)), Dense(4, activation="relu"), inner, Dropout(0.2), Dense(1)], seed=seed)


def graph(seed):
    x = Input((2,), name="x")
    return Model(x, Dense(1, name="out")(Concatenate()([x, Dense(3, name="hidden")(x)])), seed=seed)


class Own(Model):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.hidden, self.out = Dense(units), Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))


MAKERS = [in_a_row, graph, lambda seed: Own(4, seed=seed)]
X = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")


@pytest.mark.parametrize("make", MAKERS, ids=["row", "graph", "subclass"])
def test_a_member_is_as_if_made_with_its_seed(make, untouched):
    template, wanted = make(3), make(11)
    template.compile(Adam(0.02), "mse", metrics=["mae"])
    for model in (template, wanted):
        model.predict(X)
    check = untouched(template)
    member = fresh_copy(template, 11, x=X)
    assert list(member.named_weights()) == list(wanted.named_weights()) and member.seed == 11
    for one, other in zip(member.get_weights(), wanted.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert member.optimizer == template.optimizer and member.optimizer is not template.optimizer
    member.fit(X, X[:, :1], epochs=1, verbose=0)
    assert "mae" in member.history.history
    check()


def test_frozen_and_adapted_layers_keep_their_numbers():
    normal = Normalization()
    normal.adapt(5 + X)
    model = Sequential([Input((2,)), normal, Dense(3), Dense(1)], seed=0)
    model.layers[1].trainable = False
    member = fresh_copy(model, 1)
    for index in (0, 1):
        for one, other in zip(member.layers[index].get_weights(), model.layers[index].get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
    assert not np.array_equal(member.layers[2].get_weights()[0], model.layers[2].get_weights()[0])
    assert not member.layers[1].trainable


def test_weights_can_be_kept_and_the_optimizer_changed():
    model = in_a_row(0)
    model.compile("adam", "mse")
    member = fresh_copy(model, 5, keep_weights=True, optimizer=SGD(0.5))
    for one, other in zip(member.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert member.optimizer == SGD(0.5) and member.seed == 5


@pytest.mark.parametrize("seeds", [0, -1, True, [], [1, 1], [0.5], "three", [-1]])
def test_seeds_that_cannot_be_are_refused(seeds):
    with pytest.raises(ConfigError, match="compare expected `seeds`"):
        seed_list(seeds, "compare")


def test_what_is_no_compiled_model_is_refused():
    with pytest.raises(ConfigError, match="Received a Dense"):
        fresh_copy(Dense(1), 0)
    for given in (in_a_row(0), Dense(1)):
        with pytest.raises(ConfigError, match="compiled with a loss"):
            checked_model(given, "search")
