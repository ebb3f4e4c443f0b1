"""A zip from a stranger: what is in it is bounded and checked from its directory, before anything is decompressed."""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from glassnet.foundation.errors import ModelFileError
from glassnet.persistence.foreign import ZIP_MAGIC, explain_folder, explain_members, explain_missing, explain_start

MAX_BYTES = 4 * 2**30
MAX_TEXT_BYTES = 64 * 2**20
MAX_MEMBERS = 64
MAX_RATIO = 200

_MAX_DIRECTORY = 64 * 2**10
_FREE_RATIO_BYTES = 2**20  # below this size any ratio is harmless
_FLAT_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}\.(json|md|safetensors)")
# What zipfile and zlib raise on bytes that are not a zip, found by flipping bits.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, IndexError)


class Members:
    """The members of a checked zip, by name.

    Args:
        path: where the file lies, for messages.
        archive: the open zip, whose directory was checked.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        self.sizes = {info.filename: info.file_size for info in archive.infolist()}

    def read(self, name: str) -> bytes:
        """The bytes of a member, of exactly the size that the directory promised."""
        try:
            with self._archive.open(name) as member:
                # A size is asked for because without one zipfile inflates whatever there is before it counts.
                data = member.read(self.sizes[name] + 1)
        except _DAMAGE as problem:
            raise damaged(self.path, f"{name} cannot be read ({problem})") from problem
        if len(data) != self.sizes[name]:
            raise damaged(self.path, f"{name} has {len(data)} bytes instead of {self.sizes[name]}")
        return data


@contextmanager
def opened(path: Path, max_bytes: int) -> Iterator[Members]:
    """The members of the model file at `path`, while the block lasts.

    Args:
        path: the file.
        max_bytes: the most bytes that all members together may have.

    Raises:
        ModelFileError: there is no file, it is no zip, or its directory lists what a model file cannot hold.
    """
    if path.is_dir():
        raise explain_folder(path)
    try:
        file = path.open("rb")
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise explain_missing(path) from problem
    except OSError as problem:
        raise ModelFileError(
            f"Expected to read the model file {str(path)!r}. Received from the operating system: {problem.strerror}. "
            f"Check the file's permissions."
        ) from problem
    with file:
        _check_ends(path, file)
        yield Members(path, _directory(path, file, max_bytes))


def damaged(path: Path, problem: str) -> ModelFileError:
    """The error for a file that once was ours, or claims to be."""
    return ModelFileError(
        f"Expected an undamaged model file at {str(path)!r}. Received one in which {problem}. It was cut off or "
        f"altered; use a fresh copy, or save the model anew."
    )


def _check_ends(path: Path, file: BinaryIO) -> None:
    """The first bytes, and the record at the end that says how large the directory is."""
    start = file.read(16)
    if not start.startswith(ZIP_MAGIC):
        raise explain_start(path, start)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 98))
    tail = file.read().rjust(98, b"\0")
    # A zip may end in a comment; ours does not, so its last record stands in the last 22 bytes.
    if tail[76:80] != b"PK\x05\x06" or tail[96:] != b"\0\0":
        raise damaged(path, "the end is missing or followed by something else")
    count, directory = struct.unpack("<HI", tail[86:92])
    if tail[56:60] == b"PK\x06\x07" and tail[:4] == b"PK\x06\x06":  # the form for more than 2 GiB
        count, directory = struct.unpack("<QQ", tail[32:48])
    if count > MAX_MEMBERS or directory > _MAX_DIRECTORY:
        raise damaged(path, f"the directory lists {count} members in {directory} bytes, more than a model has")


def _directory(path: Path, file: BinaryIO, max_bytes: int) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as problem:
        raise damaged(path, f"the directory cannot be read ({problem})") from problem
    infos = archive.infolist()
    names = [info.orig_filename for info in infos]
    if "manifest.json" not in names:
        raise explain_members(path, names)
    if len(set(names)) != len(names):
        raise damaged(path, "two members have the same name")
    for info in infos:
        _check_member(path, info)
    total = sum(info.file_size for info in infos)
    if total > max_bytes:
        raise _too_large(path, total, max_bytes)
    return archive


def _check_member(path: Path, info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if not _FLAT_NAME.fullmatch(name) or info.filename != name:
        raise damaged(path, f"a member is called {name[:80]!r}, which no member of a model file is")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or info.external_attr & 0x10:
        raise damaged(path, f"{name} is a link, a folder or a device instead of a file")
    if info.flag_bits & 0x41:
        raise damaged(path, f"{name} is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged(path, f"{name} is compressed by method {info.compress_type}, not stored or deflated")
    if info.file_size > _FREE_RATIO_BYTES and info.file_size > MAX_RATIO * info.compress_size:
        raise damaged(path, f"{name} would grow from {info.compress_size} to {info.file_size} bytes")
    if not name.endswith(".safetensors") and info.file_size > MAX_TEXT_BYTES:
        raise damaged(path, f"{name} would have {info.file_size} bytes, more than {MAX_TEXT_BYTES}")


def _too_large(path: Path, size: int, max_bytes: int) -> ModelFileError:
    return ModelFileError(
        f"Expected a model file of at most {max_bytes} bytes at {str(path)!r}. Received one of {size} bytes. If you "
        f"trust where it comes from, read it with a larger max_bytes."
    )
