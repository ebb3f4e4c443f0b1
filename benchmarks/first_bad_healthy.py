"""Healthy trainings that must never be taken for broken ones: huge but finite numbers, infinities put in on purpose.

    python benchmarks/first_bad_healthy.py

prints a line for each that fired, and how many did; exit code 1 where any.
"""

import argparse
import sys
import warnings

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import Input, Model, Sequential, optimizers
from glassnet.foundation.errors import DivergedError
from glassnet.layers import (
    GRU,
    LSTM,
    Add,
    BatchNormalization,
    Conv1D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GaussianNoise,
    GlobalAveragePooling1D,
    Lambda,
    Layer,
    LayerNormalization,
    Masking,
    SimpleRNN,
    TransformerEncoder,
)  # fmt: skip
from glassnet.regularizers import L2

R = np.random.default_rng(3)
X = R.normal(size=(96, 6)).astype(np.float32)
Y = (X[:, :1] * 2 - X[:, 1:2]).astype(np.float32)
LABELS = R.integers(0, 3, 96)
SERIES = R.normal(size=(96, 12, 3)).astype(np.float32)
TOKENS = R.integers(0, 30, (96, 10))
BINARY = (Y > 0).astype(np.float32)


def mine(function):
    return Lambda(function)


class RunningMaximum(Layer):
    """Its state begins at minus infinity on purpose, and stays so outside of the first column."""

    def build(self, shape):
        self.most = self.add_weight("most", (2,), lambda shape, dtype=None: jnp.full(shape, -jnp.inf), trainable=False)

    def call(self, x, training=False):
        if training:
            self.most = self.most.at[0].set(jnp.maximum(self.most[0], jnp.max(x)))
        return x


class Causal(Layer):
    """Attention masked by -inf, each row with itself left."""

    def call(self, x):
        seen = jnp.tril(jnp.ones((x.shape[1], x.shape[1]), bool))
        return jax.nn.softmax(jnp.where(seen, x @ jnp.swapaxes(x, 1, 2), -jnp.inf)) @ x


def residual():
    inputs = Input((6,))
    wire = Dense(8, "relu")(inputs)
    for _ in range(6):
        wire = Add()([wire, Dense(8, "relu")(wire)])
    return Model(inputs, Dense(1)(wire), seed=0)


def safe_log(y, p):
    return -(y * jnp.log(jnp.clip(p, 1e-7, 1)) + (1 - y) * jnp.log(jnp.clip(1 - p, 1e-7, 1)))[:, 0]


def double_where(x):
    return jnp.where(x > 0, jnp.log(jnp.where(x > 0, x, 1.0)), 0.0)


def scores_in_log_space(y, p):
    return jax.nn.logsumexp(jnp.concatenate([p, jnp.full_like(p, -jnp.inf)], -1), -1) - y[:, 0] * p[:, 0]


def head(*before, out=1, activation=None):
    return [*before, Dense(out, activation)]


