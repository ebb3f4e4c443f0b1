"""What is called when: around training steps, validation, evaluation and prediction."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import Callback, CallbackList, History, LambdaCallback
from glassnet.callbacks.base import HOOKS
from glassnet.foundation.errors import ConfigError
from glassnet.layers import Dense

X = np.random.default_rng(0).normal(size=(10, 2)).astype("float32")


class Batches:
    """Rows in batches of four, as an iterable."""

    def __iter__(self):
        return ((X[start : start + 4], X[start : start + 4, :1]) for start in (0, 4, 8))


def made():
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    return model


def telling(told, *kinds):
    """A callback with the hooks of these kinds, each writing down its name, its number and the names of its logs."""

    def hook(name):
        def heard(*args):
            told.append((name.removeprefix("on_"), *args[:-1], *sorted(args[-1])))

        return heard

    names = [f"on_{kind}_{when}" for kind in kinds for when in ("begin", "end")]
    return LambdaCallback(**{name: hook(name) for name in names})


def test_one_callback_or_lists_of_them():
    one, two = History(), Callback()
    assert CallbackList(one).callbacks == [one]
    assert CallbackList([one, (two,)]).callbacks == [one, two] == CallbackList(CallbackList([one, two])).callbacks
    assert CallbackList().callbacks == CallbackList([None]).callbacks == []
    for wrong in (History, "history", 3):
        with pytest.raises(ConfigError, match="an instance"):
            CallbackList(wrong)


def test_fit_takes_a_callback_without_a_list():
    told = []
    made().fit(X, X[:, :1], epochs=1, verbose=0, callbacks=telling(told, "epoch"))
    assert told == [("epoch_begin", 0), ("epoch_end", 0, "loss")]


def test_who_listens_to_what():
    for kind, asks in (
        ("train_batch", "wants_batches"),
        ("batch", "wants_batches"),
        ("test", "wants_tests"),
        ("test_batch", "wants_tests"),
        ("test_batch", "wants_test_batches"),
        ("predict_batch", "wants_predict_batches"),
    ):
        assert getattr(CallbackList(telling([], kind)), asks)(), (kind, asks)
        assert not getattr(CallbackList(telling([], "epoch", "train", "predict")), asks)()
    assert not CallbackList(telling([], "test")).wants_test_batches()


def test_validation_in_fit_is_told_with_its_batches_before_the_epoch_ends():
    told, plain = [], made().fit(X, X[:, :1], epochs=2, verbose=0, validation_data=(X, X[:, :1]))
    told_of = made().fit(
        X,
        X[:, :1],
        epochs=2,
        verbose=0,
        validation_data=(X, X[:, :1]),
        validation_batch_size=4,
        callbacks=[telling(told, "epoch", "test", "test_batch")],
    )
    validation = [("test_begin",)]
    for number in range(3):
        validation += [("test_batch_begin", number), ("test_batch_end", number, "loss")]
    validation.append(("test_end", "loss"))
    assert told == [
        line
        for epoch in (0, 1)
        for line in (("epoch_begin", epoch), *validation, ("epoch_end", epoch, "loss", "val_loss"))
    ]
    np.testing.assert_allclose(told_of.history["val_loss"], plain.history["val_loss"], rtol=1e-6)
    assert told_of.history["loss"] == plain.history["loss"]
    assert any("validation batch by batch" in note for note in told_of.notes)


@pytest.mark.parametrize("rows", [(X, X[:, :1]), (Batches(),)], ids=["arrays", "iterator"])
def test_hooks_around_validation_alone_change_no_number(rows):
    told = []
    plain, heard = (
        made().fit(*rows, epochs=3, verbose=0, validation_data=(X, X[:, :1]), validation_freq=2, callbacks=callbacks)
        for callbacks in (None, telling(told, "test"))
    )
    assert heard.history == plain.history and len(heard.history["val_loss"]) == 1
    assert told == [("test_begin",), ("test_end", "loss")]


@pytest.mark.parametrize("rows", [(X, X[:, :1]), (Batches(),)], ids=["arrays", "iterator"])
def test_evaluate_tells_of_its_batches(rows):
    told, seen, model = [], [], made()
    last = LambdaCallback(on_test_batch_end=lambda batch, logs: seen.append(logs["loss"]))
    loss = model.evaluate(*rows, batch_size=4 if len(rows) == 2 else None, callbacks=[telling(told, "test"), last])
    assert told == [("test_begin",), ("test_end", "loss")] and seen[-1] == loss
    assert seen[0] == pytest.approx(model.evaluate(X[:4], X[:4, :1]), rel=1e-6) and len(seen) == 3
    assert loss == pytest.approx(model.evaluate(X, X[:, :1]), rel=1e-6)
    assert last.params == {"epochs": 1, "steps": 3 if len(rows) == 2 else 0}


@pytest.mark.parametrize("rows", [X, Batches()], ids=["arrays", "iterator"])
def test_predict_tells_of_its_batches_and_their_outputs(rows):
    told, outputs, model = [], [], made()
    size = 4 if rows is X else None
    keep = LambdaCallback(on_predict_batch_end=lambda batch, logs: outputs.append(logs["outputs"]))
    got = model.predict(rows, batch_size=size, callbacks=[telling(told, "predict", "predict_batch"), keep])
    np.testing.assert_array_equal(np.concatenate(outputs), got)
    np.testing.assert_allclose(got, model.predict(X), rtol=1e-5, atol=1e-7)
    assert [len(part) for part in outputs] == [4, 4, 2]
    assert told[0] == ("predict_begin",) and told[-1] == ("predict_end",)
    assert told[1:3] == [("predict_batch_begin", 0), ("predict_batch_end", 0, "outputs")]
    told.clear()
    model.predict(rows, callbacks=telling(told, "predict"))
    assert told == [("predict_begin",), ("predict_end",)]


def test_of_two_names_for_a_step_the_newer_one_is_called():
    told = []

    class Both(Callback):
        def on_batch_end(self, batch, logs=None):
            told.append(("older", batch))

        def on_train_batch_end(self, batch, logs=None):
            told.append(("newer", batch))

    class Older(Callback):
        on_batch_end = Both.on_batch_end

    made().fit(X, X[:, :1], epochs=1, batch_size=5, verbose=0, callbacks=[Both(), Older()])
    assert told == [("newer", 0), ("older", 0), ("newer", 1), ("older", 1)]


def test_a_lambda_has_every_hook():
    told = []
    hooks = {name: lambda *args, name=name: told.append(name) for name in HOOKS if "_batch_" not in name[:9]}
    model = made()
    every = LambdaCallback(**hooks)
    model.fit(X, X[:, :1], epochs=1, verbose=0, validation_data=(X, X[:, :1]), callbacks=every)
    model.predict(X, callbacks=every)
    assert set(told) == set(hooks)


def test_who_looks_on_is_shown_the_moment_and_nobody_else_costs_one():
    class Looking(Callback):
        def on_moment(self, moment):
            seen.append(moment)

    seen, asked = [], []
    CallbackList([History(), Callback()]).show(lambda: asked.append(1))
    CallbackList([Looking(), Callback(), Looking()]).show(lambda: asked.append(1) or "now")
    assert (seen, asked) == (["now", "now"], [1])
