"""XOR with two hidden units: why some networks learn it and others never do.

A textbook trains a network with two inputs, two sigmoid units and one sigmoid output on the four rows of XOR. From its own
start it fails. Here the same network starts from 100 seeds; then it gets biases; then two more hidden units.

The textbook follows the gradient of half the sum of squared errors at a rate of 0.5. Four rows make the gradient of their
*mean* squared error half as large, so the same steps are ``SGD(1.0)`` on ``"mse"``. Patience is not what is missing: after
100,000 steps instead of 10,000, one network more has learned it, 206 instead of 205 of the 300.

All 300 networks train in one compiled program: a network is a pytree, so `jax.vmap` takes 100 of them stacked.
"""

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import Input, Sequential
from glassnet.layers import Dense
from glassnet.optimizers import SGD

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)
EPOCHS = 10_000
SEEDS = range(100)
WIDTHS = {"2-2-1 without biases": (2, False), "2-2-1 with biases": (2, True), "2-4-1 with biases": (4, True)}

WHY = """\
Without biases every hidden unit answers 1/2 to the row 0 0, whatever its weights: its line, where it changes sides,
passes through the origin. The output unit's line does so too, in the plane of the two hidden answers. XOR can still
be told apart, but only through a narrow gap: with output weights of length 1, the nearest of the four rows lies at most
0.06 from that line. With biases it can lie 0.35 away (one unit answers OR, the other AND), so weights a sixth as long
give answers as clear. The networks that still fail came to rest where two or three rows share one answer, such as 1/2.
With four hidden units every start here found a way down."""


def network(seed, hidden, biases):
    """2 inputs, some sigmoid units, 1 sigmoid output; every number starts between -1 and 1, as the textbook draws it."""
    model = Sequential(
        [
            Input((2,)),
            Dense(hidden, activation="sigmoid", use_bias=biases),
            Dense(1, activation="sigmoid", use_bias=biases),
        ]
    )
    draw = np.random.RandomState(seed).uniform
    model.set_weights([draw(-1, 1, weight.shape) for weight in model.weights])
    return model


def descend(model):
    """The model's four answers after EPOCHS steps of gradient descent on all four rows."""
    optimizer = SGD(1.0)

    def error(model):
        return jnp.mean((model(X) - Y) ** 2)

    def epoch(_, now):
        model, state = now
        return optimizer.step(model, jax.grad(error)(model), state)

    model, _ = jax.lax.fori_loop(0, EPOCHS, epoch, (model, optimizer.init(model)))
    return model(X)[:, 0]


@jax.jit
def descend_all(groups):
    """The answers of every network of every group: {name: (networks, 4)}."""
    return {name: jax.vmap(descend)(networks) for name, networks in groups.items()}


def by_fit():
    """The textbook's own run, in the four lines that Keras users write."""
    model = network(1, 2, biases=False)
    model.compile(optimizer=SGD(1.0), loss="mse")
    model.fit(X, Y, epochs=EPOCHS, batch_size=4, shuffle=False, verbose=0)
    return model.predict(X)[:, 0]


def shown(answers):
    rows = [f"{a:.0f} {b:.0f} -> {answer:.3f}" for (a, b), answer in zip(X, answers, strict=True)]
    return "    ".join(rows)


def main():
    """Returns the share of seeds that learn XOR, by network."""
    groups = {
        name: jax.tree.map(lambda *weights: np.stack(weights), *[network(seed, *width) for seed in SEEDS])
        for name, width in WIDTHS.items()
    }
    answers = {name: np.asarray(found) for name, found in descend_all(groups).items()}
    wanted = Y[:, 0]
    learned = {name: np.mean(((found > 0.5) == wanted).all(1)) for name, found in answers.items()}
    close = {name: np.mean((abs(found - wanted) < 0.1).all(1)) for name, found in answers.items()}

    print(f"XOR, {EPOCHS:,} steps of gradient descent, {len(SEEDS)} starts each\n")
    print(f"{'network':<22}  {'all four right':>14}  {'all within 0.1':>14}")
    for name in WIDTHS:
        print(f"{name:<22}  {learned[name]:>14.0%}  {close[name]:>14.0%}")
    print("\nThe textbook's own start (without biases, seed 1) gets 1 1 wrong, here and by fit:")
    print(shown(answers["2-2-1 without biases"][1]))
    print(shown(by_fit()), "\n")
    print(WHY)
    return {name: float(share) for name, share in learned.items()}


if __name__ == "__main__":
    main()
