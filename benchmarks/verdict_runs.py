"""Trainings of known cause: what is wrong with each follows from how it was made, never from its curves.

`made(cause, number)` gives a compiled network, its rows and the arguments of `fit`; everything follows from the two arguments.
"""

import contextlib
from dataclasses import dataclass, field

import numpy as np

from glassnet.diagnosis import KINDS

CAUSES = KINDS
"""A training is harmed in one way, or in none; its number seeds it, so that the order stays."""


@dataclass
class Setup:
    """A training to be: rows, network and how it is trained."""

    x: np.ndarray
    y: np.ndarray
    val_x: np.ndarray
    val_y: np.ndarray
    classes: int
    hidden: tuple = (16, 8)
    activation: str = "relu"
    optimizer: str = "adam"
    rate: object = 0.005
    epochs: int = 60
    batch_size: int = 32
    dropout: float = 0.0
    penalty: float = 0.0
    momentum: float = 0.0
    seed: int = 0
    stop: bool = False
    options: dict = field(default_factory=dict)


# The rows.


def moons(r, n, noise=0.2):
    angle, side = r.uniform(0, np.pi, n), r.integers(0, 2, n)
    x = np.stack([np.cos(angle) + side, np.where(side, 0.5 - np.sin(angle), np.sin(angle))], 1)
    return x + noise * r.normal(size=x.shape), side, 2


def rings(r, n, noise=0.1):
    angle, side = r.uniform(0, 2 * np.pi, n), r.integers(0, 2, n)
    x = (1 + side)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return x + noise * r.normal(size=x.shape), side, 2


def corners(r, n, noise=0.1):
    x = r.uniform(-1, 1, (n, 2))
    return x + noise * r.normal(size=x.shape) * 0.3, (x[:, 0] * x[:, 1] > 0).astype(int), 2


def clouds(r, n, noise=1.0, classes=4, width=6):
    centres = np.random.default_rng(classes * width).normal(size=(classes, width)) * 1.6
    y = r.integers(0, classes, n)
    return centres[y] + noise * r.normal(size=(n, width)), y, classes


def halves(r, n, noise=0.5, width=8):
    x = r.normal(size=(n, width))
    lean = np.random.default_rng(width).normal(size=width)
    return x, (x @ lean + noise * np.linalg.norm(lean) * r.normal(size=n) > 0).astype(int), 2


def friedman(r, n, noise=0.3):
    x = r.uniform(0, 1, (n, 7))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    return (x - 0.5) * 3.4, (y - 14) / 5 + noise * r.normal(size=n), 0


def plane(r, n, noise=0.3, width=6):
    x = r.normal(size=(n, width))
    lean = np.random.default_rng(width).normal(size=width)
    return x, x @ lean / np.linalg.norm(lean) + noise * r.normal(size=n), 0


def waves(r, n, noise=0.2):
    x = r.uniform(-2, 2, (n, 2))
    return x, np.sin(2 * x[:, 0]) + x[:, 1] ** 2 / 2 - 0.6 + noise * r.normal(size=n), 0


LABELLED = (moons, rings, corners, clouds, halves)
VALUED = (friedman, plane, waves)
BENT = (rings, corners, friedman, waves)


def drawn(r, family, train, val, **options):
    x, y, classes = family(r, train + val, **options)
    x, y = x.astype("float32"), y.astype("float32" if not classes else "int32")
    return Setup(x[:train], y[:train], x[train:], y[train:], classes, seed=int(r.integers(1000)))


def pick(r, options):
    return options[int(r.integers(len(options)))]


# The causes. Each takes a generator and a number that runs over its variants.


def good_fit(r, number):
    """Many rows, a small network, a fair rate, and steps enough but not endless."""
    run = drawn(r, pick(r, LABELLED + VALUED), int(r.integers(700, 1800)), int(r.integers(150, 500)))
    choices = [
        ("adam", 0.005, 0.0),
        ("adam", 0.01, 0.0),
        ("rmsprop", 0.005, 0.0),
        ("adamw", 0.01, 0.0),
        ("nadam", 0.005, 0.0),
    ]
    run.optimizer, run.rate, run.momentum = pick(r, choices)
    run.hidden = pick(r, [(16,), (24,), (16, 8)])
    run.activation = pick(r, ["relu", "tanh", "elu"])
    run.batch_size = pick(r, [16, 32, 64])
    run.epochs = int(np.clip(r.uniform(1500, 2600) * run.batch_size / len(run.x), 20, 150))
    if number % 5 == 4:  # as good practice goes: a larger network that is stopped in time
        run.hidden, run.stop, run.dropout, run.epochs = (48, 24), True, pick(r, [0.0, 0.2]), 100
    return run


