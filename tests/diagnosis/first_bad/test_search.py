"""The first bad number: faults planted by construction, each found at its place and with its cause."""

import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import LearningRateScheduler, TerminateOnNaN
from glassnet.foundation.errors import DivergedError
from glassnet.initializers import RandomNormal
from glassnet.layers import BatchNormalization, Dense, GlobalAveragePooling1D, Lambda, Layer, SimpleRNN
from glassnet.models.together import fit_together
from glassnet.optimizers import SGD, Adam, LossScaleOptimizer
from glassnet.training import ways

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(48, 4)).astype(np.float32)
Y = RANDOM.normal(size=(48, 1)).astype(np.float32)
SERIES = RANDOM.normal(size=(48, 60, 2)).astype(np.float32)


def with_one(array, place, value):
    changed = array.copy()
    changed[place] = value
    return changed


class Ratio(Layer):
    def call(self, x):
        return x / jnp.maximum(x, 0.0)


class Half(Layer):
    def call(self, x):
        return jnp.exp(12 + jnp.abs(x).astype(jnp.float16)).astype(jnp.float32)


def f(function, name="mine"):
    return Lambda(function, name=name)


def log_of_error(y_true, y_pred):
    return jnp.log(jnp.maximum(y_true - y_pred, 0.0))[:, 0]


def zero_by_zero(y_true, y_pred):
    return ((y_true - y_true) / (y_pred - y_pred))[:, 0]


def distance(y_true, y_pred):
    return jnp.sqrt(jnp.sum(jnp.square(y_pred - y_pred), -1))


def exponential_error(y_true, y_pred):
    return jnp.exp(100 + jnp.abs(y_true - y_pred))[:, 0]


def rising(step):
    return 0.001 * 100.0**step


BIG = RandomNormal(stddev=1e8)

#: name: (layers, optimizer, loss, x, y, further arguments of fit), then layer, operation and cause to be found.
FAULTS = {
    "huge input": ([Dense(8), Dense(1)], "adam", "mse", with_one(X, (5, 2), 1e25), Y, {}, "the loss", "square", "data"),
    "huge target": ([Dense(1)], "adam", "mse", X, with_one(Y, (7, 0), 1e30), {}, "the loss", "square", "data"),
    "unscaled": ([Dense(8), Dense(1)], SGD(0.1), "mse", X * 1e7, Y, {}, None, None, "data"),
    "sample weight": (
        [Dense(1)], "sgd", "mse", X, Y, {"sample_weight": with_one(np.ones(48, np.float32), 3, 3e38)}, None, None,
        "sample_weight",
    ),
    "rate, sgd": ([Dense(8, "relu"), Dense(1)], SGD(1e6), "mse", X, Y, {}, None, None, "learning_rate"),
    "rate, adam": ([Dense(8, "relu"), Dense(1)], Adam(1e25), "mse", X, Y, {}, None, None, "learning_rate"),
    "rate, momentum": ([Dense(1)], SGD(30.0, momentum=0.9), "mse", X, Y, {}, None, None, "learning_rate"),
    "rate, exp": ([Dense(8, "exponential"), Dense(1)], SGD(50.0), "mse", X, Y, {}, None, None, "learning_rate"),
    "schedule": ([Dense(1)], SGD(rising), "mse", X, Y, {}, None, None, "schedule"),
    "initial weights": (
        [Dense(8, kernel_initializer=BIG), Dense(8, kernel_initializer=BIG), Dense(1, kernel_initializer=BIG)],
        "adam", "mse", X, Y, {}, None, None, "initial_weights",
    ),
    "deep linear": (
        [Dense(16, kernel_initializer=RandomNormal(stddev=4.5)) for _ in range(24)] + [Dense(1)],
        "adam", "mse", X, Y, {}, "the loss", "square", "architecture",
    ),
    "exp of exp": (
        [
            *(Dense(8, "exponential", name=name) for name in "abc"),
            *(f(lambda x: x * 10, "by_ten"), Dense(8, "exponential", name="d"), Dense(1)),
        ],
        "adam", "mse", X, Y, {}, None, "exp", "overflow",
    ),
    "recurrence": (
        [SimpleRNN(8, activation="linear", recurrent_initializer=RandomNormal(stddev=3.0), name="rnn"), Dense(1)],
        "adam", "mse", SERIES, Y, {}, None, None, "exploding_recurrence",
    ),
    "log of 0": ([f(lambda x: jnp.log(jnp.maximum(x, 0))), Dense(1)], "sgd", "mse", X, Y, {}, "mine", "log", "log_of_zero"),
    "log below 0": ([f(jnp.log), Dense(1)], "sgd", "mse", X, Y, {}, "mine", "log", "log_of_negative"),
    "root of 0": (
        [Dense(4), f(lambda x: jnp.sqrt(jnp.maximum(x, 0))), Dense(1)], "sgd", "mse", X, Y, {}, "mine",
        "gradient of square root", "root_at_zero",
    ),
    "root below 0": ([f(jnp.sqrt), Dense(1)], "sgd", "mse", X, Y, {}, "mine", "square root", "root_of_negative"),
    "division": ([Ratio(name="mine"), Dense(1)], "sgd", "mse", X, Y, {}, "mine", "division", "division_by_zero"),
    "negative power": ([f(lambda x: (x - x) ** -2), Dense(1)], "sgd", "mse", X, Y, {}, "mine", "power", "division_by_zero"),
    "power below 1": (
        [Dense(4), f(lambda x: jnp.maximum(x, 0) ** 0.3), Dense(1)], "sgd", "mse", X, Y, {}, "mine", "gradient of power",
        "root_at_zero",
    ),
    "exp": ([f(lambda x: jnp.exp(100 * jnp.abs(x))), Dense(1)], "sgd", "mse", X, Y, {}, "mine", "exp", "overflow"),
    "where hides a log": (
        [Dense(4), f(lambda x: jnp.where(x > 0, jnp.log(jnp.maximum(x, 0)), 0)), Dense(1)], "sgd", "mse", X, Y, {}, "mine",
        "log", "log_of_zero",
    ),
    "loss: log of 0": ([Dense(1)], "sgd", log_of_error, X, Y, {}, "the loss", "log", "log_of_zero"),
    "loss: 0 / 0": ([Dense(1)], "sgd", zero_by_zero, X, Y, {}, "the loss", "division", "division_by_zero"),
    "loss: distance": ([Dense(1)], "sgd", distance, X, Y, {}, "the loss", "gradient of square root", "root_at_zero"),
    "loss: exp": ([Dense(1)], "sgd", exponential_error, X, Y, {}, "the loss", "exp", "overflow"),
    "float16": ([Half(name="mine"), Dense(1)], "sgd", "mse", X, Y, {}, "mine", "exp", "half_precision"),
    "no deviation": (
        [f(lambda x: (x - jnp.mean(x, 0)) / jnp.std(x, 0)), Dense(1)], "sgd", "mse", with_one(X, (slice(None), 1), 2.0),
        Y, {}, "mine", "division", "zero_deviation",
    ),
}  # fmt: skip


