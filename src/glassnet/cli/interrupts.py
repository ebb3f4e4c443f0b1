"""Ctrl-C while training: the epoch is finished, a checkpoint is written, and then training stops."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

from glassnet.callbacks import Callback

_NOTE = "stopping after this epoch; Ctrl-C again stops at once\n"


class Interrupts(Callback):
    """Turns Ctrl-C into a KeyboardInterrupt that comes between two epochs; a second Ctrl-C comes at once.

    One that is raised anywhere, as Python does, may land in a place that swallows it, and training would go on.

    Args:
        quiet: whether to say nothing.
        soon: called when the epoch after which training will stop is over, so that a checkpoint follows it.
    """

    reads_model = False
    only_shows = True

    def __init__(self, *, quiet: bool = False, soon: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._quiet = quiet
        self._soon = soon
        self._asked = False
        self._training = False
        self._saving = False
        self._before: Any = None

    def __enter__(self) -> Self:
        """Listen, where Ctrl-C is listened to at all: a job in the background may have been told to ignore it."""
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *error: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def save(self) -> None:
        """From here on Ctrl-C is ignored: what it asked for is being done."""
        self._saving = True

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """From here on wait for the end of an epoch."""
        self._training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Have a checkpoint written if asked to stop: it is, once all callbacks have seen the epoch."""
        if self._asked:
            self._soon()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Stop if asked to before the epoch."""
        self._stop()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Stop if asked to in the last epoch; from here on stop at once."""
        self._training = False
        self._stop()

    def _stop(self) -> None:
        if self._asked:
            raise KeyboardInterrupt

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._saving:
            return
        again, self._asked = self._asked, True
        if again or not self._training:
            raise KeyboardInterrupt
        if not self._quiet:
            os.write(sys.stderr.fileno(), f"\r\n{_NOTE}".encode())  # the stream itself may be in the middle of writing
