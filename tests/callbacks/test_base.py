"""Hooks: which there are, who listens to batches."""

import pytest

from glassnet.callbacks import Callback, CallbackList, History, LambdaCallback
from glassnet.foundation.errors import ConfigError


def test_batch_hooks_are_noticed():
    assert not CallbackList([History(), Callback()]).wants_batches()
    assert CallbackList([LambdaCallback(on_batch_end=print)]).wants_batches()

    class Mine(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            pass

    assert CallbackList([Mine()]).wants_batches()


def test_a_lambda_is_called_and_a_wrong_hook_is_named():
    called = []
    LambdaCallback(on_epoch_end=lambda epoch, logs: called.append((epoch, logs))).on_epoch_end(3, {"loss": 1})
    assert called == [(3, {"loss": 1})]
    with pytest.raises(ConfigError, match="did you mean 'on_epoch_end'"):
        LambdaCallback(on_epoch_ende=print)


def test_a_lambda_takes_the_first_hooks_by_position_as_in_keras():
    called = []
    hooks = [lambda *args, name=name: called.append((name, args)) for name in ("epoch begin", "epoch end", "begin")]
    callback = LambdaCallback(*hooks, on_test_end=lambda logs: called.append(("test", logs)))
    callback.on_epoch_begin(1, {})
    callback.on_epoch_end(2, {})
    callback.on_train_begin({})
    callback.on_test_end({})
    assert called == [("epoch begin", (1, {})), ("epoch end", (2, {})), ("begin", ({},)), ("test", {})]
    assert not CallbackList([callback]).wants_batches()


def test_history_keeps_and_shows():
    history = History()
    assert repr(history) == "History(no epochs)"
    history.on_epoch_end(0, {"loss": 0.5})
    history.on_epoch_end(1, {"loss": 0.25, "val_loss": 1.0})
    assert history.history == {"loss": [0.5, 0.25], "val_loss": [1.0]}
    assert repr(history) == "History(2 epochs; last: loss 0.25, val_loss 1)"
    history.rows, history.seconds = 100, 2.0
    assert history.rows_per_second == 100.0


def test_only_objects_with_hooks_are_callbacks():
    with pytest.raises(ConfigError, match="instance"):
        CallbackList([History])
