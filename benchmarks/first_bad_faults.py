"""Faults planted by construction: each breaks a training, and where and why is known before the training is run.

`@fault(layer, direction, operations, causes, ...)` stands over a function that plants the fault, trains, and gives the
finding. Several layers, operations or causes in a tuple are each right. ``oracle`` instead of a layer: the place depends on the
numbers, so that an independent loop of plain JAX says which (see `first_bad_oracle`).
"""

from typing import Any, NamedTuple

import first_bad_oracle as oracle
import jax.numpy as jnp
import numpy as np

from glassnet import Input, Model, Sequential
from glassnet.callbacks import Callback, LearningRateScheduler
from glassnet.foundation.errors import DivergedError
from glassnet.initializers import Constant, Orthogonal, RandomNormal, RandomUniform, VarianceScaling
from glassnet.layers import (
    GRU,
    Add,
    BatchNormalization,
    Bidirectional,
    Conv1D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    Lambda,
    Layer,
    SimpleRNN,
)
from glassnet.models import fit_together
from glassnet.optimizers import SGD, Adagrad, Adam, AdamW, Nadam, RMSprop
from glassnet.regularizers import L2
from glassnet.schedules import PiecewiseConstantDecay, WarmUp

R = np.random.default_rng(7)
X = R.normal(size=(64, 5)).astype(np.float32)
Y = (X[:, :1] - 0.5 * X[:, 1:2] + 0.1 * R.normal(size=(64, 1))).astype(np.float32)
LABELS = (Y[:, 0] > 0).astype(np.int32)
SERIES = R.normal(size=(64, 100, 3)).astype(np.float32)
TOKENS = R.integers(1, 20, size=(64, 12)).astype(np.int32)


class Fault(NamedTuple):
    """What was planted, and what must be found."""

    name: str
    group: str
    plant: Any
    layers: tuple[str, ...]
    direction: tuple[str, ...]
    operations: tuple[str, ...]
    causes: tuple[str, ...]
    rows: tuple[int, ...] | None
    step: int | None
    epoch: int | None


FAULTS: list[Fault] = []
GROUP = "first"


def fault(layer, direction="", operations=(), causes=(), *, rows=None, step=None, epoch=None):
    def kept(plant):
        FAULTS.append(
            Fault(
                plant.__name__.replace("_", " "), GROUP, plant, tupled(layer), tupled(direction), tupled(operations),
                tupled(causes), rows, step, epoch,
            )
        )  # fmt: skip
        return plant

    return kept


def tupled(value):
    return value if isinstance(value, tuple) else (value,) if value else ()


def found(run):
    """The finding of a training that must break."""
    try:
        run()
    except DivergedError as error:
        return error.finding
    return None


def fit(layers, optimizer, loss, x=X, y=Y, *, model=None, **further):
    model = model or Sequential([Input(x.shape[1:]), *layers], seed=1)
    model.compile(optimizer, loss)
    options = {"epochs": 30, "batch_size": 16, "verbose": 0, **further}
    return found(lambda: model.fit(x, y, **options))


def planted(array, place, value):
    changed = np.array(array)
    changed[place] = value
    return changed


def mine(function, name="mine"):
    return Lambda(function, name=name)


class Batches:
    """Batches by number, as from a data set of one's own."""

    def __init__(self, x, y, size=16):
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, i):
        part = slice(i * self.size, (i + 1) * self.size)
        return self.x[part], self.y[part]


# Data.


@fault("dense", "forward", "matrix product", "data", rows=(17,))
def nan_in_row_and_column():
    return fit([Dense(4, "relu"), Dense(1)], "adam", "mse", planted(X, (17, 3), np.nan), strict=False)


@fault("the loss", "forward", ("difference", "square", "product"), "data", rows=(40,))
def infinity_in_the_targets():
    return fit([Dense(4, "relu"), Dense(1)], RMSprop(), "mse", y=planted(Y, (40, 0), np.inf), strict=False)


@fault("the loss", ("forward", "backward"), (), "sample_weight", rows=(9,))
def a_huge_sample_weight():
    weights = planted(np.ones(64, np.float32), 9, 1e38)
    return fit([Dense(1)], "adam", "mse", y=Y + 5, sample_weight=weights)


