"""Judging and saving the weights' moving average while training goes on with the weights."""

from typing import Any

from glassnet.callbacks.base import Callback
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array
from glassnet.optimizers import Optimizer


class SwapEMAWeights(Callback):
    """The model holds the optimizer's averaged weights while it is validated, evaluated or predicts; then its own again.

    For an optimizer that keeps an average: any with ``use_ema=True``, `Lookahead`, `ScheduleFreeAdamW`. Validation numbers,
    and what `EarlyStopping` makes of them, are then those of the weights that `fit` ends with.

    Args:
        swap_on_epoch: whether the callbacks that come after this one find the average in the model at the end of an epoch
            too, so that `ModelCheckpoint` saves it.

    Raises:
        ConfigError: in training, the optimizer keeps no average.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> from glassnet.optimizers import SGD
        >>> x = np.ones((4, 1), "float32")
        >>> model = Sequential([Input((1,)), Dense(1)], seed=0)
        >>> model.compile(SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
        >>> history = model.fit(x, x, epochs=3, validation_data=(x, x), callbacks=SwapEMAWeights(), verbose=0)
        >>> history.history["val_loss"][-1] == model.evaluate(x, x)
        True

    Reference:
        Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM J. Control Optim. 30, 1992.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = bool(swap_on_epoch)
        self._own: list[Array] | None = None

    def set_model(self, model: Any) -> None:
        """Called once before training, with the model."""
        super().set_model(model)
        self._own = None
        optimizer = model.optimizer
        if not (getattr(optimizer, "use_ema", False) or type(optimizer).averaged is not Optimizer.averaged):
            raise ConfigError(
                f"SwapEMAWeights expected an optimizer that averages weights. Received {type(optimizer).__name__} with "
                f"use_ema=False. Pass use_ema=True to it, or leave the callback out."
            )

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Lend the model the average."""
        self._lend()

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Put its own weights back."""
        self.give_back()

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Lend the model the average."""
        self._lend()

    def on_predict_end(self, logs: dict[str, Any] | None = None) -> None:
        """Put its own weights back."""
        self.give_back()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Lend the model the average, where the callbacks after this one are to see it."""
        if self.swap_on_epoch:
            self._lend()

    def give_back(self) -> None:
        """Put the model's own weights back; called when all callbacks have seen the end of an epoch, too."""
        if self._own is not None:
            self.model.set_weights(self._own)
            self._own = None

    def _lend(self) -> None:
        if self._own is None:
            held, state = self.model.named_weights(), self.model.train_state()
            averages = self.model.optimizer.averaged(state.params, state.optimizer)
            self._own = list(held.values())
            self.model.set_weights([averages.get(path, weight) for path, weight in held.items()])
