"""loop: callbacks are told, what they change is obeyed, epochs run ahead of a change are void, divergence is stopped.

The way of running here is a pretended one: an epoch adds the learning rate to the only weight.
"""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from glassnet.callbacks import Callback, CallbackList, History, LambdaCallback
from glassnet.foundation.errors import DivergedError
from glassnet.training.loop import Loop, current_rate
from glassnet.training.step import TrainState
from glassnet.training.ways import Clock, Outcome


class PretendedModel:
    """One weight, `w`; an optimizer with a rate; and what the loop wants of its blueprint."""

    def __init__(self):
        self.optimizer = SimpleNamespace(learning_rate=1.0, ends_averaged=False)
        self.stop_training = False
        self.w = np.zeros(1)
        self.shown = 0

    @property
    def weights(self):
        return [self.w]

    def restore(self, model, params, rest):
        model.w = params["w"]
        model.shown += 1

    def take_apart(self, model):
        return {"w": model.w}, {}

    def keep_progress(self, state):
        self.progress = state


class PretendedWay:
    """Runs `ahead` epochs a call and writes down what it was asked."""

    def __init__(self, ahead=1, losses=None):
        self.clock = Clock(training=2.0, compiling=1.0, rows=50.0)
        self.ahead, self.losses = ahead, losses
        self.asked, self.slowed = [], 0

    def advance(self, state, epoch, limit, rate):
        w = float(np.asarray(state.params["w"])[0])
        self.asked.append((epoch, limit, float(rate), w))
        outcomes = []
        for number in range(epoch, epoch + min(self.ahead, limit)):
            w += float(rate)
            after = state._replace(params={"w": np.array([w])})
            loss = self.losses[number] if self.losses else 1.0 / (number + 1)
            outcomes.append(Outcome({"loss": loss, "val_loss": 2 * loss}, lambda after=after: after))
        return outcomes

    def slow_down(self):
        self.slowed += 1
        self.ahead = 1


def run(way, *callbacks, epochs=6, first=0, validation_freq=1):
    """Train the pretended model; gives it and the history."""
    model, history = PretendedModel(), History()
    listeners = CallbackList([history, *callbacks])
    listeners.start(model, {"epochs": epochs})
    state = TrainState({"w": np.zeros(1)}, {}, None, np.int32(0))
    loop = Loop(model, model, way, listeners, history, state, validation_freq)
    try:
        loop.run(first, epochs)
    finally:
        model.history, model.final = history, float(np.asarray(loop.state.params["w"])[0])
        run.model = model
    return model, history


def at(epoch, change):
    """A callback that changes something at the end of one epoch."""

    class Changing(Callback):
        def on_epoch_end(self, number, logs=None):
            if number == epoch:
                change(self.model)

    return Changing()


def test_hooks_come_in_order_with_the_numbers_of_their_epoch():
    told = []
    names = ("on_train_begin", "on_train_end")
    spy = LambdaCallback(
        **{name: lambda logs, name=name: told.append((name, dict(logs))) for name in names},
        on_epoch_begin=lambda epoch, logs: told.append(("begin", epoch)),
        on_epoch_end=lambda epoch, logs: told.append(("end", epoch, logs["loss"])),
    )
    _, history = run(PretendedWay(ahead=2), spy, epochs=3)
    assert told == [
        ("on_train_begin", {}),
        *[("begin", 0), ("end", 0, 1.0)],
        *[("begin", 1), ("end", 1, 0.5)],
        *[("begin", 2), ("end", 2, 1 / 3)],
        ("on_train_end", {"loss": 1 / 3, "val_loss": 2 / 3}),
    ]
    assert history.history == {"loss": [1.0, 0.5, 1 / 3], "val_loss": [2.0, 1.0, 2 / 3]}
    assert (history.seconds, history.compile_seconds) == (2.0, 1.0)


@pytest.mark.parametrize("ahead", [1, 4])
def test_who_looks_on_sees_each_epochs_own_state_after_everyone_was_told(ahead):
    class Looking(Callback):
        reads_model = False

        def on_moment(self, moment):
            seen.append((moment.done, float(moment.fetch().params["w"][0]), float(moment.rate), moment.seed))

    way, seen = PretendedWay(ahead), []
    way.recipe, way.seed = None, 7
    run(way, at(1, lambda model: setattr(model.optimizer, "learning_rate", 0.5)), Looking(), epochs=4)
    assert seen == [(0, 0.0, 1.0, 7), (1, 1.0, 1.0, 7), (2, 2.0, 0.5, 7), (3, 2.5, 0.5, 7), (4, 3.0, 0.5, 7)]