@fault("the loss", ("forward", "backward"), (), "sample_weight")
def a_huge_class_weight():
    return fit(
        [Dense(2, "softmax")], "sgd", "sparse_categorical_crossentropy", y=LABELS, class_weight={0: 1.0, 1: 3e38}
    )


@fault("the loss", "forward", "square", "data", rows=(33,))
def one_huge_cell_in_the_second_of_two_inputs():
    a, b = Input((5,), name="size"), Input((2,), name="price")
    model = Model([a, b], Dense(1)(Add()([Dense(4)(a), Dense(4)(b)])), seed=1)
    x = {"size": X, "price": planted(X[:, :2], (33, 1), 4e28)}
    return fit([], "nadam", "mse", x, model=model)


@fault("the loss", ("forward", "backward"), (), "data", rows=(3, 4))
def targets_at_the_end_of_float32():
    return fit([Dense(1)], "sgd", "mae", y=planted(Y, slice(3, 5), 3e38), shuffle=False)


# Learning rates.


@fault("oracle", causes="learning_rate")
def sgd_forty_times_too_fast():
    return oracle.compared(lambda: [Dense(8, "relu"), Dense(1)], SGD(12.0), X, Y)


@fault("oracle", causes="learning_rate")
def nesterov_momentum_too_fast():
    return oracle.compared(
        lambda: [Dense(16, "gelu"), Dense(8, "gelu"), Dense(1)], SGD(2.0, momentum=0.99, nesterov=True), X, Y
    )


@fault("oracle", causes="learning_rate")
def rmsprop_at_a_rate_of_1e12():
    return oracle.compared(
        lambda: [Dense(8, "tanh"), Dense(8, "relu"), Dense(4, "relu"), Dense(1)], RMSprop(1e12), X, Y
    )


@fault("oracle", causes="learning_rate")
def a_rate_a_little_beyond_stable():
    return oracle.compared(lambda: [Dense(1)], SGD(1.4), X, Y, epochs=400)


@fault(("the loss", "dense"), (), (), "schedule", epoch=4)
def a_scheduler_jumps_in_the_fourth_epoch():
    jump = LearningRateScheduler(lambda epoch, rate: 1e9 if epoch == 3 else 0.01)
    return fit([Dense(1)], SGD(0.01), "mse", callbacks=[jump])


