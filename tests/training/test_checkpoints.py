"""The checkpoint folder: when one is due, what it costs, and what a killed process leaves behind."""

import numpy as np
import pytest

from glassnet.foundation.errors import GlassnetError
from glassnet.training import checkpoints
from glassnet.training.checkpoints import Checkpoint, CheckpointFolder


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
