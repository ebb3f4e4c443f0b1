"""Callbacks: the same epochs run, the same epoch is best, and the same weights come back."""

import keras
import numpy as np
import pytest

import glassnet

# A habit of Keras 3 with NumPy 2, not of ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CASES = {
    "patience 0": {"monitor": "val_loss", "patience": 0},
    "patience 3": {"monitor": "val_loss", "patience": 3},
    "restored": {"monitor": "val_loss", "patience": 4, "restore_best_weights": True},
    "least change": {"monitor": "loss", "min_delta": 0.02, "patience": 2, "restore_best_weights": True},
    "baseline": {"monitor": "loss", "baseline": 0.01, "patience": 3, "restore_best_weights": True},
    "late start": {"monitor": "val_loss", "patience": 2, "start_from_epoch": 6, "restore_best_weights": True},
    "highest": {"monitor": "val_mae", "mode": "max", "patience": 2, "restore_best_weights": True},
    "never": {"monitor": "loss", "patience": 50, "restore_best_weights": True},
}


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_early_stopping(pair, x, targets, settings):
    both = pair(optimizer=("Adam", {"learning_rate": 0.03}), metrics=["mae"], loss="mse")
    noise = np.random.default_rng(3).normal(size=(20, 1)).astype("float32") * 2
    stops = [library.callbacks.EarlyStopping(**settings) for library in (glassnet, keras)]
    histories = [
        model.fit(
            x[:50],
            targets["number"][:50],
            epochs=40,
            batch_size=50,
            shuffle=False,
            validation_data=(x[50:], targets["number"][50:] + noise),
            callbacks=[stop],
            verbose=0,
        )
        for model, stop in zip(both, stops, strict=True)
    ]
    assert histories[0].epoch == histories[1].epoch
    assert stops[0].stopped_epoch == stops[1].stopped_epoch
    assert stops[0].best == pytest.approx(stops[1].best, rel=1e-4)
    if settings.get("restore_best_weights"):
        assert stops[0].best_epoch == stops[1].best_epoch
    for a, b in zip(*(model.get_weights() for model in both), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


def watching(library, told):
    """A callback of either library that writes down each hook, and halves the learning rate after each epoch."""

    class Watching(library.callbacks.Callback):
        def on_train_begin(self, logs=None):
            told.append("train begins")

        def on_epoch_begin(self, epoch, logs=None):
            told.append(f"epoch {epoch} begins")

        def on_epoch_end(self, epoch, logs=None):
            told.append(f"epoch {epoch} ends with {', '.join(sorted(logs))}")
            self.model.optimizer.learning_rate = float(np.asarray(self.model.optimizer.learning_rate)) / 2

        def on_train_end(self, logs=None):
            told.append("train ends")

    return Watching()


def test_hooks_and_a_falling_rate(pair, x, targets):
    both, told = pair(optimizer=("SGD", {"learning_rate": 0.2})), ([], [])
    histories = [
        model.fit(x, targets["number"], epochs=4, shuffle=False, verbose=0, callbacks=[watching(library, notes)])
        for model, library, notes in zip(both, (glassnet, keras), told, strict=True)
    ]
    assert told[0] == told[1]
    np.testing.assert_allclose(histories[0].history["loss"], histories[1].history["loss"], rtol=1e-4)


class Batches:
    """What a callback of either library sees and does within an epoch."""

    def __init__(self, library, stop_at=None, slow_at=None):
        self.losses, self.kernels = [], []
        outer = self

        class Seeing(library.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                outer.losses.append(float(logs["loss"]))
                outer.kernels.append(np.array(self.model.get_weights()[0]))
                if batch == stop_at:
                    self.model.stop_training = True
                if batch == slow_at:
                    self.model.optimizer.learning_rate = 0.0

        self.callback = Seeing()


@pytest.mark.parametrize("settings", [{}, {"slow_at": 0}, {"stop_at": 0}], ids=["seeing", "slowing", "stopping"])
def test_hooks_of_a_batch(pair, x, targets, settings):
    both = pair(optimizer=("SGD", {"learning_rate": 0.2}))
    seen = [Batches(library, **settings) for library in (glassnet, keras)]
    for model, batches in zip(both, seen, strict=True):
        model.fit(x, targets["number"], epochs=2, shuffle=False, verbose=0, callbacks=[batches.callback])
    np.testing.assert_allclose(seen[0].losses, seen[1].losses, rtol=1e-4)
    np.testing.assert_allclose(seen[0].kernels, seen[1].kernels, rtol=1e-4, atol=1e-5)


PLATEAUS = {
    "patience": {"patience": 2, "factor": 0.5},
    "cooldown": {"patience": 1, "factor": 0.3, "cooldown": 2},
    "floor": {"patience": 1, "factor": 0.1, "min_lr": 0.002, "min_delta": 0.05},
}


@pytest.mark.parametrize("settings", PLATEAUS.values(), ids=PLATEAUS)
def test_rates_on_plateaus(pair, x, targets, settings):
    both = pair(optimizer=("SGD", {"learning_rate": 0.02}), metrics=["mae"], loss="mse")
    noise = np.random.default_rng(3).normal(size=(20, 1)).astype("float32") * 2
    held_out = (x[50:], targets["number"][50:] + noise)
    arguments = {"epochs": 20, "batch_size": 10, "shuffle": False, "validation_data": held_out, "verbose": 0}
    ours, theirs = (
        model.fit(
            x[:50], targets["number"][:50], callbacks=[library.callbacks.ReduceLROnPlateau(**settings)], **arguments
        ).history
        for model, library in zip(both, (glassnet, keras), strict=True)
    )
    np.testing.assert_allclose(ours["learning_rate"], theirs["learning_rate"], rtol=1e-5)
    np.testing.assert_allclose(ours["val_loss"], theirs["val_loss"], rtol=1e-3)


def test_rates_by_epoch(pair, x, targets):
    both = pair(optimizer=("SGD", {"learning_rate": 0.1}), metrics=["mae"], loss="mse")
    ours, theirs = (
        model.fit(
            x,
            targets["number"],
            epochs=5,
            shuffle=False,
            verbose=0,
            callbacks=[library.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5 if epoch % 2 else rate)],
        ).history
        for model, library in zip(both, (glassnet, keras), strict=True)
    )
    np.testing.assert_allclose(ours["learning_rate"], theirs["learning_rate"], rtol=1e-5)
    np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=1e-3)
