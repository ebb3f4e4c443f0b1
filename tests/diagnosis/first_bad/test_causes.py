"""causes: the rules one by one, on steps that were made to break in one way."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.diagnosis.first_bad.causes import cause_of
from glassnet.initializers import RandomNormal
from glassnet.inspection.equations import Broken
from glassnet.inspection.first_broken import Place, place_of
from glassnet.layers import BatchNormalization, Dense, Lambda
from glassnet.models import readiness
from glassnet.optimizers import SGD, Adam
from glassnet.regularizers import L2
from glassnet.training.replay import BadStep
from glassnet.training.step import Batch

X = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
Y = np.ones((4, 1), np.float32)
ONES = np.ones(4, np.float32)


def changed(array, place, value):
    array = array.copy()
    array[place] = value
    return array


def f(function):
    return Lambda(function, name="mine")


def step_of(layers, optimizer="sgd", *, loss="mse", x=X, y=Y, weights=ONES, real=ONES, times=1.0, done=0, **further):
    """A step after `done` others, before which the weights were `times` as large as at the start."""
    model = Sequential([Input((2,)), *layers], seed=0)
    model.compile(optimizer, loss)
    recipe = readiness.ready(model, x, y)
    start = jax.tree.map(np.array, model.train_state())
    state = start._replace(
        params={path: w * np.float32(times) for path, w in start.params.items()}, step=np.int32(done)
    )
    schedule = callable(model.optimizer.learning_rate)
    rate = None if schedule else np.float32(model.optimizer.learning_rate)
    told = {"rows": np.arange(4) + 10, "rate": rate, "losses": (1.0, 50.0, np.inf), **further}
    return BadStep(recipe, 0, done, start, state, Batch(x, y, weights, real), told.pop("rows"), 0, **told)


def why(step):
    return cause_of(step, place_of(step), [0, 1, 2, 3])


LINE = [Dense(1)]
BIG = RandomNormal(stddev=1e25)

#: name: (the step's layers and optimizer, what else is said of it), then the cause and words of its sentence or remedy.
CAUSES = {
    "a huge input": (((LINE,), {"x": changed(X, (2, 1), 1e30)}), "data", "x holds 1e+30 in row 12, column 1;"),
    "a huge target": (((LINE,), {"y": changed(Y, (3, 0), -1e30)}), "data", "y holds -1e+30 in row 13, column 0;"),
    "rows not known": (((LINE,), {"y": changed(Y, (3, 0), 1e30), "rows": None}), "data", "row 3 of the batch"),
    "validation rows": (
        ((LINE,), {"y": changed(Y, (3, 0), 1e30), "held_out": True}), "data", "row 13 of the validation rows",
    ),
    "NaN in a row": (((LINE,), {"x": changed(X, (1, 0), np.nan)}), "data", "x holds nan in row 11"),
    "a heavy row": (((LINE,), {"weights": changed(ONES, 0, 3e38), "y": 30 * Y}), "sample_weight", "counts 3e38 times"),
    "weights that start huge": (
        (([Dense(2, kernel_initializer=BIG), Dense(1)],), {}), "initial_weights", "dense/kernel starts",
    ),
    "a rate set by a callback": (
        ((LINE, SGD(100.0)), {"times": 1e25, "done": 3, "first_rate": np.float32(0.1)}), "schedule",
        "a callback has raised the learning rate from 0.1 to 100",
    ),
    "a rate that only grew a little": (
        ((LINE, SGD(100.0)), {"times": 1e25, "done": 3, "first_rate": np.float32(20.0)}), "learning_rate", "rate of 100",
    ),
    "a schedule": (
        ((LINE, SGD(lambda step: 0.1 * 10.0**step)), {"times": 1e25, "done": 3}), "schedule",
        "the schedule has raised the learning rate from 0.1 to 100",
    ),
    "a rate": (((LINE, SGD(1e3)), {"times": 1e25, "done": 3}), "learning_rate", "the loss went from 1 to 50"),
    "layers that grow": (
        (([f(lambda x: x * 1e15), Lambda(lambda x: x * 1e10, name="again"), Dense(1)],), {}), "architecture", "in 'again'",
    ),
    "a penalty": ((([Dense(1, kernel_regularizer=L2(3e38))],), {"y": 2 * Y}), "regularizer", "before any update"),
    "exp": (([f(lambda x: jnp.exp(x * 0 + 95)), Dense(1)],), "overflow", "exp of 95 overflows"),
    "exp of what a layer made large": (
        (([f(lambda x: jnp.abs(x) * 1e6), Lambda(jnp.exp, name="exp"), Dense(1)],), {}), "overflow", "exp of",
    ),
    "a rate that was raised, but is not to blame": (
        (([f(lambda x: jnp.exp(x * 0 + 95)), Dense(1)], SGD(100.0)), {"done": 3, "first_rate": np.float32(0.1)}),
        "overflow", "exp of 95",
    ),
    "a product": (
        (([f(lambda x: x * 0 + 1), Dense(1), Lambda(lambda x: (x * 0 + 3e38) * 2)],), {}), "overflow", "up to 3e38",
    ),
    "float16": (
        (([f(lambda x: (x.astype(jnp.float16) * 0 + 6e4) * 2), Dense(1)],), {}), "half_precision", "65,504",
    ),
    "a log": (([f(lambda x: jnp.log(x * 0)), Dense(1)],), "log_of_zero", "log of 0"),
    "no epsilon": (([Dense(1), f(lambda x: 0 * x)], Adam(epsilon=0.0)), "division_by_zero", "the optimizer divides"),
    "a running variance": (
        (([f(lambda x: 1e20 * x), BatchNormalization(), Dense(1)],), {}), "architecture", "in 'mine'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_told_with_its_evidence(name):
    given, kind, words = CAUSES[name]
    layers, further = given if isinstance(given[-1], dict) else (given, {})
    found = why(step_of(*layers, **further))
    assert found.kind == kind and words in found.why, found
    assert found.remedy


def test_rows_that_only_fill_up_are_not_to_blame():
    real = changed(ONES, 2, 0.0)
    step = step_of([f(lambda x: jnp.exp(x * 0 + 95)), Dense(1)], x=changed(X, (2, 1), np.nan), real=real)
    assert why(step).kind != "data"


def test_numbers_that_are_large_but_harmless_are_not_to_blame():
    step = step_of([f(lambda x: jnp.log(x[:, :1] * 0)), Dense(1)], x=changed(X, (2, 1), 1e6))
    assert why(step).kind == "log_of_zero"


def test_a_state_that_grows_is_a_recurrence_and_one_that_does_not_is_none():
    step = step_of([f(lambda x: jnp.exp(x * 0 + 95)), Dense(1)])
    for carried, kind in (
        ((0.0, 1.0, 40.0, 2e3), "exploding_recurrence"),
        ((1.0, 5.0), "overflow"),
        ((0.0,), "overflow"),
    ):
        broken = Broken("mul", "forward", (), (X,), X * np.inf, carried=carried)
        found = cause_of(step, Place("rnn", "forward", broken, recurrence="rnn"), [0])
        assert found.kind == kind
    grown = Broken("mul", "forward", (), (X,), X * np.inf, carried=(0.0, 1.0, 40.0, 2e3))
    assert (
        "grew from 1 to 2,000 over 4 time steps"
        in cause_of(step, Place("rnn", "forward", grown, recurrence="rnn"), [0]).why
    )


def test_a_recurrence_after_a_far_too_large_step_is_put_down_to_the_rate():
    step = step_of([Dense(1)], SGD(1e3), times=1e25, done=3)
    grown = Broken("mul", "forward", (), (X,), X * np.inf, carried=(1.0, 1e9))
    assert cause_of(step, Place("rnn", "forward", grown, recurrence="rnn"), [0]).kind == "learning_rate"


def test_a_place_that_cannot_be_told_is_said_to_be_unknown():
    step = step_of([f(lambda x: jnp.exp(x * 0 + 95)), Dense(1)])
    assert cause_of(step, None, [0]).kind == "unknown"


def test_the_advised_rate_is_smaller_by_as_much_as_the_step_was_too_large():
    assert why(step_of([Dense(1)], SGD(1e3), times=1e25, done=3)).remedy.startswith("a learning rate of ")
    advised = [float(why(step_of([Dense(1)], SGD(rate), times=1e25, done=3)).remedy.split()[4]) for rate in (1e3, 1e6)]
    assert advised[0] == advised[1] < 1  # the same rate would be right, whichever was tried
