"""What looking for numbers that are not finite costs a training in which there are none: fit with and without it, in turn.

Wall-clock and CPU seconds of warm fits, whole epochs in a compiled call and step by step; the glance before `fit` and its first
import are the same in both.
"""

import statistics
import time

import numpy as np

FITS = 7


def prepared():
    from glassnet import Input, Sequential
    from glassnet.layers import BatchNormalization, Conv1D, Dense, GlobalAveragePooling1D

    random = np.random.default_rng(0)
    table, series = random.normal(size=(455, 30)).astype("f"), random.normal(size=(512, 16, 4)).astype("f")
    scan = [Dense(16, "relu"), BatchNormalization(), Dense(8, "relu"), Dense(1, "sigmoid")]
    steps = [Conv1D(8, 3, activation="relu"), GlobalAveragePooling1D(), Dense(1, "sigmoid")]
    cases = {"epochs in a call": (table, scan, 200), "step by step": (series, steps, 20)}
    for name, (x, layers, epochs) in cases.items():
        y = (x.reshape(len(x), -1)[:, :1] > 0).astype("f")
        model = Sequential([Input(x.shape[1:]), *layers], seed=0)
        model.compile("adam", "binary_crossentropy")
        yield name, model, x, y, epochs


def measured():
    taken = {}
    for name, model, x, y, epochs in prepared():
        model.fit(x, y, epochs=2, verbose=0)
        model.fit(x, y, epochs=epochs, verbose=0)
        wall, cpu = [], []
        for _ in range(FITS):
            started, used = time.perf_counter(), time.process_time()
            model.fit(x, y, epochs=epochs, verbose=0)
            wall.append(time.perf_counter() - started)
            cpu.append(time.process_time() - used)
        taken[name], taken[f"{name}, CPU"] = statistics.median(wall), statistics.median(cpu)
    return taken


def without():
    import jax.numpy as jnp

    from glassnet.training import programs, ways

    programs.stays_finite = lambda params, rest, before: jnp.array(True)
    ways._LOOK_SECONDS = float("inf")
    return measured()


CONTENDERS = {"glassnet": measured, "without looking": without}
