"""feeding: fit, evaluate and predict on rows that lie in files, and on classes of different sizes; memory stays bounded."""

import os
import subprocess
import sys
import threading

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from glassnet.callbacks import Callback
from glassnet.data import ArrayBatches, BalancedBatches, ParquetBatches
from glassnet.data.streaming import mapped
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.training.streams import Stream


@pytest.fixture(scope="module")
def table(rows, tmp_path_factory):
    """The rows of the small data in a Parquet file with row groups of 16."""
    x, y = rows
    path = tmp_path_factory.mktemp("table") / "rows.parquet"
    columns = {name: x[:, place] for place, name in enumerate("abcd")}
    parquet.write_table(pa.table({**columns, "y": y}), path, row_group_size=16)
    return path


@pytest.fixture
def small_maps(monkeypatch):
    """Maps count as large from 100 bytes on."""
    monkeypatch.setattr(mapped, "BUFFER_BYTES", 100)


def saved(folder, array, mode="r"):
    np.save(folder / "x.npy", array)
    return np.load(folder / "x.npy", mmap_mode=mode)


def same_weights(one, two):
    return all((a == b).all() for a, b in zip(one.get_weights(), two.get_weights(), strict=True))


def helpers():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("glassnet")]


def test_what_fits_in_a_buffer_trains_as_arrays_do(classifier, rows, table):
    batches = ParquetBatches(table, "y", seed=3)
    here, there = classifier(3), classifier(3)
    one = here.fit(*rows, epochs=3, verbose=0)
    two = there.fit(batches, epochs=3, validation_data=ParquetBatches(table, "y"), verbose=0)
    assert same_weights(here, there) and one.history["loss"] == two.history["loss"]
    np.testing.assert_allclose(two.history["val_loss"][-1], here.evaluate(*rows)[0], rtol=1e-5)


def test_what_does_not_is_streamed_to_the_same_numbers(classifier, rows, table):
    """Two windows of an epoch's rows: the same steps as on arrays in that order."""
    batches = ParquetBatches(table, "y", shuffle_buffer=40, seed=3)
    model, history = classifier(), None
    history = model.fit(batches, epochs=2, verbose=0)
    assert "step by step: the rows are read from files" in history.notes and history.rows == 70
    again = classifier()
    for epoch in range(2):
        x, y = (np.concatenate(parts) for parts in zip(*batches.epoch(epoch), strict=True))
        again.fit(x, y, epochs=1, shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    assert helpers() == []


@pytest.mark.parametrize("buffer", [None, 40])
def test_judging_and_predicting_take_the_rows_as_they_lie(classifier, rows, table, buffer):
    model, batches = classifier(), ParquetBatches(table, "y", shuffle_buffer=buffer)
    np.testing.assert_allclose(model.predict(batches), model.predict(rows[0]), rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(batches), model.evaluate(*rows), rtol=1e-5)
    np.testing.assert_allclose(
        model.predict(ParquetBatches(table, columns=list("abcd"))), model.predict(rows[0]), rtol=1e-5
    )
    assert helpers() == []


def test_mapped_arrays_are_streamed_split_and_judged(classifier, rows, tmp_path, small_maps):
    x, y = rows
    given = saved(tmp_path, x.astype("float64"))
    model, plain = classifier(), classifier()
    history = model.fit(given, y, epochs=2, validation_split=0.2, verbose=0)
    expected = plain.fit(x, y, epochs=2, validation_split=0.2, verbose=0)
    assert any("validation 14 rows; stratified" in note for note in history.notes)
    for name, values in expected.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-4)
    np.testing.assert_allclose(model.predict(given), model.predict(x), rtol=1e-5)
    np.testing.assert_allclose(model.evaluate(given, y), model.evaluate(x, y), rtol=1e-5)
    held = classifier().fit(given, y, validation_data=(given, y), verbose=0)
    assert "val_loss" in held.history and helpers() == []


def test_a_cell_that_is_missing_is_named_whichever_way_it_comes(classifier, rows, tmp_path, small_maps):
    x, y = rows[0].copy(), rows[1]
    x[61, 2] = np.nan
    with pytest.raises(DataError, match=r"x\[61, 2\] \(row 61, column 2\)"):
        classifier().fit(saved(tmp_path, x), y, verbose=0)
    with pytest.raises(DataError, match=r"x\[13, 2\].* That is in batch 3 of epoch 0, both counted from 0"):
        classifier().fit([*zip(np.split(x[:64], 4), np.split(y[:64], 4), strict=True)].__iter__(), verbose=0)
    assert helpers() == []


