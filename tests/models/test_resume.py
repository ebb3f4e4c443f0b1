"""A training that was cut off goes on as if it had not been: the same weights to the bit, the same history."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import BackupAndRestore, Callback, CSVLogger
from glassnet.foundation.errors import ConfigError, GlassnetError, ModelFileError
from glassnet.layers import Dense
from glassnet.training.checkpoints import CheckpointFolder

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from killed import Slow, train, weights_hash  # noqa: E402  (a script beside this file)


class Cut(Callback):
    """Ends a training in the middle, as Ctrl-C would."""

    reads_model = False

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def whole():
    model, history = train(callbacks=[Slow()])
    return weights_hash(model), history


@pytest.mark.parametrize("cuts", [[0], [7, 8, 21], [38]], ids=str)
def test_cut_off_and_resumed_it_ends_the_same(whole, tmp_path, cuts, capsys):
    for cut in cuts:
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "run", callbacks=[Cut(cut)])
        said = f"The checkpoint after epoch {cut} is in" if cut else "No epoch was kept yet"
        assert said in capsys.readouterr().err
    model, history = train(tmp_path / "run", callbacks=[Slow()])
    assert weights_hash(model) == whole[0]
    assert history.history == whole[1].history and history.epoch == whole[1].epoch


def test_killed_at_random_moments_it_ends_the_same(whole, tmp_path):
    command = [sys.executable, str(HERE / "killed.py"), str(tmp_path / "run"), "40"]
    moments, kills = random.Random(4), 0
    for _ in range(3):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ))
        started = time.monotonic()
        while not list((tmp_path / "run").glob("*.ckpt")) and time.monotonic() - started < 60:
            time.sleep(0.02)
        time.sleep(moments.uniform(0.0, 0.25))
        running.kill()
        kills += running.wait() != 0
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    found, epochs, rate = ended.stdout.split()
    assert kills >= 2
    assert (found, int(epochs)) == (whole[0], len(whole[1].epoch))
    assert float(rate) == whole[1].history["learning_rate"][-1]


def test_what_has_ended_is_not_trained_again_and_may_go_on_for_longer(tmp_path):
    model, history = train(tmp_path / "run", epochs=6)
    again, same = train(tmp_path / "run", epochs=6)
    assert weights_hash(again) == weights_hash(model) and same.history == history.history
    longer, _ = train(tmp_path / "run", epochs=10)
    assert weights_hash(longer) == weights_hash(train(epochs=10)[0])


def test_a_stopped_training_stays_stopped(tmp_path):
    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 4

    first, history = train(tmp_path / "run", callbacks=[Stop()])
    again, same = train(tmp_path / "run", callbacks=[Stop()])
    assert len(history.epoch) == len(same.epoch) == 5 and weights_hash(again) == weights_hash(first)


def test_half_a_file_is_passed_over_for_the_one_before(whole, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "run", callbacks=[Cut(9)])
    _old, new = sorted((tmp_path / "run").glob("*.ckpt"))
    new.write_bytes(new.read_bytes()[:700])
    (tmp_path / "run" / ".epoch-00000010.ckpt.123.tmp").write_bytes(b"half")
    assert weights_hash(train(tmp_path / "run", callbacks=[Slow()])[0]) == whole[0]
    for file in (tmp_path / "run").glob("*.ckpt"):
        file.write_bytes(b"nothing")
    with pytest.raises(ModelFileError):
        train(tmp_path / "run")


def test_a_log_has_each_epoch_once_however_often_it_was_cut_off(tmp_path):
    for cut in (3, 6):
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "run", callbacks=[CSVLogger(tmp_path / "log.csv"), Cut(cut)], epochs=9)
    train(tmp_path / "run", callbacks=[CSVLogger(tmp_path / "log.csv"), Slow()], epochs=9)
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", *map(str, range(9))]


def test_checkpoints_go_when_asked_to(tmp_path):
    x = np.ones((8, 2), "float32")
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(x, x[:, :1], epochs=3, verbose=0, callbacks=[BackupAndRestore(tmp_path / "b")])
    assert not list((tmp_path / "b").glob("*.ckpt"))
    model.fit(x, x[:, :1], epochs=3, verbose=0, resume=tmp_path / "r")
    assert len(list((tmp_path / "r").glob("*.ckpt"))) in (1, 2)


def fitted(folder, *, optimizer="adam", bias=True, rows=8, **arguments):
    x = np.ones((rows, 2), "float32")
    model = Sequential([Input((2,)), Dense(1, use_bias=bias)], seed=0)
    model.compile(optimizer, "mse")
    return model.fit(x, x[:, :1], epochs=2, verbose=0, resume=folder, **arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"optimizer": "sgd"}, "they differ in 'optimizer"),
        ({"bias": False}, "they differ in 'optimizer"),
        ({"rows": 9, "batch_size": 8}, "training rows"),
        ({"batch_size": 4}, "batch_size"),
        ({"callbacks": [Callback()]}, "the 0 callbacks that the run was started with"),
    ],
    ids=["optimizer", "model", "rows", "batch size", "callbacks"],
)
def test_another_training_is_not_resumed(tmp_path, arguments, words):
    fitted(tmp_path / "run")
    with pytest.raises(ConfigError, match=words):
        fitted(tmp_path / "run", **arguments)
    fitted(tmp_path / "run")  # the folder is free again, and whole


def test_one_process_at_a_time_and_a_folder_that_can_be_written(tmp_path):
    held = CheckpointFolder(tmp_path / "run")
    with pytest.raises(GlassnetError, match="no other process trains in"):
        fitted(tmp_path / "run")
    held.close()
    fitted(tmp_path / "run")
    (tmp_path / "file").write_text("")
    with pytest.raises(GlassnetError, match="that can be written"):
        fitted(tmp_path / "file" / "run")
    with pytest.raises(ConfigError, match=r"a folder for checkpoints\. Received 5"):
        fitted(5)
    batches = iter([(np.ones((8, 2)), np.ones((8, 1)))] * 4)
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(ConfigError, match="received a generator, which begins anew"):
        model.fit(batches, epochs=2, steps_per_epoch=2, verbose=0, resume=tmp_path / "stream")
    with pytest.raises(ConfigError, match="save_freq='epoch'"):
        BackupAndRestore(tmp_path, save_freq=10)


def test_a_full_disk_leaves_the_last_checkpoint_whole(tmp_path, monkeypatch):
    import errno

    from glassnet.persistence import files

    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(folder, callbacks=[Cut(5)])
    before = sorted(folder.glob("*.ckpt"))[-1].read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files.os, "replace", full)
        with pytest.raises(GlassnetError, match="The disk is full"):
            train(folder, callbacks=[Slow()])
    assert sorted(folder.glob("*.ckpt"))[-1].read_bytes() == before
