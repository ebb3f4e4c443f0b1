"""Is the rate that `find_learning_rate` gives a good one? Networks and data of many kinds, each beside a grid of 12 rates.

For each pair the rows are split 70 : 30. The finder is given the 70 % and the number of epochs, and no more. Then networks of
five seeds that the finder has not used are trained on the 70 % with its rate, and with each of 12 rates from 0.0001 to 1, for
as many epochs, and judged on the 30 %. A pair is held where the mean loss at the finder's rate is at most 10 % above the
lowest of the grid's means. The grid's lowest is chosen on the very rows it is judged on, which favours the grid.

    python benchmarks/finder.py --set first
    python benchmarks/finder.py --set second

The finder's rules were looked at on the first set; the second was made when they stood. Both go into results/finder.json.
"""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results" / "finder.json"
RATES = np.geomspace(1e-4, 1.0, 12)
SEEDS = [101, 102, 103, 104, 105]
WITHIN = 1.10


def scaled(x):
    x = np.asarray(x, "float32").reshape(len(x), -1)
    return (x - x.mean(0)) / (x.std(0) + 1e-6)


def from_sklearn(name, target="classes"):
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    y = np.asarray(y)
    return scaled(x), (y if target == "classes" else scaled(y).reshape(-1, 1))


def friedman(seed, rows, noise=1.0):
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(rows, 10, noise=noise, random_state=seed)
    return scaled(x), scaled(y)


def made_classes(seed, rows, classes, columns=20, flip=0.05):
    from sklearn.datasets import make_classification

    x, y = make_classification(
        rows, columns, n_informative=8, n_classes=classes, flip_y=flip, class_sep=1.2, random_state=seed
    )
    return scaled(x), y


def moons(seed, rows, noise):
    from sklearn.datasets import make_moons

    x, y = make_moons(rows, noise=noise, random_state=seed)
    return scaled(x), y


def digits(shape):
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return (x / 16).astype("float32").reshape(-1, *shape), y


def waves(seed, rows, steps=16, noise=0.2):
    """Sine waves of random frequency and phase; the next value is wanted."""
    rng = np.random.default_rng(seed)
    time_ = np.arange(steps + 1) * rng.uniform(0.2, 0.6, (rows, 1)) + rng.uniform(0, 6.28, (rows, 1))
    values = (np.sin(time_) + noise * rng.normal(size=time_.shape)).astype("float32")
    return values[:, :-1, None], values[:, -1:]


def sign_of_sum(seed, rows, steps=12):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, steps, 2)).astype("float32")
    return x, (x[:, :, 0].sum(1) + 0.5 * x[:, -1, 1] + rng.normal(size=rows) > 0).astype(int)


def network(shape, layers, loss, optimizer):
    import glassnet

    model = glassnet.Sequential([glassnet.Input(shape), *layers(glassnet.layers)], seed=0)
    model.compile(optimizer(glassnet.optimizers), loss)
    return model


BINARY, CLASSES, MSE = "binary_crossentropy", "sparse_categorical_crossentropy", "mse"


def dense(*units, activation="relu", last=None, middle=None):
    """Dense layers: the last of them gives the output."""

    def layers(kinds):
        found = []
        for count in units[:-1]:
            found += [kinds.Dense(count, activation=activation), *(middle(kinds) if middle else [])]
        return [*found, kinds.Dense(units[-1], activation=last)]

    return layers


def conv(channels, classes):
    return lambda k: [
        k.Conv2D(channels, 3, activation="relu"),
        k.MaxPooling2D(),
        k.Flatten(),
        k.Dense(classes, activation="softmax"),
    ]


SGD = lambda o: o.SGD()  # noqa: E731
MOMENTUM = lambda o: o.SGD(momentum=0.9)  # noqa: E731
ADAM = lambda o: o.Adam()  # noqa: E731
RMSPROP = lambda o: o.RMSprop()  # noqa: E731

