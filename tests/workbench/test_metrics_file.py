"""metrics.jsonl: each epoch once."""

import errno
import json

import pytest

from glassnet.foundation.errors import GlassnetError
from glassnet.workbench import metrics_file
from glassnet.workbench.metrics_file import MetricsFile


@pytest.fixture
def file(tmp_path):
    made = MetricsFile(tmp_path / "metrics.jsonl")
    for epoch in range(1, 6):
        made.append(epoch, {"loss": 1 / epoch, "val_loss": float("inf")})
    made.flush()
    return made


def epochs(file):
    return [json.loads(line)["epoch"] for line in file.path.read_text("utf-8").splitlines()]


def test_each_epoch_has_a_line(file):
    assert epochs(file) == [1, 2, 3, 4, 5] and "Infinity" in file.path.read_text("utf-8")


@pytest.mark.parametrize("kept", [0, 3, 5, 9])
def test_later_lines_and_half_ones_go(file, kept):
    with file.path.open("a") as written:
        written.write('{"epoch": 6, "lo')
    file.append(6, {})  # not yet written
    file.keep(kept)
    assert epochs(file) == list(range(1, min(kept, 5) + 1))
    file.append(kept + 1, {"loss": 0.0})
    file.flush()
    assert epochs(file)[-1] == kept + 1


def test_lines_wait_a_moment_and_a_checkpoint_does_not(tmp_path, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(metrics_file.time, "monotonic", lambda: clock[0])
    synced = []
    monkeypatch.setattr(metrics_file.os, "fsync", synced.append)
    made = MetricsFile(tmp_path / "metrics.jsonl")
    made.append(1, {})
    assert epochs(made) == [1]
    made.append(2, {})
    assert epochs(made) == [1] and not synced
    made.flush(sync=True)
    assert epochs(made) == [1, 2] and len(synced) == 1
    clock[0] += 1
    made.append(3, {})
    assert epochs(made) == [1, 2, 3]


def test_a_full_disk_is_said_in_words(tmp_path, monkeypatch):
    made = MetricsFile(tmp_path / "metrics.jsonl")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(metrics_file.os, "fsync", full)
    with pytest.raises(GlassnetError, match="The disk is full"):
        made.flush(sync=True)
