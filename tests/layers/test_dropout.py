"""Dropout: how much is dropped, what is left, and that each mask follows from seed, place and step alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.layers import Dense, Dropout, Input
from glassnet.models import Sequential
from glassnet.optimizers import SGD

X = np.random.default_rng(0).uniform(1, 2, size=(100, 200)).astype("float32")
KEY = jax.random.key(0)

drop = jax.jit(lambda layer, x, key: layer(x, training=True, key=key))


def masked(layer, key=KEY, x=X):
    """Which numbers the layer drops."""
    return np.asarray(drop(layer, x, key)) == 0


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_rate_is_the_share_dropped_and_the_rest_is_scaled_up(rate):
    y = np.asarray(drop(Dropout(rate), X, KEY))
    dropped = y == 0
    sigma = np.sqrt(rate * (1 - rate) / X.size)
    assert abs(dropped.mean() - rate) < 5 * sigma
    np.testing.assert_allclose(y[~dropped], X[~dropped] / (1 - rate), rtol=1e-6)
    assert abs(y.mean() / X.mean() - 1) < 6 * sigma / (1 - rate)


def test_rates_of_none_and_all():
    np.testing.assert_array_equal(Dropout(0)(X, training=True), X)
    assert not np.asarray(Dropout(1.0)(X, training=True)).any()


def test_nothing_is_dropped_in_inference():
    layer = Dropout(0.9, seed=1)
    for y in (layer(X), layer(X, training=False), layer(X, key=KEY), jax.jit(layer)(X)):
        np.testing.assert_array_equal(y, X)


@pytest.mark.parametrize(("noise_shape", "axis"), [((None, 1), 1), ((1, None), 0), ([1, 200], 0)])
def test_an_axis_of_size_one_is_dropped_as_a_whole(noise_shape, axis):
    dropped = masked(Dropout(0.5, noise_shape=noise_shape))
    assert (dropped.all(axis) == dropped.any(axis)).all()
    assert 0.2 < dropped.mean() < 0.8


def test_the_mask_follows_from_the_key():
    layer = Dropout(0.5)
    np.testing.assert_array_equal(masked(layer), masked(Dropout(0.5)))
    other = masked(layer, jax.random.key(1))
    assert 0.45 < (masked(layer) == other).mean() < 0.55


def test_layers_at_other_places_or_with_other_seeds_have_masks_of_their_own():
    first, second = masked(Dropout(0.5, name="first")), masked(Dropout(0.5, name="second"))
    one, two = masked(Dropout(0.5, seed=1)), masked(Dropout(0.5, seed=2))
    for a, b in ((first, second), (one, two), (one, masked(Dropout(0.5)))):
        assert 0.45 < (a == b).mean() < 0.55
    np.testing.assert_array_equal(one, masked(Dropout(0.5, seed=1)))


def test_a_layer_called_twice_in_one_call_draws_twice():
    layer = Dropout(0.5)
    both = jax.jit(lambda x, key: Twice(layer)(x, training=True, key=key))(X, KEY)
    assert 0.45 < ((both[0] == 0) == (both[1] == 0)).mean() < 0.55


class Twice(Dense):
    """Its inner layer, twice on the same input."""

    def __init__(self, inner):
        super().__init__(1)
        self.inner, self.built = inner, True
        self.input_spec = None

    def call(self, x):
        return self.inner(x), self.inner(x)


def test_by_hand_each_call_draws_anew_and_a_seed_repeats_the_series():
    a, b = Dropout(0.5, seed=7), Dropout(0.5, seed=7)
    drawn = [np.asarray(layer(X, training=True)) for layer in (a, a, b, b)]
    np.testing.assert_array_equal(drawn[0], drawn[2])
    np.testing.assert_array_equal(drawn[1], drawn[3])
    assert not np.array_equal(drawn[0], drawn[1])


def test_the_gradient_flows_through_what_was_kept_only():
    layer = Dropout(0.25)
    slope = jax.jit(jax.grad(lambda x: jnp.sum(layer(x, training=True, key=KEY))))(X)
    np.testing.assert_allclose(slope, np.where(masked(layer), 0, 1 / 0.75), rtol=1e-6)


def test_in_fit_every_step_has_its_own_mask_and_the_same_one_again():
    """At a learning rate of 0 only the masks can make one epoch's loss differ from another's."""

    def losses():
        model = Sequential([Input((200,)), Dropout(0.5), Dense(1)], seed=0)
        model.compile(SGD(0.0), "mse")
        return model.fit(X, np.ones(100), epochs=4, batch_size=100, shuffle=False, verbose=0).history["loss"]

    first = losses()
    assert len(set(first)) == 4
    assert first == losses()
