"""Keeping a training in MLflow: its settings, the numbers of each epoch, and the model file."""

import tempfile
import time
from pathlib import Path
from typing import Any

from glassnet.callbacks.base import Callback
from glassnet.callbacks.extras import needed
from glassnet.callbacks.numbers import plain_numbers
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none

_FLUSH_SECONDS, _MOST_AT_ONCE = 1.0, 1000


class MLflowCallback(Callback):
    """Log a training to MLflow: parameters at its start, the numbers of each epoch, and ``model.glass`` at its end.

    It writes to the run that is active, or to one of its own. Numbers are sent about once a second, so that a short training
    does not wait for a server. It needs ``pip install 'glassnet[mlflow]'``. A resumed training goes on in its run; epochs
    that are trained again are there twice, with the same numbers.

    Args:
        log_every_epoch: whether the numbers of epochs are logged.
        log_every_n_steps: after how many batches to log instead; that runs step by step.
        log_model: whether the trained model is kept as an artifact.

    Raises:
        ConfigError: MLflow is not installed, or both or neither of epochs and steps are asked for.

    Example:
        >>> def train(model, x, y):
        ...     return model.fit(x, y, epochs=20, callbacks=[MLflowCallback()])

    Reference:
        M. Zaharia et al., "Accelerating the Machine Learning Lifecycle with MLflow", IEEE Data Engineering Bulletin 41, 2018.
    """

    reads_model = False

    def __init__(
        self, log_every_epoch: bool = True, log_every_n_steps: int | None = None, log_model: bool = True
    ) -> None:
        super().__init__()
        counted = log_every_n_steps is not None
        if bool(log_every_epoch) == counted or (counted and (int_or_none(log_every_n_steps) or 0) < 1):
            raise ConfigError(
                f"MLflowCallback expected log_every_epoch=True, or False and a number of steps above 0. Received "
                f"{log_every_epoch!r} and {log_every_n_steps!r}. Leave both out for a line an epoch."
            )
        self._mlflow = needed("mlflow", "MLflowCallback")
        self.log_every_epoch = bool(log_every_epoch)
        self.log_every_n_steps = log_every_n_steps
        self.log_model = bool(log_model)
        self._forget()
        if log_every_n_steps is not None:  # only then a hook of single batches, which makes training run step by step
            self.on_train_batch_end = self._after_batch

    def _forget(self) -> None:
        self._run_id: str | None = None
        self._owns = False
        self._begun = False
        self._pending: list[Any] = []
        self._batches, self._flushed = 0, 0.0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forget an earlier training."""
        if self._owns:  # a training that ended with an error
            self._mlflow.end_run("FAILED")
        self._forget()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Before the first epoch, find the run and log the settings."""
        if self._begun:
            return
        self._begun = True
        active = self._mlflow.active_run()
        if active is None:
            active = self._mlflow.start_run(run_id=self._run_id)
            self._owns = True
        resumed = self._run_id == active.info.run_id
        self._run_id = active.info.run_id
        if not resumed:
            self._mlflow.log_params(self._settings())
            self.model.summary(print_fn=lambda text: self._mlflow.log_text(text, "model_summary.txt"))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the epoch's numbers."""
        if self.log_every_epoch:
            self._keep(logs or {}, epoch)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Log what is left and the model; end the run if it is our own."""
        if not self._begun:
            return
        self._send()
        if self.log_model:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.glass"
                self.model.save(path)
                self._mlflow.log_artifact(str(path))
        if self._owns:
            self._mlflow.end_run()
            self._owns = False

    def get_state(self) -> dict[str, Any]:
        """The run, and the batches counted."""
        self._send()
        return {"run": self._run_id, "batches": self._batches}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on in the same run."""
        self._run_id, self._batches = state["run"], state["batches"]

    def _settings(self) -> dict[str, Any]:
        optimizer = self.model.optimizer
        config = optimizer.get_config() if hasattr(optimizer, "get_config") else {"name": repr(optimizer)}
        told = {f"optimizer_{name}": value for name, value in config.items()}
        return {**told, "epochs": self.params.get("epochs"), "steps": self.params.get("steps"), "seed": self.model.seed}

    def _after_batch(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._batches += 1
        if self._batches % (self.log_every_n_steps or 1) == 0:
            self._keep(logs or {}, self._batches)

    def _keep(self, logs: dict[str, Any], step: int) -> None:
        now = int(time.time() * 1000)
        metric = self._mlflow.entities.Metric
        self._pending += [metric(name, value, now, step) for name, value in plain_numbers(logs).items()]
        if time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self._send()

    def _send(self) -> None:
        self._flushed = time.monotonic()
        client = self._mlflow.MlflowClient()
        for start in range(0, len(self._pending), _MOST_AT_ONCE):
            client.log_batch(self._run_id, metrics=self._pending[start : start + _MOST_AT_ONCE])
        self._pending.clear()
