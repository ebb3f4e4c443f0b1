"""The checkpoint folder: when one is due, what it costs, what a killed process leaves behind, and the thread that writes."""

import errno
import threading

import numpy as np
import pytest

from glassnet.foundation.errors import GlassnetError
from glassnet.persistence import files
from glassnet.training import checkpoints
from glassnet.training.checkpoints import KEPT, Checkpoint, CheckpointFolder


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand; writing a checkpoint takes `clock.cost` seconds."""

    class Clock:
        now, cost = 1000.0, 0.0

    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: Clock.now)
    write = checkpoints.persistence.write_archive

    def slow(file, archive):
        write(file, archive)
        Clock.now += Clock.cost

    monkeypatch.setattr(checkpoints.persistence, "write_archive", slow)
    return Clock


def write(folder, epoch):
    return folder.write(Checkpoint(epoch, {"w": np.full(2, epoch, "float32")}, seed=0))


@pytest.mark.parametrize(("cost", "wait"), [(0.001, 1.0), (0.2, 5.0)], ids=["quick", "slow"])
def test_one_is_due_at_once_and_then_so_seldom_that_it_stays_cheap(tmp_path, clock, cost, wait):
    folder, clock.cost = CheckpointFolder(tmp_path), cost
    assert folder.due()
    write(folder, 1)
    clock.now += wait - 0.01
    assert not folder.due()
    clock.now += 0.02
    assert folder.due()
    folder.close()


def test_each_epoch_has_one_where_that_is_asked_for(tmp_path, clock):
    folder, clock.cost = CheckpointFolder(tmp_path, every=0.0), 3.0
    write(folder, 1)
    assert folder.due()
    folder.close()


def test_it_can_be_hastened(tmp_path, clock):
    folder = CheckpointFolder(tmp_path)
    write(folder, 1)
    assert not folder.due()
    folder.hasten()
    assert folder.due()
    folder.close()


def test_two_are_kept_and_halves_of_a_killed_process_go(tmp_path):
    folder = CheckpointFolder(tmp_path)
    for epoch in (1, 2, 3):
        write(folder, epoch)
    (tmp_path / ".epoch-00000004.ckpt.0a1b.tmp").write_bytes(b"half")
    folder.close()
    folder = CheckpointFolder(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["epoch-00000002.ckpt", "epoch-00000003.ckpt", "lock"]
    found = folder.newest()
    assert folder.last_epoch() == found.epoch == 3 and found.arrays["w"].tolist() == [3.0, 3.0]
    folder.close()


def test_a_folder_that_another_uses_is_left_alone(tmp_path):
    folder = CheckpointFolder(tmp_path)
    half = tmp_path / ".epoch-00000004.ckpt.0a1b.tmp"
    half.write_bytes(b"being written")
    with pytest.raises(GlassnetError, match="no other process trains in"):
        CheckpointFolder(tmp_path)
    assert half.exists()
    folder.close()


def checkpoint(epoch, **arguments):
    return Checkpoint(epoch, {"params/kernel": np.full(3, epoch, "float32")}, seed=0, **arguments)


@pytest.fixture
def folder(tmp_path):
    made = CheckpointFolder(tmp_path / "run")
    yield made
    made.close()


@pytest.fixture
def gate(monkeypatch):
    """Writing stops before its last step until the gate is opened."""
    opened, replace = threading.Event(), files.os.replace

    def held(*places):
        opened.wait(10)
        replace(*places)

    monkeypatch.setattr(files.os, "replace", held)
    yield opened
    opened.set()


def test_training_goes_on_while_a_checkpoint_is_written(folder, gate):
    log = {"loss": [0.5]}
    folder.begin(checkpoint(1, callbacks=[{"history": log}]))
    log["loss"].append(0.25)  # what the next epoch adds is not in it
    assert not list(folder.path.glob("*.ckpt"))
    gate.set()
    folder.wait()
    found = folder.newest()
    assert found is not None and found.epoch == 1 and found.callbacks == [{"history": {"loss": [0.5]}}]
    np.testing.assert_array_equal(found.arrays["params/kernel"], np.ones(3))


def test_the_next_one_waits_for_it_and_so_does_whoever_asks(folder, gate):
    gate.set()
    for epoch in range(1, 6):
        folder.begin(checkpoint(epoch))
    assert folder.last_epoch() == 5
    assert len(list(folder.path.glob("*.ckpt"))) == KEPT
    folder.begin(checkpoint(6))
    assert folder.newest().epoch == 6
    folder.begin(checkpoint(7))
    folder.clear()
    assert not list(folder.path.glob("*.ckpt"))


def test_a_failure_arrives_at_the_next_call_and_the_last_one_stays_whole(folder, monkeypatch):
    folder.write(checkpoint(1))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files.os, "replace", full)
        folder.begin(checkpoint(2))
        with pytest.raises(GlassnetError, match="The disk is full"):
            folder.begin(checkpoint(3))
    assert folder.newest().epoch == 1


def test_closing_waits_for_what_was_begun_and_ends_the_thread(tmp_path, gate):
    folder = CheckpointFolder(tmp_path / "run")
    folder.begin(checkpoint(1))
    threading.Timer(0.05, gate.set).start()
    folder.close()
    assert len(list(folder.path.glob("*.ckpt"))) == 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("glassnet-checkpoint")]
    again = CheckpointFolder(tmp_path / "run")
    assert again.last_epoch() == 1
    again.close()
