"""A layer of your own, and a training loop of your own: both are ordinary Python and JAX.

A residual layer adds to its input what a small layer makes of it: y = x + relu(x W + b). Stacked, such layers tell two
spirals apart. The network is trained twice, by `fit` and by eight lines of JAX, and comes out the same.
"""

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import Input, Layer, Sequential, datasets
from glassnet.layers import Dense
from glassnet.losses import BinaryCrossentropy
from glassnet.optimizers import Adam

EPOCHS = 300

loss = BinaryCrossentropy(from_logits=True)
optimizer = Adam(0.01)


class Residual(Layer):
    """y = x + relu(x W + b). Layers inside are made in `__init__`; weights come with the first input."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.inner = Dense(units, activation="relu")

    def call(self, x):
        return x + self.inner(x)


def network():
    """The same network with the same initial weights each time: they follow from the seed."""
    return Sequential([Input((2,)), Dense(16), Residual(16), Residual(16), Residual(16), Dense(1)], seed=0)


def trained_by_fit(x, y):
    model = network()
    model.compile(optimizer, loss)
    model.fit(x, y, epochs=EPOCHS, batch_size=len(x), shuffle=False, verbose=0)
    return model


def error(model, x, y):
    """A layer or a model is a pytree, so `jax.grad` gives its slopes in the shape of the model itself."""
    return loss(y, model(x))


@jax.jit
def step(model, state, x, y):
    """One step: slopes by JAX, and the optimizer as a pure function."""
    return optimizer.step(model, jax.grad(error)(model, x, y), state)


def trained_by_hand(x, y):
    model = network()
    state = optimizer.init(model)
    for _ in range(EPOCHS):
        model, state = step(model, state, x, y)
    return model


def accuracy(model, x, y):
    return float(np.mean((model(x)[:, 0] > 0) == y))


def main():
    """Returns the accuracy on rows that were not trained on."""
    x, y = datasets.make_spirals(400, seed=0)
    x_test, y_test = datasets.make_spirals(400, seed=1)
    by_fit, by_hand = trained_by_fit(x, y), trained_by_hand(x, y)
    by_fit.summary()
    apart = max(float(jnp.max(jnp.abs(a - b))) for a, b in zip(by_fit.weights, by_hand.weights, strict=True))
    print(f"\naccuracy on new rows: {accuracy(by_fit, x_test, y_test):.1%} by fit, ", end="")
    print(f"{accuracy(by_hand, x_test, y_test):.1%} by hand; largest difference of a weight {apart:.0e}")

    slopes = jax.jit(jax.grad(error))(by_hand, x, y)
    print(
        f"\nslopes have the model's own shape: {type(slopes).__name__}, {len(jax.tree.leaves(slopes))} arrays, such as"
    )
    print(f"  {by_hand.layers[1].inner.path}/kernel {slopes.layers[1].inner.kernel.shape}")

    pull = jax.grad(lambda x: jnp.sum(by_hand(x)))(x_test[::150])
    print("\nwhich way the answer grows, at three points:")
    for (a, b), (da, db) in zip(x_test[::150], pull, strict=True):
        print(f"  at ({a:+.2f}, {b:+.2f}) along ({da:+6.1f}, {db:+6.1f})")
    return accuracy(by_fit, x_test, y_test)


if __name__ == "__main__":
    main()
