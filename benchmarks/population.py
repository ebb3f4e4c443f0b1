"""Many networks at once: the classifier in 5 folds × 5 seeds, 50 epochs of batch 32, together and one after another."""

import time

import numpy as np

FOLDS, SEEDS, EPOCHS = 5, 5, 50


def rows():
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y


def member(keras, seed):
    dense = keras.layers.Dense
    layers = [keras.Input((30,)), dense(16, activation="relu"), dense(8, activation="relu")]
    seeded = {"seed": seed} if keras.__name__ == "glassnet" else {}
    model = keras.Sequential([*layers, dense(1, activation="sigmoid")], **seeded)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def members(keras):
    found = [member(keras, seed) for seed in range(SEEDS) for _ in range(FOLDS)]
    parts = np.arange(len(rows()[0])) % FOLDS
    kept = [np.flatnonzero(parts != fold) for _ in range(SEEDS) for fold in range(FOLDS)]
    held = [np.flatnonzero(parts == fold) for _ in range(SEEDS) for fold in range(FOLDS)]
    return found, kept, held


def timed(run, times=4):
    """Seconds of the first time, and the median of some further ones."""
    first = run()
    return {"first": first, "warm": float(np.median([run() for _ in range(times)]))}


def together():
    import glassnet as keras
    from glassnet.models import fit_together

    x, y = rows()

    def run():
        models, kept, held = members(keras)
        started = time.perf_counter()
        fit_together(models, x, y, epochs=EPOCHS, rows=kept, validation_rows=held)
        return time.perf_counter() - started

    return timed(run)


def one_by_one(keras, times=4):
    x, y = rows()

    def run():
        models, kept, held = members(keras)
        started = time.perf_counter()
        for model, part, rest in zip(models, kept, held, strict=True):
            model.fit(x[part], y[part], epochs=EPOCHS, verbose=0, validation_data=(x[rest], y[rest]))
        return time.perf_counter() - started

    return timed(run, times)


def glassnet_one_by_one():
    import glassnet

    return one_by_one(glassnet)


def keras_one_by_one():
    import keras

    return one_by_one(keras, times=1)  # a round takes more than half a minute


CONTENDERS = {
    "glassnet, together": together,
    "glassnet, one after another": glassnet_one_by_one,
    "Keras on JAX, one after another": keras_one_by_one,
}
ENVIRONMENT = {"Keras on JAX, one after another": {"KERAS_BACKEND": "jax"}}
