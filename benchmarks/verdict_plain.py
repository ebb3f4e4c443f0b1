"""A third suite: trainings as people write them, `model.fit(x, y, validation_split=0.2)`, each spoiled in one known way.

Rules were tuned on it, as on `verdict_runs`.
"""

import contextlib

import numpy as np
from verdict_runs import CAUSES, pick

__all__ = ["CAUSES", "made", "trained"]

SEED = 5


# The rows.


def spirals(r, n, noise=0.1):
    y = r.integers(0, 2, n)
    t = np.sqrt(r.random(n)) * 7
    x = np.stack([np.cos(t + np.pi * y), np.sin(t + np.pi * y)], 1) * t[:, None] / 7
    return x + noise * r.normal(size=x.shape) / 2, y, 2


def moons(r, n, noise=0.2):
    angle, side = r.uniform(0, np.pi, n), r.integers(0, 2, n)
    x = np.stack([np.cos(angle) + side, np.where(side, 0.5 - np.sin(angle), np.sin(angle))], 1)
    return x + noise * r.normal(size=x.shape), side, 2


def circles(r, n, noise=0.1):
    y = r.integers(0, 2, n)
    t = r.uniform(0, 2 * np.pi, n)
    return (1 - 0.5 * y)[:, None] * np.stack([np.cos(t), np.sin(t)], 1) + noise * r.normal(size=(n, 2)), y, 2


def xor(r, n, noise=0.1):
    x = r.uniform(-1, 1, (n, 2))
    return x, (x[:, 0] * x[:, 1] > 0).astype(int), 2


def blobs(r, n, noise=1.0):
    k, d = int(r.integers(2, 6)), int(r.integers(2, 10))
    centres = r.normal(size=(k, d))
    centres *= 4 / max(min(np.linalg.norm(a - b) for i, a in enumerate(centres) for b in centres[:i]), 0.5)
    y = r.integers(0, k, n)
    return centres[y] + noise * r.normal(size=(n, d)), y, k


def logits(r, n, noise=0.4):
    d = int(r.integers(5, 20))
    x, w = r.normal(size=(n, d)), r.normal(size=d)
    return x, (x @ w + noise * np.linalg.norm(w) * r.normal(size=n) > 0).astype(int), 2


def digits(r, n, noise=0.0):
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    order = r.permutation(len(x))[: min(n, len(x))]
    return x[order] / 16, y[order], 10


def cancer(r, n, noise=0.0):
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    order = r.permutation(len(x))[: min(n, len(x))]
    x = (x - x.mean(0)) / x.std(0)
    return x[order], y[order], 2


def sine(r, n, noise=0.1):
    x = r.uniform(-3, 3, (n, 1))
    return x, np.sin(2 * x[:, 0]) + noise * r.normal(size=n), 0


def square(r, n, noise=0.2):
    x = r.normal(size=(n, 3))
    return x, x[:, 0] ** 2 - x[:, 1] * x[:, 2] + noise * r.normal(size=n), 0


def line(r, n, noise=0.3):
    d = int(r.integers(3, 12))
    x, w = r.normal(size=(n, d)), r.normal(size=d)
    return x, x @ w + noise * np.linalg.norm(w) * r.normal(size=n), 0


def product(r, n, noise=0.2):
    x = r.uniform(-1, 1, (n, 5))
    return x, 3 * x[:, 0] * x[:, 1] + np.sin(3 * x[:, 2]) + x[:, 3] + noise * r.normal(size=n), 0


EASY = (moons, circles, blobs, logits, digits, cancer, square, line, product)
CURVED = (circles, xor, square, sine, spirals)


class Run:
    """A training to be, with Keras's usual choices."""

    def __init__(self, r, family, n=None, **options):
        n = n or int(r.integers(800, 2000))
        x, y, self.classes = family(r, n, **options)
        self.x, self.y = x.astype("float32"), y.astype("float32" if not self.classes else "int32")
        self.hidden, self.activation = pick(r, [(16,), (32,), (16, 16), (32, 16)]), "relu"
        self.optimizer, self.rate, self.momentum = "adam", pick(r, [0.003, 0.01]), 0.0
        self.epochs, self.batch = 50, 32
        self.layer, self.before_last = {}, []
        self.callbacks, self.leap = [], (4, 0.5)
        self.split, self.held = 0.2, None
        self.seed = int(r.integers(1000))
        self.metrics = bool(r.integers(2))
        self.loss = None