@fault((), (), (), "schedule")
def a_callback_raises_the_rate_each_epoch():
    class Faster(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.optimizer.learning_rate = self.model.optimizer.learning_rate * 30

    return fit([Dense(4, "relu"), Dense(1)], SGD(0.001), "mse", callbacks=[Faster()])


@fault((), (), (), "schedule")
def a_piecewise_schedule_jumps():
    return fit([Dense(1)], SGD(PiecewiseConstantDecay([10], [0.01, 1e7])), "mse")


@fault((), (), (), "schedule")
def a_warm_up_to_far_too_much():
    return fit([Dense(8, "relu"), Dense(1)], SGD(WarmUp(1e4, 40)), "mse", epochs=60)


# Architectures.


@fault(
    ("bidirectional/forward_simple_rnn", "bidirectional", "the loss"),
    ("forward", "backward"),
    (),
    "exploding_recurrence",
)
def a_recurrence_of_relu_that_doubles():
    layer = Bidirectional(SimpleRNN(6, activation="relu", recurrent_initializer=Orthogonal(gain=3.0)))
    return fit([layer, Dense(1)], "adam", "mse", SERIES)


@fault(("gru", "the loss"), ("forward", "backward"), (), "exploding_recurrence")
def a_gru_without_tanh():
    layer = GRU(8, activation="linear", recurrent_initializer=RandomNormal(stddev=6.0), reset_after=False)
    return fit([layer, Dense(1)], "adam", "mse", np.repeat(SERIES, 4, 1))


@fault("the loss", "forward", "square", ("architecture", "initial_weights"))
def thirty_linear_layers_that_grow():
    start = VarianceScaling(100.0, "fan_in", "normal")
    return fit([*(Dense(16, kernel_initializer=start, name=f"d{i}") for i in range(30)), Dense(1)], AdamW(), "mse")


@fault((), ("forward", "backward"), (), "architecture")
def a_graph_that_adds_itself_to_itself():
    wire = inputs = Input((5,))
    for i in range(150):
        wire = Add(name=f"add{i}")([wire, wire])
    return fit([], "adam", "mae", model=Model(inputs, Dense(1)(wire), seed=1))


@fault("the loss", "forward", "square", "initial_weights")
def weights_that_start_at_1e20():
    start = RandomUniform(-1e20, 1e20)
    return fit([Dense(4, kernel_initializer=start), Dense(1)], "adam", "mse")


@fault("the loss", "forward", "square", "initial_weights")
def a_bias_that_starts_at_1e25():
    return fit([Dense(4, "relu"), Dense(1, bias_initializer=Constant(1e25))], "sgd", "mse")


class Standardized(Layer):
    def __init__(self, axis, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, x):
        mean = jnp.mean(x, self.axis, keepdims=True)
        variance = jnp.mean((x - mean) ** 2, self.axis, keepdims=True)
        return (x - mean) / jnp.sqrt(variance)


@fault("standardized", "forward", ("division", "1 / square root"), "zero_deviation", rows=(20,))
def a_row_of_equal_numbers_standardized():
    return fit([Standardized(-1, name="standardized"), Dense(1)], "adam", "mse", planted(X, 20, 1.5))


@fault("standardized", "forward", ("division", "1 / square root"), "zero_deviation")
def a_constant_column_standardized():
    x = planted(X, (slice(None), 2), 3.0)
    return fit([Dense(5, "relu"), Standardized(0, name="standardized"), Dense(1)], "adam", "mse", x * 0 + 1)


@fault("the loss", "forward", "log", "log_of_negative")
def counts_without_an_activation():
    y = R.poisson(2.0, (64, 1)).astype(np.float32)
    return fit([Dense(8, "relu"), Dense(1)], "adam", "poisson", y=y, strict=False)


# Layers of one's own.


class LogOf(Layer):
    def call(self, x):
        return jnp.log1p(2 * x)


class TwoPaths(Model):
    def __init__(self):
        super().__init__(seed=1)
        self.inner, self.log, self.last = Dense(4), LogOf(name="log_of"), Dense(1)

    def call(self, x):
        return self.last(self.log(x) + self.inner(x) if x.shape[-1] == 4 else self.log(self.inner(x)))


@fault("log", "forward", "log1p", ("log_of_negative", "log_of_zero"))
def log1p_below_minus_one_in_a_subclass():
    return fit([], "adam", "mse", model=TwoPaths())


@fault("mine", ("forward", "backward"), ("arc cosine", "gradient of arc cosine"), "out_of_domain")
def arc_cosine_beyond_one():
    return fit([mine(jnp.arccos), Dense(1)], "adam", "mse")


@fault("distance", "backward", "gradient of square root", "root_at_zero")
def the_distance_of_equal_points():
    a, b = Input((5,), name="a"), Input((5,), name="b")
    shared = Dense(3, name="shared")
    far = Lambda(lambda both: jnp.linalg.norm(both[0] - both[1], axis=-1, keepdims=True), name="distance")
    model = Model([a, b], Dense(1)(far([shared(a), shared(b)])), seed=1)
    return fit([], "adam", "mse", [X, planted(X[::-1], 5, X[5])], model=model)


@fault("mine", ("forward", "backward"), ("square root", "gradient of square root"), "root_of_negative")
def where_hides_a_root():
    layer = mine(lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0))
    return fit([Dense(4), layer, Dense(1)], "sgd", "mse")


@fault("mine", ("forward", "backward"), ("division", "gradient of division"), "division_by_zero")
def where_hides_a_division():
    layer = mine(lambda x: jnp.where(x != 0, 1 / x, 0.0))
    return fit([Dense(4, use_bias=False), layer, Dense(1)], "sgd", "mse", planted(X, 11, 0.0))


@fault("mine", "forward", "exp", "overflow")
def a_softmax_written_by_hand():
    layer = mine(lambda x: jnp.exp(150 * x) / jnp.sum(jnp.exp(150 * x), -1, keepdims=True))
    return fit([layer, Dense(1)], "adam", "mse")


