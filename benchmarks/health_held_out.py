"""More planted faults and healthy runs, made when the rules of `Health` stood and never tuned on: see health_flags.py."""

import numpy as np
from health_flags import (
    CROSS,
    SGD,
    Adam,
    Dense,
    classes,
    constant,
    deep,
    drawn,
    fitted,
    images,
    main,
    target,
    waves,
    words,
)

from glassnet import datasets, layers, schedules


def cancer():
    return classes(datasets.load_breast_cancer)


def wine():
    return classes(datasets.load_wine)


def digits():
    return classes(datasets.load_digits)


def diabetes():
    return target(datasets.load_diabetes)


def raw(load):
    x, y = load()
    return np.asarray(x, "float32").reshape(len(x), -1), np.asarray(y).astype("int32")


def one():
    return Dense(1, "sigmoid")


def three():
    return Dense(3, "softmax")


def ten():
    return Dense(10, "softmax")


def still():
    inner = Dense(12, "tanh", name="kept")
    inner.trainable = False
    return inner


def lone_convolution(**more):
    return [layers.Conv2D(12, 3, activation="relu", **more), layers.Flatten(), ten()]


FAULTS = {
    "dead: second layer, bias -20": (
        "dead_units",
        lambda: fitted(
            [Dense(20, "relu"), Dense(10, "relu", bias_initializer=constant(-20)), three()], wine(), loss=CROSS
        ),
    ),
    "dead: weights below 0 on inputs above 0": (
        "dead_units",
        lambda: fitted(
            [Dense(24, "relu", kernel_initializer=constant(-0.5)), ten()],
            raw(datasets.load_digits),
            loss=CROSS,
            epochs=3,
        ),
    ),
    "dead: relu6, bias 200": (
        "dead_units",
        lambda: fitted([Dense(20, "relu6", bias_initializer=constant(200)), three()], wine(), loss=CROSS),
    ),
    "dead: SGD at 50 on digits": (
        "dead_units",
        lambda: fitted([Dense(32, "relu"), Dense(16, "relu"), ten()], digits(), SGD(50.0), CROSS, epochs=5),
    ),
    "dead: convolution of bias -10": (
        "dead_units",
        lambda: fitted(lone_convolution(bias_initializer=constant(-10)), images(), loss=CROSS, epochs=2),
    ),
    "saturated: raw wine under a sigmoid": (
        "saturated_units",
        lambda: fitted([Dense(12, "sigmoid"), three()], raw(datasets.load_wine), loss=CROSS),
    ),
    "saturated: raw breast cancer under tanh": (
        "saturated_units",
        lambda: fitted([Dense(16, "tanh"), one()], raw(datasets.load_breast_cancer)),
    ),
    "saturated: softsign, weights of 50": (
        "saturated_units",
        lambda: fitted([Dense(16, "softsign", kernel_initializer=drawn(50)), three()], wine(), loss=CROSS),
    ),
    "saturated: tanh recurrence, weights of 20": (
        "saturated_units",
        lambda: fitted([layers.SimpleRNN(12, kernel_initializer=drawn(20)), Dense(1)], waves(), loss="mse", epochs=3),
    ),
    "vanishing: 8 sigmoids of 32": (
        "vanishing_gradient",
        lambda: fitted([*deep(32, 8, "sigmoid"), three()], wine(), SGD(0.05), CROSS),
    ),
    "vanishing: 7 sigmoids on digits, Adam": (
        "vanishing_gradient",
        lambda: fitted([*deep(24, 7, "sigmoid"), ten()], digits(), "adam", CROSS, epochs=4),
    ),
    "vanishing: 12 ReLUs of weights 0.02": (
        "vanishing_gradient",
        lambda: fitted([*deep(20, 12, "relu", kernel_initializer=drawn(0.02)), one()], cancer(), SGD(0.1)),
    ),
    "exploding: 6 linear of weights 2": (
        "exploding_gradient",
        lambda: fitted(
            [*deep(32, 6, "linear", kernel_initializer=drawn(2)), Dense(1)], diabetes(), SGD(1e-15), "mse", epochs=2
        ),
    ),
    "exploding: 4 ReLUs of weights 3 on digits": (
        "exploding_gradient",
        lambda: fitted(
            [*deep(48, 4, "relu", kernel_initializer=drawn(3)), ten()], digits(), SGD(1e-6), CROSS, epochs=2
        ),
    ),
    "too small: Adam at 3e-7 on digits": (
        "updates_too_small",
        lambda: fitted([Dense(32, "relu"), ten()], digits(), Adam(3e-7), CROSS, epochs=3),
    ),
    "too small: SGD at 1e-8": (
        "updates_too_small",
        lambda: fitted([Dense(16, "tanh"), Dense(1)], diabetes(), SGD(1e-8), "mse"),
    ),
    "too large: Adam at 3 on diabetes": (
        "updates_too_large",
        lambda: fitted([Dense(16, "relu"), Dense(1)], diabetes(), Adam(3.0), "mse"),
    ),
    "too large: SGD at 30 on wine": (
        "updates_too_large",
        lambda: fitted([Dense(16, "tanh"), three()], wine(), SGD(30.0), CROSS),
    ),
    "frozen: a kept layer": ("frozen_layer", lambda: fitted([Dense(16, "relu"), still(), three()], wine(), loss=CROSS)),
    "frozen: rounded behind it": (
        "frozen_layer",
        lambda: fitted(
            [Dense(16, "relu"), layers.Lambda(lambda x: (x > 0.3).astype("float32")), Dense(8, "relu"), three()],
            wine(),
            loss=CROSS,
        ),
    ),
    "alike: 0.5 everywhere": (
        "units_alike",
        lambda: fitted(
            [Dense(16, "tanh", kernel_initializer=constant(0.5)), Dense(1, kernel_initializer=constant(0.5))],
            diabetes(),
            loss="mse",
        ),
    ),
    "alike: zeros in a convolution": (
        "units_alike",
        lambda: fitted(lone_convolution(kernel_initializer="zeros"), images(), loss=CROSS, epochs=2),
    ),
    "alike: an LSTM of zeros": (
        "units_alike",
        lambda: fitted(
            [
                layers.LSTM(8, kernel_initializer="zeros", recurrent_initializer="zeros"),
                Dense(1, kernel_initializer="ones"),
            ],
            waves(),
            loss="mse",
            epochs=2,
        ),
    ),
    "constant: sigmoid output of bias 200": (
        "constant_output",
        lambda: fitted([Dense(8, "relu"), Dense(1, "sigmoid", bias_initializer=constant(200))], cancer(), SGD(1e-4)),
    ),
    "constant: all dead, SGD at 1000": (
        "constant_output",
        lambda: fitted([Dense(16, "relu"), Dense(1)], diabetes(), SGD(1000.0), "mae"),
    ),
}