def test_wrong_labels_in_a_later_batch_are_refused(classifier, rows):
    x, y = rows
    batches = ArrayBatches(x, np.where(np.arange(70) == 66, 2, y), 16, shuffle_buffer=20, shuffle=False)
    for call in (classifier().fit, classifier().evaluate):
        with pytest.raises(DataError, match=r"received 2 in row 2 .*batch 4 of epoch 0"):
            call(batches, verbose=0)


class Cut(Callback):
    """Ends a training as Ctrl-C would: after an epoch, or within one."""

    def __init__(self, epoch=None, batch=None):
        super().__init__()
        self.at = epoch, batch
        if batch is None:
            self.on_epoch_end = lambda number, logs=None: self.cut(number == epoch)
        else:
            self.on_train_batch_end = lambda number, logs=None: self.cut(number == batch)

    def cut(self, now):
        if now:
            raise KeyboardInterrupt


def test_streams_resume_exactly(classifier, table, tmp_path, capsys):
    def train(callbacks=(), seed=3, **arguments):
        model = classifier()
        batches = ParquetBatches(table, "y", batch_size=8, shuffle_buffer=20, seed=seed)
        model.fit(batches, epochs=4, verbose=0, callbacks=list(callbacks), **arguments)
        return model

    with pytest.raises(KeyboardInterrupt):
        train([Cut(epoch=1)], resume=tmp_path / "run")
    with pytest.raises(ConfigError, match="the batches of the run"):
        train([Callback()], seed=4, resume=tmp_path / "run")
    assert same_weights(train([Callback()], resume=tmp_path / "run"), train())
    with pytest.raises(KeyboardInterrupt):
        train([Cut(batch=2)])
    assert helpers() == [] and "Interrupted" in capsys.readouterr().err


def test_stopping_within_an_epoch_leaves_no_thread(classifier, table):
    class Stop(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    classifier().fit(ParquetBatches(table, "y", batch_size=8, shuffle_buffer=20), callbacks=[Stop()], verbose=0)
    assert helpers() == []


def test_a_generator_that_fills_one_array_again_and_again_is_safe(classifier, rows):
    x, y = rows
    buffer = np.empty((35, 4), "float32")

    def refilled():
        for start in (0, 35):
            buffer[:] = x[start : start + 35]
            yield buffer, y[start : start + 35]

    one, two = classifier(), classifier()
    one.fit(refilled(), verbose=0)
    two.fit(iter([(x[:35], y[:35]), (x[35:], y[35:])]), verbose=0)
    assert same_weights(one, two)


def test_balanced_weights_weigh_training_and_not_validation(classifier, rows):
    x, y = rows
    keep = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:10]]
    x, y = x[keep], y[keep]
    counts = np.bincount(y)
    by_hand = {label: len(y) / (2 * count) for label, count in enumerate(counts)}
    one, two, streamed = classifier(), classifier(), classifier()
    history = one.fit(x, y, class_weight="balanced", epochs=2, verbose=0)
    two.fit(x, y, class_weight=by_hand, epochs=2, verbose=0)
    assert same_weights(one, two)
    assert any("class_weight='balanced': class 0 counts" in note for note in history.notes)
    streamed.fit(ArrayBatches(x, y, shuffle_buffer=40), class_weight="balanced", verbose=0)
    batches = Stream(ArrayBatches(x, y, shuffle=False, shuffle_buffer=40), class_weight="balanced")
    np.testing.assert_allclose(next(batches.batches(0)).weights, [by_hand[label] for label in y[:32]], rtol=1e-6)
    history = classifier().fit(x, y, class_weight={0: 100.0, 1: 100.0}, validation_split=0.3, verbose=0)
    assert history.history["loss"][0] > 20 > 3 > history.history["val_loss"][0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"class_weight": "even"}, "a dict of weights by class number, or 'balanced'. Received 'even'"),
        ({"batch_size": 8}, "batches that have a size of their own, 32. Received 8"),
        ({"y": np.zeros(70)}, "Expected y=None with an iterator"),
        ({"sample_weight": np.ones(70)}, "Expected sample_weight=None with an iterator"),
        ({"validation_split": 0.2}, "validation_split expected rows that can be counted"),
    ],
)
def test_what_does_not_go_with_batches_is_refused(classifier, table, arguments, words):
    with pytest.raises(ConfigError, match=words):
        classifier().fit(ParquetBatches(table, "y"), verbose=0, **arguments)


