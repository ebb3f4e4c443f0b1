"""The slopes of attention, for which there is a rule of its own, against those that JAX finds by itself."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.layers.attention.scaled_dot import heads_first, softmax, to_heads

RANDOM = np.random.default_rng(0)
QUERY, KEY, VALUE = (RANDOM.normal(size=shape) for shape in ((2, 3, 4, 5), (4, 6, 5), (4, 6, 7)))  # 4 heads share 2
MASK = RANDOM.random((2, 1, 3, 6)) > 0.4
MASK[0, 0, 1] = False  # a query that may look at nothing
KEPT = RANDOM.random((2, 4, 3, 6)) > 0.3
MIXTURES = RANDOM.normal(size=(2, 3, 4, 7)), RANDOM.normal(size=(2, 4, 3, 6))


def plain(query, key, value, mask, dropped):
    """The same without the rule."""
    q = heads_first(query / np.sqrt(5)).reshape(4, 6, 5)
    weights = softmax((q @ jnp.swapaxes(key, 1, 2)).reshape(2, 4, 3, 6), mask)
    used = weights if dropped is None else dropped(weights)
    return jnp.swapaxes((used.reshape(4, 6, 6) @ value).reshape(2, 4, 3, 7), 1, 2), weights


@pytest.mark.parametrize("dropped", [None, lambda w: jnp.where(KEPT, w / 0.7, 0)], ids=["all", "dropped"])
@pytest.mark.parametrize("mask", [None, MASK], ids=["seen", "masked"])
def test_the_slopes_are_those_of_the_formula(mask, dropped):
    def mixed(function):
        def run(query, key, value):
            y, weights = function(query, key, value, mask, dropped)
            return jnp.sum(MIXTURES[0] * y**2) + jnp.sum(MIXTURES[1] * weights**2)

        return run

    @jax.jit
    def all_slopes(inputs, ways):
        """Backward, forward, and of second order."""
        found = []
        for function in (mixed(to_heads), mixed(plain)):
            back = jax.grad(function, (0, 1, 2))
            found.append((back(*inputs), jax.jvp(function, inputs, ways), jax.jvp(back, inputs, ways)))
        return found

    with jax.enable_x64(True):
        inputs = tuple(jnp.asarray(array) for array in (QUERY, KEY, VALUE))
        own, wanted = all_slopes(inputs, tuple(jnp.cos(array) for array in inputs))
    for a, b in zip(jax.tree.leaves(own), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