@fault("powers", ("forward", "backward"), ("power", "gradient of power"), "root_of_negative")
def a_learned_power_of_a_negative_number():
    class Powers(Layer):
        def build(self, shape):
            self.p = self.add_weight("p", (shape[-1],), Constant(1.5))

        def call(self, x):
            return x**self.p

    return fit([Powers(name="powers"), Dense(1)], "adam", "mse")


@fault("mine", "forward", "division", "division_by_zero", rows=(11,), step=1)
def directions_of_a_vector_of_zeros():
    layer = mine(lambda x: x / jnp.sqrt(jnp.sum(x * x, -1, keepdims=True)))
    return fit([layer, Dense(1)], "sgd", "mse", planted(X, 11, 0.0), shuffle=False)


@fault("cosine", ("forward", "backward"), (), "division_by_zero")
def embeddings_of_zeros_made_unit_length():
    unit = Lambda(lambda e: e / jnp.linalg.norm(e, axis=-1, keepdims=True), name="cosine")
    layers = [Embedding(20, 4, embeddings_initializer="zeros"), unit, GlobalAveragePooling1D(), Dense(1)]
    return fit(layers, "adam", "mse", TOKENS)


class Attending(Layer):
    def call(self, x):
        scores = x @ jnp.swapaxes(x, 1, 2)
        seen = jnp.any(x != 0, -1)[:, None, :]
        scores = jnp.where(seen, scores, -jnp.inf)
        shares = jnp.exp(scores - jnp.max(scores, -1, keepdims=True))
        return (shares / jnp.sum(shares, -1, keepdims=True)) @ x


@fault("attending", "forward", "difference", "fully_masked", rows=(6,))
def attention_of_a_row_all_masked():
    x = planted(SERIES[:, :8], 6, 0.0)
    return fit([Attending(name="attending"), GlobalAveragePooling1D(), Dense(1)], "adam", "mse", x)


# Losses of one's own.


@fault("the loss", "forward", "log", "log_of_zero")
def cross_entropy_written_by_hand():
    def loss(y_true, y_pred):
        return -(y_true * jnp.log(y_pred) + (1 - y_true) * jnp.log(1 - y_pred))[:, 0]

    layers = [mine(lambda x: 40 * x, "sharp"), Dense(1, "sigmoid")]
    return fit(layers, "adam", loss, y=LABELS[:, None].astype(np.float32))


@fault("the loss", "forward", "division", "division_by_zero", step=3)
def a_mean_over_no_positive_rows():
    def loss(y_true, y_pred):
        return jnp.sum(y_true * (y_pred - 1) ** 2) / jnp.sum(y_true)

    y = np.ones((64, 1), np.float32)
    y[32:48] = 0
    return fit([Dense(1)], "sgd", loss, y=y, shuffle=False)


@fault("the loss", "forward", "exp", ("overflow", "data"))
def a_log_rate_of_unscaled_inputs():
    def loss(y_true, y_pred):
        return (jnp.exp(y_pred) - y_true * y_pred)[:, 0]

    return fit([Dense(1)], "adam", loss, 300 * X, np.abs(Y))


@fault("the penalty", "forward", (), ("regularizer", "overflow"))
def a_penalty_beyond_float32():
    return fit([Dense(8, kernel_regularizer=L2(3e38)), Dense(1)], "adam", "mse")


# Half precision.


@fault("halved", ("forward", "backward"), (), "half_precision")
def a_float16_layer_of_large_inputs():
    return fit(
        [
            mine(lambda x: (3e4 * x).astype(jnp.float16), "cast"),
            Dense(32, dtype="float16", name="halved"),
            mine(lambda x: x.astype(jnp.float32), "back"),
            Dense(1),
        ],
        "adam",
        "mse",
    )


@fault("mine", "forward", "exp", "overflow")
def an_exp_in_bfloat16():
    layer = mine(lambda x: jnp.exp(90 + jnp.abs(x).astype(jnp.bfloat16)).astype(jnp.float32))
    return fit([layer, Dense(1)], "adam", "mse")


