"""Ending a training early because others with other settings did better: Optuna's pruning."""

from typing import Any

from glassnet.callbacks.base import Callback
from glassnet.callbacks.extras import needed
from glassnet.callbacks.monitor import Monitor


class OptunaPruning(Callback):
    """Tell an Optuna trial the monitored number of each epoch, and end the training when Optuna gives the trial up.

    `fit` then raises ``optuna.TrialPruned``, as Optuna expects of an objective. ``tuning.search(method="optuna")`` does this
    by itself; the callback is for an objective of your own. An epoch without a finite number is not told.

    Args:
        trial: what Optuna hands to the objective.
        monitor: the number to tell.
        first_step: the step that the first epoch counts as, for an objective that trains several networks.

    Raises:
        ConfigError: Optuna is not installed.

    Example:
        >>> def objective(trial):
        ...     model = build(units=trial.suggest_int("units", 4, 64))
        ...     model.fit(x, y, validation_split=0.2, epochs=50, callbacks=[OptunaPruning(trial)])
        ...     return model.history.history["val_loss"][-1]

    Reference:
        T. Akiba et al., "Optuna: A Next-generation Hyperparameter Optimization Framework", KDD 2019.
    """

    reads_model = False

    def __init__(self, trial: Any, monitor: str = "val_loss", first_step: int = 0) -> None:
        super().__init__()
        self._pruned = needed("optuna", "OptunaPruning").TrialPruned
        self._watch = Monitor("OptunaPruning", monitor, "auto")
        self.trial = trial
        self.monitor = monitor
        self.first_step = first_step

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Tell the epoch's number; end the training when the trial is given up."""
        value = self._watch.read(logs or {})
        if value is None or value != value:
            return
        self.trial.report(value, self.first_step + epoch)
        if self.trial.should_prune():
            raise self._pruned(f"given up after epoch {epoch + 1} with {self.monitor} {value:.4g}")
