"""Learning rates set from outside, epoch by epoch."""

import inspect
import math
from collections.abc import Callable
from typing import Any

from glassnet.callbacks.base import Callback
from glassnet.callbacks.monitor import Monitor
from glassnet.callbacks.speaking import say
from glassnet.foundation.errors import ConfigError


class LearningRateScheduler(Callback):
    """α = schedule(epoch, α): a new learning rate before each epoch.

    The rate of each epoch is among its numbers, as ``learning_rate``. For a rate that changes with every step, give the
    optimizer a schedule instead; that costs nothing.

    Args:
        schedule: a function of the epoch's number (from 0), or of it and the rate so far.
        verbose: 1 to say each new rate.

    Raises:
        ConfigError: `schedule` is no function; or, in training, it does not return a number above or equal to 0, or the
            optimizer has a schedule of its own.

    Example:
        >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch % 10 == 9 else rate)

    Reference:
        Chollet et al. (2015), Keras.
    """

    reads_model = False

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise ConfigError(
                f"LearningRateScheduler expected a function of the epoch. Received {schedule!r}. Pass one, such as "
                f"lambda epoch: 0.01 * 0.9**epoch."
            )
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the epoch's rate."""
        rate = rate_of(self.model, "LearningRateScheduler")
        new = self.schedule(epoch, rate) if self._takes_rate else self.schedule(epoch)
        try:
            new = float(new)
        except (TypeError, ValueError):
            new = math.nan
        if not 0 <= new < math.inf:
            raise ConfigError(
                f"LearningRateScheduler expected a learning rate of 0 or more for epoch {epoch}. Received {new!r} from its "
                f"function. Return a number."
            )
        self.model.optimizer.learning_rate = new
        if self.verbose:
            say(f"epoch {epoch + 1}: learning rate {new:.4g}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report the epoch's rate among its numbers."""
        if logs is not None:
            logs["learning_rate"] = rate_of(self.model, "LearningRateScheduler")


class ReduceLROnPlateau(Callback):
    """α <- max(factor · α, min_lr) when `monitor` has not improved for `patience` epochs.

    The rate of each epoch is among its numbers, as ``learning_rate``.

    Args:
        monitor: the number to watch.
        factor: what the rate is multiplied by, from 0 to below 1.
        patience: how many epochs without improvement to wait.
        verbose: 1 to say each new rate.
        mode: ``"min"``, ``"max"`` or ``"auto"``.
        min_delta: the least change that counts as an improvement.
        cooldown: epochs after a reduction in which none are counted.
        min_lr: the rate never falls below this.

    Raises:
        ConfigError: a factor of 1 or more, or another mode.

    Example:
        >>> ReduceLROnPlateau(factor=0.5, patience=3).factor
        0.5

    Reference:
        Chollet et al. (2015), Keras.
    """

    reads_model = False

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__()
        if not 0 <= factor < 1:
            raise ConfigError(
                f"ReduceLROnPlateau expected a factor from 0 to below 1. Received {factor!r}. Pass 0.5 to halve the rate."
            )
        self._watch = Monitor("ReduceLROnPlateau", monitor, mode, min_delta)
        self.monitor = monitor
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._reset()

    def _reset(self) -> None:
        self.best: float | None = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forget an earlier training."""
        self._reset()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Look at the monitored number; reduce the rate when patience is spent."""
        rate = rate_of(self.model, "ReduceLROnPlateau")
        current = self._watch.read(logs or {})
        if logs is not None:
            logs["learning_rate"] = rate
        if current is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self._watch.improves(current, self.best):
            self.best, self.wait = current, 0
        elif self.cooldown_counter == 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                self._reduce(epoch, rate)

    def get_state(self) -> dict[str, Any]:
        """What it has seen so far."""
        return {"best": self.best, "wait": self.wait, "cooldown_counter": self.cooldown_counter}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        for name, value in state.items():
            setattr(self, name, value)

    def _reduce(self, epoch: int, rate: float) -> None:
        new = max(rate * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = new
        self.wait, self.cooldown_counter = 0, self.cooldown
        if self.verbose:
            say(f"epoch {epoch + 1}: no better {self.monitor} for {self.patience} epochs, learning rate {new:.4g}")


def rate_of(model: Any, owner: str) -> float:
    """The optimizer's learning rate as a number.

    Raises:
        ConfigError: it has a schedule, which decides alone.
    """
    rate = model.optimizer.learning_rate
    if callable(rate):
        raise ConfigError(
            f"{owner} expected an optimizer with a number as its learning rate. Received a schedule, {rate!r}. Use one or the "
            f"other."
        )
    return float(rate)


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        kinds = [p.kind for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    except (TypeError, ValueError):
        return True
    places = sum(kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds)
    return places != 1