HEALTHY = {
    "cancer, relu 64-32, dropout": lambda: fitted(
        [Dense(64, "relu"), layers.Dropout(0.5), Dense(32, "relu"), one()], cancer(), epochs=12
    ),
    "cancer, he, nadam": lambda: fitted(
        [*deep(24, 3, "relu", kernel_initializer="he_uniform"), one()], cancer(), "nadam", epochs=12
    ),
    "cancer, selu": lambda: fitted(
        [*deep(24, 3, "selu", kernel_initializer="lecun_normal"), one()], cancer(), Adam(0.002), epochs=12
    ),
    "cancer, batch of 128, lr 0.01": lambda: fitted(
        [Dense(20, "relu"), one()], cancer(), Adam(0.01), batch=128, epochs=30
    ),
    "cancer, small batches": lambda: fitted([Dense(10, "relu"), one()], cancer(), SGD(0.05), batch=8, epochs=6),
    "cancer, hinge": lambda: fitted(
        [Dense(8, "relu"), Dense(1, "tanh")], (cancer()[0], cancer()[1] * 2 - 1), "adam", "hinge", epochs=20
    ),
    "iris, tanh 10, full batch": lambda: fitted(
        [Dense(10, "tanh"), three()], classes(datasets.load_iris), Adam(0.02), CROSS, epochs=80, batch=150
    ),
    "iris, swish 12": lambda: fitted(
        [Dense(12, "silu"), three()], classes(datasets.load_iris), "adam", CROSS, epochs=40
    ),
    "wine, three tanh": lambda: fitted([*deep(16, 3, "tanh"), three()], wine(), SGD(0.1), CROSS, epochs=25),
    "wine, layer norm": lambda: fitted(
        [Dense(24), layers.LayerNormalization(), layers.ELU(), three()], wine(), "adam", CROSS, epochs=25
    ),
    "wine, l1": lambda: fitted(
        [Dense(24, "relu", kernel_regularizer="l1"), three()], wine(), Adam(0.003), CROSS, epochs=25
    ),
    "wine, adagrad": lambda: fitted([Dense(16, "relu"), three()], wine(), "adagrad", CROSS, epochs=40),
    "digits, 128-64": lambda: fitted([Dense(128, "relu"), Dense(64, "relu"), ten()], digits(), "adam", CROSS, epochs=8),
    "digits, one linear layer": lambda: fitted([ten()], digits(), SGD(0.05), CROSS, epochs=10),
    "digits, sigmoid 32": lambda: fitted([Dense(32, "sigmoid"), ten()], digits(), "adam", CROSS, epochs=12),
    "digits, prelu": lambda: fitted([Dense(32), layers.PReLU(), ten()], digits(), "rmsprop", CROSS, epochs=8),
    "digits, separable convolution": lambda: fitted(
        [layers.SeparableConv2D(16, 3, activation="relu"), layers.GlobalMaxPooling2D(), ten()],
        images(),
        Adam(0.005),
        CROSS,
        epochs=6,
    ),
    "digits, average pooling": lambda: fitted(
        [layers.Conv2D(12, 3, activation="elu"), layers.AveragePooling2D(), layers.Flatten(), Dense(24, "relu"), ten()],
        images(),
        "adam",
        CROSS,
        epochs=6,
    ),
    "digits, 5 convolutions": lambda: fitted(
        [
            *(layers.Conv2D(12, 3, padding="same", activation="relu") for _ in range(5)),
            layers.GlobalAveragePooling2D(),
            ten(),
        ],
        images(),
        Adam(0.003),
        CROSS,
        epochs=5,
    ),
    "diabetes, mae": lambda: fitted([Dense(24, "relu"), Dense(1)], diabetes(), "adam", "mae", epochs=30),
    "diabetes, huber, tanh": lambda: fitted([Dense(24, "tanh"), Dense(1)], diabetes(), Adam(0.003), "huber", epochs=30),
    "moons, relu 8": lambda: fitted([Dense(8, "relu"), one()], datasets.make_moons(noise=0.2), Adam(0.02), epochs=50),
    "circles, tanh 8": lambda: fitted([Dense(8, "tanh"), one()], datasets.make_circles(), Adam(0.02), epochs=60),
    "blobs, linear": lambda: fitted([three()], datasets.make_blobs(), SGD(0.1), CROSS, epochs=30),
    "xor of 200, relu 8": lambda: fitted(
        [Dense(8, "relu"), one()], datasets.make_xor(200, noise=0.1), Adam(0.02), epochs=60
    ),
    "sine, relu 32-32": lambda: fitted(
        [*deep(32, 2, "relu"), Dense(1)], target(datasets.make_sine), Adam(0.005), "mse", epochs=60
    ),
    "waves, two LSTMs": lambda: fitted(
        [layers.LSTM(8, return_sequences=True), layers.LSTM(8), Dense(1)], waves(), Adam(0.005), "mse", epochs=6
    ),
    "waves, bidirectional GRU": lambda: fitted(
        [layers.Bidirectional(layers.GRU(8)), Dense(1)], waves(), Adam(0.005), "mse", epochs=5
    ),
    "waves, 1D convolution": lambda: fitted(
        [layers.Conv1D(12, 3, activation="relu"), layers.GlobalAveragePooling1D(), Dense(1)],
        waves(),
        Adam(0.005),
        "mse",
        epochs=10,
    ),
    "words, LSTM": lambda: fitted([layers.Embedding(30, 8), layers.LSTM(8), one()], words(), Adam(0.01), epochs=8),
    "cosine rate": lambda: fitted(
        [Dense(16, "relu"), one()], cancer(), Adam(schedules.CosineDecay(0.01, 200)), epochs=15
    ),
    "nothing to learn": lambda: fitted(
        [Dense(16, "relu"), one()], (cancer()[0], np.random.default_rng(0).integers(0, 2, 569)), "adam", epochs=15
    ),
}

if __name__ == "__main__":
    main(FAULTS, HEALTHY)
