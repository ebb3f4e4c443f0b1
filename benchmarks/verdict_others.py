"""A second suite of trainings of known cause: other data, networks and optimizers than `verdict_runs`.

The rows are scikit-learn's. What its first scores led to is told in docs/verdicts.md; numbers from 100 on were scored after that.
"""

from functools import cache

import numpy as np
from verdict_runs import CAUSES, Setup, pick, trained

__all__ = ["CAUSES", "made", "trained"]

SEED = 77


@cache
def table(name):
    """Standardised columns, targets, and the number of classes (0 for values)."""
    from sklearn import datasets as sk

    if name in ("digits", "wine", "iris", "breast_cancer"):
        x, y = getattr(sk, f"load_{name}")(return_X_y=True)
        classes = int(y.max()) + 1
    elif name == "diabetes":
        (x, y), classes = sk.load_diabetes(return_X_y=True), 0
    elif name == "moons":
        (x, y), classes = sk.make_moons(1500, noise=0.25, random_state=1), 2
    elif name == "circles":
        (x, y), classes = sk.make_circles(1500, noise=0.12, factor=0.5, random_state=2), 2
    elif name == "blobs":
        (x, y), classes = sk.make_classification(1500, 12, n_informative=6, n_classes=3, random_state=3), 3
    elif name == "twelve":
        (x, y), classes = sk.make_hastie_10_2(1500, random_state=4), 2
        y = (y > 0).astype(int)
    elif name == "friedman2":
        (x, y), classes = sk.make_friedman2(1500, noise=60, random_state=5), 0
    elif name == "friedman3":
        (x, y), classes = sk.make_friedman3(1500, noise=0.1, random_state=6), 0
    else:
        (x, y), classes = sk.make_regression(1500, 10, n_informative=6, noise=30, random_state=7), 0
    x = (x - x.mean(0)) / np.where(x.std(0) > 0, x.std(0), 1)
    return x, (y if classes else (y - y.mean()) / y.std()), classes


BIG = ("digits", "breast_cancer", "moons", "circles", "blobs", "twelve", "friedman2", "friedman3", "lines")
SMOOTH = ("circles", "twelve", "friedman2", "friedman3", "moons")


