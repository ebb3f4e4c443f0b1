"""Convolutional networks: an epoch of training, warm. Random images; Adam; the same network for all.

small: conv 32 (3×3), pool, dense 64, dense 10 on 28×28×1, batches of 32 and of 128 (2,048 images).
large: conv 32, 32, pool, conv 64, 64, pool, dense 128, dense 10 on 32×32×3, batches of 64 (512 images).
"""

import os
import time

import numpy as np

SMALL, LARGE = (2048, 28, 28, 1), (512, 32, 32, 3)
WORKS = {"small, batch 32": (SMALL, 32), "small, batch 128": (SMALL, 128), "large, batch 64": (LARGE, 64)}
EPOCHS = 5


def rows(shape):
    random = np.random.default_rng(0)
    return random.normal(size=shape).astype("float32"), random.integers(0, 10, shape[0])


def timed(make):
    """Seconds of the first epoch of each work, and the median of five further ones."""
    found = {}
    for label, (shape, batch) in WORKS.items():
        epoch = make(*rows(shape), batch)
        started = time.perf_counter()
        epoch()
        found[f"{label}, first"] = time.perf_counter() - started
        further = []
        for _ in range(EPOCHS):
            started = time.perf_counter()
            epoch()
            further.append(time.perf_counter() - started)
        found[label] = float(np.median(further))
    return found


def keras_like():
    if "GLASSNET" in os.environ:
        import glassnet as keras
    else:
        import keras
    layers = keras.layers

    def make(x, y, batch):
        def conv(filters):
            return layers.Conv2D(filters, 3, activation="relu")

        if x.shape[-1] == 1:
            body, width = [conv(32), layers.MaxPooling2D()], 64
        else:
            body, width = [conv(32), conv(32), layers.MaxPooling2D(), conv(64), conv(64), layers.MaxPooling2D()], 128
        head = [layers.Flatten(), layers.Dense(width, activation="relu"), layers.Dense(10, activation="softmax")]
        model = keras.Sequential([keras.Input(x.shape[1:]), *body, *head])
        model.compile("adam", "sparse_categorical_crossentropy")
        return lambda: model.fit(x, y, batch_size=batch, epochs=1, verbose=0)

    return timed(make)


def pytorch():
    import torch

    nn = torch.nn
    torch.manual_seed(0)

    def make(x, y, batch):
        if x.shape[-1] == 1:
            body, flat, width = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)], 13 * 13 * 32, 64
        else:
            body, flat, width = [], 5 * 5 * 64, 128
            for before, after in ((3, 32), (32, 32), (32, 64), (64, 64)):
                body += [nn.Conv2d(before, after, 3), nn.ReLU()] + ([nn.MaxPool2d(2)] if before == after else [])
        model = nn.Sequential(*body, nn.Flatten(), nn.Linear(flat, width), nn.ReLU(), nn.Linear(width, 10))
        optimizer, loss = torch.optim.Adam(model.parameters(), fused=True), nn.CrossEntropyLoss()
        x = torch.tensor(x).permute(0, 3, 1, 2).contiguous()
        y = torch.tensor(y)

        def epoch():
            for part in torch.randperm(len(x)).split(batch):
                optimizer.zero_grad()
                loss(model(x[part]), y[part]).backward()
                optimizer.step()

        return epoch

    return timed(make)


CONTENDERS = {
    "glassnet": keras_like,
    "PyTorch, plain loop, two threads, fused Adam": pytorch,
    "Keras on JAX": keras_like,
    "Keras on TensorFlow": keras_like,
}
ENVIRONMENT = {
    "glassnet": {"GLASSNET": "1"},
    "Keras on JAX": {"KERAS_BACKEND": "jax"},
    "Keras on TensorFlow": {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""},
}
