"""Central differences: right where a derivative is, flagged where the loss has a corner, and also for layers of 32 bits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.layers import Dense, Layer

X, Y = np.array([0.5, -1.0, 2.0], "float32"), 1.0


class Narrow(Layer):
    """Rounds to 32 bits inside, as a layer of one's own may."""

    def call(self, inputs):
        return jnp.tanh(inputs.astype(jnp.float32))


class Noisy(Layer):
    """Draws other numbers with 64 bits than with 32."""

    def call(self, inputs, training=False):
        return inputs + jax.random.normal(self.draw_key(inputs), inputs.shape) if training else inputs


class Stubborn(Layer):
    """Cannot be computed with 64 bits at all."""

    def call(self, inputs):
        return jax.lax.add(inputs, jnp.ones(inputs.shape, jnp.float32))


def xrayed(*layers, loss="mse"):
    model = Sequential([Input((3,)), Dense(2, "tanh"), *layers, Dense(1)], seed=0)
    model.compile("sgd", loss)
    return model.xray(X, Y)


@pytest.mark.parametrize("kind", [Narrow, Noisy, Stubborn])
def test_a_layer_of_ones_own_is_confirmed_too(kind):
    seen = xrayed(kind())
    assert not list(seen.disagreements())
    assert max(d.error for found in seen.differences.values() for d in found) <= 1e-3
    assert ("differences with 32 bits" in str(seen)) == (not seen.checker.wide) == (kind is not Narrow)
    assert ("differences with 32 bits" in seen._repr_html_()) == (kind is not Narrow)


def test_a_number_that_was_not_among_them_is_computed_when_it_is_asked_for():
    model = Sequential([Input((3,)), Dense(8, "tanh"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    seen = model.xray(X, Y)
    known = {d.index for d in seen.differences["dense/kernel"]}
    left = next(index for index in np.ndindex(3, 8) if index not in known)
    weight = seen.weight("dense/kernel", *left)
    assert len(known) == 12 and weight.difference.index == left and weight.difference.error < 1e-3


def test_a_wrong_gradient_would_be_seen():
    """A layer whose derivative is not that of what it computes."""

    class Lying(Layer):
        def call(self, inputs):
            return inputs + jax.lax.stop_gradient(jnp.sin(inputs) - inputs)

    assert any(not d.kink and path.startswith("dense/") for path, d in xrayed(Lying()).disagreements())
