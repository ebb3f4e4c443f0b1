"""One seed a model, one stream a path."""

import jax
import numpy as np

from glassnet.foundation import rng


def test_streams_depend_on_seed_and_path_alone():
    first = rng.generator(1, "a/kernel").random(3)
    np.testing.assert_array_equal(first, rng.generator(1, "a/kernel").random(3))
    assert not np.array_equal(first, rng.generator(1, "b/kernel").random(3))
    assert not np.array_equal(first, rng.generator(2, "a/kernel").random(3))


def test_keys_differ_by_path_and_draw():
    key = jax.random.key(0)
    keys = {tuple(jax.random.key_data(rng.key_for(key, path, draw)).tolist()) for path in "ab" for draw in (0, 1)}
    assert len(keys) == 4


def test_set_random_seed_repeats_what_follows():
    rng.set_random_seed(3)
    first = (rng.fresh_seed(), np.random.rand())
    rng.set_random_seed(3)
    assert first == (rng.fresh_seed(), np.random.rand())
