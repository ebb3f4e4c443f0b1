"""Shades for numbers, and tables of shades as images.

Both ramps grow lighter or darker all the way, so that a print without colour and an eye that sees few of them read the
same order.
"""

import base64
import struct
import zlib
from typing import Any

import numpy as np

RAMPS = {
    "amount": ((255, 255, 255), (203, 222, 240), (112, 167, 211), (24, 103, 165), (6, 45, 88)),
    "signed": ((8, 40, 84), (46, 102, 160), (142, 147, 153), (226, 175, 80), (255, 243, 190)),
    "grey": ((0, 0, 0), (255, 255, 255)),
}
"""``"amount"``: from white for nothing to dark blue; ``"signed"``: dark blue below 0, grey at 0, light amber above;
``"grey"``: black to white, for pictures."""


def bounds(values: Any, ramp: str, low: float | None = None, high: float | None = None) -> tuple[float, float]:
    """The numbers that get a ramp's first and last shade; for ``"signed"`` equally far from 0.

    Example:
        >>> bounds([-1.0, 3.0], "signed"), bounds([2.0, 3.0], "amount")
        ((-3.0, 3.0), (2.0, 3.0))
    """
    table = np.asarray(values, np.float64)
    fine = table[np.isfinite(table)]
    least, most = (float(fine.min()), float(fine.max())) if fine.size else (0.0, 1.0)
    if ramp == "signed" and low is None and high is None:
        far = max(abs(least), abs(most)) or 1.0
        return -far, far
    first, last = least if low is None else low, most if high is None else high
    return (first, last) if last > first else (first, first + 1.0)


def shades(values: Any, ramp: str, low: float | None = None, high: float | None = None) -> np.ndarray:
    """The shade of each number, (..., 3) of whole numbers to 255; what is not finite is a light grey.

    Args:
        values: numbers of any shape.
        ramp: one of `RAMPS`.
        low: the number with the first shade; see `bounds`.
        high: the one with the last.

    Example:
        >>> shades([0.0, 1.0], "grey").tolist()
        [[0, 0, 0], [255, 255, 255]]
    """
    table = np.asarray(values, np.float64)
    first, last = bounds(table, ramp, low, high)
    share = np.clip((table - first) / (last - first), 0.0, 1.0)
    known = np.isfinite(share)
    stops = np.asarray(RAMPS[ramp], np.float64)
    at = np.linspace(0.0, 1.0, len(stops))
    found = np.stack([np.interp(np.where(known, share, 0.0), at, stops[:, c]) for c in range(3)], axis=-1)
    return np.where(known[..., None], np.round(found), 225).astype(np.uint8)


def painted(values: Any, ramp: str, low: float | None, high: float | None) -> np.ndarray:
    """The shades of a table, or an image's own colours where it is (rows, columns, 3) from 0 to 1."""
    table = np.asarray(values)
    if table.ndim == 3:
        return np.round(255 * np.clip(np.nan_to_num(table.astype(np.float64)), 0, 1)).astype(np.uint8)
    return shades(table, ramp, low, high)


def png(pixels: np.ndarray) -> str:
    """An image (rows, columns, 3) of whole numbers to 255 as a ``data:`` address.

    Example:
        >>> png(np.zeros((1, 1, 3), np.uint8))[:22]
        'data:image/png;base64,'

    Reference:
        T. Boutell et al., PNG Specification, RFC 2083, 1997.
    """
    rows, columns = pixels.shape[:2]
    lines = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels, np.uint8))
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")
    body = b"".join(_chunk(kind, content) for kind, content in parts)
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def reads_white(shade: np.ndarray) -> bool:
    """Whether white text is read better than black on this shade.

    Example:
        >>> reads_white(np.array([6, 45, 88])), reads_white(np.array([255, 255, 255]))
        (True, False)
    """
    return bool(np.asarray(shade, np.float64) @ (0.299, 0.587, 0.114) < 140)
