"""cross_validate: every row is judged by networks that never saw it; the interval is Nadeau and Bengio's."""

import numpy as np
import pytest
from scipy import stats

from glassnet.callbacks import EarlyStopping
from glassnet.foundation.errors import ConfigError, DataError, DivergedError
from glassnet.layers import Dense, Input
from glassnet.models import Sequential, fit_together
from glassnet.optimizers import SGD
from glassnet.tuning import cross_validate, cross_validation
from glassnet.tuning.folds import fold_numbers
from glassnet.tuning.intervals import corrected_interval, t_interval
from glassnet.tuning.members import fresh_copy


@pytest.fixture(scope="module")
def found(plane, small):
    return cross_validate(small(optimizer=SGD(0.1)), *plane, folds=4, seeds=[5, 9], epochs=3, batch_size=16)


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_folds_are_even_in_all_and_in_each_class(classes):
    y = np.random.default_rng(1).integers(0, classes, 103)
    parts = fold_numbers(y, 103, 5, seed=3)
    sizes = np.bincount(parts, minlength=5)
    assert np.ptp(sizes) <= 1
    for one in range(classes):
        assert np.ptp(np.bincount(parts[y == one], minlength=5)) <= 1
    assert not np.array_equal(parts, fold_numbers(y, 103, 5, seed=4))
    np.testing.assert_array_equal(parts, fold_numbers(y, 103, 5, seed=3))


def test_values_are_spread_at_random():
    parts = fold_numbers(np.linspace(0, 1, 50), 50, 5)
    assert (
        np.bincount(parts).tolist() == [10] * 5 and np.ptp([np.flatnonzero(parts == f).mean() for f in range(5)]) < 25
    )


def test_each_member_is_as_if_fitted_alone_on_the_other_folds(found, plane, small):
    x, y = plane
    predictions = np.zeros((2, 60, 1))
    for place, seed in enumerate([5, 9]):
        for fold in range(4):
            mine, held = found.folds != fold, found.folds == fold
            alone = fresh_copy(small(optimizer=SGD(0.1)), seed)
            alone.fit(x[mine], y[mine], epochs=3, batch_size=16, verbose=0)
            loss, accuracy = alone.evaluate(x[held], y[held])
            np.testing.assert_allclose(found.scores["loss"][fold, place], loss, rtol=1e-5)
            np.testing.assert_allclose(found.scores["accuracy"][fold, place], accuracy, rtol=1e-6)
            predictions[place, held] = alone.predict(x[held])
    np.testing.assert_allclose(found.predictions, predictions.mean(axis=0), rtol=1e-5)


def test_the_interval_is_the_corrected_one(found):
    means = found.scores["loss"].mean(axis=1)
    half = stats.t.ppf(0.975, 3) * means.std(ddof=1) * np.sqrt(1 / 4 + 1 / 3)
    interval = found.metrics["loss"]
    np.testing.assert_allclose([interval.mean, interval.low, interval.high], means.mean() + np.array([0, -half, half]))
    plain = t_interval(means)
    np.testing.assert_allclose([plain.low, plain.high], stats.t.interval(0.95, 3, means.mean(), stats.sem(means)))
    assert plain.high < interval.high


def test_the_corrected_interval_holds_the_truth_about_as_often_as_it_says():
    # Mean error of a mean on held-out rows: the number that each fold estimates is 1 + 1/n_train.
    rng, held = np.random.default_rng(0), {"corrected": 0, "plain": 0}
    for _ in range(400):
        y, parts = rng.normal(size=60), np.arange(60) % 5
        losses = [np.mean((y[parts == f] - y[parts != f].mean()) ** 2) for f in range(5)]
        for name, interval in (("corrected", corrected_interval(losses)), ("plain", t_interval(losses))):
            held[name] += interval.low < 1 + 1 / 48 < interval.high
    assert 0.93 < held["corrected"] / 400 <= 1 and held["plain"] < held["corrected"]


def test_it_reads_as_a_table_and_as_rows(found):
    lines = repr(found).splitlines()
    assert lines[0].startswith("Cross-validation: 4 folds × 2 seeds, 60 rows") and lines[1].startswith("metric")
    assert [line.split()[0] for line in lines[2:]] == ["loss", "accuracy"]
    assert len(found.members) == 8 and found.members[3] | {"loss": 0, "accuracy": 0} == {
        "fold": 1,
        "seed": 9,
        "epochs": 3,
        "loss": 0,
        "accuracy": 0,
    }


def test_the_template_stays_and_the_same_call_gives_the_same(plane, small, untouched, found):
    template = small(optimizer=SGD(0.1))
    check = untouched(template)
    again = cross_validate(template, *plane, folds=4, seeds=[5, 9], epochs=3, batch_size=16)
    check()
    np.testing.assert_array_equal(again.predictions, found.predictions)


def test_early_stopping_never_sees_the_fold_that_is_held_out(plane, small, monkeypatch):
    given = {}

    def noted(*args, **arguments):
        given.update(arguments)
        return fit_together(*args, **arguments)

    monkeypatch.setattr(cross_validation, "fit_together", noted)
    stop = EarlyStopping(patience=1, restore_best_weights=True)
    found = cross_validate(small(), *plane, folds=3, seeds=1, epochs=6, batch_size=16, early_stopping=stop)
    for fold, (learned, stopped) in enumerate(zip(given["rows"], given["validation_rows"], strict=True)):
        assert 0.1 < len(stopped) / (len(stopped) + len(learned)) < 0.2
        both = np.concatenate([learned, stopped])
        np.testing.assert_array_equal(np.sort(both), np.flatnonzero(found.folds != fold))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"folds": 1}, ConfigError, "`folds`"),
        ({"folds": 61}, DataError, "at least 61 rows"),
        ({"seeds": 0}, ConfigError, "`seeds`"),
        ({"epochs": 0}, ConfigError, "`epochs`"),
    ],
    ids=["folds", "rows", "seeds", "epochs"],
)
def test_what_cannot_work_is_said(arguments, error, words, plane, small):
    with pytest.raises(error, match=words):
        cross_validate(small(), *plane, **arguments)


def test_numbers_that_break_are_said(plane):
    x, y = plane
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile(SGD(1e30), "mse")
    with pytest.raises(DivergedError, match="not finite"):
        cross_validate(model, 1e20 * x, 1e20 * y, folds=2, seeds=1, epochs=3)
