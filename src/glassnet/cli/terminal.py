"""Text on a terminal: quiet, aligned, in colour only where colour means something, readable without it."""

import os
import shutil
import sys
from collections.abc import Sequence
from typing import TextIO

_CODES = {"bold": "1", "dim": "2", "good": "32", "warn": "33", "bad": "31"}


def coloured(stream: TextIO) -> bool:
    """Whether to write colour: on a terminal, unless ``NO_COLOR`` is set; everywhere with ``FORCE_COLOR``."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int:
    """The columns to write in: the terminal's, from 60 to 120, and 100 where there is none."""
    return min(120, max(60, shutil.get_terminal_size((100, 24)).columns)) if stream.isatty() else 100


class Out:
    """A stream to write to.

    Args:
        stream: stdout for data, stderr for what happens on the way.
        quiet: whether to write nothing.
    """

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self.stream = stream
        self.quiet = quiet
        self._colour = coloured(stream)

    def style(self, text: str, how: str) -> str:
        """`text` in a style: ``"bold"``, ``"dim"``, ``"good"``, ``"warn"`` or ``"bad"``."""
        return f"\x1b[{_CODES[how]}m{text}\x1b[0m" if self._colour else text

    def line(self, text: str = "") -> None:
        """Write a line."""
        if self.quiet:
            return
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        self.stream.write(f"{text}\n".encode(encoding, "replace").decode(encoding))
        self.stream.flush()

    def step(self, name: str, text: str) -> None:
        """Write a line with its name in front; further lines of a long text are set below its beginning."""
        lines = fold(text, width(self.stream) - 12)
        self.line(f"{self.style(f'{name:<10}', 'bold')}  {lines[0]}")
        for more in lines[1:]:
            self.line(" " * 12 + more)

    def block(self, text: str, indent: int = 12) -> None:
        """Write lines as they are, set in."""
        for text_line in text.splitlines():
            self.line((" " * indent + text_line).rstrip())


def fold(text: str, columns: int) -> list[str]:
    """Break a text into lines at spaces.

    Example:
        >>> fold("one two three", 8)
        ['one two', 'three']
    """
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > columns:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip() if lines[-1] else word
    return lines


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Rows of cells as aligned columns; those numbered in `right` are set to the right.

    Example:
        >>> print(table([["a", "1"], ["bb", "10"]], right=[1]))
        a    1
        bb  10
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            f"{cell:>{w}}" if i in right else f"{cell:<{w}}"
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def streams(quiet: bool) -> tuple[Out, Out]:
    """(data, messages): stdout and stderr; `quiet` silences the messages."""
    return Out(sys.stdout), Out(sys.stderr, quiet=quiet)
