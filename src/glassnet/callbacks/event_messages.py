"""The messages in TensorBoard's event files, as protocol-buffer bytes: numbers, histograms, pictures, a graph."""

import struct
import zlib
from collections.abc import Iterable

import numpy as np

from glassnet.foundation.types import HostArray

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_BUCKETS = 30


def event(wall_time: float, step: int, *, summary: bytes = b"", version: str = "", graph: bytes = b"") -> bytes:
    """An `Event`: when, after which step, and what.

    Args:
        wall_time: seconds since 1970.
        step: the epoch or step, from 0.
        summary: named values, from `scalar`, `histogram` and `image`.
        version: the file's version, in its first event only.
        graph: what `graph_definition` gives.

    Example:
        >>> event(0.0, 3).hex()
        '0900000000000000001003'

    Reference:
        Abadi et al., "TensorFlow: A System for Large-Scale Machine Learning", OSDI 2016.
    """
    parts = [_double(1, wall_time), _int(2, step)]
    parts += [_bytes(3, version.encode())] if version else []
    parts += [_bytes(4, graph)] if graph else []
    parts += [_bytes(5, summary)] if summary else []
    return b"".join(parts)


def scalar(tag: str, value: float) -> bytes:
    """A number called `tag`."""
    return _value(tag, _key(2, _FIXED32) + struct.pack("<f", value))


def histogram(tag: str, values: HostArray) -> bytes:
    """How the finite ones among `values` are spread: their range, sums, and counts in 30 bins of one width.

    Args:
        tag: what they are called.
        values: numbers, of any shape.
    """
    finite = np.asarray(values, np.float64).ravel()
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return b""
    low, high = float(finite.min()), float(finite.max())
    if low < high:
        counts, edges = np.histogram(finite, _BUCKETS, (low, high))
        limits = edges[1:]
    else:
        counts, limits = np.array([finite.size]), np.array([high])
    numbers = (low, high, float(finite.size), float(finite.sum()), float((finite**2).sum()))
    body = b"".join(_double(field, number) for field, number in enumerate(numbers, 1))
    return _value(tag, _bytes(5, body + _doubles(6, limits) + _doubles(7, counts)))


def image(tag: str, grey: HostArray) -> bytes:
    """A picture, from the least value in black to the greatest in white.

    Args:
        tag: what it is called.
        grey: values, (height, width).
    """
    grey = np.nan_to_num(np.asarray(grey, np.float64))
    low, high = grey.min(), grey.max()
    levels = np.round(255 * (grey - low) / (high - low or 1.0)).astype(np.uint8)
    height, width = levels.shape
    body = _int(1, height) + _int(2, width) + _int(3, 1) + _bytes(4, _png(levels))
    return _value(tag, _bytes(4, body))


def graph_definition(nodes: Iterable[tuple[str, str, list[str]]]) -> bytes:
    """A graph for TensorBoard's page of graphs.

    Args:
        nodes: for each its name, its kind, and the names of the nodes it reads.
    """
    found = b"".join(
        _bytes(1, _bytes(1, name.encode()) + _bytes(2, kind.encode()) + b"".join(_bytes(3, r.encode()) for r in reads))
        for name, kind, reads in nodes
    )
    return found + _bytes(4, _int(1, 22))


def _value(tag: str, content: bytes) -> bytes:
    return _bytes(1, _bytes(1, tag.encode()) + content)


def _png(levels: HostArray) -> bytes:
    """A grey picture as PNG."""
    height, width = levels.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = np.concatenate([np.zeros((height, 1), np.uint8), levels], axis=1).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _int(field: int, number: int) -> bytes:
    return _key(field, _VARINT) + _varint(number)


def _double(field: int, number: float) -> bytes:
    return _key(field, _FIXED64) + struct.pack("<d", number)


def _doubles(field: int, numbers: HostArray) -> bytes:
    return _bytes(field, np.asarray(numbers, "<f8").tobytes())


def _bytes(field: int, content: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(content)) + content
