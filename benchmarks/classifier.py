"""A small classifier: breast cancer, 455 rows of 30, 16-8-1, Adam, 50 epochs of batch 32, warm (the second fit)."""

import time

import numpy as np

EPOCHS, BATCH = 50, 32


def rows():
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    x, y = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=42)
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train).astype("float32"), scaler.transform(x_test).astype("float32"), y_train, y_test


def timed(make_and_fit):
    """Seconds of the first and of the median of five further fits, each of a new model."""
    started = time.perf_counter()
    make_and_fit(0)
    first = time.perf_counter() - started
    further = []
    for seed in range(1, 6):
        started = time.perf_counter()
        make_and_fit(seed)
        further.append(time.perf_counter() - started)
    return {"fit, first": first, "fit, warm": float(np.median(further))}


def glassnet():
    import glassnet as keras

    return _keras_like(keras, seeded=True)


def keras_tensorflow():
    import keras

    return _keras_like(keras)


keras_jax = keras_tensorflow


def _keras_like(keras, seeded=False):
    x, x_test, y, y_test = rows()

    def make_and_fit(seed):
        dense = keras.layers.Dense
        model = keras.Sequential(
            [
                keras.Input((30,)),
                dense(16, activation="relu"),
                dense(8, activation="relu"),
                dense(1, activation="sigmoid"),
            ]
        )
        model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
        model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, validation_data=(x_test, y_test), verbose=0)

    return timed(make_and_fit)


def scikit_learn():
    import warnings

    from sklearn.neural_network import MLPClassifier

    x, _, y, _ = rows()

    def make_and_fit(seed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            MLPClassifier(
                (16, 8), batch_size=BATCH, max_iter=EPOCHS, random_state=seed, tol=0, n_iter_no_change=10**9
            ).fit(x, y)

    return timed(make_and_fit)


def pytorch():
    import torch

    torch.set_num_threads(1)
    x, _, y, _ = rows()
    x, y = torch.tensor(x), torch.tensor(y, dtype=torch.float32)[:, None]

    def make_and_fit(seed):
        torch.manual_seed(seed)
        nn = torch.nn
        model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 1))
        optimizer, loss = torch.optim.Adam(model.parameters(), fused=True), nn.BCEWithLogitsLoss()
        for _ in range(EPOCHS):
            for part in torch.randperm(len(x)).split(BATCH):
                optimizer.zero_grad()
                loss(model(x[part]), y[part]).backward()
                optimizer.step()

    return timed(make_and_fit)


CONTENDERS = {
    "glassnet": glassnet,
    "scikit-learn MLPClassifier": scikit_learn,
    "PyTorch, plain loop, one thread, fused Adam": pytorch,
    "Keras on JAX": keras_jax,
    "Keras on TensorFlow": keras_tensorflow,
}
ENVIRONMENT = {
    "Keras on JAX": {"KERAS_BACKEND": "jax"},
    "Keras on TensorFlow": {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""},
}
