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


def hearing(library, told, *, older=False):
    """A callback of either library that writes down every hook, with the names of its logs."""

    class Hearing(library.callbacks.Callback):
        pass

    def heard(name, numbered):
        def plain(self, logs=None):
            told.append((name, *sorted(logs or {})))

        def counted(self, number, logs=None):
            told.append((name, number, *sorted(logs or {})))

        return counted if numbered else plain

    kinds = ["train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch"]
    for kind in [*kinds, *(["batch"] if older else [])]:
        for when in ("begin", "end"):
            name = f"on_{kind}_{when}"
            setattr(Hearing, name, heard(name, kind not in ("train", "test", "predict")))
    return Hearing()


@pytest.mark.parametrize("older", [False, True], ids=["new names", "both names"])
def test_every_hook_in_its_order(pair, x, targets, older):
    both, told = pair(metrics=["mae"]), ([], [])
    for model, library, notes in zip(both, (glassnet, keras), told, strict=True):
        listener = hearing(library, notes, older=older)
        held_out = (x[:40], targets["number"][:40])
        arguments = {"epochs": 3, "validation_data": held_out, "validation_freq": 2, "verbose": 0}
        model.fit(x, targets["number"], callbacks=[listener], **arguments)
        model.evaluate(x, targets["number"], batch_size=20, callbacks=[listener], verbose=0)
        model.predict(x, batch_size=30, callbacks=[listener], verbose=0)
    assert told[0] == told[1]


@pytest.mark.filterwarnings("ignore:.shuffle=True. was passed")
def test_every_hook_with_batches_from_an_iterator(pair, x, targets):
    class Rows:
        def __iter__(self):
            return ((x[start : start + 32], targets["number"][start : start + 32]) for start in (0, 32, 64))

    def forever():
        while True:
            yield from Rows()

    both, told = pair(), ([], [])
    for model, library, notes in zip(both, (glassnet, keras), told, strict=True):
        listener = hearing(library, notes)
        model.fit(forever(), epochs=2, steps_per_epoch=2, callbacks=[listener], verbose=0)
        model.evaluate(forever(), steps=2, callbacks=[listener], verbose=0)
        model.predict(x, batch_size=32, callbacks=[listener], verbose=0)
    assert told[0] == told[1]


def test_validation_batches_have_the_same_numbers(pair, x, targets):
    both, seen = pair(metrics=["mae"]), ([], [])
    for model, library, losses in zip(both, (glassnet, keras), seen, strict=True):

        class Seeing(library.callbacks.Callback):
            def on_test_batch_end(self, batch, logs=None, losses=losses):
                losses.append([float(logs[name]) for name in ("loss", "mae")])

        model.fit(
            x,
            targets["number"],
            epochs=2,
            shuffle=False,
            validation_data=(x[:40], targets["number"][:40]),
            validation_batch_size=16,
            callbacks=[Seeing()],
            verbose=0,
        )
    assert len(seen[0]) == 6
    np.testing.assert_allclose(seen[0], seen[1], rtol=1e-4)


@pytest.mark.parametrize("on_epoch", [False, True])
def test_averages_are_validated_and_saved(pair, x, targets, tmp_path, on_epoch):
    both = pair(optimizer=("SGD", {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.8}))
    seen, histories = ([], []), []
    for model, library, kernels in zip(both, (glassnet, keras), seen, strict=True):

        class Seeing(library.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None, kernels=kernels):
                kernels.append(np.array(self.model.get_weights()[0]))

        history = model.fit(
            x,
            targets["number"],
            epochs=4,
            shuffle=False,
            validation_data=(x[:40], targets["number"][:40]),
            callbacks=[library.callbacks.SwapEMAWeights(swap_on_epoch=on_epoch), Seeing()],
            verbose=0,
        )
        histories.append(history.history)
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-4)
    np.testing.assert_allclose(seen[0], seen[1], rtol=1e-4, atol=1e-5)
    for a, b in zip(*(model.get_weights() for model in both), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


CHECKPOINTS = {
    "each epoch": {},
    "best": {"save_best_only": True},
    "best by a metric": {"save_best_only": True, "monitor": "val_mae", "mode": "max"},
    "threshold": {"save_best_only": True, "initial_value_threshold": 0.0},
    "batches": {"save_freq": 4},
    "best after batches": {"save_freq": 5, "save_best_only": True, "monitor": "loss"},
    "missing": {"save_best_only": True, "monitor": "val_acc", "mode": "max"},
}


@pytest.mark.filterwarnings("ignore:Can save best model only", "ignore:ModelCheckpoint expected to find")
@pytest.mark.parametrize("settings", CHECKPOINTS.values(), ids=CHECKPOINTS)
def test_the_same_files_are_saved(pair, x, targets, tmp_path, settings):
    both = pair(optimizer=("SGD", {"learning_rate": 0.4}), metrics=["mae"])
    names = []
    for model, library, ending in zip(both, (glassnet, keras), ("glass", "keras"), strict=True):
        folder = tmp_path / ending
        folder.mkdir()
        batch = "-{batch}" if "save_freq" in settings else ""
        model.fit(
            x,
            targets["number"],
            epochs=5,
            shuffle=False,
            validation_data=(x[:20], targets["number"][:20]),
            callbacks=[library.callbacks.ModelCheckpoint(f"{folder}/m{{epoch:02d}}{batch}.{ending}", **settings)],
            verbose=0,
        )
        names.append(sorted(path.stem for path in folder.iterdir()))
    assert names[0] == names[1]


def test_the_same_table_is_written(pair, x, targets, tmp_path):
    both = pair(metrics=["mae"])
    tables = []
    for model, library in zip(both, (glassnet, keras), strict=True):
        path = tmp_path / f"{library.__name__}.csv"
        for first in (0, 3):  # the second training goes on in the same file
            logger = library.callbacks.CSVLogger(str(path), separator=";", append=first > 0)
            model.fit(
                x,
                targets["number"],
                epochs=first + 3,
                initial_epoch=first,
                shuffle=False,
                validation_data=(x[:20], targets["number"][:20]),
                validation_freq=2,
                callbacks=[logger],
                verbose=0,
            )
        tables.append([line.split(";") for line in path.read_text().splitlines()])
    assert [[len(cell) > 5 for cell in line[1:]] for line in tables[0]] == [
        [len(cell) > 5 for cell in line[1:]] for line in tables[1]
    ]
    assert tables[0][0] == tables[1][0] and [line[0] for line in tables[0]] == [line[0] for line in tables[1]]
    for ours, theirs in zip(tables[0][1:], tables[1][1:], strict=True):
        for a, b in zip(ours, theirs, strict=True):
            assert a == b or float(a) == pytest.approx(float(b), rel=1e-4)