def rows(r, name, train, val):
    x, y, classes = table(name)
    order = r.permutation(len(x))[: train + val]
    x, y = x[order].astype("float32"), y[order].astype("int32" if classes else "float32")
    val = min(val, len(x) // 3)
    cut = len(x) - val
    return Setup(x[:cut], y[:cut], x[cut:], y[cut:], classes, seed=int(r.integers(10_000)))


def good_fit(r, number):
    """Steps enough for each table, and an early stop where more would harm."""
    name = pick(r, ("digits", "breast_cancer", "moons", "circles", "friedman2", "friedman3", "lines"))
    run = rows(r, name, 1100, 350)
    run.hidden = pick(r, [(16,), (24,), (16, 10)])
    run.activation = pick(r, ["gelu", "relu", "tanh", "selu"])
    run.optimizer, run.rate = pick(r, [("adamw", 0.005), ("nadam", 0.005), ("adamax", 0.01), ("adam", 0.005)])
    run.batch_size = pick(r, [16, 24, 48])
    steps = {"breast_cancer": 250, "digits": 1200, "lines": 800}.get(name, 3500)
    run.epochs = max(int(steps * run.batch_size / len(run.x)), 12)
    run.penalty = pick(r, [0.0, 0.0, 0.0003])
    if number % 4 == 3:
        run.hidden, run.stop, run.epochs = (64, 32), True, 120
    return run


def overfitting(r, number):
    run = rows(r, pick(r, ("diabetes", "friedman2", "lines", "blobs", "twelve")), int(r.integers(45, 120)), 300)
    if run.classes:
        flip = r.random(len(run.y)) < 0.25
        run.y = np.where(flip, r.integers(0, run.classes, len(run.y)), run.y).astype("int32")
    else:
        run.y = (run.y + 0.6 * r.normal(size=len(run.y))).astype("float32")
    run.hidden, run.activation = pick(r, [(200,), (100, 100), (64, 64, 64)]), pick(r, ["relu", "gelu"])
    run.optimizer, run.rate, run.epochs = pick(r, ["adamw", "nadam"]), 0.004, int(r.integers(100, 300))
    return run


def underfitting(r, number):
    run = rows(r, pick(r, SMOOTH), 1000, 400)
    run.optimizer, run.rate, run.epochs = "nadam", 0.01, int(r.integers(60, 140))
    if number % 3 == 0:
        run.hidden = ()
    elif number % 3 == 1:
        run.hidden, run.activation = (1,), "tanh"
    else:
        run.hidden, run.penalty = (12, 12), 0.5
    return run


def over_confident(r, number):
    run = rows(r, pick(r, ("breast_cancer", "digits")), int(r.integers(250, 350)), 220)
    noisy = 0.4
    run.x = (run.x + noisy * r.normal(size=run.x.shape)).astype("float32")
    run.val_x = (run.val_x + noisy * r.normal(size=run.val_x.shape)).astype("float32")
    run.hidden, run.rate, run.epochs = pick(r, [(96, 48), (128,)]), 0.005, int(r.integers(150, 300))
    return run


def not_converged(r, number):
    run = rows(r, pick(r, BIG), 900, 300)
    run.optimizer, run.rate = pick(r, [("adam", 0.001), ("adamax", 0.002), ("sgd", 0.01), ("adamw", 0.001)])
    run.batch_size = pick(r, [64, 128])
    run.epochs = max(4, int(r.uniform(40, 90) * run.batch_size / len(run.x)))
    return run


def plateau(r, number):
    run = rows(r, pick(r, BIG), 900, 300)
    run.epochs = int(r.integers(30, 80))
    if number % 3 == 0:
        run.hidden, run.activation, run.optimizer, run.rate = (12,) * 6, "sigmoid", "sgd", 0.05
    elif number % 3 == 1:
        run.options["initial"] = "zeros"
        run.optimizer, run.rate = "adamw", 0.005
    else:
        run.options["fade"], run.rate = 0.4, 0.002
    return run


def learning_rate_too_high(r, number):
    run = rows(r, pick(r, BIG), 900, 300)
    run.optimizer, run.rate = pick(r, [("adamw", 0.5), ("nadam", 1.0), ("adam", 2.0), ("adamax", 3.0)])
    run.epochs, run.batch_size = int(r.integers(20, 70)), pick(r, [16, 64])
    return run


def learning_rate_too_low(r, number):
    run = rows(r, pick(r, BIG), 900, 300)
    run.optimizer, run.rate = pick(
        r, [("adamw", 1e-5), ("nadam", 3e-6), ("sgd", 5e-5), ("rmsprop", 1e-6), ("adamax", 1e-5)]
    )
    run.epochs, run.batch_size = int(r.integers(30, 100)), pick(r, [16, 64])
    return run


def diverged(r, number):
    run = rows(r, pick(r, ("friedman2", "friedman3", "lines", "diabetes")), 700, 200)
    run.optimizer, run.epochs = "sgd", int(r.integers(10, 50))
    run.rate = float(10 ** r.uniform(1.2, 4))
    if number % 3 == 0:
        run.rate, run.momentum = 5.0, 0.95
    if number % 3 == 1:
        run.x, run.val_x, run.rate = run.x * 1000, run.val_x * 1000, 0.1
    return run


def unstable(r, number):
    run = rows(r, pick(r, ("blobs", "lines", "twelve", "friedman2")), 300, 200)
    run.epochs = int(r.integers(30, 60))
    run.activation, run.rate = "tanh", 0.004
    run.options["swing"], run.options["top"] = int(r.integers(2, 6)), pick(r, [0.3, 0.6])
    return run


def no_better_than_baseline(r, number):
    run = rows(r, pick(r, BIG), 900, 300)
    run.y, run.val_y = r.permutation(run.y), r.permutation(run.val_y)
    run.optimizer, run.rate, run.epochs = pick(r, ["adamw", "rmsprop"]), 0.001, int(r.integers(10, 50))
    return run


def too_little_validation(r, number):
    run = good_fit(r, 0)
    few = int(r.integers(2, 10))
    run.val_x, run.val_y = run.val_x[:few], run.val_y[:few]
    return run


def suspiciously_good(r, number):
    run = rows(r, pick(r, ("twelve", "blobs", "diabetes", "lines", "friedman2")), 600, 200)
    run.hidden, run.rate, run.epochs = (24, 12), 0.004, 60
    if number % 3 == 0:
        run.x, run.val_x = (
            np.concatenate([x, (np.sqrt(3) * y + 1)[:, None]], 1).astype("float32")
            for x, y in ((run.x, run.y), (run.val_x, run.val_y))
        )
    elif number % 3 == 1:
        taken = r.permutation(len(run.x))[:120]
        run.val_x, run.val_y = run.x[taken], run.y[taken]
    else:
        x, y = np.repeat(run.x[:250], 2, 0), np.repeat(run.y[:250], 2, 0)
        order = r.permutation(len(x))
        run.x, run.y, run.val_x, run.val_y = x[order[120:]], y[order[120:]], x[order[:120]], y[order[:120]]
    return run


def distribution_shift(r, number):
    run = rows(r, pick(r, ("twelve", "blobs", "friedman2", "digits", "breast_cancer")), 800, 250)
    run.hidden, run.rate, run.epochs = (16,), 0.004, 50
    if number % 4 == 0:
        run.val_x = run.val_x * 5
    elif number % 4 == 1:
        run.val_x = run.val_x + r.normal(size=run.x.shape[1]).astype("float32") * 1.2
    elif number % 4 == 2:
        run.val_y = np.roll(np.arange(max(run.classes, 1)), 1)[run.val_y] if run.classes else -run.val_y
    else:
        x, y = np.concatenate([run.x, run.val_x]), np.concatenate([run.y, run.val_y])
        order = np.argsort(x[:, 1] + (x[:, 0] if x.shape[1] > 1 else 0))
        cut = int(0.75 * len(x))
        run.x, run.y, run.val_x, run.val_y = x[order[:cut]], y[order[:cut]], x[order[cut:]], y[order[cut:]]
    return run


MAKERS = {name: globals()[name] for name in CAUSES}


def made(cause, number):
    """The training of this cause and number."""
    return MAKERS[cause](np.random.default_rng([CAUSES.index(cause), number, SEED]), number)
