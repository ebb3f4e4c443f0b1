"""Stop when it no longer gets better."""

import math
import warnings
from typing import Any

from glassnet.callbacks.base import Callback
from glassnet.callbacks.monitor import better_when_higher
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.types import HostArray


class EarlyStopping(Callback):
    """Stop when `monitor` has not improved by more than `min_delta` for `patience` epochs.

    Args:
        monitor: the number to watch, such as ``"val_loss"`` or ``"val_accuracy"``.
        min_delta: the least change that counts as an improvement, 0 or more.
        patience: how many epochs without improvement to wait, 0 or more.
        verbose: 1 to say when it stops.
        mode: ``"min"``, ``"max"``, or ``"auto"``: max for accuracies and scores, min for losses and errors.
        baseline: a value that must be reached at all; epochs that do not reach it count as no improvement.
        restore_best_weights: whether the model ends with the weights of its best epoch, also when it was not stopped.
        start_from_epoch: epochs before this one are not looked at.

    After training, `stopped_epoch` (0 if it ran to the end), `best_epoch` and `best` tell what happened.

    Raises:
        ConfigError: a negative patience or min_delta, or an unknown mode.

    Example:
        >>> stop = EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
        >>> stop.patience
        5

    Reference:
        Prechelt, "Early stopping - but when?", in *Neural Networks: Tricks of the Trade* (1998).
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            raise ConfigError(
                f"EarlyStopping expected mode 'auto', 'min' or 'max'. Received {mode!r}. Leave it at 'auto'."
            )
        if patience < 0:
            raise ConfigError(
                f"EarlyStopping expected a patience of 0 or more. Received {patience}. Pass epochs, such as 5."
            )
        self.monitor = monitor
        self.min_delta = abs(min_delta)
        self.patience = patience
        self.verbose = verbose
        self.mode = mode
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.reads_model = restore_best_weights
        self._reset()

    def _reset(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best_epoch = 0
        self.best: float | None = None
        self.best_weights: list[HostArray] | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forget an earlier training."""
        self._reset()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Look at the monitored number; stop when patience is spent."""
        current = self._monitored(logs or {})
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep(epoch)  # until something improves, the first epoch is the best known
        self.wait += 1
        if self._improves(current, self.best):
            self.best = current
            self._keep(epoch)
            if self.baseline is None or self._improves(current, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Bring back the best weights when asked to."""
        if self.restore_best_weights and self.best_weights is not None:
            self.model.set_weights(self.best_weights)

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def _improves(self, value: float, reference: float | None) -> bool:
        if reference is None or math.isnan(reference):
            return True
        higher = self.mode == "max" or (self.mode == "auto" and better_when_higher(self.monitor))
        return value - self.min_delta > reference if higher else value + self.min_delta < reference

    def _monitored(self, logs: dict[str, Any]) -> float | None:
        if self.monitor not in logs:
            warnings.warn(
                f"EarlyStopping expected to find {self.monitor!r} among {', '.join(logs) or 'nothing'}"
                f"{did_you_mean(self.monitor, list(logs)) or '.'} It does nothing this epoch; name one of these, or pass "
                f"validation data.",
                stacklevel=2,
            )
            return None
        return float(logs[self.monitor])
