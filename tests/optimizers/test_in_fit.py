"""What an optimizer is told reaches the weights that `fit` trains: each fit beside the same steps taken by hand."""

import numpy as np
import pytest

from glassnet import Input, Sequential, load_model
from glassnet.callbacks import LambdaCallback
from glassnet.layers import Dense
from glassnet.models import fit_together
from glassnet.optimizers import SGD, Adam, Lookahead, LossScaleOptimizer, ScheduleFreeAdamW
from glassnet.optimizers.schedules import ExponentialDecay, OneCycle, WarmUp

draw = np.random.default_rng(0)
X, Y = draw.normal(size=(8, 3)).astype("float32"), draw.normal(size=(8, 1)).astype("float32")
CYCLE = OneCycle(0.2, 12)
OPTIMIZERS = {
    "a schedule": SGD(ExponentialDecay(0.2, 1, 0.7)),
    "a cycle of rate and momentum": SGD(CYCLE, momentum=CYCLE.momentum()),
    "an average": SGD(0.1, use_ema=True, ema_momentum=0.6, ema_overwrite_frequency=3),
    "accumulation": Adam(0.1, gradient_accumulation_steps=3, global_clipnorm=1.0),
    "rates of layers": Adam(0.1, learning_rate_multipliers={"*/bias": 0.25}),
    "loss scaling": LossScaleOptimizer(SGD(0.1), initial_scale=2.0**10, dynamic_growth_steps=3),
    "a constant scale": SGD(0.1, loss_scale_factor=64.0),
    "lookahead": Lookahead(SGD(WarmUp(0.2, 3)), sync_period=4),
    "schedule-free": ScheduleFreeAdamW(0.1),
}


def linear(optimizer):
    model = Sequential([Input((3,)), Dense(1)], seed=0)
    model.compile(optimizer, "mse")
    return model


def fit(model, epochs, **more):
    return model.fit(X, Y, epochs=epochs, batch_size=4, shuffle=False, verbose=0, **more)


def by_hand(optimizer, model, steps):
    """The weights and the optimizer's state after so many steps."""
    params, _ = model.arrays()
    params = {path: np.asarray(w) for path, w in params.items()}
    state = optimizer.init(params)
    for step in range(steps):
        x, y = (a[4 * (step % 2) :][:4] for a in (X, Y))
        error = 2 * (x @ np.asarray(params["dense/kernel"]) + np.asarray(params["dense/bias"]) - y) / len(x)
        scale = np.float32(optimizer.scale_loss(1.0, state))
        grads = {"dense/kernel": scale * x.T @ error, "dense/bias": scale * error.sum(0)}
        params, state = optimizer.step(params, grads, state)
    return params, state


def close(model, params):
    for path, w in model.named_weights().items():
        np.testing.assert_allclose(w, params[path], rtol=1e-5, atol=1e-6, err_msg=path)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_fit_takes_the_steps_that_the_optimizer_takes_by_hand(name):
    optimizer = OPTIMIZERS[name]
    model = linear(optimizer)
    params, state = by_hand(optimizer, model, 6)
    expected = optimizer.averaged(params, state) if optimizer.ends_averaged else params
    history = fit(model, 3)
    close(model, expected)
    kept = model.train_state().optimizer
    assert int(kept.step) == 6
    again = linear(optimizer)
    step_by_step = fit(again, 3, callbacks=[LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
    close(again, expected)
    np.testing.assert_allclose(step_by_step.history["loss"], history.history["loss"], rtol=1e-5)
    assert history.history["loss"][-1] < history.history["loss"][0] < 100  # the loss itself, not a scaled one


@pytest.mark.parametrize("name", ["a schedule", "accumulation", "lookahead"])
def test_rates_go_on_where_an_earlier_fit_ended(name):
    """The number of steps is the optimizer's own, so neither a second fit nor initial_epoch starts a schedule again."""
    optimizer = OPTIMIZERS[name]
    whole, parted = linear(optimizer), linear(optimizer)
    fit(whole, 4)
    for first in (0, 2):  # Lookahead's weights meet after 4 steps, so that its average is where it goes on from
        fit(parted, first + 2, initial_epoch=first)
    assert int(parted.train_state().optimizer.step) == 8
    close(parted, whole.named_weights())


@pytest.mark.parametrize("name", ["a cycle of rate and momentum", "lookahead", "rates of layers"])
def test_a_saved_model_has_its_optimizer_back(name, tmp_path):
    model = linear(OPTIMIZERS[name])
    model.save(tmp_path / "model.glass")
    assert load_model(tmp_path / "model.glass").optimizer == OPTIMIZERS[name]


@pytest.mark.parametrize("name", ["an average", "lookahead", "loss scaling"])
def test_networks_that_are_trained_together_end_as_one_alone(name):
    together, alone = [linear(OPTIMIZERS[name]) for _ in range(2)], linear(OPTIMIZERS[name])
    fit_together(together, X, Y, epochs=3, batch_size=4, shuffle=False)
    fit(alone, 3)
    for model in together:
        close(model, alone.named_weights())


def test_the_average_of_schedule_free_weights_can_be_had_after_fit():
    optimizer = OPTIMIZERS["schedule-free"]
    model = linear(optimizer)
    params, state = by_hand(optimizer, model, 6)
    fit(model, 3)
    trained = model.train_state()
    x, expected = optimizer.averaged(trained.params, trained.optimizer), optimizer.averaged(params, state)
    for path in x:
        np.testing.assert_allclose(x[path], expected[path], rtol=1e-4, atol=1e-6)
