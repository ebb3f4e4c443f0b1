"""A second set of planted faults, made after the rules were fixed on the first."""

import first_bad_faults as first
import first_bad_oracle as oracle
import jax
import jax.numpy as jnp
import numpy as np
from first_bad_faults import LABELS, SERIES, X, Y, fault, fit, mine, planted

from glassnet import Input, Sequential
from glassnet.callbacks import LearningRateScheduler
from glassnet.initializers import RandomNormal
from glassnet.layers import BatchNormalization, Conv1D, Dense, GlobalAveragePooling1D, Layer
from glassnet.optimizers import SGD, Adam, RMSprop

first.GROUP = "second"


@fault("mine", ("forward", "backward"), (), "out_of_domain")
def an_inverse_hyperbolic_tangent_of_one():
    return fit([mine(lambda x: jnp.arctanh(jnp.clip(x, -1, 1))), Dense(1)], "adam", "mse")


@fault("mine", "backward", "gradient of arc sine", "out_of_domain")
def the_slope_of_an_arc_sine_at_one():
    return fit([Dense(3), mine(lambda x: jnp.arcsin(jnp.cos(0 * x))), Dense(1)], "adam", "mse")


@fault("mine", "forward", "difference", "fully_masked", rows=(2,))
def a_softmax_of_a_row_that_is_all_masked():
    def attend(x):
        scores = jnp.where(jnp.any(x != 0, -1)[:, None, :], x @ jnp.swapaxes(x, 1, 2), -jnp.inf)
        return jax.nn.softmax(scores) @ x

    x = planted(SERIES[:, :6], 2, 0.0)
    return fit([mine(attend), GlobalAveragePooling1D(), Dense(1)], "adam", "mse", x)


@fault("the loss", "forward", "division", "division_by_zero", step=2)
def weights_that_sum_to_zero():
    def loss(y_true, y_pred):
        return jnp.sum(y_true[:, 1:] * (y_true[:, :1] - y_pred) ** 2) / jnp.sum(y_true[:, 1:])

    y = np.concatenate([Y, np.ones_like(Y)], 1)
    y[16:32:2, 1] = -1
    return fit([Dense(1)], "sgd", loss, y=y, shuffle=False)


@fault("the loss", "forward", "cosh", ("overflow", "data"))
def log_cosh_by_hand():
    return fit([Dense(4, "relu"), Dense(1)], "adam", lambda y, p: jnp.log(jnp.cosh(y - p))[:, 0], y=300 + Y)


@fault("dense/kernel", "update", "division", "division_by_zero")
def rmsprop_without_epsilon():
    return fit([Dense(1)], RMSprop(epsilon=0.0), "mse", planted(X, (slice(None), 1), 0.0))


@fault("dense", "forward", "matrix product", "initial_weights")
def a_kernel_near_the_end_of_float32():
    return fit([Dense(4, kernel_initializer=RandomNormal(stddev=2e38)), Dense(1)], "adam", "mae")


@fault("mine", "forward", "cumulated product", "overflow")
def a_cumulated_product():
    layer = mine(lambda x: jnp.cumprod(30 * (1 + jnp.abs(x)), axis=1)[:, -1])
    return fit([layer, Dense(1)], "adam", "mse", SERIES)


@fault((), (), (), "schedule", epoch=3)
def a_scheduler_jumps_with_a_convolution():
    jump = LearningRateScheduler(lambda epoch, rate: 1e12 if epoch == 2 else 0.001)
    layers = [Conv1D(3, 3, activation="relu"), GlobalAveragePooling1D(), Dense(1)]
    return fit(layers, SGD(0.001), "mse", SERIES[:, :8], callbacks=[jump])


class Doubling(Layer):
    def build(self, shape):
        self.w = self.add_weight("w", (shape[-1], shape[-1]), RandomNormal(stddev=2.5))

    def call(self, x):
        def turn(state, now):
            state = state @ self.w + now
            return state, state

        _, states = jax.lax.scan(turn, jnp.zeros_like(x[:, 0]), jnp.swapaxes(x, 0, 1))
        return states[-1]


@fault(("doubling", "the loss"), ("forward", "backward"), (), "exploding_recurrence")
def a_loop_of_ones_own_that_explodes():
    return fit([Doubling(name="doubling"), Dense(1)], "adam", "mse", np.repeat(SERIES, 2, 1))


@fault("mine", ("forward", "backward"), (), "division_by_zero", rows=(50,))
def a_negative_power_of_a_sum_of_zeros():
    layer = mine(lambda x: x * jnp.sum(jnp.abs(x), -1, keepdims=True) ** -0.5)
    return fit([layer, Dense(1)], "sgd", "mse", planted(X, 50, 0.0))


@fault("mine", ("forward", "backward"), ("1 / square root",), "zero_deviation", rows=(8,))
def a_row_of_equal_numbers_by_rsqrt():
    layer = mine(lambda x: (x - jnp.mean(x, 1, keepdims=True)) * jax.lax.rsqrt(jnp.var(x, 1, keepdims=True)))
    return fit([layer, Dense(1)], "sgd", "mse", planted(X, 8, -2.0))


@fault("mine", "forward", "log", "log_of_zero", rows=(3,))
def a_validation_row_with_a_zero():
    x = np.abs(X) + 0.1
    return fit([mine(jnp.log), Dense(1)], "adam", "mse", x, validation_data=(planted(x, (3, 1), 0.0), Y))


@fault("mine", "forward", "exp", "overflow", step=1)
def a_generator_and_an_exp():
    model = Sequential([Input((5,)), mine(lambda x: jnp.exp(90 + x)), Dense(1)], seed=1)
    return fit([], "adam", "mse", ((X, Y) for _ in range(5)), None, model=model, batch_size=None, epochs=1)


@fault("oracle", causes="learning_rate")
def adam_at_a_rate_of_1e20():
    return oracle.compared(lambda: [Dense(8, "relu"), Dense(8, "relu"), Dense(1)], Adam(1e20), X, Y)


@fault("mine", "forward", "sum", "half_precision")
def a_sum_in_float16():
    layer = mine(lambda x: jnp.sum((1000 * jnp.abs(x)).astype(jnp.float16), 1, dtype=jnp.float16).astype(jnp.float32))
    return fit([layer, Dense(1)], "adam", "mse", SERIES)


@fault((), (), (), "learning_rate")
def a_classifier_with_batch_normalization_too_fast():
    layers = [Dense(8, "relu"), BatchNormalization(), Dense(8), Dense(8), Dense(3)]
    from glassnet.losses import SparseCategoricalCrossentropy

    return fit(layers, SGD(1e13), SparseCategoricalCrossentropy(from_logits=True), y=LABELS)
