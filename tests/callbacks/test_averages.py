"""SwapEMAWeights: what is judged and saved is the average, what is trained on is not."""

import numpy as np
import pytest

from glassnet import Input, Sequential, load_model
from glassnet.callbacks import EarlyStopping, LambdaCallback, ModelCheckpoint, SwapEMAWeights
from glassnet.foundation.errors import ConfigError
from glassnet.layers import Dense
from glassnet.optimizers import SGD, Lookahead

X = np.random.default_rng(0).normal(size=(12, 2)).astype("float32")
Y = X[:, :1]


def averaging(rate=0.3):
    return SGD(rate, use_ema=True, ema_momentum=0.7)


def fitted(*callbacks, optimizer=None, epochs=4, **arguments):
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile(optimizer or averaging(), "mse")
    arguments = {"batch_size": 4, "shuffle": False, "verbose": 0, **arguments}
    return model, model.fit(X, Y, epochs=epochs, validation_data=(X, Y), callbacks=list(callbacks), **arguments)


def test_validation_is_of_the_average_and_training_goes_on_as_it_would():
    plain_model, plain = fitted()
    model, history = fitted(SwapEMAWeights())
    assert history.history["loss"] == plain.history["loss"]
    for epochs in (1, 4):  # a training of so many epochs ends with the average after them
        short, _ = fitted(epochs=epochs)
        assert history.history["val_loss"][epochs - 1] == pytest.approx(short.evaluate(X, Y), rel=1e-6)
    assert history.history["val_loss"] != plain.history["val_loss"]
    for a, b in zip(model.get_weights(), plain_model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_average_is_what_later_callbacks_see_and_save(tmp_path):
    seen, path = [], tmp_path / "m{epoch}.glass"
    look = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(look.model.get_weights()[0]))
    plain_model, plain = fitted()
    model, history = fitted(look, SwapEMAWeights(swap_on_epoch=True), ModelCheckpoint(path), look)
    assert history.history["loss"] == plain.history["loss"]
    np.testing.assert_array_equal(model.get_weights()[0], plain_model.get_weights()[0])
    for epoch in range(4):
        before, after = seen[2 * epoch : 2 * epoch + 2]
        assert not np.array_equal(before, after)
        np.testing.assert_array_equal(load_model(tmp_path / f"m{epoch + 1}.glass").get_weights()[0], after)
    np.testing.assert_array_equal(seen[-1], model.get_weights()[0])


def test_a_training_stopped_by_the_averages_numbers_ends_with_the_best_average():
    stop = EarlyStopping(patience=20, restore_best_weights=True)
    model, history = fitted(SwapEMAWeights(swap_on_epoch=True), stop, epochs=6)
    assert model.evaluate(X, Y) == pytest.approx(min(history.history["val_loss"]), rel=1e-6)


def test_evaluate_and_predict_between_steps():
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile(Lookahead(SGD(0.5), sync_period=3), "mse")
    start = model.get_weights()
    at_start = model.predict(X)
    model.train_on_batch(X, Y)
    own = model.get_weights()
    np.testing.assert_allclose(model.predict(X, callbacks=SwapEMAWeights()), at_start, rtol=1e-6)
    assert model.evaluate(X, Y, callbacks=SwapEMAWeights()) != model.evaluate(X, Y)
    np.testing.assert_array_equal(model.get_weights()[0], own[0])
    assert not np.array_equal(own[0], start[0])


def test_an_optimizer_without_an_average_is_refused():
    with pytest.raises(ConfigError, match="use_ema=True"):
        fitted(SwapEMAWeights(), optimizer=SGD(0.1))


def test_a_training_cut_off_goes_on_with_its_own_weights(tmp_path):
    whole, _ = fitted(SwapEMAWeights(swap_on_epoch=True), epochs=6)

    def cut(epoch, logs):
        if epoch == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitted(SwapEMAWeights(swap_on_epoch=True), LambdaCallback(on_epoch_end=cut), epochs=6, resume=tmp_path / "run")
    more = LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    again, _ = fitted(SwapEMAWeights(swap_on_epoch=True), more, epochs=6, resume=tmp_path / "run")
    np.testing.assert_array_equal(again.get_weights()[0], whole.get_weights()[0])