def found(layers, optimizer, loss, x, y, further):
    model = Sequential([Input(x.shape[1:]), *layers], seed=0)
    model.compile(optimizer, loss)
    with pytest.raises(DivergedError) as caught:
        model.fit(x, y, epochs=40, batch_size=16, verbose=0, **further)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    return caught.value


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_at_its_place_with_its_cause(name):
    *fault, layer, operation, cause = FAULTS[name]
    error = found(*fault)
    finding = error.finding
    assert finding.cause == cause, str(error)
    assert layer in (None, finding.layer) and operation in (None, finding.operation), str(error)
    assert finding.step and finding.rows and len(str(error).splitlines()) == 4


def test_one_huge_row_is_named_by_the_users_own_number():
    fault = FAULTS["huge input"][:5]
    finding = found(*fault, {"validation_split": 0.1}).finding
    assert finding.rows == (5,) and "row 5, column 2" in finding.why


def test_quiet_endings_get_the_finding_in_the_history():
    model = Sequential([Input((4,)), Dense(1)], seed=0)
    model.compile(SGD(1e6), "mse")
    history = model.fit(X, Y, epochs=40, batch_size=16, verbose=0, callbacks=[TerminateOnNaN()])
    assert history.finding.cause == "learning_rate" and "Where: epoch" in history.notes[-1]


def test_batches_are_run_again_those_of_a_generator_from_what_was_kept_of_them():
    batches = [(X[i : i + 16], with_one(Y, (20, 0), 1e30)[i : i + 16]) for i in (0, 16, 32)]
    for source in (list_of(batches), (pair for pair in batches)):
        model = Sequential([Input((4,)), Dense(1)], seed=0)
        model.compile("sgd", "mse")
        with pytest.raises(DivergedError) as caught:
            model.fit(source, verbose=0)
        assert (caught.value.finding.step, caught.value.finding.rows) == (2, (4,))