def overfitting(r, number):
    family = pick(r, [halves, clouds, moons, friedman, plane, waves])
    noise = {halves: 0.6, clouds: 1.8, moons: 0.35, friedman: 0.8, plane: 0.8, waves: 0.7}[family]
    run = drawn(r, family, int(r.integers(50, 130)), int(r.integers(150, 400)), noise=noise)
    more = int(r.integers(0, 20))
    run.x, run.val_x = (
        np.concatenate([x, r.normal(size=(len(x), more))], 1).astype("float32") for x in (run.x, run.val_x)
    )
    if run.classes:  # some training labels are plainly wrong, so that learning them by heart costs accuracy
        wrong = r.random(len(run.y)) < r.uniform(0.15, 0.3)
        run.y = np.where(wrong, r.integers(0, run.classes, len(run.y)), run.y).astype("int32")
    run.hidden, run.rate, run.epochs = (
        pick(r, [(128, 64), (256,), (128, 128)]),
        pick(r, [0.003, 0.01]),
        int(r.integers(80, 200)),
    )
    return run


def underfitting(r, number):
    run = drawn(r, pick(r, BENT), int(r.integers(500, 1200)), int(r.integers(200, 500)))
    way = number % 4
    run.rate, run.epochs = pick(r, [0.01, 0.02]), int(r.integers(60, 120))
    if way in (0, 1):
        run.hidden = () if way == 0 else (1,)
    elif way == 2:
        run.penalty = 0.3
    else:
        run.hidden, run.dropout = (12,), 0.85
    return run


def over_confident(r, number):
    """Classes that overlap along a straight border that is soon found; a wide network trained for long only grows surer."""
    family = pick(r, [halves, clouds])
    noise = {halves: 0.35, clouds: 1.3}[family]
    run = drawn(r, family, int(r.integers(220, 400)), int(r.integers(300, 600)), noise=noise)
    run.hidden, run.rate = pick(r, [(64,), (96,), (48, 24)]), pick(r, [0.005, 0.01])
    run.epochs = int(r.integers(80, 160))
    return run


def not_converged(r, number):
    """A fair rate, and a fraction of the steps it needs."""
    run = drawn(r, pick(r, (*LABELLED, friedman, waves)), int(r.integers(400, 1000)), int(r.integers(150, 400)))
    choices = [
        ("adam", 0.001, 0.0),
        ("adam", 0.002, 0.0),
        ("sgd", 0.01, 0.0),
        ("rmsprop", 0.001, 0.0),
        ("sgd", 0.005, 0.9),
    ]
    run.optimizer, run.rate, run.momentum = pick(r, choices)
    steps = r.uniform(60, 160) * (0.5 if run.rate == 0.002 or run.momentum else 1)
    run.epochs = max(3, int(steps * run.batch_size / len(run.x)))
    run.activation = pick(r, ["relu", "tanh"])
    return run


def plateau(r, number):
    way = number % 3
    run = drawn(r, pick(r, LABELLED + VALUED), int(r.integers(400, 900)), int(r.integers(150, 400)))
    run.epochs = int(r.integers(40, 90))
    if way == 0:  # gradients vanish through many sigmoids
        run.hidden, run.activation, run.optimizer, run.rate = (
            (16,) * int(r.integers(5, 8)),
            "sigmoid",
            "sgd",
            pick(r, [0.05, 0.1]),
        )
    elif way == 1:  # all units begin alike and stay so
        run.options["initial"] = pick(r, ["zeros", "constant"])
        run.optimizer, run.rate = pick(r, [("adam", 0.005), ("sgd", 0.05)])
        again = drawn(r, pick(r, BENT), 600, 200)
        run.x, run.y, run.val_x, run.val_y, run.classes = again.x, again.y, again.val_x, again.val_y, again.classes
    else:  # the rate fades away long before the end
        run.options["fade"] = pick(r, [0.3, 0.5])
        run.rate, run.activation = 0.003, pick(r, ["relu", "tanh"])
    return run


