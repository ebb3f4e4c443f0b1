"""replay: an epoch run again finds the step that broke, with the rate and the rows that it had."""

import jax
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.layers import Dense
from glassnet.models import readiness
from glassnet.training.replay import first_bad_step, first_bad_validation
from glassnet.training.step import Batch

ONES = np.ones(4, np.float32)


class Way:
    """Three batches of four rows, one of which may hold something huge."""

    def __init__(self, recipe, huge=None, held_out=None, rates=()):
        self.recipe, self.seed, self.rates = recipe, 0, rates
        self.huge, self.held_out = huge, held_out

    def replay(self, epoch):
        return self.batches(self.huge)

    def replay_held_out(self):
        return self.batches(self.held_out)

    def batches(self, huge):
        for number in range(3):
            y = np.full((4, 1), 1e30 if number == huge else 1.0, np.float32)
            yield Batch(np.ones((4, 2), np.float32), y, ONES, ONES), np.arange(4) + 4 * number


@pytest.fixture(scope="module")
def trained():
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    recipe = readiness.ready(model, np.ones((4, 2), np.float32), np.ones((4, 1), np.float32))
    return recipe, jax.tree.map(np.array, model.train_state())


def test_the_step_that_broke_is_found_with_the_state_before_it(trained):
    recipe, state = trained
    step = first_bad_step(Way(recipe, huge=1), state, 4, np.float32(0.1), np.float32(0.2))
    assert (step.epoch, step.number, list(step.rows), step.first_rate) == (4, 1, [4, 5, 6, 7], np.float32(0.2))
    assert (
        int(step.start.step) == 0 and int(step.state.step) == 1 and np.isinf(step.losses[-1]) and len(step.losses) == 2
    )
    assert step.breaks() and not step.breaks(step.batch._replace(y=np.ones((4, 1), np.float32)))


def test_an_epoch_that_stays_finite_gives_nothing(trained):
    recipe, state = trained
    assert first_bad_step(Way(recipe), state, 0, np.float32(0.1)) is None
    assert first_bad_validation(Way(recipe, huge=0), state, state, 0, np.float32(0.1)) is None


def test_the_rate_of_each_step_is_the_one_it_had(trained):
    recipe, state = trained
    rates = [np.float32(0.0), np.float32(3e38), np.float32(0.0)]
    step = first_bad_step(Way(recipe, rates=rates), state, 0, np.float32(0.0))
    assert (step.number, step.rate) == (1, rates[1])


def test_a_validation_batch_is_found_without_a_step(trained):
    recipe, state = trained
    after = state._replace(params={path: w + 1 for path, w in state.params.items()})
    step = first_bad_validation(Way(recipe, held_out=2), state, after, 1, np.float32(0.1))
    assert (step.number, step.held_out, list(step.rows)) == (2, True, [8, 9, 10, 11]) and step.breaks()
    np.testing.assert_array_equal(step.state.params["dense/bias"], after.params["dense/bias"])
