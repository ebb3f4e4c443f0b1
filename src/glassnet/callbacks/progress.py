"""Progress: a live line on a terminal, one display in a notebook, plain lines elsewhere. Lines go to stderr."""

import shutil
import sys
import time
from typing import Any, TextIO

from glassnet.callbacks.base import Callback
from glassnet.callbacks.notebook import NotebookDisplay, in_notebook

_BAR = 24


class Progress(Callback):
    """Show loss and metrics while training.

    Args:
        mode: ``"bar"`` (one live line), ``"notebook"`` (one display, drawn anew in its place), ``"lines"`` (a line an epoch)
            or ``"sparse"`` (a line every few seconds, for logs).
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
        self._display: NotebookDisplay | None = None
        self._last: tuple[int, dict[str, Any]] | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Say what is going to be done, and start the clock."""
        self._started = time.perf_counter()
        self._shown = 0.0
        self._last = None
        self._display = NotebookDisplay() if self.mode == "notebook" else None
        if self._display is None:
            for sentence in self.params.get("before", ()):
                self._write(f"{sentence}\n")

    def remark(self, sentence: str) -> None:
        """Write a line of its own, before the first epoch."""
        self._write(sentence + "\n")

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Before the first epoch, say that the program is being compiled."""
        if self._shown or epoch != self.params.get("initial_epoch", 0):
            return
        if self.mode == "bar":
            self._write(f"\r\x1b[2K{'compiling ...':<{_BAR}}")
        if self._display is not None:
            self._display.show("compiling ...", 0.0, {}, 0.0)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Show the epoch's numbers, unless a line was shown a moment ago."""
        now = time.perf_counter()
        pause = {"bar": 0.05, "notebook": 0.1, "lines": 0.0}.get(self.mode, self.every)
        last = epoch + 1 == self.params.get("epochs")
        if now - self._shown < pause and not last:
            self._last = epoch, dict(logs or {})
            return
        self._last = None
        self._shown = now
        self._draw(epoch, logs or {})

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """End the live line; in a notebook, show the last epoch, wherever training was stopped."""
        if self._display is not None and self._last is not None:
            self._draw(*self._last)
        if self.mode == "bar" and self._shown:
            self._write("\n")

    def _draw(self, epoch: int, logs: dict[str, Any]) -> None:
        total = self.params.get("epochs", 0)
        width = len(str(total))
        head = f"epoch {epoch + 1:>{width}}/{total}"
        if self._display is not None:
            shown = {name: _number(value) for name, value in logs.items()}
            self._display.show(head, (epoch + 1) / max(total, 1), shown, time.perf_counter() - self._started)
            return
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
    """The progress that `verbose` asks for: 0 none, 1 a live line, 2 a line an epoch, ``"auto"`` by where it is shown.

    Example:
        >>> progress_for(0) is None
        True
    """
    if not verbose:
        return None
    if verbose == 2:
        return Progress("lines", stream)
    if stream is None and in_notebook():
        return Progress("notebook")
    return Progress("bar" if (stream or sys.stderr).isatty() else "sparse", stream)


def _number(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) and 1e-3 <= abs(value) < 1e4 else f"{value:.3g}"