def good_fit(r, number):
    family = pick(r, EASY)
    run = Run(r, family, 2000 if family is logits else None)
    run.hidden = pick(r, [(8,), (16,), (12, 8)])
    run.rate = 0.003 if family in (logits, cancer) else run.rate
    run.activation = pick(r, ["relu", "tanh", "silu"])
    run.epochs = int(np.clip(1500 * run.batch / len(run.x), 20, 80))
    if number % 3 == 2:
        run.hidden, run.epochs, run.callbacks = (64, 32), 200, ["stop"]
    run.split = pick(r, [0.2, 0.3])
    return run


def overfitting(r, number):
    run = Run(r, pick(r, [moons, logits, sine, square, line, product]), int(r.integers(40, 120)))
    if run.classes:
        flip = r.random(len(run.y)) < 0.25
        run.y = np.where(flip, 1 - run.y, run.y).astype("int32")
    else:
        run.y = (run.y + 0.7 * r.normal(size=len(run.y))).astype("float32")
    if run.x.shape[1] < 5:
        run.x = np.concatenate([run.x, r.normal(size=(len(run.x), 10))], 1).astype("float32")
    run.hidden, run.epochs, run.rate = pick(r, [(128, 128), (256,), (64, 64, 64)]), int(r.integers(150, 300)), 0.003
    run.split = pick(r, [0.3, 0.5])
    return run


def underfitting(r, number):
    run = Run(r, pick(r, CURVED))
    run.rate, run.epochs = 0.01, 80
    way = number % 3
    if way == 0:
        run.hidden = ()
    elif way == 1:
        run.hidden, run.activation = pick(r, [(1,), (4, 4)]), "linear"
    else:
        run.layer["kernel_regularizer"] = pick(r, [0.1, 0.5, 1.0])
    return run


def over_confident(r, number):
    family = pick(r, [moons, logits, digits, cancer])
    run = Run(r, family, int(r.integers(500, 900)), noise=0.15 if family is logits else 0.3)
    if family in (digits, cancer):
        run.x = (run.x + (0.2 if family is digits else 0.8) * r.normal(size=run.x.shape)).astype("float32")
    run.hidden, run.epochs, run.rate = pick(r, [(128, 64), (256,), (64, 64)]), int(r.integers(150, 250)), 0.005
    run.split, run.metrics = 0.4, True
    return run


def not_converged(r, number):
    run = Run(r, pick(r, (moons, circles, digits, square, product, logits, blobs)))
    run.optimizer, run.rate = pick(r, [("adam", 0.001), ("sgd", 0.01), ("rmsprop", 0.001)])
    run.epochs = int(r.integers(2, 7)) if len(run.x) > 1200 else int(r.integers(3, 9))
    run.batch = pick(r, [32, 64])
    return run


def plateau(r, number):
    run = Run(r, pick(r, (circles, digits, square, product, moons)))
    run.epochs, way = int(r.integers(30, 60)), number % 5
    if way == 0:  # dead from the start
        run.hidden, run.layer["bias_initializer"] = (16, 16), -50.0
    elif way == 1:
        run.layer["kernel_initializer"] = "zeros"
    elif way == 2:  # saturated
        run.activation, run.hidden, run.layer["kernel_initializer"] = "sigmoid", (16, 16, 16), 100.0
    elif way == 3:  # gradients vanish
        run.hidden, run.activation, run.optimizer, run.rate = (16,) * 8, "sigmoid", "sgd", 0.01
    else:  # the rate is gone
        run.rate, run.callbacks = 0.002, ["gone"]
    return run


def learning_rate_too_high(r, number):
    run = Run(r, pick(r, EASY))
    run.optimizer, run.rate = pick(r, [("adam", 0.5), ("adam", 1.0), ("rmsprop", 0.3), ("adam", 5.0)])
    if run.classes and number % 3 == 0:
        run.optimizer, run.rate = "sgd", pick(r, [5.0, 20.0])
    run.epochs = int(r.integers(20, 50))
    return run


def learning_rate_too_low(r, number):
    run = Run(r, pick(r, EASY))
    run.optimizer, run.rate = pick(r, [("adam", 1e-5), ("adam", 1e-6), ("sgd", 1e-4), ("sgd", 1e-5), ("rmsprop", 1e-6)])
    run.epochs = int(r.integers(20, 60))
    return run


def diverged(r, number):
    run = Run(r, pick(r, (sine, square, line, product)))
    run.optimizer, run.rate, run.epochs = "sgd", pick(r, [10.0, 100.0, 1000.0]), 20
    if number % 3 == 1:
        run.x, run.y, run.rate = run.x * 1000, run.y * 1000, 0.01
    elif number % 3 == 2:
        run.rate, run.momentum = 1.5, 0.99
    return run


