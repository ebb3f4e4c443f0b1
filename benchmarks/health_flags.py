"""Flags on planted faults and false alarms on healthy runs: ``python benchmarks/health_flags.py [--only WORD] [--verbose]``.

Faults are faults by construction (an initial bias, a rate, a scale, an initializer, a layer cut off); healthy runs are ordinary
networks with usual settings on the built-in data, scaled. Prints a line a run and the counts.
"""

import argparse
import contextlib
import sys

import numpy as np

import glassnet
from glassnet import Input, Model, Sequential, datasets, initializers, layers, optimizers
from glassnet.diagnosis import Health
from glassnet.foundation.errors import DivergedError

Dense, SGD, Adam = layers.Dense, optimizers.SGD, optimizers.Adam


class Cut(layers.Layer):
    """Lets numbers through and gradients not."""

    def call(self, x):
        import jax

        return jax.lax.stop_gradient(x)


def scaled(load):
    x, y = load()
    x = np.asarray(x, "float32").reshape(len(x), -1)
    return (x - x.mean(0)) / np.maximum(x.std(0), 1e-6), np.asarray(y)


def separable(scale=1.0, shift=0.0):
    drawn = np.random.default_rng(0)
    x = drawn.normal(size=(256, 10)).astype("float32")
    return x * scale + shift, (x @ drawn.normal(size=10) > 0).astype("int32")


def drawn(stddev):
    return initializers.RandomNormal(stddev=stddev)


def constant(value):
    return initializers.Constant(value)


def deep(units, count, activation, **more):
    return [Dense(units, activation, **more) for _ in range(count)]


def fitted(body, rows, optimizer="adam", loss="binary_crossentropy", epochs=10, batch=32, seed=0, **more):
    x, y = rows
    model = body if isinstance(body, Model) else Sequential([Input(x.shape[1:]), *body], seed=seed)
    model.compile(optimizer, loss)
    health = Health()
    with contextlib.suppress(DivergedError):
        model.fit(x, y, epochs=epochs, batch_size=batch, verbose=0, callbacks=[health], **more)
    return health


def one():
    return Dense(1, "sigmoid")


def frozen():
    inner = Dense(8, "relu", name="inner")
    inner.trainable = False
    return [Dense(16, "relu"), inner, one()]


