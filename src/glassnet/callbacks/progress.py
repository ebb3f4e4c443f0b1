"""Progress on the terminal: a live line where there is one, plain lines elsewhere. Everything goes to stderr."""

import shutil
import sys
import time
from typing import Any, TextIO

from glassnet.callbacks.base import Callback

_BAR = 24


class Progress(Callback):
    """Show loss and metrics while training.

    Args:
        mode: ``"bar"`` (one live line), ``"lines"`` (a line an epoch) or ``"sparse"`` (a line every few seconds, for logs).
        stream: where to write; stderr by default, so that stdout stays for data.
        every: the least number of seconds between two lines of ``"sparse"``.

    Example:
        >>> Progress("lines").mode
        'lines'
    """

    reads_model = False
    only_shows = True

    def __init__(self, mode: str = "bar", stream: TextIO | None = None, every: float = 2.0) -> None:
        super().__init__()
        self.mode = mode
        self.stream = stream
        self.every = every
        self._started = 0.0
        self._shown = 0.0
        self._first = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Start the clock."""
        self._started = time.perf_counter()
        self._shown = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Before the first epoch, say that the program is being compiled."""
        if not self._shown and self.mode == "bar" and epoch == self.params.get("initial_epoch", 0):
            self._write(f"\r\x1b[2K{'compiling ...':<{_BAR}}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Show the epoch's numbers, unless a line was shown a moment ago."""
        now = time.perf_counter()
        pause = {"bar": 0.05, "lines": 0.0}.get(self.mode, self.every)
        last = epoch + 1 == self.params.get("epochs")
        if now - self._shown < pause and not last:
            return
        self._shown = now
        self._draw(epoch, logs or {})

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """End the live line."""
        if self.mode == "bar" and self._shown:
            self._write("\n")

    def _draw(self, epoch: int, logs: dict[str, Any]) -> None:
        total = self.params.get("epochs", 0)
        width = len(str(total))
        head = f"epoch {epoch + 1:>{width}}/{total}"
        numbers = "  ".join(f"{name} {_number(value)}" for name, value in logs.items())
        if self.mode != "bar":
            self._write(f"{head}  {numbers}\n")
            return
        filled = round(_BAR * (epoch + 1) / max(total, 1))
        line = f"{head} {'━' * filled}{'╌' * (_BAR - filled)} {numbers}"
        # A line that wraps could not be drawn over by the next one.
        self._write(f"\r\x1b[2K{line[: shutil.get_terminal_size().columns - 1]}")

    def _write(self, text: str) -> None:
        stream = self.stream or sys.stderr
        encoding = getattr(stream, "encoding", None) or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()


def progress_for(verbose: Any, stream: TextIO | None = None) -> Progress | None:
    """The progress that `verbose` asks for: 0 none, 1 a live line, 2 a line an epoch, ``"auto"`` by the terminal.

    Example:
        >>> progress_for(0) is None
        True
    """
    if verbose == "auto":
        stream_is_terminal = (stream or sys.stderr).isatty()
        return Progress("bar" if stream_is_terminal else "sparse", stream)
    if not verbose:
        return None
    return Progress("lines" if verbose == 2 else "bar" if (stream or sys.stderr).isatty() else "sparse", stream)


def _number(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) and 1e-3 <= abs(value) < 1e4 else f"{value:.3g}"
