"""Writing for run folders: whole or not at all, and lines that survive a crash."""

import errno
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glassnet.foundation.errors import GlassnetError
from glassnet.persistence import append_json_line, atomic_write_json, atomic_write_text


def test_text_and_json_are_written_as_utf_8(tmp_path: Path) -> None:
    atomic_write_text(tmp_path / "card.md", "süß\n")
    atomic_write_json(tmp_path / "run.json", {"name": "süß", "path": tmp_path})
    assert (tmp_path / "card.md").read_bytes() == "süß\n".encode()
    text = (tmp_path / "run.json").read_text("utf-8")
    assert '"name": "süß"' in text
    assert json.loads(text)["path"] == str(tmp_path)


def test_the_new_file_honours_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        atomic_write_text(tmp_path / "card.md", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "card.md").stat().st_mode & 0o777 == 0o640


def test_a_symbolic_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "card.md").write_text("old")
    (tmp_path / "link.md").symlink_to(tmp_path / "real" / "card.md")
    atomic_write_text(tmp_path / "link.md", "new")
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real" / "card.md").read_text() == "new"


@pytest.mark.parametrize("broken", ["os.replace", "os.fsync"])
@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, failure: BaseException
) -> None:
    path = tmp_path / "card.md"
    path.write_text("old")

    def fail(*_: Any) -> None:
        raise failure

    monkeypatch.setattr(broken, fail)
    with pytest.raises((GlassnetError, KeyboardInterrupt)) as caught:
        atomic_write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    if isinstance(failure, OSError):
        assert caught.match("disk is full: free some space.*unchanged")


def test_data_that_json_cannot_hold_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("{}")
    with pytest.raises(GlassnetError, match="type object"):
        atomic_write_json(path, {"seed": object()})
    assert path.read_text() == "{}"


@pytest.mark.parametrize("write", [atomic_write_text, atomic_write_json, append_json_line])
def test_a_path_that_cannot_be_written_is_explained(tmp_path: Path, write: Callable[[Path, Any], None]) -> None:
    with pytest.raises(GlassnetError, match="folder does not exist: create it"):
        write(tmp_path / "nowhere" / "x", "data")
    with pytest.raises(GlassnetError, match="is a folder: add a file name"):
        write(tmp_path, "data")
    (tmp_path / "file").touch()
    with pytest.raises(GlassnetError, match="a file, not a folder"):
        write(tmp_path / "file" / "x", "data")


@pytest.mark.parametrize(
    ("code", "advice"), [(errno.EACCES, "permissions"), (errno.EROFS, "read-only"), (errno.EIO, "Check the disk")]
)
def test_what_the_operating_system_refuses_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, advice: str
) -> None:
    def fail(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(GlassnetError, match=advice):
        atomic_write_text(tmp_path / "x", "data")
    assert list(tmp_path.iterdir()) == []


def test_lines_are_appended(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    for epoch in range(3):
        append_json_line(path, {"epoch": epoch, "note": "two\nlines"})
    assert [json.loads(line)["epoch"] for line in path.read_text().splitlines()] == [0, 1, 2]


def test_a_line_cut_off_by_a_crash_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"epoch":0}\n{"epo')
    append_json_line(path, {"epoch": 2})
    assert path.read_text().splitlines() == ['{"epoch":0}', '{"epo', '{"epoch":2}']


def test_a_disk_that_fills_up_within_a_line_leaves_the_lines_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "metrics.jsonl"
    append_json_line(path, {"epoch": 0})

    def half(file: Any, data: bytes) -> None:
        file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("glassnet.persistence.files._write_all", half)
    with pytest.raises(GlassnetError, match="disk is full"):
        append_json_line(path, {"epoch": 1})
    assert path.read_text() == '{"epoch":0}\n'


def test_a_short_write_is_completed(tmp_path: Path) -> None:
    from glassnet.persistence.files import _write_all

    class Slow:
        taken = b""

        def write(self, data: bytes) -> int:
            self.taken += data[:3]
            return len(data[:3])

    slow = Slow()
    _write_all(slow, b"0123456789")
    assert slow.taken == b"0123456789"


def test_the_folder_is_synced_after_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    monkeypatch.setattr("os.fsync", lambda handle: synced.append(stat.S_ISDIR(os.fstat(handle).st_mode)))
    atomic_write_text(tmp_path / "card.md", "x")
    assert synced == [False, True]


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise PermissionError(errno.EACCES, "as on Windows")

    monkeypatch.setattr("os.open", refuse)
    atomic_write_text(tmp_path / "card.md", "x")
    assert (tmp_path / "card.md").read_text() == "x"