FAULTS = {
    "dead: a bias of -50": (
        "dead_units",
        lambda: fitted([Dense(16, "relu", bias_initializer=constant(-50)), one()], separable()),
    ),
    "dead: SGD at 100": ("dead_units", lambda: fitted([*deep(16, 2, "relu"), one()], separable(), SGD(100.0))),
    "dead: Adam at 1": (
        "dead_units",
        lambda: fitted([Dense(32, "relu"), Dense(16, "relu"), one()], separable(), Adam(1.0)),
    ),
    "dead: a ReLU layer": (
        "dead_units",
        lambda: fitted([Dense(16, bias_initializer=constant(-50)), layers.ReLU(), one()], separable()),
    ),
    "dead: a convolution": (
        "dead_units",
        lambda: fitted(
            [
                layers.Conv2D(8, 3, activation="relu", bias_initializer=constant(-50)),
                layers.Flatten(),
                Dense(10, "softmax"),
            ],
            images(400),
            loss="sparse_categorical_crossentropy",
            epochs=2,
        ),
    ),
    "saturated: sigmoid, inputs of 1000": (
        "saturated_units",
        lambda: fitted([*deep(16, 2, "sigmoid"), one()], separable(1000)),
    ),
    "saturated: tanh, inputs of 500": (
        "saturated_units",
        lambda: fitted([*deep(16, 2, "tanh"), one()], separable(300, 500)),
    ),
    "saturated: tanh, weights of 30": (
        "saturated_units",
        lambda: fitted([Dense(16, "tanh", kernel_initializer=drawn(30)), one()], separable()),
    ),
    "vanishing: 6 sigmoids": (
        "vanishing_gradient",
        lambda: fitted([*deep(16, 6, "sigmoid"), one()], separable(), SGD(0.1)),
    ),
    "vanishing: 10 sigmoids": (
        "vanishing_gradient",
        lambda: fitted([*deep(16, 10, "sigmoid"), one()], separable(), SGD(0.1)),
    ),
    "vanishing: 10 sigmoids, Adam": (
        "vanishing_gradient",
        lambda: fitted([*deep(16, 10, "sigmoid"), one()], separable()),
    ),
    "vanishing: 6 tanh of weights 0.05": (
        "vanishing_gradient",
        lambda: fitted([*deep(16, 6, "tanh", kernel_initializer=drawn(0.05)), one()], separable(), SGD(0.1)),
    ),
    "exploding: 5 ReLUs of weights 1": (
        "exploding_gradient",
        lambda: fitted([*deep(64, 5, "relu", kernel_initializer=drawn(1)), one()], separable(), SGD(1e-5), epochs=3),
    ),
    "exploding: 3 ReLUs of weights 5": (
        "exploding_gradient",
        lambda: fitted([*deep(64, 3, "relu", kernel_initializer=drawn(5)), one()], separable(), SGD(1e-5), epochs=3),
    ),
    "exploding: a recurrence of weights 2": (
        "exploding_gradient",
        lambda: fitted(
            [layers.SimpleRNN(16, activation="relu", recurrent_initializer=drawn(1.0)), Dense(1)],
            waves(),
            SGD(1e-9),
            "mse",
            epochs=2,
        ),
    ),
    "too small: Adam at 1e-7": (
        "updates_too_small",
        lambda: fitted([*deep(16, 2, "relu"), one()], separable(), Adam(1e-7)),
    ),
    "too small: SGD at 1e-7": (
        "updates_too_small",
        lambda: fitted([*deep(16, 2, "relu"), one()], separable(), SGD(1e-7)),
    ),
    "too large: Adam at 1": (
        "updates_too_large",
        lambda: fitted([*deep(16, 2, "tanh"), one()], separable(), Adam(1.0)),
    ),
    "too large: SGD at 10, mse": (
        "updates_too_large",
        lambda: fitted([Dense(32, "relu"), Dense(1)], separable(), SGD(10.0), "mse"),
    ),
    "frozen: trainable=False": ("frozen_layer", lambda: fitted(frozen(), separable())),
    "frozen: gradient stopped": (
        "frozen_layer",
        lambda: fitted([Dense(16, "relu"), Cut(), Dense(8, "relu"), one()], separable()),
    ),
    "frozen: rate times 0": (
        "frozen_layer",
        lambda: fitted(
            [Dense(16, "relu", name="first"), Dense(8, "relu"), one()],
            separable(),
            Adam(1e-3, learning_rate_multipliers={"first": 0.0}),
        ),
    ),
    "alike: zeros": (
        "units_alike",
        lambda: fitted([*deep(16, 2, "relu", kernel_initializer="zeros"), one()], separable()),
    ),
    "alike: ones": (
        "units_alike",
        lambda: fitted(
            [*deep(16, 2, "relu", kernel_initializer="ones"), Dense(1, "sigmoid", kernel_initializer="ones")],
            separable(),
        ),
    ),
    "constant: ReLU output of bias -100": (
        "constant_output",
        lambda: fitted([Dense(16, "relu"), Dense(1, "relu", bias_initializer=constant(-100))], separable(), loss="mse"),
    ),
    "constant: a dead layer": (
        "constant_output",
        lambda: fitted([Dense(16, "relu", bias_initializer=constant(-1000)), Dense(8, "relu"), one()], separable()),
    ),
}


def images(count=600):
    x, y = datasets.load_digits()
    x = np.asarray(x, "float32").reshape(-1, 8, 8, 1)[:count]
    return x / x.max(), np.asarray(y)[:count]


def waves(rows=300, length=12):
    phase = np.random.default_rng(0).uniform(0, 6, (rows, 1))
    whole = np.sin(phase + np.arange(length + 1) / 2).astype("float32")
    return whole[:, :length, None], whole[:, length:]


def words(rows=400, length=12):
    tokens = np.random.default_rng(0).integers(1, 30, (rows, length))
    return tokens, (tokens < 4).any(1).astype("int32")


