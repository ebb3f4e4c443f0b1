"""Many networks at once: the classifier in 5 folds × 5 seeds, 50 epochs of batch 32, together and one after another."""

import time

import numpy as np

FOLDS, SEEDS, EPOCHS = 5, 5, 50


def rows():
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y


def members(keras):
    dense = keras.layers.Dense
    found = []
    for seed in range(SEEDS):
        for _ in range(FOLDS):
            model = keras.Sequential(
                [
                    keras.Input((30,)),
                    dense(16, activation="relu"),
                    dense(8, activation="relu"),
                    dense(1, activation="sigmoid"),
                ],
                seed=seed,
            )
            model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
            found.append(model)
    parts = np.arange(len(rows()[0])) % FOLDS
    kept = [np.flatnonzero(parts != fold) for _ in range(SEEDS) for fold in range(FOLDS)]
    held = [np.flatnonzero(parts == fold) for _ in range(SEEDS) for fold in range(FOLDS)]
    return found, kept, held


def timed(run):
    """Seconds of the first time, and the median of four further ones."""
    started = time.perf_counter()
    run()
    first = time.perf_counter() - started
    return {"first": first, "warm": float(np.median([run() for _ in range(4)]))}


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


def one_by_one():
    import glassnet as keras

    x, y = rows()

    def run():
        models, kept, held = members(keras)
        started = time.perf_counter()
        for model, part, rest in zip(models, kept, held, strict=True):
            model.fit(x[part], y[part], epochs=EPOCHS, verbose=0, validation_data=(x[rest], y[rest]))
        return time.perf_counter() - started

    return timed(run)


CONTENDERS = {"glassnet, together": together, "glassnet, one after another": one_by_one}
