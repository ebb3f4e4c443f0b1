"""Where a training breaks, by other means: plain JAX, layer by layer, without the library's step, replay or equations."""

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import Input, Sequential
from glassnet.foundation.errors import DivergedError


def compared(layers, optimizer, x, y, epochs=60, size=16):
    """Train with mean squared error, and say of the finding whether step and place agree with a loop written out."""
    model = Sequential([Input(x.shape[1:]), *layers()], seed=1)
    model.compile(optimizer, "mse")
    expected = place_of(model, optimizer, x, y, epochs, size)
    try:
        model.fit(x, y, epochs=epochs, batch_size=size, shuffle=False, verbose=0)
    except DivergedError as error:
        return error.finding, expected
    return None, expected


def place_of(model, optimizer, x, y, epochs, size):
    """(epoch, step, direction, layers) of the first number that is not finite; layers None where any may be."""
    weights = {path: jnp.asarray(w) for path, w in model.named_weights().items()}
    names = [layer.path or layer.name for layer in model.layers if layer.named_weights()]
    layers = [layer for layer in model.layers if layer.named_weights()]

    def outputs(weights, rows):
        found, now = [], rows
        for name, layer in zip(names, layers, strict=True):
            z = now @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
            now = layer.activation(z)
            found.append(now)
        return found

    def loss(weights, rows, goal):
        return jnp.mean((goal - outputs(weights, rows)[-1]) ** 2)

    gradient, state = jax.jit(jax.grad(loss)), optimizer.init(weights)
    step = jax.jit(optimizer.step)
    for epoch in range(epochs):
        for number, start in enumerate(range(0, len(x), size)):
            rows, goal = x[start : start + size], y[start : start + size]
            for name, out in zip(names, outputs(weights, rows), strict=True):
                if not finite(out):
                    return epoch + 1, number + 1, "forward", (name,)
            if not finite(loss(weights, rows, goal)):
                return epoch + 1, number + 1, "forward", ("the loss",)
            slopes = gradient(weights, rows, goal)
            if not finite(slopes):
                return epoch + 1, number + 1, "backward", None
            weights, state = step(weights, slopes, state)
            broken = tuple(path for path, w in weights.items() if not finite(w))
            if broken:
                return epoch + 1, number + 1, "update", broken
    return None


def finite(tree):
    return all(np.isfinite(np.asarray(leaf)).all() for leaf in jax.tree.leaves(tree))