def unstable(r, number):
    """A rate that leaps now and then throws the network back."""
    run = Run(r, pick(r, (logits, line, square, digits)), 500)
    run.epochs, run.rate, run.activation = int(r.integers(30, 60)), 0.003, pick(r, ["relu", "tanh"])
    run.callbacks, run.leap = ["leap"], (int(r.integers(2, 6)), pick(r, [0.3, 0.5, 1.0]))
    return run


def no_better_than_baseline(r, number):
    run = Run(r, pick(r, EASY))
    run.y = r.permutation(run.y)
    run.rate, run.epochs = 0.001, int(r.integers(10, 40))
    return run


def too_little_validation(r, number):
    run = good_fit(r, 0)
    few = int(r.integers(3, 16))
    run.held = run.x[:few], run.y[:few]
    run.x, run.y = run.x[few:], run.y[few:]
    return run


def suspiciously_good(r, number):
    run, way = Run(r, pick(r, (logits, line, product, square, blobs)), 800), number % 4
    if way == 0:
        column = run.y
    elif way == 1:
        column = run.y * 3.0 + 0.1 * r.normal(size=len(run.y))
    if way < 2:
        run.x = np.concatenate([run.x, np.asarray(column)[:, None]], 1).astype("float32")
    elif way == 2:
        run.held = run.x[:200], run.y[:200]
    else:
        run.x, run.y = np.tile(run.x[:400], (3, 1)), np.tile(run.y[:400], 3)
    return run


def distribution_shift(r, number):
    run, way = Run(r, pick(r, (logits, line, product, square, digits)), 1000), number % 5
    x, y = run.x[:300].copy(), run.y[:300].copy()
    run.x, run.y = run.x[300:], run.y[300:]
    if way == 0:
        x = x + 1.5 * run.x.std(0)
    elif way == 1:
        x = x * 3
    elif way == 2:
        x = x + 1.5 * run.x.std(0) * r.normal(size=x.shape)
    elif way == 3:
        x = x - 2 * (np.arange(x.shape[1]) == int(np.argmax(run.x.std(0)))) * run.x.std(0)
    else:
        y = -y if not run.classes else (y + 1) % run.classes
    run.held = x.astype("float32"), y
    return run


MAKERS = {name: globals()[name] for name in CAUSES}


def made(cause, number):
    """The training of this cause and number."""
    return MAKERS[cause](np.random.default_rng([CAUSES.index(cause), number, SEED]), number)


def network(run):
    import glassnet as keras

    options = {"activation": run.activation}
    for name, value in run.layer.items():
        if name == "kernel_regularizer":
            value = keras.regularizers.L2(value)
        elif name == "bias_initializer":
            value = keras.initializers.Constant(value)
        elif not isinstance(value, str):
            value = keras.initializers.RandomNormal(stddev=value)
        options[name] = value
    layers = [keras.Input((run.x.shape[1],)), *(keras.layers.Dense(units, **options) for units in run.hidden)]
    if not run.classes:
        last, loss, metrics = keras.layers.Dense(1), run.loss or "mse", ["mae"]
    elif run.classes == 2:
        last, loss, metrics = keras.layers.Dense(1, activation="sigmoid"), "binary_crossentropy", ["accuracy"]
    else:
        last = keras.layers.Dense(run.classes, activation="softmax")
        loss, metrics = "sparse_categorical_crossentropy", ["accuracy"]
    model = keras.Sequential([*layers, last], seed=run.seed)
    optimizer = keras.optimizers.SGD(momentum=run.momentum) if run.momentum else keras.optimizers.get(run.optimizer)
    optimizer.learning_rate = run.rate
    model.compile(optimizer, loss, metrics=metrics if run.metrics else None)
    return model


def callback(name, run):
    import glassnet as keras

    if name == "stop":
        return keras.callbacks.EarlyStopping("val_loss", patience=8, restore_best_weights=True)
    if name == "gone":
        return keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 2 else 1e-9)
    every, top = run.leap
    return keras.callbacks.LearningRateScheduler(lambda epoch, rate: top if epoch % every == every - 1 else run.rate)


def trained(run):
    """Train; the history, whether or not its numbers broke."""
    import glassnet as keras

    model = network(run)
    given = {"validation_data": run.held} if run.held is not None else {"validation_split": run.split}
    with contextlib.suppress(keras.foundation.errors.DivergedError):
        model.fit(
            run.x,
            run.y,
            epochs=run.epochs,
            batch_size=run.batch,
            verbose=0,
            callbacks=[callback(name, run) for name in run.callbacks],
            **given,
        )
    return model.history
