"""The loop over epochs: run, tell the callbacks, obey what they changed, stop on numbers that are not finite."""

import math
from collections import deque
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from glassnet.callbacks import CallbackList, History
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.errors import ConfigError, DivergedError
from glassnet.foundation.types import Weights
from glassnet.foundation.upward import upward
from glassnet.optimizers.checks import unsettled
from glassnet.training.moments import Moment
from glassnet.training.replay import BadStep
from glassnet.training.step import TrainState, left_behind
from glassnet.training.ways import Outcome, Way


class Loop:
    """Train a model for some epochs.

    Args:
        model: its weights are brought up to date at the end, and each epoch when a callback may look at them.
        blueprint: its structure.
        way: how epochs are run; it may run some ahead of what the callbacks have seen.
        callbacks: who is told; `History` is among them.
        history: the record that `fit` returns.
        state: what training starts from.
        validation_freq: validation numbers are reported every so many epochs.
        keep: called with the number of epochs done after each that was accepted, to write a checkpoint.
        resumed: the callbacks' states of a run that goes on.
        validate: called with weights that train and the rest, gives validation numbers, where callbacks have hooks around
            them; otherwise the way itself gives them.
    """

    def __init__(
        self,
        model: Any,
        blueprint: Blueprint,
        way: Way,
        callbacks: CallbackList,
        history: History,
        state: TrainState,
        validation_freq: int = 1,
        keep: Callable[[int], None] | None = None,
        resumed: list[dict[str, Any]] | None = None,
        validate: Callable[[Weights, Weights], dict[str, float]] | None = None,
    ) -> None:
        self.model = model
        self.blueprint = blueprint
        self.way = way
        self.callbacks = callbacks
        self.history = history
        self._validation_freq = validation_freq
        self._fetch: Callable[[], TrainState] = lambda: state
        self._keep = keep
        self._resumed = resumed
        self._validate = validate
        self._reads_model = callbacks.reads_model() or validate is not None
        self._ahead: deque[Outcome] = deque()
        self._rate = current_rate(model.optimizer)
        self._first_rate = self._rate
        self._held: list[Any] = []

    @property
    def state(self) -> TrainState:
        """The state after the last epoch that was accepted."""
        return self._fetch()

    def run(self, first: int, epochs: int) -> None:
        """Run the epochs from number `first` up to `epochs`.

        Raises:
            DivergedError: the loss is not finite; the model then has the weights of the last good epoch.
        """
        self.model.stop_training = False
        logs: dict[str, Any] = {}
        try:
            self._show_weights()
            self.callbacks.call("on_train_begin", {})
            if self._resumed is not None:
                self.callbacks.set_states(self._resumed)
            self.callbacks.show(lambda: self._moment(first))
            for epoch in range(first, epochs):
                if self.model.stop_training:
                    break
                self.callbacks.call("on_epoch_begin", epoch, {})
                self._obey()
                logs = self._epoch(epoch, epochs - epoch)
            left = left_behind(self.model.optimizer, self.state)
            self._fetch = lambda: left
            self._show_weights()
            self.callbacks.call("on_train_end", logs)
            self._obey()
        finally:
            final = jax.device_put(self.state)
            self._fetch = lambda: final
            self._show_weights()
            self.history.seconds += self.way.clock.training
            self.history.compile_seconds += self.way.clock.compiling
            self.history.rows = self.history.rows or round(self.way.clock.rows / max(1, len(self.history.epoch)))

    def _epoch(self, epoch: int, limit: int) -> dict[str, Any]:
        if not self._ahead:
            self._ahead.extend(self.way.advance(self.state, epoch, limit, self._rate))
        outcome = self._ahead.popleft()
        loss = outcome.logs["loss"]
        if not math.isfinite(loss) or not outcome.finite:
            return self._end_diverged(epoch, self._divergence(epoch, loss))
        held_out = outcome.logs.get("val_loss", 0.0)
        if not math.isfinite(held_out):
            return self._end_diverged(epoch, self._divergence(epoch, held_out, "validation loss"), outcome.fetch())
        self._fetch = outcome.fetch
        if self._reads_model:
            self._show_weights()
        logs = dict(outcome.logs)
        if (epoch + 1) % self._validation_freq:
            logs = {name: value for name, value in logs.items() if not name.startswith("val_")}
        elif self._validate is not None:
            logs |= self._validated(self._validate)
        self.callbacks.call("on_epoch_end", epoch, logs)
        self.callbacks.give_back()
        self._obey()
        self.callbacks.show(lambda: self._moment(epoch + 1))
        if self._keep is not None:
            self._keep(epoch + 1)
        return logs

    def _validated(self, validate: Callable[[Weights, Weights], dict[str, float]]) -> dict[str, float]:
        """The validation numbers of the weights that the callbacks leave in the model."""
        self.callbacks.call("on_test_begin", {})
        numbers = validate(*self.model.arrays())
        self.callbacks.call("on_test_end", numbers)
        return {f"val_{name}": value for name, value in numbers.items()}

    def _moment(self, done: int) -> Moment:
        return Moment(done, self._fetch, self.way.recipe, self.way.seed, self._rate)

    def _end_diverged(self, epoch: int, sentence: tuple[str, str], after: TrainState | None = None) -> dict[str, Any]:
        self.history.diverged_epoch = epoch + 1
        found = self._first_bad_number(epoch, after)
        what, advice = sentence
        told = f"{what} {advice}" if found is None else "\n".join([what, *found.lines])
        if not self.callbacks.ends_quietly():
            raise DivergedError(told, finding=found)
        self.history.notes.append(told)
        self.history.finding = found
        self.model.stop_training = True
        return {}

    def _first_bad_number(self, epoch: int, after: TrainState | None) -> Any:
        """Where and why, found by running the epoch again from its start; None for a way that cannot.

        `after` is the state it ended with, where its validation loss is what broke.
        """
        if not hasattr(self.way, "replay"):
            return None
        try:
            return upward("first_bad_number")(
                self.way, self.state, epoch, self._rate, first_rate=self._first_rate, after=after
            )
        except Exception as error:  # a search that fails must not hide what it was made for
            self.history.notes.append(f"the first bad number was not found: {type(error).__name__}: {error}")
            return None

    def _show_weights(self) -> None:
        """Put the weights of the last accepted epoch into the model, and remember them to see whether a callback sets others."""
        state = self.state
        self.blueprint.restore(self.model, *jax.device_put((state.params, state.rest)))
        self.model.keep_progress(state)
        self._held = self.model.weights

    def _obey(self) -> None:
        """Go on from what a callback changed: the learning rate, or the weights. What was run ahead is then void."""
        rate = current_rate(self.model.optimizer)
        if (rate is None) != (self._rate is None):
            raise ConfigError(
                "Expected the learning rate to stay a number, or a schedule, while fit runs. Received the other kind from a "
                "callback. Set it before fit, or assign a number to a number."
            )
        changed = rate != self._rate
        self._rate = rate
        if self._reads_model:
            weights = self.model.weights
            if any(now is not then for now, then in zip(weights, self._held, strict=True)):
                changed = True
                self._adopt_weights()
                self._held = weights
        if changed and self._ahead:
            self._ahead.clear()
            self.way.slow_down()

    def _adopt_weights(self) -> None:
        params, rest = self.blueprint.take_apart(self.model)
        state = self.state._replace(params=params, rest=rest)
        self._fetch = lambda: state

    def _divergence(self, epoch: int, loss: float, what: str = "loss") -> tuple[str, str]:
        """What happened, and what to try where no more is known."""
        losses = self.history.history.get("loss", [])
        before = f" after {losses[-1]:.4g} in the epoch before" if losses else ""
        rate = f" at a learning rate of {float(self._rate):g}" if self._rate is not None else ""
        kept = f"the end of epoch {epoch}" if losses else "the start"
        smaller = f" of {float(self._rate) / 10:g}" if self._rate is not None else ""
        return (
            f"Training diverged in epoch {epoch + 1}: expected a finite {what} and finite weights, received "
            f"{f'a {what} of {loss}' if not math.isfinite(loss) else 'weights that are not'}{before}{rate}. "
            f"The model has its weights of {kept} back.",
            f"Try a smaller learning rate{smaller}, or scale inputs and targets to about one.",
        )


def diverged_on_batch(step: BadStep) -> DivergedError:
    """The error of a single step that broke; its weights are not taken over."""
    what = (
        f"Step {step.number + 1} diverged: expected a finite loss and finite weights, received "
        f"{f'a loss of {step.losses[-1]}' if not math.isfinite(step.losses[-1]) else 'weights that are not'}. "
        f"The model has its weights of before the step."
    )
    try:
        found = upward("look_at_step")(step)
    except Exception as error:  # as above
        told = f"Try a smaller learning rate. Why it broke was not found: {type(error).__name__}: {error}"
        return DivergedError("\n".join([what, told]))
    return DivergedError("\n".join([what, *found.lines]), finding=found)


def current_rate(optimizer: Any) -> np.float32 | None:
    """The optimizer's learning rate as a number that may change while training; None where it has a schedule."""
    rate = getattr(optimizer, "learning_rate", None)
    if isinstance(rate, str):
        raise unsettled(type(optimizer).__name__)
    return None if rate is None or callable(rate) else np.float32(rate)