def classes(load):
    x, y = scaled(load)
    return x, y.astype("int32")


def target(load):
    x, y = scaled(load)
    y = y.astype("float32").reshape(-1, 1)
    return x, (y - y.mean()) / y.std()


CROSS = "sparse_categorical_crossentropy"
HEALTHY = {
    "breast cancer 16-8-1": lambda: fitted(
        [Dense(16, "relu"), Dense(8, "relu"), one()], classes(datasets.load_breast_cancer), epochs=50
    ),
    "breast cancer, tanh, SGD 0.1": lambda: fitted(
        [Dense(16, "tanh"), one()], classes(datasets.load_breast_cancer), SGD(0.1), epochs=20
    ),
    "breast cancer, sigmoid 8": lambda: fitted(
        [Dense(8, "sigmoid"), one()], classes(datasets.load_breast_cancer), Adam(0.01), epochs=20
    ),
    "breast cancer, batch norm": lambda: fitted(
        [Dense(32), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.3), one()],
        classes(datasets.load_breast_cancer),
        epochs=15,
    ),
    "breast cancer, 6 deep": lambda: fitted(
        [*deep(32, 6, "relu", kernel_initializer="he_normal"), one()], classes(datasets.load_breast_cancer), epochs=20
    ),
    "iris, 16": lambda: fitted(
        [Dense(16, "relu"), Dense(3, "softmax")], classes(datasets.load_iris), Adam(0.01), CROSS, epochs=40
    ),
    "iris, logistic": lambda: fitted([Dense(3, "softmax")], classes(datasets.load_iris), SGD(0.1), CROSS, epochs=30),
    "iris, leaky": lambda: fitted(
        [Dense(8), layers.LeakyReLU(0.1), Dense(3, "softmax")],
        classes(datasets.load_iris),
        Adam(0.01),
        CROSS,
        epochs=30,
    ),
    "wine, 32-16": lambda: fitted(
        [Dense(32, "relu"), Dense(16, "relu"), Dense(3, "softmax")],
        classes(datasets.load_wine),
        "adam",
        CROSS,
        epochs=40,
    ),
    "wine, elu, momentum": lambda: fitted(
        [Dense(16, "elu"), Dense(3, "softmax")], classes(datasets.load_wine), SGD(0.01, momentum=0.9), CROSS, epochs=30
    ),
    "wine, rmsprop, l2": lambda: fitted(
        [Dense(16, "relu", kernel_regularizer="l2"), Dense(3, "softmax")],
        classes(datasets.load_wine),
        "rmsprop",
        CROSS,
        epochs=30,
    ),
    "digits, 64": lambda: fitted(
        [Dense(64, "relu"), Dense(10, "softmax")], classes(datasets.load_digits), "adam", CROSS, epochs=15
    ),
    "digits, gelu 64-64, adamw": lambda: fitted(
        [*deep(64, 2, "gelu"), Dense(10, "softmax")], classes(datasets.load_digits), "adamw", CROSS, epochs=15
    ),
    "digits, convolution": lambda: fitted(
        [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(), Dense(10, "softmax")],
        images(),
        "adam",
        CROSS,
        epochs=5,
    ),
    "digits, two convolutions and batch norm": lambda: fitted(
        [
            *(layers.Conv2D(8, 3, use_bias=False), layers.BatchNormalization(), layers.ReLU()),
            *(layers.Conv2D(16, 3, activation="relu"), layers.GlobalAveragePooling2D(), Dense(10, "softmax")),
        ],
        images(),
        "adam",
        CROSS,
        epochs=5,
    ),
    "diabetes, 16": lambda: fitted(
        [Dense(16, "relu"), Dense(1)], target(datasets.load_diabetes), "adam", "mse", epochs=40
    ),
    "diabetes, linear": lambda: fitted([Dense(1)], target(datasets.load_diabetes), SGD(0.01), "mse", epochs=20),
    "diabetes, raw target": lambda: fitted(
        [Dense(32, "relu"), Dense(1)],
        (scaled(datasets.load_diabetes)[0], scaled(datasets.load_diabetes)[1].astype("float32")[:, None]),
        Adam(0.01),
        "mse",
        epochs=40,
    ),
    "moons, tanh 16-16": lambda: fitted([*deep(16, 2, "tanh"), one()], datasets.make_moons(), Adam(0.01), epochs=60),
    "circles, relu 16": lambda: fitted([Dense(16, "relu"), one()], datasets.make_circles(), Adam(0.01), epochs=60),
    "spirals, relu 32-32": lambda: fitted(
        [*deep(32, 2, "relu"), one()], datasets.make_spirals(), Adam(0.01), epochs=80
    ),
    "blobs, sigmoid 8": lambda: fitted(
        [Dense(8, "sigmoid"), Dense(3, "softmax")], datasets.make_blobs(), Adam(0.01), CROSS, epochs=40
    ),
    "xor, tanh 4, to the end": lambda: fitted([Dense(4, "tanh"), one()], datasets.make_xor(), Adam(0.05), epochs=500),
    "sine, tanh 32": lambda: fitted(
        [*deep(32, 2, "tanh"), Dense(1)], target(datasets.make_sine), Adam(0.005), "mse", epochs=60
    ),
    "waves, LSTM": lambda: fitted([layers.LSTM(16), Dense(1)], waves(), "adam", "mse", epochs=8),
    "waves, GRU": lambda: fitted([layers.GRU(12), Dense(1)], waves(), Adam(0.01), "mse", epochs=6),
    "waves, SimpleRNN": lambda: fitted([layers.SimpleRNN(12), Dense(1)], waves(), Adam(0.005), "mse", epochs=6),
    "words, embedding": lambda: fitted(
        [layers.Embedding(30, 8), layers.GlobalAveragePooling1D(), one()], words(), Adam(0.01), epochs=15
    ),
    "words, attention": lambda: fitted(attentive(), words(), "adam", epochs=8),
    "digits, autoencoder": lambda: fitted(
        [Dense(16, "relu"), Dense(64, "sigmoid")], (images()[0].reshape(-1, 64),) * 2, "adam", "mse", epochs=15
    ),
    "two inputs": lambda: two_inputs(),
}


