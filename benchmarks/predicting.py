"""`predict` on one row after warm-up, and how many programs 20 different row counts compile."""

import time

import numpy as np


def model_of(keras):
    dense = keras.layers.Dense
    return keras.Sequential(
        [keras.Input((30,)), dense(16, activation="relu"), dense(8, activation="relu"), dense(1, activation="sigmoid")]
    )


def median_of(call, times=200):
    call()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return float(np.median(taken))


def keras_like(keras, **kwargs):
    model, row = model_of(keras), np.zeros((1, 30), "float32")
    many = np.zeros((1500, 30), "float32")
    one = median_of(lambda: model.predict(row, **kwargs), 200)
    started = time.perf_counter()
    for count in range(3, 1500, 75):
        model.predict(many[:count], **kwargs)
    return {"one row": one, "20 row counts, each": (time.perf_counter() - started) / 20}


def glassnet():
    import glassnet as keras

    return keras_like(keras)


def keras_jax():
    import keras

    return keras_like(keras, verbose=0)


def scikit_learn():
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier((16, 8), max_iter=2).fit(np.random.default_rng(0).random((64, 30)), np.arange(64) % 2)
    row, many = np.zeros((1, 30)), np.zeros((1500, 30))
    one = median_of(lambda: model.predict_proba(row), 200)
    started = time.perf_counter()
    for count in range(3, 1500, 75):
        model.predict_proba(many[:count])
    return {"one row": one, "20 row counts, each": (time.perf_counter() - started) / 20}


CONTENDERS = {"glassnet": glassnet, "scikit-learn MLPClassifier": scikit_learn, "Keras on JAX": keras_jax}
ENVIRONMENT = {"Keras on JAX": {"KERAS_BACKEND": "jax"}}