def test_what_cannot_be_weighed_or_has_no_target_is_refused(classifier, rows, table):
    with pytest.raises(ConfigError, match="classes can be counted; received an iterator"):
        classifier().fit(iter([rows]), class_weight="balanced", verbose=0)
    for buffer in (None, 40):
        with pytest.raises(DataError, match="stored batches have targets when they are made with a target"):
            classifier().fit(ParquetBatches(table, columns=list("abcd"), shuffle_buffer=buffer), verbose=0)
    with pytest.raises(DataError, match="predict expected at least one batch"):
        classifier().predict(iter([]))


def test_balanced_batches_run_whole_epochs_and_as_stepped(classifier, rows):
    x, y = rows
    batches = BalancedBatches(x, y, batch_size=16, seed=1)
    fast, stepped = classifier(), classifier()
    history = fast.fit(batches, epochs=2, verbose=0)
    assert not any("step by step" in note for note in history.notes)
    stepped.fit(batches, epochs=2, verbose=0, callbacks=[Cut(batch=-1)])  # hooks of batches: step by step
    for a, b in zip(fast.get_weights(), stepped.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)
    plain = classifier()
    for epoch in range(2):
        plain.fit(x[order := batches.order(epoch)], y[order], batch_size=16, shuffle=False, verbose=0)
    for a, b in zip(fast.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_fewer_rows_than_steps_were_asked_for_is_said(classifier, rows, table):
    history = classifier().fit(*rows, steps_per_epoch=5, verbose=0)
    assert "steps_per_epoch=5, but 70 rows make 3 batches of 32: each epoch has 3 steps" in history.notes
    assert not any("steps_per_epoch" in note for note in classifier().fit(*rows, steps_per_epoch=2, verbose=0).notes)
    history = classifier().fit(ParquetBatches(table, "y", shuffle_buffer=40), steps_per_epoch=7, verbose=0)
    assert "epoch 1 had 3 of the 7 steps asked for: there were no more batches" in history.notes


MEASURED = """
import resource, sys
import numpy as np
from pathlib import Path
import glassnet
from glassnet.data import ArrayBatches, ParquetBatches

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

model = glassnet.Sequential([glassnet.Input((1024,)), glassnet.layers.Dense(1)], seed=0)
model.compile("sgd", "mse")
first = ArrayBatches(np.zeros((1200, 1024), "float32"), np.zeros(1200, "float32"), 512, shuffle_buffer=512)
model.fit(first, verbose=0), model.evaluate(first, verbose=0), model.predict(first)
import pyarrow.parquet
path = Path(sys.argv[1])
before = peak()
if path.suffix == ".npy":
    x = np.load(path, mmap_mode="r")
    y = np.zeros(len(x), "float32")
    for _ in range(2):
        model.fit(x, y, batch_size=512, verbose=0)
    model.evaluate(x, y, verbose=0), model.predict(x)
else:
    batches = ParquetBatches(path, target="y", batch_size=512)
    for _ in range(2):
        model.fit(batches, verbose=0)
    model.evaluate(batches, verbose=0), model.predict(batches)
print(peak() - before)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """An array of 200 MB, and a Parquet file of one row group with the same rows; all of it zeros."""
    folder = tmp_path_factory.mktemp("large")
    np.lib.format.open_memmap(folder / "x.npy", "w+", "float32", (50_000, 1024))
    pictures = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(50_000 * 1024, "float32")), 1024)
    table = pa.table({"x": pictures, "y": np.zeros(50_000, "float32")})
    parquet.write_table(
        table,
        folder / "x.parquet",
        row_group_size=50_000,
        use_dictionary=False,
        compression="none",
        write_statistics=False,
    )
    yield folder
    (folder / "x.parquet").unlink()


@pytest.mark.parametrize("name", ["x.npy", "x.parquet"])
def test_memory_is_bounded(large, name):
    """A file of 200 MB is trained on, judged and predicted with less than 80 MB more than a small one needs."""
    command = [sys.executable, "-c", MEASURED, str(large / name)]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=True)
    assert float(done.stdout.split()[-1]) < 80, done.stdout
