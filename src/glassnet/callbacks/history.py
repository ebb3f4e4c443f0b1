"""What happened, epoch by epoch."""

from collections.abc import Callable
from typing import Any

import numpy as np

from glassnet.callbacks.base import Callback
from glassnet.foundation.upward import upward


class History(Callback):
    """The numbers of each epoch; `fit` returns one.

    Attributes:
        history: lists by name, one value an epoch: ``{"loss": [...], "val_loss": [...]}``.
        epoch: the epochs' numbers, from 0.
        seconds: the time spent training, compiling left out.
        compile_seconds: the time spent compiling, apart.
        rows: the rows trained on in one epoch; `rows_per_second` follows from it.
        notes: sentences on how it ran, such as why it went step by step, and what the check before it found.
        checked: what the check before training found, a `diagnosis.Checked`; None before, and where batches come one by one.
        learning_rate_found: what ``learning_rate="auto"`` found, with its reason and picture; None where it was not asked.
        rate_note: the learning rate that was taken for ``"auto"``, and why, in a sentence; it is among the notes too.
        arithmetic: rows, batches and updates in a sentence, as it was before training.
        resumed_from: how many epochs an earlier part of a resumed training had done; the times are of the later part.
        finding: where and why the training's numbers broke, where they did and no error was raised. Of a network trained
            together with others it is looked for when it is first read.
        trained: the model, the rows and the batch size, for `verdict` to look at; at most 64 MiB of rows are kept.
        first_rows: the first batch, where the rows come one batch at a time and `trained` cannot be kept.
        restored_epoch: the epoch, from 1, whose weights were put back at the end; None when the last ones stayed.
        diverged_epoch: the epoch, from 1, in which the numbers stopped being finite; None when they did not.

    Example:
        >>> history = History()
        >>> history.on_epoch_end(0, {"loss": 0.5})
        >>> history.history
        {'loss': [0.5]}

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 7.3.
    """

    reads_model = False

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.seconds = 0.0
        self.compile_seconds = 0.0
        self.rows = 0
        self.notes: list[str] = []
        self.checked: Any = None
        #: Looks for where and why the numbers broke, when `finding` is first read; None where nothing is to be looked for.
        self.search: Callable[[], Any] | None = None
        self._finding: Any = None
        self.trained: Any = None
        self.first_rows: Any = None
        self.restored_epoch: int | None = None
        self.diverged_epoch: int | None = None
        self.arithmetic = ""
        self.resumed_from = 0
        self.learning_rate_found: Any = None
        self.rate_note = ""

    @property
    def finding(self) -> Any:
        """Where and why the training's numbers broke, where they did and no error was raised; else None."""
        if self.search is not None:
            search, self.search = self.search, None
            self._finding = search()
        return self._finding

    @finding.setter
    def finding(self, found: Any) -> None:
        self._finding = found

    @property
    def rows_per_second(self) -> float:
        """Rows trained on in a second, compiling left out."""
        return self.rows * (len(self.epoch) - self.resumed_from) / self.seconds if self.seconds else 0.0

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the epoch's numbers."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def get_state(self) -> dict[str, Any]:
        """The numbers so far, as arrays: of a long training they are many."""
        return {
            "history": {name: _packed(values) for name, values in self.history.items()},
            "epoch": _packed(self.epoch),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self.history = {name: _unpacked(values) for name, values in state["history"].items()}
        self.epoch = _unpacked(state["epoch"])
        self.resumed_from = len(self.epoch)

    def verdict(self, **options: Any) -> Any:
        """What this training says of the network: its kind, with its evidence and what to do first.

        Args:
            options: see `diagnosis.verdict`.

        Returns:
            A `diagnosis.Verdict`, which a terminal and a notebook show.

        Example:
            >>> history = History()
            >>> for epoch, loss in enumerate([0.9, 0.8, float("nan")]):
            ...     history.on_epoch_end(epoch, {"loss": loss})
            >>> history.verdict().kind
            'diverged'
        """
        return upward("verdict")(self, **options)

    def plot(self, **options: Any) -> Any:
        """The learning curves: a picture, which a notebook shows; elsewhere they are written in characters too.

        Args:
            options: see `plots.learning_curves`: ``history.plot(verdict=history.verdict())`` marks what the verdict rests on.

        Returns:
            A `plots.Picture`, with its numbers.

        Example:
            >>> import contextlib, io
            >>> history = History()
            >>> for epoch, loss in enumerate([0.9, 0.8, 0.7]):
            ...     history.on_epoch_end(epoch, {"loss": loss})
            >>> with contextlib.redirect_stdout(io.StringIO()):
            ...     picture = history.plot()
            >>> picture.svg[:4]
            '<svg'
        """
        return upward("show_history")(self, **options)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "trained": None, "first_rows": None, "search": None}

    def __repr__(self) -> str:
        if not self.epoch:
            return "History(no epochs)"
        last = ", ".join(f"{name} {_short(values[-1])}" for name, values in self.history.items())
        return f"History({len(self.epoch)} epochs; last: {last})"


def _packed(values: list[Any]) -> Any:
    """Numbers as one array, anything else as it is."""
    numbers = all(isinstance(value, int | float) for value in values)
    return np.array(values) if numbers and values else values


def _unpacked(values: Any) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | int) else str(value)
