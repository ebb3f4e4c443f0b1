"""Rows from a file against rows in memory: an epoch of the small convolutional network of `images.py`, warm.

conv 32 (3×3), pool, dense 64, dense 10; Adam; 16,384 random images of 28 × 28, batches of 128. The file, 64 MB in row groups of
1,024, is several times the buffer. Network and batches are the same; what differs is where the rows come from. How much memory
that takes is measured by `streaming_memory.py`.
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

ROWS, BATCH, EPOCHS = int(os.environ.get("ROWS", "16384")), 128, 3


def arrays():
    random = np.random.default_rng(0)
    return random.normal(size=(ROWS, 28, 28, 1)).astype("float32"), random.integers(0, 10, ROWS)


def network():
    import glassnet as keras

    layers = keras.layers
    body = [layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
    head = [layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
    model = keras.Sequential([keras.Input((28, 28, 1)), *body, *head])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def timed(*rows, **arguments):
    """Seconds of the first epoch, and the median and the processor time of further ones."""
    model = network()
    started = time.perf_counter()
    model.fit(*rows, verbose=0, **arguments)
    first = time.perf_counter() - started
    before, further = resource.getrusage(resource.RUSAGE_SELF), []
    for _ in range(EPOCHS):
        started = time.perf_counter()
        model.fit(*rows, verbose=0, **arguments)
        further.append(time.perf_counter() - started)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"epoch, first": first, "epoch": float(np.median(further)), "epoch, processor": spent / EPOCHS}


def in_memory():
    x, y = arrays()
    return timed(x, y, batch_size=BATCH)


def from_generator():
    x, y = arrays()

    class Batches:
        def __iter__(self):
            order = np.random.default_rng(0).permutation(ROWS)
            return ((x[part], y[part]) for part in np.split(order, ROWS // BATCH))

    return timed(Batches())


def from_map():
    x, y = arrays()
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder, "x.npy"), x)
        x = np.load(Path(folder, "x.npy"), mmap_mode="r")
        return timed(x, y, batch_size=BATCH)


def from_parquet():
    import pyarrow as pa
    from pyarrow import parquet

    from glassnet.data import ParquetBatches

    x, y = arrays()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images.parquet")
        pictures = pa.FixedSizeListArray.from_arrays(pa.array(x.reshape(-1)), 784)
        parquet.write_table(pa.table({"image": pictures, "digit": y}), path, row_group_size=1024)
        return timed(ParquetBatches(path, target="digit", batch_size=BATCH, shape=(28, 28, 1)))


CONTENDERS = {
    "glassnet, in memory": in_memory,
    "glassnet, Parquet": from_parquet,
    "glassnet, mapped array": from_map,
    "glassnet, iterable of batches": from_generator,
}
