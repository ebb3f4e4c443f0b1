"""Event files, as TensorBoard reads them: records with their lengths and checksums, appended one after another."""

import itertools
import os
import socket
import struct
import time
from pathlib import Path

from glassnet.callbacks import event_messages as messages
from glassnet.foundation.errors import GlassnetError

_numbers = itertools.count()


class EventFile:
    """One run of TensorBoard: a folder with a file of events. The file is made when there is something to write.

    Args:
        folder: the run's folder.

    Raises:
        GlassnetError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> file = EventFile(tempfile.mkdtemp())
        >>> file.add(0, summary=messages.scalar("loss", 0.5))
        >>> file.flush()
        >>> file.place()[1]
        84
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_numbers)}"
        self._path = self.folder / name
        self._pending: list[bytes] = []
        self._begun = False

    def add(self, step: int, *, summary: bytes = b"", graph: bytes = b"") -> None:
        """Keep an event until `flush`."""
        if not self._begun:
            self._pending.append(record(messages.event(time.time(), 0, version="brain.Event:2")))
            self._begun = True
        self._pending.append(record(messages.event(time.time(), step, summary=summary, graph=graph)))

    def flush(self) -> None:
        """Append what was kept."""
        if not self._pending:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(b"".join(self._pending))
        except OSError as error:
            raise GlassnetError(
                f"TensorBoard expected a folder that can be written. Received {str(self.folder)!r}: {error.strerror}. Choose "
                f"another, or make room."
            ) from error
        self._pending.clear()

    def place(self) -> list[object]:
        """The file's name and size, by which `go_on` finds it again."""
        return [self._path.name, self._path.stat().st_size if self._begun and self._path.exists() else 0]

    def go_on(self, name: str, size: int) -> None:
        """Go on in an earlier file from where it was `size` bytes long: what came after will be written again."""
        earlier = self.folder / name
        if not size or not earlier.exists() or earlier.stat().st_size < size:
            return
        self._path.unlink(missing_ok=True)
        os.truncate(earlier, size)
        self._path, self._begun = earlier, True
        self._pending.clear()


def record(data: bytes) -> bytes:
    """A record: its length, the length's checksum, the data, their checksum.

    Example:
        >>> record(b"").hex()
        '000000000000000029039807d8ea82a2'
    """
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", _masked(length)) + data + struct.pack("<I", _masked(data))


def crc32c(data: bytes) -> int:
    """The cyclic redundancy check of Castagnoli, 32 bits.

    Example:
        >>> hex(crc32c(b"123456789"))
        '0xe3069283'

    Reference:
        G. Castagnoli, S. Bräuer and M. Herrmann, "Optimization of Cyclic Redundancy-Check Codes", IEEE Transactions on
        Communications 41, 1993.
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _masked(data: bytes) -> int:
    """The checksum turned and shifted, as the format has it, so that checksums of checksums stay useful."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _remainder(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value


_TABLE = [_remainder(value) for value in range(256)]
