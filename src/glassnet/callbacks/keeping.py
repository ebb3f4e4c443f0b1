"""Callbacks that write: models, and tables of numbers."""

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.callbacks.base import Callback
from glassnet.callbacks.monitor import Monitor
from glassnet.callbacks.speaking import say
from glassnet.foundation.errors import ConfigError, GlassnetError
from glassnet.foundation.shapes import int_or_none


class ModelCheckpoint(Callback):
    """Save the model as it trains: after each epoch, or only when `monitor` has improved.

    The file is replaced in one step, so a crash in the middle of writing leaves the earlier one whole. To go on with a
    training that was cut off, use ``fit(..., resume=folder)``, which keeps the optimizer's state as well.

    Args:
        filepath: where; it may hold ``{epoch}`` and, with a number as `save_freq`, ``{batch}`` (both counted from 1), and the
            epoch's numbers: ``"best-{val_loss:.3f}.glass"``.
        monitor: the number to watch.
        verbose: 1 to say what was saved.
        save_best_only: whether to save only when the number has improved. Where it is not among the epoch's numbers, each
            model is saved, with a warning.
        save_weights_only: whether to save weights alone, for ``load_weights``.
        mode: ``"min"``, ``"max"`` or ``"auto"``.
        save_freq: ``"epoch"``, or after how many batches to save; that runs step by step.
        initial_value_threshold: a value that must be beaten before anything is saved as best.

    Raises:
        ConfigError: another mode or frequency, or a path with a number that is not reported.

    Example:
        >>> ModelCheckpoint("best.glass", save_best_only=True).monitor
        'val_loss'

    Reference:
        Chollet et al. (2015), Keras.
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__()
        self._every = int_or_none(save_freq) or 0
        if save_freq != "epoch" and self._every < 1:
            raise ConfigError(
                f"ModelCheckpoint expected save_freq='epoch' or a number of batches above 0. Received {save_freq!r}. Leave it "
                f"at 'epoch'."
            )
        self._watch = Monitor("ModelCheckpoint", monitor, mode)
        self.filepath = os.fspath(filepath)
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.best = initial_value_threshold
        self._epoch = 0
        self._batches = 0
        if save_freq != "epoch":  # only then a hook of single batches, which makes training run step by step
            self.on_train_batch_end = self._after_batch

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Remember the epoch."""
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Save, where epochs are what is counted."""
        if self.save_freq == "epoch":
            self._save(epoch, logs or {}, {})

    def get_state(self) -> dict[str, Any]:
        """The best value so far, and the batches counted."""
        return {"best": self.best, "batches": self._batches}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self.best, self._batches = state["best"], state["batches"]

    def _after_batch(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._batches += 1
        if self._batches % self._every == 0:
            self._save(self._epoch, logs or {}, {"batch": batch + 1})

    def _save(self, epoch: int, logs: dict[str, Any], counts: dict[str, int]) -> None:
        if self.save_best_only and not self._is_best(epoch, logs):
            return
        path = self._path({"epoch": epoch + 1, **counts, **logs})
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        if self.verbose:
            say(f"epoch {epoch + 1}: saved {path}")

    def _is_best(self, epoch: int, logs: dict[str, Any]) -> bool:
        current = self._watch.read(logs, "It saves the model whatever its value")
        if current is None:
            return True
        if not self._watch.improves(current, self.best):
            if self.verbose:
                say(f"epoch {epoch + 1}: {self.monitor} {current:.5g} is no better than {self.best:.5g}, nothing saved")
            return False
        self.best = current
        return True

    def _path(self, numbers: dict[str, Any]) -> Path:
        try:
            return Path(self.filepath.format(**numbers))
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise ConfigError(
                f"ModelCheckpoint expected a path with the names {', '.join(numbers)} in braces. Received {self.filepath!r}: "
                f"{error}. Use one of these."
            ) from error


class CSVLogger(Callback):
    """A line an epoch in a CSV file: ``epoch`` (from 0), then the epoch's numbers by name; NA for one that the epoch has not.

    A resumed training goes on under the lines of the epochs that its checkpoint holds.

    Args:
        filename: the file.
        separator: what stands between the numbers.
        append: whether to add to a file that exists, instead of writing a new one.

    Raises:
        GlassnetError: the file cannot be written.

    Example:
        >>> CSVLogger("log.csv").separator
        ','

    Reference:
        Chollet et al. (2015), Keras.
    """

    reads_model = False

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._names: list[str] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin the file anew; go on under an existing header when appending."""
        path = Path(self.filename)
        self._names = []
        try:
            if self.append and path.exists() and path.stat().st_size:
                with path.open(newline="", encoding="utf-8") as file:
                    self._names = next(csv.reader(file, delimiter=self.separator))[1:]
            path.open("a" if self.append else "w").close()
        except OSError as error:
            raise GlassnetError(
                f"CSVLogger expected a file that can be written. Received {self.filename!r}: {error.strerror}. Choose another."
            ) from error

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the epoch's line, the header first."""
        logs = logs or {}
        with Path(self.filename).open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=self.separator, lineterminator="\n")
            if not self._names:
                self._names = sorted(logs)
                if self.params.get("validates") and not any(name.startswith("val_") for name in logs):
                    self._names += [f"val_{name}" for name in self._names]  # an epoch with validation is yet to come
                writer.writerow(["epoch", *self._names])
            writer.writerow([epoch, *(_cell(logs.get(name, "NA")) for name in self._names)])

    def get_state(self) -> dict[str, Any]:
        """What was written so far."""
        return {"text": Path(self.filename).read_text(encoding="utf-8"), "names": self._names}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on under what `get_state` returned; later lines are those of epochs that are trained again."""
        Path(self.filename).write_text(state["text"], encoding="utf-8")
        self._names = list(state["names"])


def _cell(value: Any) -> Any:
    return f"[{', '.join(map(str, np.ravel(value).tolist()))}]" if np.ndim(value) else value


class TerminateOnNaN(Callback):
    """End the training when the loss is not finite, without an error.

    Without it `fit` raises `DivergedError`. Either way the model has the weights of its last good epoch.

    Example:
        >>> TerminateOnNaN().ends_quietly
        True

    Reference:
        Chollet et al. (2015), Keras.
    """

    reads_model = False
    ends_quietly = True