#: name: (layers or a model, optimizer, loss, x, y, further arguments of fit)
RUNS = {
    **{
        f"optimizer {name}": (lambda: head(Dense(8, "tanh")), lambda name=name: optimizers.get(name), "mse", X, Y, {})
        for name in (
            [
                "sgd",
                "adam",
                "adamw",
                "adamax",
                "nadam",
                "radam",
                "rmsprop",
                "adagrad",
                "adadelta",
                "adafactor",
                "ftrl",
                "lamb",
                "lion",
                "muon",
            ]
        )
    },
    "momentum": (
        lambda: head(Dense(8, "relu")),
        lambda: optimizers.SGD(0.01, momentum=0.9, nesterov=True),
        "mse",
        X,
        Y,
        {},
    ),
    "schedule free": (lambda: head(Dense(8)), lambda: optimizers.ScheduleFreeAdamW(), "mse", X, Y, {}),
    "lookahead": (lambda: head(Dense(8)), lambda: optimizers.Lookahead("adam"), "mse", X, Y, {}),
    "loss scale that overflows at first": (
        lambda: head(Dense(8)),
        lambda: optimizers.LossScaleOptimizer("adam", initial_scale=2.0**127),
        "mse",
        X,
        Y,
        {},
    ),
    "clipnorm": (lambda: head(Dense(8)), lambda: optimizers.SGD(0.1, clipnorm=1.0), "mse", X, 1e5 * Y, {}),
    "inputs of 1e6": (lambda: head(Dense(8, "relu")), "adam", "mse", 1e6 * X, Y, {}),
    "inputs of 1e12": (lambda: head(Dense(8, "relu")), "adam", "mae", 1e12 * X, Y, {}),
    "targets of 1e9": (lambda: head(Dense(8, "relu")), "adam", "mse", X, 1e9 * Y, {}),
    "a loss of 1e24": (lambda: head(), "adam", "mse", X, 1e12 * Y, {}),
    "one outlier of 1e8": (
        lambda: head(Dense(4, "relu")),
        "adam",
        "mae",
        np.where(X[3, 2] == X, 1e8, X).astype("f"),
        Y,
        {},
    ),
    "tiny inputs": (lambda: head(Dense(8, "relu")), "adam", "mse", 1e-30 * X, Y, {}),
    "inputs of zeros": (lambda: head(Dense(8, "relu")), "adam", "mse", 0 * X, Y, {}),
    "constant targets": (lambda: head(Dense(8, "relu")), "adam", "mse", X, 0 * Y, {}),
    "saturated sigmoid": (
        lambda: head(mine(lambda x: 1e4 * x), activation="sigmoid"),
        "adam",
        "binary_crossentropy",
        X,
        BINARY,
        {},
    ),
    "saturated softmax": (
        lambda: head(mine(lambda x: 1e5 * x), out=3, activation="softmax"),
        "sgd",
        "sparse_categorical_crossentropy",
        X,
        LABELS,
        {},
    ),
    "log clipped by hand": (lambda: head(activation="sigmoid"), "adam", safe_log, X, BINARY, {}),
    "a log behind two wheres": (lambda: head(Dense(6), mine(double_where)), "adam", "mse", X, Y, {}),
    "a root with an epsilon": (
        lambda: head(mine(lambda x: jnp.sqrt(jnp.maximum(x, 0) + 1e-7))),
        "adam",
        "mse",
        X,
        Y,
        {},
    ),
    "log space with -inf": (lambda: head(), "adam", scores_in_log_space, X, BINARY, {}),
    "infinity taken out again": (
        lambda: head(mine(lambda x: jnp.minimum(jnp.where(x > 2, jnp.inf, x), 3.0))),
        "adam",
        "mse",
        X,
        Y,
        {},
    ),
    "a division whose infinity is squashed": (
        lambda: head(mine(lambda x: jnp.tanh(1 / (x * 0 + 1e-30)))),
        "adam",
        "mse",
        X,
        Y,
        {},
    ),
    "causal attention with -inf": (lambda: head(Causal(), GlobalAveragePooling1D()), "adam", "mse", SERIES, Y, {}),
    "a running maximum from -inf": (lambda: head(RunningMaximum()), "adam", "mse", X, Y, {}),
    "padding masked": (
        lambda: head(Masking(), LSTM(4)),
        "adam",
        "mse",
        SERIES * (np.arange(12) < 7)[None, :, None].astype("f"),
        Y,
        {},
    ),
    "fully padded rows": (
        lambda: head(Embedding(30, 4, mask_zero=True), LSTM(4)),
        "adam",
        "mse",
        TOKENS * (LABELS > 0)[:, None],
        Y,
        {},
    ),
    "embeddings": (lambda: head(Embedding(30, 4), Flatten()), "adam", "mse", TOKENS, Y, {}),
    "lstm": (lambda: head(LSTM(6)), "rmsprop", "mse", SERIES, Y, {}),
    "gru": (lambda: head(GRU(6)), "adam", "mse", SERIES, Y, {}),
    "rnn of relu": (lambda: head(SimpleRNN(6, activation="relu")), "adam", "mse", SERIES, Y, {}),
    "convolution": (
        lambda: head(Conv1D(4, 3, activation="relu"), GlobalAveragePooling1D()),
        "adam",
        "mse",
        SERIES,
        Y,
        {},
    ),
    "transformer": (lambda: head(TransformerEncoder(16, 1), GlobalAveragePooling1D()), "adam", "mse", SERIES, Y, {}),
    "batch normalization of constants": (lambda: head(BatchNormalization()), "adam", "mse", 0 * X + 5, Y, {}),
    "batch normalization of 1e6": (lambda: head(BatchNormalization()), "adam", "mse", 1e6 * X, Y, {}),
    "layer normalization of zeros": (lambda: head(LayerNormalization()), "adam", "mse", 0 * X, Y, {}),
    "dropout and noise": (lambda: head(Dropout(0.5), GaussianNoise(1.0)), "adam", "mse", X, Y, {}),
    "residual": (residual, "adam", "mse", X, Y, {}),
    "strong penalty": (lambda: head(Dense(8, kernel_regularizer=L2(1e3))), "adam", "mse", X, Y, {}),
    "sample weights of 0": (lambda: head(), "adam", "mse", X, Y, {"sample_weight": np.zeros(96, "f")}),
    "class weights": (
        lambda: head(out=3, activation="softmax"),
        "adam",
        "sparse_categorical_crossentropy",
        X,
        LABELS,
        {"class_weight": {0: 1e-3, 1: 1e3, 2: 1.0}},
    ),
    "validation far away": (lambda: head(Dense(8)), "adam", "mse", X, Y, {"validation_data": (1e10 * X, Y)}),
    "float16 within its range": (
        lambda: head(mine(lambda x: (10 * x).astype(jnp.float16).astype(jnp.float32))),
        "adam",
        "mse",
        X,
        Y,
        {},
    ),
    "deep tanh": (lambda: head(*(Dense(8, "tanh") for _ in range(12))), "adam", "mse", X, Y, {}),
    "high rate that is bounded": (
        lambda: head(Dense(8, "tanh"), activation="sigmoid"),
        lambda: optimizers.SGD(50.0),
        "mse",
        X,
        BINARY,
        {},
    ),
    "poisson": (lambda: head(activation="exponential"), "adam", "poisson", X, np.abs(np.round(Y)), {}),
    "exponential": (lambda: head(Dense(4, "exponential")), "adam", "mse", 4 * X, Y, {}),
}


def fired(name):
    """What was said of a run that is healthy; None where nothing was."""
    layers, optimizer, loss, x, y, further = RUNS[name]
    made = layers()
    model = made if isinstance(made, Model) else Sequential([Input(x.shape[1:]), *made], seed=0)
    model.compile(optimizer if isinstance(optimizer, str) else optimizer(), loss)
    try:
        history = model.fit(x, y, epochs=3, batch_size=32, verbose=0, strict=False, **further)
    except DivergedError as error:
        return str(error)
    return None if history.finding is None else str(history.finding)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", nargs="*")
    given = options.parse_args()
    warnings.simplefilter("ignore")
    names = [name for name in RUNS if not given.only or any(word in name for word in given.only)]
    false = 0
    for name in names:
        try:
            said = fired(name)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        if said is not None:
            false += 1
            print(f"{name}: {said}", flush=True)
    print(f"{len(names)} healthy runs, fired in {false}")
    return int(false > 0)


if __name__ == "__main__":
    sys.exit(main())