def test_a_generators_batches_beyond_memory_leave_the_epoch_and_say_what_is_missing(monkeypatch):
    monkeypatch.setattr(ways, "_KEPT_BYTES", 0)
    model = Sequential([Input((4,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(DivergedError) as caught:
        model.fit(((X[:16], Y[:16] * 1e30) for _ in range(3)), verbose=0)
    finding = caught.value.finding
    assert (finding.epoch, finding.step) == (1, None) and "too large to be kept" in finding.why


def line(optimizer="sgd", loss="mse", *before):
    model = Sequential([Input((4,)), *before, Dense(1)], seed=0)
    model.compile(optimizer, loss)
    return model


def diverged(model, *args, **further):
    with pytest.raises(DivergedError) as caught:
        model.fit(*args, batch_size=16, verbose=0, **further)
    return caught.value.finding


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_single_step_that_breaks_is_explained_and_the_weights_of_before_it_kept():
    model = line()
    model.train_on_batch(X[:16], Y[:16])
    before = [np.array(w) for w in model.get_weights()]
    with pytest.raises(DivergedError, match="its weights of before the step") as caught:
        model.train_on_batch(X[:16], with_one(Y, (7, 0), 1e30)[:16])
    finding = caught.value.finding
    assert (finding.epoch, finding.step, finding.rows, finding.cause) == (None, 2, (7,), "data")
    assert finding.in_batch and "row 7 of the batch" in str(caught.value)
    assert same(model.get_weights(), before)
    assert np.isfinite(model.train_on_batch(X[:16], Y[:16], return_dict=True)["loss"])


def test_a_validation_loss_that_breaks_ends_the_fit_and_names_its_rows():
    model = line()
    before = [np.array(w) for w in model.get_weights()]
    finding = diverged(model, X, Y, epochs=3, validation_data=(X, with_one(Y, (37, 0), 1e30)))
    assert (finding.held_out, finding.epoch, finding.rows) == (True, 1, (37,))
    assert finding.cause == "data" and "row 37 of the validation rows" in finding.why
    assert same(model.get_weights(), before)


def test_a_member_of_several_that_breaks_has_its_own_finding():
    models = [line(SGD(0.01)), line(SGD(1e6))]
    healthy, broken = fit_together(models, X, Y, epochs=9, batch_size=16)
    assert healthy.finding is None
    assert broken.finding.cause == "learning_rate" and broken.finding.epoch == broken.diverged_epoch


def test_a_running_variance_that_becomes_infinite_is_noticed_though_the_loss_is_finite():
    layers = f(lambda x: 1e20 * x), BatchNormalization()
    assert np.isfinite(np.asarray(line("sgd", "mse", *layers)(X, training=True))).all()
    finding = diverged(line("sgd", "mse", f(lambda x: 1e20 * x), BatchNormalization()), X, Y)
    assert (finding.layer, finding.step, finding.cause) == ("batch_normalization", 1, "architecture")


def test_a_rate_that_a_callback_raises_is_a_schedule():
    raising = LearningRateScheduler(lambda epoch, rate: rate * 1e4**epoch)
    finding = diverged(line(SGD(0.001)), X, Y, epochs=6, callbacks=[raising])
    assert finding.cause == "schedule" and "a callback has raised the learning rate from 0.001" in finding.why


class Causal(Layer):
    """Attention masked by minus infinity, each place with itself left."""

    def call(self, x):
        seen = jnp.tril(jnp.ones((x.shape[1], x.shape[1]), bool))
        scores = jnp.where(seen, x @ jnp.swapaxes(x, 1, 2), -jnp.inf)
        return jnp.exp(scores - scores.max(-1, keepdims=True)) @ x


class Most(Layer):
    """Its state begins at minus infinity, and stays there outside of its first place."""

    def build(self, shape):
        self.most = self.add_weight("most", (2,), lambda shape, dtype=None: jnp.full(shape, -jnp.inf), trainable=False)

    def call(self, x, training=False):
        if training:
            self.most = self.most.at[0].set(jnp.maximum(self.most[0], jnp.max(x)))
        return x


def two_wheres(x):
    return jnp.where(x > 0, jnp.log(jnp.where(x > 0, x, 1.0)), 0.0)


def in_log_space(y_true, y_pred):
    both = jnp.concatenate([y_pred, jnp.full_like(y_pred, -jnp.inf)], -1)
    return jnp.log(jnp.sum(jnp.exp(both - y_pred), -1)) + jnp.square(y_pred - y_true)[:, 0]


#: Infinities put in on purpose, and numbers that are huge but finite: (layers, optimizer, loss, inputs, targets).
HEALTHY = {
    "masked attention": ([Causal(), GlobalAveragePooling1D()], "adam", "mse", SERIES[:, :6], Y),
    "a state from minus infinity": ([Most()], "adam", "mse", X, Y),
    "a log behind two wheres": ([Dense(3), f(two_wheres)], "adam", "mse", X, Y),
    "log space": ([], "adam", in_log_space, X, Y),
    "infinity taken out again": ([f(lambda x: jnp.minimum(jnp.where(x > 1, jnp.inf, x), 3.0))], "adam", "mse", X, Y),
    "a loss of 1e30": ([], "adam", "mse", X, 1e15 * Y),
    "inputs of 1e12": ([Dense(3, "relu")], "adam", "mae", 1e12 * X, Y),
    "a loss scale that overflows at first": ([], LossScaleOptimizer("adam", initial_scale=2.0**127), "mse", X, Y),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_runs_are_never_searched(name):
    layers, optimizer, loss, x, y = HEALTHY[name]
    model = Sequential([Input(x.shape[1:]), *layers, Dense(1)], seed=0)
    model.compile(optimizer, loss)
    history = model.fit(x, y, epochs=2, batch_size=16, verbose=0)
    assert history.finding is None and history.diverged_epoch is None
    assert np.isfinite(history.history["loss"]).all()


def list_of(batches):
    class Again:
        def __len__(self):
            return len(batches)

        def __getitem__(self, index):
            return batches[index]

    return Again()