def learning_rate_too_high(r, number):
    run = drawn(r, pick(r, LABELLED + VALUED), int(r.integers(400, 1000)), int(r.integers(150, 400)))
    run.optimizer, run.rate = pick(r, [("adam", 0.3), ("adam", 1.0), ("adam", 3.0), ("rmsprop", 0.5)])
    if run.classes and number % 3 == 0:
        run.optimizer, run.rate = "sgd", pick(r, [5.0, 10.0])
    run.activation = pick(r, ["relu", "tanh"])
    run.epochs = int(r.integers(30, 80))
    return run


def learning_rate_too_low(r, number):
    run = drawn(r, pick(r, LABELLED + VALUED), int(r.integers(400, 1000)), int(r.integers(150, 400)))
    run.optimizer, run.rate = pick(
        r, [("adam", 1e-6), ("adam", 1e-5), ("adam", 3e-5), ("sgd", 1e-5), ("sgd", 1e-4), ("rmsprop", 1e-5)]
    )
    run.activation = pick(r, ["relu", "tanh"])
    run.epochs = int(r.integers(30, 90))
    return run


def diverged(r, number):
    way = number % 3
    family = pick(r, VALUED)
    run = drawn(r, family, int(r.integers(300, 800)), int(r.integers(150, 300)))
    run.optimizer, run.epochs = "sgd", int(r.integers(10, 40))
    if way == 0:
        run.rate = float(10 ** r.uniform(1, 5))
    elif way == 1:  # a straight network just beyond the largest rate that can hold: every step overshoots further
        run.hidden, run.rate, run.batch_size = (), float(r.uniform(1.15, 1.6)), len(run.x)
        run.epochs = int(r.integers(12, 22))
    else:  # inputs and targets as they came, in thousands
        run.x, run.val_x = run.x * 300, run.val_x * 300
        run.y, run.val_y = run.y * 1000, run.val_y * 1000
        run.rate = 0.01
    return run


def unstable(r, number):
    """Thrown back again and again by a rate that swings up, or leaps between epochs, and down again."""
    run = drawn(r, pick(r, (clouds, halves, plane, friedman)), int(r.integers(250, 500)), int(r.integers(150, 300)))
    run.epochs, run.activation, run.rate = int(r.integers(40, 70)), "tanh", 0.005
    run.options["swing"] = int(r.integers(3, 7)) if number % 2 else 2
    run.options["top"] = pick(r, [0.5, 1.0])
    return run


def no_better_than_baseline(r, number):
    family = pick(r, LABELLED + VALUED)
    run = drawn(r, family, int(r.integers(400, 1200)), int(r.integers(150, 400)))
    for name in ("y", "val_y"):  # the answers have nothing to do with the rows
        setattr(run, name, r.permutation(getattr(run, name)))
    run.rate, run.epochs = pick(r, [0.001, 0.003]), int(r.integers(20, 70))
    return run


def too_little_validation(r, number):
    run = good_fit(r, 0)
    few = int(r.integers(2, 11))
    run.val_x, run.val_y = run.val_x[:few], run.val_y[:few]
    return run


def suspiciously_good(r, number):
    way = number % 4
    run = good_fit(r, 0)
    noise = {0: 0.0, 1: 0.03}.get(way)
    if way < 2:  # a column that is the answer, as it is or a little blurred
        again = drawn(r, pick(r, (clouds, halves, friedman, plane)), 600, 200)
        run.x, run.y, run.val_x, run.val_y, run.classes = again.x, again.y, again.val_x, again.val_y, again.classes
        for name, y in (("x", run.y), ("val_x", run.val_y)):
            column = (y + noise * r.normal(size=len(y)))[:, None]
            setattr(run, name, np.concatenate([getattr(run, name), column], 1).astype("float32"))
    elif way == 2:  # validation rows that were trained on
        again = drawn(r, pick(r, (halves, friedman, clouds)), 150, 100, noise=1.2)
        run.x, run.y, run.classes = again.x, again.y, again.classes
        taken = r.permutation(len(run.x))[: int(r.integers(40, 100))]
        run.val_x, run.val_y = run.x[taken], run.y[taken]
        run.hidden, run.epochs = (64, 32), 80
    else:  # copies made before the split
        again = drawn(r, pick(r, (halves, friedman, clouds)), 200, 20, noise=1.0)
        x, y = np.repeat(again.x, 3, 0), np.repeat(again.y, 3, 0)
        x = x + (0.005 * r.normal(size=x.shape)).astype("float32") * (number % 8 > 3)
        order = r.permutation(len(x))
        run.classes, run.hidden = again.classes, (64, 32)
        run.x, run.y, run.val_x, run.val_y = x[order[150:]], y[order[150:]], x[order[:150]], y[order[:150]]
    return run


