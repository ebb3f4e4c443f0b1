"""ways: how far epochs run ahead, what is donated, what is counted, and that both ways give the same numbers."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.callbacks import LambdaCallback
from glassnet.models import readiness
from glassnet.training import ways
from glassnet.training.rows import collect

ROOM = 40
RATE = np.float32(0.001)


@pytest.fixture
def small(classifier, rows):
    """(model, its recipe, its rows)."""
    model = classifier()
    return model, readiness.ready(model, *rows), collect(*rows)


def epoch_way(recipe, rows, *, room=ROOM, shuffle=True, whole=False):
    settings = {"batch_size": 32, "shuffle": shuffle, "seed": 0, "room": room, "whole_batches": whole}
    return ways.EpochWay(recipe, rows, None, **settings)


def step_way(recipe, rows, **hooks):
    def batches(epoch):
        for start in (0, 32, 64):
            order = np.arange(start, start + 32)
            yield rows.batch(np.where(order < rows.count, order, -1))

    return ways.StepWay(recipe, batches, lambda state: {}, seed=0, **hooks)


def clocked(monkeypatch, seconds):
    """Let every call of a program take `seconds`."""
    now = [0.0]

    def tick():
        now[0] += seconds
        return now[0]

    monkeypatch.setattr(ways, "time", SimpleNamespace(perf_counter=tick))


def equal(one, two):
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(two), strict=True):
        np.testing.assert_array_equal(a, b)


def test_quick_epochs_run_further_and_further_ahead(small, monkeypatch):
    model, recipe, rows = small
    clocked(monkeypatch, 1e-4)
    way, state = epoch_way(recipe, rows), model.train_state()
    assert [len(way.advance(state, 0, limit, RATE)) for limit in (100, 100, 100, 7)] == [1, 16, ROOM, 7]
    way.slow_down()
    assert [len(way.advance(state, 0, 100, RATE)) for _ in range(2)] == [1, 16]


def test_slow_epochs_make_calls_of_about_a_seventh_of_a_second(small, monkeypatch):
    model, recipe, rows = small
    way, state = epoch_way(recipe, rows), model.train_state()
    clocked(monkeypatch, 0.04)
    assert [len(way.advance(state, 0, 100, RATE)) for _ in range(2)] == [1, 3]
    clocked(monkeypatch, 1.0)
    assert [len(way.advance(state, 0, 100, RATE)) for _ in range(3)] == [11, 1, 1]


def test_each_epoch_run_ahead_has_the_numbers_and_the_state_of_that_epoch(small, monkeypatch):
    model, recipe, rows = small
    clocked(monkeypatch, 1e-4)
    ahead, single = epoch_way(recipe, rows), epoch_way(recipe, rows)
    state = single.advance(model.train_state(), 0, 1, RATE)[0].fetch()
    ahead.advance(model.train_state(), 0, 1, RATE)
    together = ahead.advance(state, 1, 4, RATE)
    assert len(together) == 4
    for epoch, outcome in enumerate(together, start=1):
        (one,) = single.advance(state, epoch, 1, RATE)
        single.slow_down()
        assert outcome.logs == one.logs
        equal(outcome.fetch(), one.fetch())
        state = one.fetch()


def test_one_epoch_a_call_keeps_no_other_state(small):
    model, recipe, rows = small
    (one,) = epoch_way(recipe, rows, room=1).advance(model.train_state(), 0, 5, RATE)
    (other,) = epoch_way(recipe, rows).advance(model.train_state(), 0, 5, RATE)
    assert one.logs == other.logs
    equal(one.fetch(), other.fetch())


def test_the_state_given_is_not_used_up(small):
    """The compiled step reuses memory; the arrays of whoever asked stay as they were."""
    model, recipe, rows = small
    for way in (epoch_way(recipe, rows, shuffle=False), step_way(recipe, rows)):
        state = jax.tree.map(jnp.array, model.train_state())
        before = jax.tree.map(np.array, state)
        first = way.advance(state, 0, 1, RATE)[0]
        assert not any(leaf.is_deleted() for leaf in jax.tree.leaves(state))
        equal(state, before)
        kept = jax.tree.map(np.array, first.fetch())
        way.slow_down()
        second = way.advance(state, 0, 1, RATE)[0]
        assert first.logs == second.logs
        equal(first.fetch(), kept)


@pytest.mark.parametrize(
    "hooks", [[], [LambdaCallback(on_train_batch_end=lambda batch, logs: None)]], ids=["scan", "steps"]
)
def test_arrays_taken_from_a_model_outlive_its_training(classifier, rows, hooks):
    model = classifier()
    model.fit(*rows, epochs=1, verbose=0, callbacks=hooks)
    held, copied = model.weights, model.get_weights()
    model.fit(*rows, epochs=2, verbose=0, callbacks=hooks)
    model.train_on_batch(*rows)
    equal(held, copied)
    assert not np.array_equal(model.weights[0], copied[0])


def test_both_ways_give_the_same_numbers(small):
    model, recipe, rows = small
    (scanned,) = epoch_way(recipe, rows, shuffle=False).advance(model.train_state(), 0, 1, RATE)
    (stepped,) = step_way(recipe, rows).advance(model.train_state(), 0, 1, RATE)
    assert scanned.logs == stepped.logs and list(scanned.logs) == ["loss", "accuracy"]
    equal(scanned.fetch(), stepped.fetch())


def test_batch_hooks_are_told_the_numbers_so_far(small):
    model, recipe, rows = small
    begun, ended = [], []

    def end(number, logs, state):
        ended.append((number, logs))
        return state, RATE, False

    way = step_way(recipe, rows, on_batch_begin=begun.append, on_batch_end=end)
    (outcome,) = way.advance(model.train_state(), 0, 1, RATE)
    assert begun == [0, 1, 2] == [number for number, _ in ended]
    assert ended[-1][1] == outcome.logs and ended[0][1] != outcome.logs


def test_compiling_is_counted_apart_and_rows_are_counted(small):
    model, recipe, rows = small
    way = epoch_way(recipe, rows)
    way.advance(model.train_state(), 0, 1, RATE)
    compiled = way.clock.compiling
    way.advance(model.train_state(), 1, 1, RATE)
    assert way.clock.compiling == compiled and way.clock.training > 0 and way.clock.rows == 140
    steps = step_way(recipe, rows)
    steps.advance(model.train_state(), 0, 1, RATE)
    assert steps.clock.rows == 70


def test_where_rows_are_mixed_the_last_batch_is_smaller_and_not_filled_up(classifier, rows):
    """The loss of a batch is its largest error; at a rate of 0 an epoch's is the mean of its batches, by their rows."""
    x, y = rows
    model = classifier(loss=lambda y, p: jnp.max(jnp.abs(jnp.reshape(y, p.shape) - p)), metrics=())
    recipe, given = readiness.ready(model, x, y), collect(x, y)
    assert readiness.whole_batches(model, recipe)
    errors = np.abs(y - model.predict(x)[:, 0])
    expected = (32 * errors[:32].max() + 32 * errors[32:64].max() + 6 * errors[64:].max()) / 70
    way = epoch_way(recipe, given, shuffle=False, whole=True)
    assert way.advance(model.train_state(), 0, 1, np.float32(0))[0].logs["loss"] == pytest.approx(expected, rel=1e-5)


def test_numbers_are_plain_and_in_the_objectives_order(small):
    _, recipe, _ = small
    logs = {"val_loss": np.float32([1, 2]), "accuracy": np.float32([0.5, 1]), "loss": np.float32([3, 4])}
    assert ways.plain(recipe.objective, logs, 1) == {"loss": 4.0, "accuracy": 1.0, "val_loss": 2.0}
    table = ways.plain(recipe.objective, {"loss": np.float32(2), "accuracy": np.ones(3)})
    assert list(table) == ["loss", "accuracy"] and isinstance(table["loss"], float) and table["accuracy"].shape == (3,)
