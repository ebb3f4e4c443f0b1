"""Training as it goes: one live line on a terminal, a plain line every few seconds elsewhere."""

import os
import time
from typing import Any

from glassnet.callbacks import Callback
from glassnet.cli.steps import Watcher
from glassnet.cli.terminal import Out, cells, is_utf8

_INDENT = 12
_LONGEST_BAR, _SHORTEST_BAR = 24, 8
_LIVE_SECONDS, _LINE_SECONDS = 0.05, 2.0


class Progress(Callback):
    """Shows the epoch, loss and metrics of training and validation, and the rows trained on a second.

    The live line is never wider than the terminal: what does not fit is left out, the least needed first.

    Args:
        out: where to write.
        watch: knows the rows that are trained on.
    """

    reads_model = False
    only_shows = True

    def __init__(self, out: Out, watch: Watcher) -> None:
        super().__init__()
        self._out = out
        self._watch = watch
        self._live = not out.quiet and out.stream.isatty() and os.environ.get("TERM") != "dumb"
        self._open = False
        self._begun = False
        self._shown = float("-inf")
        self._first: tuple[int, float] | None = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Before the first epoch, say what will be done, and that the program is being compiled."""
        if self._first is None and not self._begun:
            self._begun = True
            if arithmetic := (self.params.get("before") or [""])[0]:
                self._out.step("5 Train", arithmetic)
            if self._live:
                self._draw("compiling ...")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Show the epoch's numbers, unless others were shown a moment ago."""
        now = time.perf_counter()
        self._first = self._first or (epoch, now)
        last = epoch + 1 == self.params.get("epochs")
        if now - self._shown < (_LIVE_SECONDS if self._live else _LINE_SECONDS) and not last:
            return
        self._shown = now
        total = self.params.get("epochs", 0)
        head = f"epoch {epoch + 1:>{len(str(total))}}/{total}"
        if not self._live:
            self._out.line(f"{' ' * _INDENT}{'  '.join([head, *pairs(logs or {})])}")
            return
        room = self._out.columns - _INDENT - 3  # and room for the ^C that a terminal shows
        self._draw(
            line(head, pairs(logs or {}), (epoch + 1) / max(total, 1), self._speed(epoch, now), room, self._bars())
        )

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Take the live line away; what follows sums it up."""
        self.close()

    def close(self) -> None:
        """Take the live line away, also when training was broken off."""
        if self._open:
            self._out.raw("\r\x1b[2K")
            self._open = False

    def _draw(self, text: str) -> None:
        self._open = True
        self._out.raw(f"\r\x1b[2K{' ' * _INDENT}{text}")

    def _bars(self) -> str:
        return "━╌" if is_utf8(self._out.stream) else "#-"

    def _speed(self, epoch: int, now: float) -> str:
        first, then = self._first or (epoch, now)
        rows = self._watch.rows("train")
        if rows is None or epoch == first or now <= then:
            return ""
        return f"{len(rows) * (epoch - first) / (now - then):,.0f} rows/s"


def pairs(logs: dict[str, float]) -> list[str]:
    """Each quantity with its value in training and in validation.

    Example:
        >>> pairs({"loss": 0.5, "mae": 0.25, "val_loss": 0.75})
        ['loss 0.5000 val 0.7500', 'mae 0.2500']
    """
    return [
        f"{name} {_number(value)}" + (f" val {_number(logs[f'val_{name}'])}" if f"val_{name}" in logs else "")
        for name, value in logs.items()
        if not name.startswith("val_")
    ]


def line(head: str, quantities: list[str], share: float, speed: str, room: int, signs: str = "━╌") -> str:
    """The live line in at most `room` columns: the head, as many quantities as fit, a bar, and the speed.

    Example:
        >>> line("epoch 1/2", ["loss 0.5000", "mae 0.3000"], 0.5, "900 rows/s", 43, "#-")
        'epoch 1/2 ####----  loss 0.5000  mae 0.3000'
        >>> line("epoch 1/2", ["loss 0.5000", "mae 0.3000"], 0.5, "900 rows/s", 30, "#-")
        'epoch 1/2  loss 0.5000'
    """
    shown = [head]
    for text in quantities:
        for part in (text, text.split(" val ")[0]):
            if cells("  ".join([*shown, part])) <= room:
                shown.append(part)
                break
    if speed and cells("  ".join([*shown, speed])) + 1 + _SHORTEST_BAR <= room:
        shown.append(speed)
    long = min(_LONGEST_BAR, room - cells("  ".join(shown)) - 1)
    if long >= _SHORTEST_BAR:
        full = round(long * share)
        shown[0] = f"{head} {signs[0] * full}{signs[1] * (long - full)}"
    return "  ".join(shown)


def _number(value: Any) -> str:
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 or value == 0 else f"{value:.3g}"
