"""A training to be killed: run as a script by test_resume.py, with the folder of its checkpoints and its number of epochs."""

import hashlib
import sys
import time

import numpy as np

from glassnet import Input, Sequential
from glassnet.callbacks import BackupAndRestore, Callback, EarlyStopping, ReduceLROnPlateau
from glassnet.layers import Dense, Dropout
from glassnet.optimizers import Adam


class Slow(Callback):
    """Each epoch takes a moment, so that there is time to be killed in."""

    reads_model = False

    def on_epoch_end(self, epoch, logs=None):
        time.sleep(0.01)


def train(folder=None, epochs=40, callbacks=(), **arguments):
    random = np.random.default_rng(0)
    x = random.normal(size=(96, 4)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    model = Sequential([Input((4,)), Dense(8, activation="relu"), Dropout(0.3), Dense(1, activation="sigmoid")], seed=3)
    model.compile(Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    kept = [BackupAndRestore(folder, delete_checkpoint=False)] if folder else []
    stop = EarlyStopping(patience=30, restore_best_weights=True)
    reduce = ReduceLROnPlateau(patience=3, factor=0.7)
    history = model.fit(
        x,
        y,
        epochs=epochs,
        validation_split=0.25,
        verbose=0,
        callbacks=[stop, reduce, *callbacks, *kept],
        **arguments,
    )
    return model, history


def weights_hash(model):
    return hashlib.sha256(b"".join(np.ascontiguousarray(w).tobytes() for w in model.get_weights())).hexdigest()


if __name__ == "__main__":
    model, history = train(sys.argv[1], int(sys.argv[2]), [Slow()])
    print(weights_hash(model), len(history.epoch), history.history["learning_rate"][-1])
