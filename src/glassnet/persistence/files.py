"""Writing that a crash cannot leave half done: a reader finds the old file or the new one, never a mixture."""

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from glassnet.foundation.errors import GlassnetError
from glassnet.persistence.plain import dump_line, dump_pretty

FilePath: TypeAlias = str | os.PathLike[str]

_ADVICE = {
    errno.ENOSPC: "The disk is full: free some space, then write again.",
    errno.EDQUOT: "Your disk quota is used up: free some space, then write again.",
    errno.EACCES: "The folder or file may not be written: choose another folder, or change its permissions.",
    errno.EPERM: "The folder or file may not be written: choose another folder, or change its permissions.",
    errno.EROFS: "The file system is read-only: choose another folder.",
    errno.ENOENT: "The folder does not exist: create it first.",
    errno.ENOTDIR: "A part of the path is a file, not a folder: correct the path.",
    errno.EISDIR: "The path is a folder: add a file name.",
}


def atomic_write_text(path: FilePath, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all.

    The text goes to a temporary file in the same folder, which then takes the place of `path` in one step.

    Args:
        path: where to write; its folder must exist. A file there is replaced.
        text: the new content.

    Raises:
        GlassnetError: the file cannot be written; the old one is left whole.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "card.md")
        ...     atomic_write_text(path, "A small network.")
        ...     path.read_text()
        'A small network.'
    """
    replace_file(path, lambda file: file.write(text.encode("utf-8", "backslashreplace")))


def atomic_write_json(path: FilePath, data: Any) -> None:
    """Write `data` as JSON on indented lines, whole or not at all.

    Args:
        path: where to write; its folder must exist. A file there is replaced.
        data: anything `plain_json` accepts: plain data, NumPy numbers and arrays, paths, dates.

    Raises:
        ConfigError: `data` holds something that JSON cannot.
        GlassnetError: the file cannot be written; the old one is left whole.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "run.json")
        ...     atomic_write_json(path, {"seed": 0})
        ...     path.read_text().split()
        ['{', '"seed":', '0', '}']
    """
    written = dump_pretty(data)
    replace_file(path, lambda file: file.write(written))


def append_json_line(path: FilePath, data: Any) -> None:
    """Add `data` as one line of JSON at the end of a file, which is made when it does not exist.

    Safe to read and to copy while it grows. A line that an earlier crash cut off is closed first, so that only that
    line is lost. One process writes a file at a time.

    Args:
        path: the file, such as ``metrics.jsonl``; its folder must exist.
        data: anything `plain_json` accepts.

    Raises:
        ConfigError: `data` holds something that JSON cannot.
        GlassnetError: the line cannot be written; the lines before it are left whole.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "metrics.jsonl")
        ...     append_json_line(path, {"epoch": 1, "loss": 0.5})
        ...     append_json_line(path, {"epoch": 2, "loss": float("nan")})
        ...     path.read_text().splitlines()
        ['{"epoch":1,"loss":0.5}', '{"epoch":2,"loss":"NaN"}']
    """
    line = dump_line(data)
    with explained(path, GlassnetError), Path(path).open("a+b", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            line = line if file.read(1) == b"\n" else b"\n" + line
        try:
            _write_all(file, line)
        except OSError:
            file.truncate(end)
            raise


def replace_file(path: FilePath, write: Callable[[BinaryIO], Any], error: type[GlassnetError] = GlassnetError) -> None:
    """Let `write` fill a new file, then put it in the place of `path` in one step.

    Args:
        path: the file to replace; where it is a symbolic link, the file it points to.
        write: receives the open temporary file.
        error: the class to raise when the operating system refuses.
    """
    with explained(path, error):
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
        try:
            # "x" honours the user's umask, which tempfile would not.
            with temporary.open("xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)  # noqa: PTH105  (one name for the tests to break)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _sync_folder(target.parent)


@contextmanager
def explained(path: FilePath, error: type[GlassnetError]) -> Iterator[None]:
    """Turn an `OSError` of the block into `error`, with what to do about it."""
    try:
        yield
    except OSError as problem:
        advice = _ADVICE.get(problem.errno or 0, "Check the disk and the folder, then write again.")
        raise error(
            f"Expected to write {os.fspath(path)!r}. Received from the operating system: "
            f"{problem.strerror or problem}. {advice} What was there before is unchanged."
        ) from problem


def _write_all(file: Any, data: bytes) -> None:
    # An unbuffered file may take only a part, for instance when the disk fills up.
    while data:
        data = data[file.write(data) :]


def _sync_folder(folder: Path) -> None:
    # So that the new name survives a power cut. Windows, and some network file systems, cannot.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
