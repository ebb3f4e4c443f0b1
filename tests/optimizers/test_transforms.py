"""Clipping and decay as functions on trees."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet.optimizers import transforms

CLIPS = [transforms.clip_by_value, transforms.clip_by_norm, transforms.clip_by_global_norm]
numbers = st.lists(st.floats(-1e3, 1e3, width=32, allow_subnormal=False), min_size=4, max_size=4)


def norm(*arrays):
    return np.sqrt(sum(np.sum(np.square(np.asarray(a, float))) for a in arrays))


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(numbers, st.floats(0.0625, 100, width=32))
def test_clipping_keeps_its_bound_and_what_is_within(values, limit):
    grads = {"a": np.float32(values[:2]), "b": np.float32(values[2:])}
    by_value, by_norm, by_global = (clip(grads, limit) for clip in CLIPS)
    bound = limit * (1 + 1e-5)
    assert max(np.abs(g).max() for g in by_value.values()) <= bound
    assert max(norm(g) for g in by_norm.values()) <= bound
    assert norm(*by_global.values()) <= bound
    for path, g in grads.items():
        np.testing.assert_array_equal(np.asarray(by_value[path])[np.abs(g) <= limit], g[np.abs(g) <= limit])
        if norm(g) < limit * 0.999:
            np.testing.assert_allclose(by_norm[path], g, rtol=1e-6)
        np.testing.assert_allclose(np.asarray(by_norm[path]) * norm(g), g * norm(by_norm[path]), rtol=1e-4, atol=1e-4)
        if norm(*grads.values()) < limit * 0.999:
            np.testing.assert_allclose(by_global[path], g, rtol=1e-6)


def test_the_global_norm_keeps_the_direction_and_the_single_norms_do_not():
    grads = {"a": np.float32([3.0, 0.0]), "b": np.float32([0.0, 4.0])}
    together = transforms.clip_by_global_norm(grads, 1.0)
    np.testing.assert_allclose([together["a"], together["b"]], [[0.6, 0.0], [0.0, 0.8]], rtol=1e-6)
    apart = transforms.clip_by_norm(grads, 1.0)
    np.testing.assert_allclose([apart["a"], apart["b"]], [[1.0, 0.0], [0.0, 1.0]], rtol=1e-6)


def test_a_gradient_that_is_not_finite_shows_everywhere_it_counts():
    for wrong in (np.nan, np.inf, -np.inf):
        grads = {"a": np.float32([wrong, 1.0]), "b": np.float32([1.0])}
        assert np.isnan(transforms.clip_by_global_norm(grads, 1.0)["b"]).all()
        assert np.isnan(transforms.clip_by_norm(grads, 1.0)["a"]).all()
        np.testing.assert_array_equal(transforms.clip_by_norm(grads, 1.0)["b"], [1.0])
    assert np.isnan(transforms.clip_by_value(np.float32([np.nan]), 1.0)).all()


@pytest.mark.parametrize("clip", CLIPS)
def test_no_gradient_stays_none_and_zero_stays_zero(clip):
    clipped = clip({"a": None, "b": np.zeros(2, "float32")}, 1.0)
    assert clipped["a"] is None
    np.testing.assert_array_equal(clipped["b"], [0.0, 0.0])
    assert jax.tree.leaves(clip({}, 1.0)) == []


@pytest.mark.parametrize("clip", CLIPS)
def test_clipping_keeps_each_arrays_type(clip):
    clipped = clip({"a": jnp.ones(2, jnp.bfloat16), "b": np.ones(2, "float32")}, 0.5)
    assert clipped["a"].dtype == jnp.bfloat16 and clipped["b"].dtype == np.float32


def test_decay_takes_the_same_share_of_every_weight():
    params = {"a": np.float32([1.0, -2.0]), "b": np.float32([4.0])}
    after = transforms.decay_weights(params, 0.5, 0.1)
    np.testing.assert_allclose(after["a"] / params["a"], 0.95, rtol=1e-6)
    np.testing.assert_allclose(after["b"] / params["b"], 0.95, rtol=1e-6)
    some = transforms.decay_weights(params, 0.5, {"a": None, "b": 0.1})
    np.testing.assert_array_equal(some["a"], params["a"])
    assert some["b"] < params["b"]
