"""What a callback is: hooks with Keras's names, called with numbers."""

from collections.abc import Callable
from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean

HOOKS = tuple(
    f"on_{what}_{when}"
    for what in ("train", "epoch", "train_batch", "batch", "test", "test_batch", "predict", "predict_batch")
    for when in ("begin", "end")
)


class Callback:
    """Base of callbacks: override the hooks you need.

    In `fit`, ``self.model`` is the model being trained and ``self.params`` tells `epochs`, `steps` and `verbose`. A hook may
    set ``self.model.stop_training = True``, assign ``self.model.optimizer.learning_rate`` or call
    ``self.model.set_weights``; training goes on from there.

    Hooks of an epoch cost next to nothing. Hooks of a batch make training, validation or prediction run batch by batch, which
    is slower; `fit` says so.

    Example:
        >>> class StopAt(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         if logs["loss"] < 0.1:
        ...             self.model.stop_training = True

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 7.3.
    """

    #: False for a callback that never looks at the model's weights: the loop then need not fetch them each epoch.
    reads_model: bool = True
    #: True for one with which a loss that is not finite ends the training quietly, instead of raising `DivergedError`.
    ends_quietly: bool = False

    #: True for one that shows progress and nothing else, so that a resumed run may have it or not.
    only_shows: bool = False

    def __init__(self) -> None:
        self.model: Any = None
        self.params: dict[str, Any] = {}

    def set_model(self, model: Any) -> None:
        """Called once before training, with the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Called once before training, with `epochs`, `steps` and `verbose`."""
        self.params = params

    def get_state(self) -> dict[str, Any]:
        """What a checkpoint must hold so that a resumed run goes on as if never stopped: numbers, text, lists of arrays."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned; called after `on_train_begin` of a resumed run."""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """After the last epoch, with its numbers."""

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Before an epoch; they count from 0."""

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """After an epoch, with its numbers: ``{"loss": ..., "val_loss": ...}``."""

    def on_moment(self, moment: Any) -> None:
        """Before the first epoch and after each, once everyone was told: where training is.

        Args:
            moment: a `training.moments.Moment`. Its state is fetched only if asked for, so that small networks still run
                several epochs ahead; to look on costs nothing, to change something is for the other hooks.
        """

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a training step. Unless it is overridden, it calls `on_batch_begin`."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a training step, with the epoch's numbers so far. Unless it is overridden, it calls `on_batch_end`."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """An older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """An older name of `on_train_batch_end`."""

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before `evaluate`, and before the validation of an epoch of `fit`."""

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """After it, with its numbers: ``{"loss": ...}``."""

    def on_test_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a batch of `evaluate` or of validation."""

    def on_test_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After such a batch, with the numbers so far."""

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Before `predict`."""

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """After `predict`."""

    def on_predict_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Before a batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """After a batch of `predict`, with ``{"outputs": ...}``."""


class LambdaCallback(Callback):
    """A callback from functions, for short ones.

    Args:
        on_epoch_begin: called with the epoch's number and logs.
        on_epoch_end: likewise.
        on_train_begin: called with logs.
        on_train_end: likewise.
        on_train_batch_begin: called with the batch's number and logs; batch hooks make training run step by step.
        on_train_batch_end: likewise.
        **hooks: functions for other hooks by their names: ``on_test_end=lambda logs: ...``.

    Raises:
        ConfigError: a name that is no hook.

    Example:
        >>> LambdaCallback(on_epoch_end=lambda epoch, logs: None).on_epoch_end(0, {})

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 7.3.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **hooks: Callable[..., Any] | None,
    ) -> None:
        super().__init__()
        hooks |= {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in hooks.items():
            if name not in HOOKS:
                raise ConfigError(
                    f"LambdaCallback expected hook names. Received {name!r}{did_you_mean(name, list(HOOKS)) or '.'} "
                    f"Known: {', '.join(HOOKS)}."
                )
            if function is not None:
                setattr(self, name, function)
