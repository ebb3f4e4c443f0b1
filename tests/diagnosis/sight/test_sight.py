"""What is seen in rows, each on rows made so that the answer is known."""

import json

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.diagnosis.sight.leaks import shared_rows, telling_column
from glassnet.diagnosis.sight.rivals import rival
from glassnet.diagnosis.sight.seen import sight_of
from glassnet.diagnosis.sight.shift import answer_shift, input_shift
from glassnet.diagnosis.sight.task import Side, Task
from glassnet.layers import Dense


def task(x, y, val_x, val_y, classes):
    middle, scale = x.mean(0), x.std(0)
    scaled = [(part - middle) / scale for part in (x, val_x)]
    if not classes:
        y, val_y = ((part - y.mean()) / y.std() for part in (y, val_y))
        y, val_y = y[:, None], val_y[:, None]
    return Task(classes, Side(scaled[0], y, None), Side(scaled[1], val_y, None), (x, val_x))


def rows(kind, seed=0, n=450, width=5, shift=0.0):
    r = np.random.default_rng(seed)
    x = r.normal(size=(n, width))
    signal = x[:, 0] * x[:, 1] + x[:, 2]
    y = (signal > 0).astype(int) if kind else signal + 0.3 * r.normal(size=n)
    return task(x[:300], y[:300], x[300:] + shift, y[300:], 2 if kind else 0)


@pytest.mark.parametrize("kind", [0, 2])
def test_a_rival_learns_what_there_is_to_learn_and_nothing_else(kind):
    found = rival(rows(kind))
    assert (found.inner_base - found.inner).mean() > 0.4 * found.inner_base.mean()
    assert found.inner_error < 0.5
    r = np.random.default_rng(1)
    lost = rows(kind)
    shuffled = Task(
        lost.classes,
        Side(lost.train.x, r.permutation(lost.train.truth), None),
        Side(lost.val.x, r.permutation(lost.val.truth), None),
        lost.raw,
    )
    found = rival(shuffled)
    gain = found.inner_base - found.inner
    assert gain.mean() < 4 * gain.std() / np.sqrt(len(gain))


@pytest.mark.parametrize("kind", [0, 2])
def test_a_column_that_is_the_answer_is_found_and_an_honest_one_is_not(kind):
    honest = rows(kind)
    assert telling_column(honest) is None
    y = honest.train.truth if kind else honest.train.truth[:, 0]
    val_y = honest.val.truth if kind else honest.val.truth[:, 0]
    r = np.random.default_rng(2)
    x, val_x = (
        np.insert(part.x, 3, t + 0.02 * r.normal(size=len(t)), axis=1)
        for part, t in ((honest.train, y), (honest.val, val_y))
    )
    column, alone, rest, other = telling_column(task(x, y, val_x, val_y, honest.classes))
    assert column == 3 and alone < 0.05 < 3 * alone + 0.05 < rest < other


def test_copied_rows_are_counted_and_near_copies_too():
    r = np.random.default_rng(0)
    x = r.normal(size=(200, 5))
    y = r.integers(0, 2, 260)
    fresh = r.normal(size=(40, 5))
    val = np.concatenate([x[:20], fresh])
    share, chance = shared_rows(task(x, y[:200], val, y[200:], 2))
    assert share == pytest.approx(1 / 3) and chance == 0
    near = np.concatenate([x[:20] + 1e-4, fresh])
    assert shared_rows(task(x, y[:200], near, y[200:], 2))[0] == pytest.approx(1 / 3)
    assert shared_rows(task(x, y[:200], r.normal(size=(60, 5)), y[200:], 2))[0] < 0.05


def test_rows_of_few_values_repeat_by_chance():
    r = np.random.default_rng(0)
    x = r.integers(0, 2, (300, 4)).astype(float)
    share, chance = shared_rows(task(x, r.integers(0, 2, 300), x[:50], r.integers(0, 2, 50), 2))
    assert share == 1 and chance > 0.9


@pytest.mark.parametrize(("shift", "told"), [(0.0, False), (0.8, True)])
def test_rows_from_elsewhere_are_told_apart(shift, told):
    area, sigmas = input_shift(rows(2, shift=shift))
    assert (area > 0.72 and sigmas > 3.5) == told
    assert told or abs(area - 0.5) < 0.1


def test_rows_that_only_spread_wider_are_told_apart_too():
    r = np.random.default_rng(0)
    x, val = r.normal(size=(300, 4)), 3 * r.normal(size=(150, 4))
    assert input_shift(task(x, r.integers(0, 2, 300), val, r.integers(0, 2, 150), 2))[0] > 0.8


@pytest.mark.parametrize("kind", [0, 2])
def test_answers_from_elsewhere_are_told_apart(kind):
    same = rows(kind)
    assert answer_shift(same)[1] < 4
    order = np.argsort(same.val.truth.reshape(len(same.val.truth)))
    high = Side(same.val.x, same.val.truth[order[-70:]], None)
    apart, sigmas = answer_shift(Task(same.classes, same.train, high, same.raw))
    assert apart > 0.3 and sigmas > 5


def test_the_error_of_a_two_sample_test_is_what_repeated_trials_show():
    areas, sigmas = zip(*(input_shift(rows(2, seed)) for seed in range(12)), strict=True)
    assert np.std(sigmas) == pytest.approx(1, abs=0.6) and abs(np.mean(areas) - 0.5) < 0.03
    json.dumps(areas)


def test_what_a_network_says_of_values_is_measured_in_the_unit_of_its_truths():
    r = np.random.default_rng(0)
    x = r.normal(size=(80, 3)).astype("float32")
    model = Sequential([Input((3,)), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.set_weights([np.full((3, 1), 1000.0, "float32"), np.full(1, 5000.0, "float32")])
    y = 1000 * x.sum(1) + 5000
    model.optimizer.learning_rate = 1e-9
    history = model.fit(x, y, epochs=1, validation_split=0.25, verbose=0)
    seen = sight_of(history.trained, current=True)
    assert seen.train.mean < 1e-6 and seen.val.mean < 1e-6 and seen.train_lead.mean == pytest.approx(1)