def attentive():
    tokens = Input((12,))
    x = layers.Embedding(30, 16)(tokens)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 8)(x, x))
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x + Dense(16)(Dense(32, "relu")(x))))
    return Model(tokens, Dense(1, "sigmoid")(x))


def two_inputs():
    x, y = classes(datasets.load_breast_cancer)
    left, right = Input((15,)), Input((15,))
    joined = layers.Concatenate()([Dense(8, "relu")(left), Dense(8, "relu")(right)])
    model = Model([left, right], Dense(1, "sigmoid")(joined))
    model.compile("adam", "binary_crossentropy")
    health = Health()
    model.fit([x[:, :15], x[:, 15:]], y, epochs=15, verbose=0, callbacks=[health])
    return health


def main(faults, healthy):
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="")
    options.add_argument("--verbose", action="store_true")
    given = options.parse_args()
    wrong = {"fault": 0, "healthy": 0}
    seen = {"fault": 0, "healthy": 0}
    cases = [("fault", name, kind, make) for name, (kind, make) in faults.items()]
    cases += [("healthy", name, "", make) for name, make in healthy.items()]
    for group, name, kind, make in cases:
        if given.only not in f"{group} {name}":
            continue
        glassnet.utils.set_random_seed(0)
        health = make()
        raised = [
            f"{flag.kind}: {flag.layer}" for flag in health.flags if flag.severity == "warning" or kind == flag.kind
        ]
        right = any(item.startswith(kind) for item in raised) if kind else not raised
        seen[group] += 1
        wrong[group] += not right
        print(f"{'ok   ' if right else 'WRONG'} {group}, {name}: {'; '.join(raised) or 'no flag'}", flush=True)
        if given.verbose or not right:
            print(health, file=sys.stderr, flush=True)
    print(
        f"faults not found: {wrong['fault']} of {seen['fault']}; "
        f"false alarms: {wrong['healthy']} of {seen['healthy']} healthy runs"
    )


if __name__ == "__main__":
    main(FAULTS, HEALTHY)