@pytest.mark.parametrize("ahead", [1, 2, 4, 64])
def test_epochs_run_ahead_end_where_epochs_one_by_one_do(ahead):
    way = PretendedWay(ahead)
    model, history = run(way, epochs=6)
    assert model.final == float(model.w[0]) == 6.0 and history.epoch == list(range(6))
    assert [limit for _, limit, _, _ in way.asked] == [6 - epoch for epoch, _, _, _ in way.asked]
    assert not way.slowed


def test_training_goes_on_from_an_epoch_in_the_middle():
    way = PretendedWay()
    _, history = run(way, first=4, epochs=6)
    assert history.epoch == [4, 5] and [epoch for epoch, *_ in way.asked] == [4, 5]
    assert run(PretendedWay(), first=6, epochs=6)[1].epoch == []


def test_a_new_learning_rate_makes_epochs_run_ahead_void():
    def slower(model):
        model.optimizer.learning_rate = 0.25

    way = PretendedWay(ahead=4)
    model, _ = run(way, at(1, slower), epochs=5)
    assert way.asked == [(0, 5, 1.0, 0.0), (2, 3, 0.25, 2.0), (3, 2, 0.25, 2.25), (4, 1, 0.25, 2.5)]
    assert way.slowed == 1 and model.final == 2.75


def test_a_rate_set_before_an_epoch_is_that_epochs_rate():
    class Stepping(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 1.0 if epoch < 2 else 0.5

    way = PretendedWay(ahead=4)
    model, _ = run(way, Stepping(), epochs=4)
    assert model.final == 3.0 and [rate for _, _, rate, _ in way.asked] == [1.0, 0.5, 0.5]


def test_weights_that_a_callback_sets_are_gone_on_from():
    def reset(model):
        model.w = np.array([100.0])

    way = PretendedWay(ahead=4)
    model, _ = run(way, at(1, reset), epochs=4)
    assert way.asked[1] == (2, 2, 1.0, 100.0)
    assert way.slowed == 1 and model.final == 102.0


def test_weights_set_before_and_after_training_stay():
    class Bounds(Callback):
        def on_train_begin(self, logs=None):
            self.model.w = np.array([10.0])

        def on_train_end(self, logs=None):
            self.model.w = self.model.w * 2

    model, _ = run(PretendedWay(ahead=3), Bounds(), epochs=2)
    assert model.final == float(model.w[0]) == 24.0


def test_a_callback_sees_the_weights_of_its_epoch():
    seen = []
    spy = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(float(spy.model.w[0])))
    run(PretendedWay(ahead=3), spy, epochs=4)
    assert seen == [1.0, 2.0, 3.0, 4.0]


def test_weights_are_not_fetched_for_callbacks_that_never_look():
    class Blind(Callback):
        reads_model = False

    looking, blind = (run(PretendedWay(ahead=4), kind(), epochs=20)[0].shown for kind in (Callback, Blind))
    assert looking >= 20 and blind <= 4


def test_a_callback_ends_training_after_its_epoch():
    def stop(model):
        model.stop_training = True

    model, history = run(PretendedWay(ahead=4), at(2, stop), epochs=10)
    assert history.epoch == [0, 1, 2] and model.final == float(model.w[0]) == 3.0


def test_validation_is_reported_every_so_many_epochs():
    _, history = run(PretendedWay(ahead=3), epochs=5, validation_freq=2)
    assert history.history["val_loss"] == [1.0, 0.5] and len(history.history["loss"]) == 5


@pytest.mark.parametrize("number", [math.nan, math.inf], ids=str)
def test_a_loss_that_is_not_finite_stops_with_the_weights_before(number):
    with pytest.raises(DivergedError) as caught:
        run(PretendedWay(ahead=2, losses=[3.0, 5.0, number]), epochs=3)
    assert run.model.final == float(run.model.w[0]) == 2.0
    assert run.model.history.epoch == [0, 1]
    message = str(caught.value)
    assert "diverged in epoch 3" in message and "after 5 in the epoch before at a learning rate of 1." in message
    assert "weights of the end of epoch 2" in message and "smaller learning rate of 0.1," in message


def test_divergence_in_the_first_epoch_leaves_the_start():
    with pytest.raises(DivergedError, match=r"in epoch 1: expected a finite loss.*weights of the start back"):
        run(PretendedWay(ahead=2, losses=[math.nan] * 3), epochs=3)
    assert run.model.final == 0.0


def test_an_error_in_a_callback_leaves_the_weights_of_the_last_epoch():
    def fail(model):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(PretendedWay(ahead=4), at(1, fail), epochs=4)
    assert run.model.final == float(run.model.w[0]) == 2.0


def test_the_rate_is_a_number_or_the_optimizers_own_schedule():
    assert current_rate(SimpleNamespace(learning_rate=0.1)) == np.float32(0.1)
    assert current_rate(SimpleNamespace(learning_rate=lambda step: 0.1)) is None
    assert current_rate(SimpleNamespace(learning_rate=None)) is None
    assert current_rate(object()) is None