def distribution_shift(r, number):
    run = good_fit(r, 0)
    way = number % 5
    again = drawn(r, pick(r, (clouds, halves, friedman, plane, moons) if way != 4 else (friedman, plane)), 700, 250)
    run.x, run.y, run.val_x, run.val_y, run.classes = again.x, again.y, again.val_x, again.val_y, again.classes
    if way == 0:  # measured with another offset
        run.val_x = run.val_x + r.uniform(0.8, 2.0) * run.x.std(0)
    elif way == 1:  # in other units
        run.val_x = run.val_x * pick(r, [0.1, 4.0, 10.0])
    elif way == 2:  # sorted by a column before the split
        both, y = np.concatenate([run.x, run.val_x]), np.concatenate([run.y, run.val_y])
        order = np.argsort(both[:, int(r.integers(both.shape[1]))])
        run.x, run.y, run.val_x, run.val_y = both[order[:700]], y[order[:700]], both[order[700:]], y[order[700:]]
    elif way == 3:  # the same rows mean something else
        run.val_y = (run.classes - 1 - run.val_y if run.classes else -run.val_y).astype(run.val_y.dtype)
    else:  # sorted by the answer before the split
        both, y = np.concatenate([run.x, run.val_x]), np.concatenate([run.y, run.val_y])
        order = np.argsort(y, kind="stable")
        run.x, run.y, run.val_x, run.val_y = both[order[:700]], y[order[:700]], both[order[700:]], y[order[700:]]
    return run


MAKERS = {name: globals()[name] for name in CAUSES}


def made(cause, number):
    """The training of this cause and number."""
    return MAKERS[cause](np.random.default_rng([CAUSES.index(cause), number, 26]), number)


# The training.


def network(run):
    """The compiled network of a setup."""
    import glassnet as keras

    dense = keras.layers.Dense
    options = {"activation": run.activation}
    if run.penalty:
        options["kernel_regularizer"] = keras.regularizers.L2(run.penalty)
    if start := run.options.get("initial"):
        options["kernel_initializer"] = start if start == "zeros" else keras.initializers.Constant(0.2)
    layers = [keras.Input((run.x.shape[1],))]
    for units in run.hidden:
        layers += [dense(units, **options), *([keras.layers.Dropout(run.dropout)] if run.dropout else [])]
    if not run.classes:
        last, loss, metrics = dense(1), "mse", ["mae"]
    elif run.classes == 2:
        last, loss, metrics = dense(1, activation="sigmoid"), "binary_crossentropy", ["accuracy"]
    else:
        last, loss, metrics = dense(run.classes, activation="softmax"), "sparse_categorical_crossentropy", ["accuracy"]
    model = keras.Sequential([*layers, last], seed=run.seed)
    optimizer = keras.optimizers.get(run.optimizer)
    if run.momentum:
        optimizer = keras.optimizers.SGD(momentum=run.momentum)
    optimizer.learning_rate = run.rate
    model.compile(optimizer, loss, metrics=metrics)
    return model


def trained(run):
    """Train a setup; the history, whether or not its numbers broke."""
    import glassnet as keras

    model, callbacks = network(run), []
    if run.stop:
        callbacks.append(keras.callbacks.EarlyStopping("val_loss", patience=12, restore_best_weights=True))
    if fade := run.options.get("fade"):
        callbacks.append(keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * (fade if epoch else 1)))
    if swing := run.options.get("swing"):
        top = run.options["top"]
        callbacks.append(
            keras.callbacks.LearningRateScheduler(lambda epoch, rate: top if epoch % swing == swing - 1 else run.rate)
        )
    with contextlib.suppress(keras.foundation.errors.DivergedError):
        model.fit(
            run.x,
            run.y,
            epochs=run.epochs,
            batch_size=run.batch_size,
            verbose=0,
            callbacks=callbacks,
            validation_data=(run.val_x, run.val_y),
        )
    return model.history
