"""What happened, epoch by epoch."""

from typing import Any

from glassnet.callbacks.base import Callback


class History(Callback):
    """The numbers of each epoch; `fit` returns one.

    Attributes:
        history: lists by name, one value an epoch: ``{"loss": [...], "val_loss": [...]}``.
        epoch: the epochs' numbers, from 0.
        seconds: the time spent training, compiling left out.
        compile_seconds: the time spent compiling, apart.
        rows: the rows trained on in one epoch; `rows_per_second` follows from it.
        notes: sentences on how it ran, such as why it went step by step.

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

    @property
    def rows_per_second(self) -> float:
        """Rows trained on in a second, compiling left out."""
        return self.rows * len(self.epoch) / self.seconds if self.seconds else 0.0

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the epoch's numbers."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def get_state(self) -> dict[str, Any]:
        """The numbers so far."""
        return {"history": self.history, "epoch": self.epoch}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self.history, self.epoch = dict(state["history"]), list(state["epoch"])

    def __repr__(self) -> str:
        if not self.epoch:
            return "History(no epochs)"
        last = ", ".join(f"{name} {_short(values[-1])}" for name, values in self.history.items())
        return f"History({len(self.epoch)} epochs; last: {last})"


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | int) else str(value)
