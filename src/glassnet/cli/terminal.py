"""Text on a terminal: quiet, aligned, in colour only where colour means something, readable without it."""

import contextlib
import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import TextIO

_CODES = {"bold": "1", "dim": "2", "good": "32", "warn": "33", "bad": "31"}
_NAMES = 12  # columns for the names of steps, at the left
_NARROWEST, _WIDEST, _ELSEWHERE = 40, 120, 100
_GLUE = "\xa0"


def coloured(stream: TextIO) -> bool:
    """Whether to write colour: on a terminal, unless ``NO_COLOR`` is set; everywhere with ``FORCE_COLOR``."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") != "0":
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int:
    """The columns to write in: the terminal's, from 40 to 120, and 100 where there is none."""
    if not stream.isatty():
        return _ELSEWHERE
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(stream.fileno()).columns)
    except (OSError, ValueError):
        columns = 80
    return min(_WIDEST, max(_NARROWEST, columns or 80))


def is_utf8(stream: TextIO) -> bool:
    """Whether a stream can show characters beyond ASCII."""
    return (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"


class Out:
    """A stream to write to.

    Whatever is written has its control characters taken out: names and cells of a table may hold anything, also what
    would move the cursor.

    Args:
        stream: stdout for data, stderr for what happens on the way.
        quiet: whether to write nothing.
    """

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self.stream = stream
        self.quiet = quiet
        self._colour = coloured(stream)

    @property
    def columns(self) -> int:
        """How wide it is now."""
        return width(self.stream)

    def style(self, text: str, how: str) -> str:
        """`text` in a style: ``"bold"``, ``"dim"``, ``"good"``, ``"warn"`` or ``"bad"``."""
        return f"\x1b[{_CODES[how]}m{text}\x1b[0m" if self._colour and how and text else text

    def raw(self, text: str) -> None:
        """Write text as it is; what the stream cannot encode becomes a question mark."""
        if self.quiet:
            return
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        try:
            self.stream.write(text.encode(encoding, "replace").decode(encoding))
            self.stream.flush()
        except BrokenPipeError:  # nobody reads the messages any more: that is no reason to stop the work
            if self.stream is not sys.stderr:
                raise
            self.quiet = True
            abandon(self.stream)

    def line(self, text: str = "", how: str = "") -> None:
        """Write a line."""
        self.raw(self.style(printable(text), how) + "\n")

    def step(self, name: str, text: str, *, how: str = "", first: str = "") -> None:
        """Write a line with its name in front; further lines of a long text are set below its beginning.

        Args:
            name: what the line is about; empty to go on with what is above.
            text: broken into lines as needed.
            how: the style of `first`.
            first: words in front of `text`, in that style.
        """
        self._fold(
            self.style(f"{name:<{_NAMES}}", "bold") if name else " " * _NAMES, _NAMES, first + text, len(first), how
        )

    def command(self, name: str, words: str) -> None:
        """Write a command or a path, to be copied, with its name in front: on one line, however long."""
        self.raw(f"{self.style(f'{name:<{_NAMES}}', 'bold')}{printable(words)}\n")

    def error(self, message: str) -> None:
        """Write what went wrong, each line of it folded by itself."""
        lead = "error: "
        first, *more = message.split("\n")
        self._fold(self.style(lead, "bad"), len(lead), first)
        for line in more:
            self._fold(" " * len(lead), len(lead), line)

    def _fold(self, lead: str, indent: int, text: str, styled: int = 0, how: str = "") -> None:
        first, *more = fold(printable(text), self.columns - indent)
        self.raw(f"{lead}{self.style(first[:styled], how)}{first[styled:]}\n")
        for line in more:
            self.raw(f"{' ' * indent}{line}\n")

    @staticmethod
    def needed(rows: Sequence[Sequence[str]]) -> int:
        """How many columns a table takes when nothing is cut."""
        return sum(_widths(rows)) + 2 * (len(rows[0]) - 1)

    def table(self, rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), indent: int = _NAMES) -> None:
        """Write rows as aligned columns, set in as far as there is room; cells are cut only where nothing else helps."""
        rows = [[printable(cell) for cell in row] for row in rows]
        indent = min(indent, max(0, self.columns - self.needed(rows)))
        for text in table(rows, right=right, columns=self.columns - indent).splitlines():
            self.raw(f"{' ' * indent}{text}".rstrip() + "\n")


def abandon(stream: TextIO) -> None:
    """Send what is still to be written to nowhere, after the reader has closed its end: Python writes once more on exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def streams(quiet: bool) -> tuple[Out, Out]:
    """(data, messages): stdout and stderr; `quiet` silences the messages."""
    return Out(sys.stdout), Out(sys.stderr, quiet=quiet)


def printable(text: str) -> str:
    """`text` without characters that would move the cursor or turn the reading direction.

    Example:
        >>> printable("red" + chr(27) + "[31m")
        'red�[31m'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def cells(text: str) -> int:
    """How many columns `text` takes: two for a wide East Asian sign, none for an accent that is put on a letter.

    Example:
        >>> cells("abc"), cells("東京")
        (3, 4)
    """
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def fold(text: str, columns: int) -> list[str]:
    """Break a text into lines at spaces; a word longer than a line stays whole, and % stays with its number.

    Example:
        >>> fold("one two 3 %", 9)
        ['one two', '3 %']
    """
    lines = [""]
    for word in text.replace(" %", _GLUE + "%").split(" "):
        if lines[-1] and cells(lines[-1]) + 1 + cells(word) > columns:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return [line.replace(_GLUE, " ") for line in lines]


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), columns: int | None = None) -> str:
    """Rows of cells as aligned columns.

    Args:
        rows: cells, as many in each row.
        right: the numbers of the columns set to the right.
        columns: how wide it may be; the widest columns are cut until it fits.

    Example:
        >>> print(table([["a", "1"], ["bb", "10"]], right=[1]))
        a    1
        bb  10
    """
    widths = _widths(rows)
    gap = 2
    if columns is not None and sum(widths) + gap * (len(widths) - 1) > columns:
        gap = 1
        while sum(widths) + len(widths) - 1 > columns and max(widths) > 4:
            widths[widths.index(max(widths))] -= 1
    lines = (
        (" " * gap).join(_set(cell, w, i in right) for i, (cell, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(cells(row[i]) for row in rows) for i in range(len(rows[0]))]


def _set(cell: str, columns: int, right: bool) -> str:
    """A cell of exactly so many columns."""
    while cells(cell) > columns:
        cell = cell.removesuffix("…")[:-1] + "…"
    space = " " * (columns - cells(cell))
    return space + cell if right else cell + space
