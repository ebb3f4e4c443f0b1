"""Stop when it no longer gets better."""

from typing import Any

from glassnet.callbacks.base import Callback
from glassnet.callbacks.monitor import Monitor
from glassnet.callbacks.speaking import say
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray


class EarlyStopping(Callback):
    """Stop when `monitor` has not improved by more than `min_delta` for `patience` epochs.

    Args:
        monitor: the number to watch, such as ``"val_loss"`` or ``"val_accuracy"``.
        min_delta: the least change that counts as an improvement, 0 or more.
        patience: how many epochs without improvement to wait, 0 or more.
        verbose: 1 to say when it stops, and which weights come back.
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
        self._watch = Monitor("EarlyStopping", monitor, mode, min_delta)
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
        current = self._watch.read(logs or {})
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep(epoch)  # until something improves, the first epoch is the best known
        self.wait += 1
        if self._watch.improves(current, self.best):
            self.best = current
            self._keep(epoch)
            if self.baseline is None or self._watch.improves(current, self.baseline):
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Bring back the best weights when asked to."""
        restores = self.restore_best_weights and self.best_weights is not None
        if self.verbose and self.stopped_epoch:
            say(f"epoch {self.stopped_epoch + 1}: stopped, no better {self.monitor} for {self.wait} epochs")
        if self.verbose and restores:
            say(f"the model has its weights of epoch {self.best_epoch + 1} back")
        if restores:
            self.model.set_weights(self.best_weights)

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def get_state(self) -> dict[str, Any]:
        """What it has seen so far."""
        names = ("wait", "stopped_epoch", "best_epoch", "best", "best_weights")
        return {name: getattr(self, name) for name in names}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        for name, value in state.items():
            setattr(self, name, value)