# name: (data, layers, loss, optimizer, epochs, batch size[, rows to train on])
FIRST = {
    "breast cancer, 16-8-1, Adam": (
        lambda: from_sklearn("breast_cancer"), dense(16, 8, 1, last="sigmoid"), BINARY, ADAM, 20, 32),
    "wine, 16-3, SGD": (lambda: from_sklearn("wine"), dense(16, 3, last="softmax"), CLASSES, SGD, 30, 16),
    "diabetes, 16-1, momentum": (
        lambda: from_sklearn("diabetes", "numbers"), dense(16, 1, activation="tanh"), MSE, MOMENTUM, 20, 32),
    "friedman, 32-16-1, Adam": (lambda: friedman(1, 600), dense(32, 16, 1), MSE, ADAM, 20, 32),
    "digits, conv 8, Adam": (lambda: digits((8, 8, 1)), conv(8, 10), CLASSES, ADAM, 5, 32),
    "digits, 32-10, RMSprop": (lambda: digits((64,)), dense(32, 10, last="softmax"), CLASSES, RMSPROP, 10, 32),
    "waves, SimpleRNN 16, Adam": (
        lambda: waves(1, 500), lambda k: [k.SimpleRNN(16), k.Dense(1)], MSE, ADAM, 15, 32),
    "four classes, 32 and dropout, SGD": (
        lambda: made_classes(1, 800, 4), dense(32, 4, last="softmax", middle=lambda k: [k.Dropout(0.3)]), CLASSES, SGD,
        20, 32),
    "moons, 16-16-1, momentum": (
        lambda: moons(1, 500, 0.25), dense(16, 16, 1, last="sigmoid"), BINARY, MOMENTUM, 20, 32),
    "line with noise, 1, SGD": (lambda: friedman(2, 400, 3.0), dense(1), MSE, SGD, 10, 16),
}  # fmt: skip
# Here 2,000 and more rows judge wherever the data is made, so that luck in the draw of the held-out rows counts for less.
SECOND = {
    "breast cancer, 8 tanh-1, momentum": (
        lambda: from_sklearn("breast_cancer"), dense(8, 1, activation="tanh", last="sigmoid"), BINARY, MOMENTUM, 15, 32),
    "digits, 24-24-10 tanh, SGD": (
        lambda: digits((64,)), dense(24, 24, 10, activation="tanh", last="softmax"), CLASSES, SGD, 15, 32),
    "digits, conv 6, momentum": (lambda: digits((8, 8, 1)), conv(6, 10), CLASSES, MOMENTUM, 4, 16),
    "three classes of 12 columns, 24-12-3, Adam": (
        lambda: made_classes(5, 2600, 3, 12), dense(24, 12, 3, last="softmax"), CLASSES, ADAM, 15, 32, 600),
    "five classes, 48-5, RMSprop": (
        lambda: made_classes(6, 3000, 5, 30, 0.1), dense(48, 5, last="softmax"), CLASSES, RMSPROP, 10, 64, 1000),
    "moons, 12-12-1 tanh, Adam": (
        lambda: moons(8, 2500, 0.3), dense(12, 12, 1, activation="tanh", last="sigmoid"), BINARY, ADAM, 25, 32, 400),
    "friedman, 24-24-1 tanh, RMSprop": (
        lambda: friedman(9, 2700, 2.0), dense(24, 24, 1, activation="tanh"), MSE, RMSPROP, 25, 32, 500),
    "friedman, batch normalization, SGD": (
        lambda: friedman(10, 2600, 1.0), dense(24, 1, middle=lambda k: [k.BatchNormalization()]), MSE, SGD, 15, 32, 600),
    "waves, GRU 8, RMSprop": (
        lambda: waves(11, 2400, 12, 0.1), lambda k: [k.GRU(8), k.Dense(1)], MSE, RMSPROP, 12, 32, 400),
    "sign of a sum, LSTM 8, Adam": (
        lambda: sign_of_sum(12, 2500), lambda k: [k.LSTM(8), k.Dense(1, activation="sigmoid")], BINARY, ADAM, 12, 32,
        500),
}  # fmt: skip
SETS = {"first": FIRST, "second": SECOND}


def end_losses(model, train, held, rates, epochs, batch_size):
    """The mean loss on the held-out rows of each rate after `epochs`; infinite where a training broke."""
    from glassnet.models import fit_together
    from glassnet.tuning import fresh_copy

    x, y = np.concatenate([train[0], held[0]]), np.concatenate([train[1], held[1]])
    members = []
    for rate in rates:
        for seed in SEEDS:
            members.append(fresh_copy(model, seed, x=x[:2]))
            members[-1].optimizer.learning_rate = float(rate)
    rows = [np.arange(len(train[0]))] * len(members)
    judged = [np.arange(len(train[0]), len(x))] * len(members)
    found = fit_together(members, x, y, epochs=epochs, batch_size=batch_size, rows=rows, validation_rows=judged)
    ends = [h.history["val_loss"][-1] if len(h.epoch) == epochs else np.inf for h in found]
    return np.array(ends).reshape(len(rates), len(SEEDS)).mean(axis=1)


def held_to(pair):
    """One pair: the finder's rate and its loss, beside the grid's."""
    from glassnet.tuning import find_learning_rate

    data, layers, loss, optimizer, epochs, batch_size, *kept = pair
    x, y = data()
    order = np.random.default_rng(7).permutation(len(x))
    cut = kept[0] if kept else int(0.7 * len(x))
    train, held = (x[order[:cut]], y[order[:cut]]), (x[order[cut:]], y[order[cut:]])
    model = network(x.shape[1:], layers, loss, optimizer)
    started = time.process_time()
    found = find_learning_rate(model, *train, epochs=epochs, batch_size=batch_size)
    seconds = time.process_time() - started
    if found.rate is None:
        return {"rate": None, "reason": found.reason}
    losses = end_losses(model, train, held, [*RATES, found.rate], epochs, batch_size)
    best = int(np.argmin(losses[:-1]))
    return {
        "rate": found.rate,
        "band": [found.low, found.high],
        "loss": round(float(losses[-1]), 5),
        "grid's best rate": float(f"{RATES[best]:.3g}"),
        "grid's best loss": round(float(losses[best]), 5),
        "times the grid's best": round(float(losses[-1] / losses[best]), 4),
        "processor seconds of the finder": round(seconds, 1),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--set", choices=list(SETS), default="first")
    options.add_argument("--only", nargs="*", help="pairs whose name holds one of these")
    given = options.parse_args()
    pairs = {n: p for n, p in SETS[given.set].items() if not given.only or any(word in n for word in given.only)}
    found = {}
    for name, pair in pairs.items():
        found[name] = held_to(pair)
        print(name, json.dumps(found[name]), flush=True)
    held = sum(one["rate"] is not None and one["times the grid's best"] <= WITHIN for one in found.values())
    print(f"{held} of {len(found)} within 10 % of the best of {len(RATES)} rates")
    if not given.only:
        kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        kept["machine"] = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        kept[given.set] = {"within 10 %": held, "of": len(found), "pairs": found}
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
