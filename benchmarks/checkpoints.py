"""What a checkpoint after every epoch costs: the small convolutional network of `images.py`.

Eight epochs of 2,048 images in batches of 128.

conv 32 (3×3), pool, dense 64, dense 10; Adam: 4 MB of weights and of what the optimizer remembers. The folder lies where the
system keeps temporary files; a slow disk costs more only when writing takes longer than an epoch.
"""

import resource
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS, BATCH, EPOCHS, TIMES = 2048, 128, 8, 3


def network():
    import glassnet as keras

    layers = keras.layers
    body = [layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
    head = [layers.Dense(64, activation="relu"), layers.Dense(10, activation="softmax")]
    model = keras.Sequential([keras.Input((28, 28, 1)), *body, *head])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def timed(fit):
    """Seconds of an epoch and its processor time: the median of some trainings, after one that compiles."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(ROWS, 28, 28, 1)).astype("float32"), random.integers(0, 10, ROWS)
    taken, spent = [], []
    for _ in range(TIMES + 1):
        with tempfile.TemporaryDirectory() as folder:
            model, before, started = network(), resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
            fit(model, x, y, {"epochs": EPOCHS, "batch_size": BATCH, "verbose": 0}, Path(folder, "run"))
            taken.append((time.perf_counter() - started) / EPOCHS)
            after = resource.getrusage(resource.RUSAGE_SELF)
            spent.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / EPOCHS)
    return {"epoch": float(np.median(taken[1:])), "epoch, processor": float(np.median(spent[1:]))}


def without():
    return timed(lambda model, x, y, arguments, folder: model.fit(x, y, **arguments))


def every_epoch():
    import glassnet as keras

    def fit(model, x, y, arguments, folder):
        model.fit(x, y, callbacks=[keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False)], **arguments)
        assert len(list(Path(folder).iterdir())) >= 2

    return timed(fit)


def every_second():
    return timed(lambda model, x, y, arguments, folder: model.fit(x, y, resume=folder, **arguments))


def whole_models():
    import glassnet as keras

    def fit(model, x, y, arguments, folder):
        model.fit(x, y, callbacks=[keras.callbacks.ModelCheckpoint(folder / "{epoch}.glass")], **arguments)

    return timed(fit)


CONTENDERS = {
    "glassnet, no checkpoints": without,
    "glassnet, ModelCheckpoint: the model every epoch": whole_models,
    "glassnet, one every epoch": every_epoch,
    "glassnet, fit(resume=…): one a second at most": every_second,
}