@fault("the loss", "forward", (), "half_precision")
def a_float16_loss():
    def loss(y_true, y_pred):
        return jnp.square(y_true.astype(jnp.float16) - y_pred.astype(jnp.float16)).astype(jnp.float32)[:, 0]

    return fit([Dense(4), Dense(1)], "adam", loss, y=400 + Y)


@fault("mine", ("forward", "backward"), ("division", "gradient of division"), ("half_precision", "division_by_zero"))
def a_float16_number_that_vanishes():
    layer = mine(lambda x: (1 / (1e-9 * (1 + jnp.abs(x))).astype(jnp.float16)).astype(jnp.float32))
    return fit([layer, Dense(1)], "adam", "mse")


# Running state and optimizers.


@fault("batch_normalization", "forward", (), ("overflow", "architecture"))
def a_running_variance_that_overflows():
    return fit([Dense(4), mine(lambda x: 1e20 * x, "large"), BatchNormalization(), Dense(1)], "adam", "mse")


@fault("dense/kernel", "update", "division", "division_by_zero")
def adam_without_epsilon():
    return fit([Dense(4, "relu"), Dense(1)], Adam(epsilon=0.0), "mse", planted(X, (slice(None), 3), 0.0))


@fault("embedding/embeddings", "update", ("division", "1 / square root"), "division_by_zero")
def adagrad_without_epsilon():
    optimizer = Adagrad(epsilon=0.0, initial_accumulator_value=0.0)
    return fit([Embedding(30, 3), Flatten(), Dense(1)], optimizer, "mse", TOKENS)


# Ways.


@fault("the loss", "forward", "square", "data", rows=(2,), step=3)
def a_huge_target_in_train_on_batch():
    model = Sequential([Input((5,)), Dense(4), Dense(1)], seed=1)
    model.compile("adam", "mse")
    y = planted(Y, (34, 0), 1e30)

    def run():
        for start in range(0, 64, 16):
            model.train_on_batch(X[start : start + 16], y[start : start + 16])

    return found(run)


@fault("the loss", "forward", "square", "data", rows=(21,))
def validation_alone_breaks():
    return fit([Dense(4, "relu"), Dense(1)], "adam", "mse", validation_data=(planted(X, (21, 0), 1e30), Y))


@fault((), (), (), "learning_rate")
def one_of_three_trained_together():
    models = []
    for rate in (0.01, 0.1, 1e12):
        model = Sequential([Input((5,)), Dense(4, "relu"), Dense(1)], seed=1)
        model.compile(SGD(rate), "mse")
        models.append(model)
    histories = fit_together(models, X, Y, epochs=10, batch_size=16)
    return histories[2].finding if histories[0].finding is None and histories[1].finding is None else None


@fault("the loss", "forward", "square", "data", step=2)
def a_generator_with_one_bad_row():
    y = planted(Y, (20, 0), -1e25)

    def batches():
        while True:
            for start in range(0, 64, 16):
                yield X[start : start + 16], y[start : start + 16]

    return fit(
        [Dense(3), Dense(1)],
        "adam",
        "mse",
        batches(),
        None,
        model=Sequential([Input((5,)), Dense(3), Dense(1)], seed=1),
        steps_per_epoch=4,
        epochs=3,
        batch_size=None,
    )


@fault("mine", "forward", "log", "log_of_zero", step=4)
def batches_by_number_with_a_zero():
    x = np.abs(X) + 0.1
    x[60, 2] = 0.0
    model = Sequential([Input((5,)), mine(jnp.log), Dense(1)], seed=1)
    return fit([], "adam", "mse", Batches(x, Y), None, model=model, batch_size=None)


@fault("mine", "backward", "gradient of square root", "root_at_zero")
def a_convolution_step_by_step():
    layers = [Conv1D(4, 3), mine(lambda x: jnp.sqrt(jnp.maximum(x, 0))), GlobalAveragePooling1D(), Dense(1)]
    return fit(layers, Nadam(), "mse", SERIES[:, :10])


@fault("mine", "forward", "exp", "overflow")
def a_dropout_before_an_exp():
    return fit([Dropout(0.5), mine(lambda x: jnp.exp(80 * jnp.abs(x))), Dense(1)], "adam", "mse", X)
