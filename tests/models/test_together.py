"""fit_together: members end as if each had been fitted alone; only what differs is compiled twice."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import EarlyStopping
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.layers import BatchNormalization, Dense, Dropout, GaussianDropout, GaussianNoise, SpatialDropout1D
from glassnet.models.together import fit_together
from glassnet.optimizers import SGD, Adam, RMSprop
from glassnet.regularizers import L1, L1L2, L2
from glassnet.training.population import population_program

X = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
Y = (X[:, :1] + 0.3 * X[:, 1:2] ** 2 > 0.2).astype("float32")
FOLDS = np.arange(50) % 4
TRAIN = [np.flatnonzero(fold != FOLDS) for fold in range(4)]
HELD = [np.flatnonzero(fold == FOLDS) for fold in range(4)]


def made(seed, rate=0.05, middle=(), optimizer=SGD, units=6):
    layers = [Input((3,)), Dense(units, activation="tanh"), *middle, Dense(1, activation="sigmoid")]
    model = Sequential(layers, seed=seed)
    model.compile(optimizer(rate), "binary_crossentropy", metrics=["accuracy"])
    return model


def agree(one, other):
    assert one.history.epoch == other.history.epoch and set(one.history.history) == set(other.history.history)
    for name, values in other.history.history.items():
        np.testing.assert_allclose(one.history.history[name], values, rtol=2e-5, atol=1e-6, err_msg=name)
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)


def alone(model, index, epochs=4, callbacks=(), **arguments):
    kept, held = TRAIN[index], HELD[index]
    model.fit(
        X[kept],
        Y[kept],
        epochs=epochs,
        batch_size=8,
        verbose=0,
        validation_data=(X[held], Y[held]),
        callbacks=callbacks,
        **arguments,
    )
    return model


@pytest.mark.parametrize(
    "make",
    [
        lambda i: made(i, rate=0.02 * (i + 1)),
        lambda i: made(i, middle=[Dropout(0.3)], optimizer=Adam, rate=0.01),
    ],
    ids=["rates", "dropout"],
)
def test_members_are_as_if_alone(make):
    models = [make(i) for i in range(4)]
    histories = fit_together(models, X, Y, epochs=4, batch_size=8, rows=TRAIN, validation_rows=HELD)
    for i, model in enumerate(models):
        assert model.history is histories[i]
        agree(model, alone(make(i), i))
    again = [make(i) for i in range(4)]
    assert fit_together(again, X, Y, epochs=4, batch_size=8, rows=TRAIN, validation_rows=HELD)[0].compile_seconds == 0


def penalised(penalty, bias=None, seed=1):
    layers = [Input((3,)), Dense(6, "tanh", kernel_regularizer=penalty, bias_regularizer=bias), Dense(1, "sigmoid")]
    model = Sequential(layers, seed=seed)
    model.compile(SGD(0.1), "binary_crossentropy", metrics=["accuracy"])
    return model


def noisy(layer):
    return made(3, middle=[layer])


ALL, HALF, FEW = np.arange(50), np.arange(3, 28), np.arange(30, 43)


@pytest.mark.parametrize(
    ("makes", "parts", "programs"),
    [
        ([lambda rate=rate: made(3, middle=[Dropout(rate)]) for rate in (0.0, 0.3, 0.65, 1.0)], None, 1),
        ([lambda sd=sd: noisy(GaussianNoise(sd)) for sd in (0.0, 0.2)], None, 1),
        ([lambda rate=rate: noisy(GaussianDropout(rate)) for rate in (0.0, 0.4)], None, 1),
        ([lambda p=p: penalised(p) for p in (None, L2(0.0), L2(0.03), L1(0.02), L1L2(0.01, 0.05))], None, 1),
        ([lambda b=b: penalised(L2(0.01), b) for b in (None, L1(0.3))], None, 1),
        ([lambda o=o: made(2, optimizer=o) for o in (SGD, Adam, RMSprop)], None, 3),
        ([lambda seed=seed: made(seed) for seed in (1, 1, 2)], [ALL, HALF, FEW], 1),
        (
            [
                lambda i=i: made(i, rate=0.02 * (i + 1), middle=[Dropout(0.2 * i)], optimizer=(SGD, Adam)[i % 2])
                for i in range(4)
            ],
            [ALL, HALF, HALF, FEW],
            2,
        ),
    ],
    ids=["dropout", "noise", "gaussian dropout", "penalty", "bias", "optimizer", "subsets", "everything"],
)
def test_whatever_they_differ_in_each_is_as_if_alone(makes, parts, programs):
    before = population_program.cache_info()
    models = [make() for make in makes]
    fit_together(models, X, Y, epochs=3, batch_size=8, rows=parts, validation_rows=[HELD[0]] * len(makes))
    after = population_program.cache_info()
    assert after.misses + after.hits - before.misses - before.hits == programs
    for index, (model, make) in enumerate(zip(models, makes, strict=True)):
        other, rows = make(), ALL if parts is None else parts[index]
        other.fit(X[rows], Y[rows], epochs=3, batch_size=8, verbose=0, validation_data=(X[HELD[0]], Y[HELD[0]]))
        agree(model, other)
        assert model.blueprint() == other.blueprint() and model.get_config() == other.get_config()


def test_members_that_drop_whole_channels_at_different_rates_are_one_program():
    rows = np.random.default_rng(1).normal(size=(16, 4, 3)).astype("float32")

    def make(rate):
        model = Sequential([Input((4, 3)), SpatialDropout1D(rate), Dense(2)], seed=0)
        model.compile(SGD(0.1), "mse")
        return model

    models = [make(rate) for rate in (0.0, 0.5)]
    fit_together(models, rows, rows[..., :2], epochs=2, batch_size=8)
    for model, rate in zip(models, (0.0, 0.5), strict=True):
        other = make(rate)
        other.fit(rows, rows[..., :2], epochs=2, batch_size=8, verbose=0)
        agree(model, other)


def test_training_can_go_on_from_there():
    model, same = made(0, optimizer=Adam), made(0, optimizer=Adam)
    fit_together([model], X, Y, epochs=2, batch_size=8)
    same.fit(X, Y, epochs=2, batch_size=8, verbose=0)
    for one in (model, same):
        one.fit(X, Y, epochs=2, batch_size=8, verbose=0, initial_epoch=0)
    agree(model, same)


def test_a_layer_that_mixes_rows_sees_no_row_that_is_not_there():
    def make(i):
        return made(i, middle=[BatchNormalization(momentum=0.5)])

    rows = [np.arange(i, 43 + i) for i in range(3)]  # batches of 8 and a last one of 3
    models = [make(i) for i in range(3)]
    fit_together(models, X, Y, epochs=3, batch_size=8, rows=rows)
    for i, model in enumerate(models):
        other = make(i)
        other.fit(X[rows[i]], Y[rows[i]], epochs=3, batch_size=8, verbose=0)
        agree(model, other)


@pytest.mark.parametrize("best", [False, True], ids=["last", "best"])
def test_each_member_stops_when_it_would_alone(best):
    def stop():
        return EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=best)

    rates = (0.5, 4.0, 0.05, 1.5)
    models = [made(i, rate=rate) for i, rate in enumerate(rates)]
    fit_together(models, X, Y, epochs=12, batch_size=8, rows=TRAIN, validation_rows=HELD, early_stopping=stop())
    lengths = set()
    for i, rate in enumerate(rates):
        other = alone(made(i, rate=rate), i, epochs=12, callbacks=[stop()])
        agree(models[i], other)
        lengths.add(len(other.history.epoch))
    assert len(lengths) > 1


def test_a_member_that_breaks_keeps_its_last_good_weights_and_harms_no_other():
    def line(seed, rate):
        model = Sequential([Input((3,)), Dense(1)], seed=seed)
        model.compile(SGD(rate), "mse")
        return model

    models = [line(0, 0.1), line(1, 1e15), line(2, 0.1)]
    histories = fit_together(models, X, Y, epochs=9, batch_size=8)
    assert [len(history.epoch) for history in (histories[0], histories[2])] == [9, 9]
    assert len(histories[1].epoch) < 9 and len(histories[1].notes) == 1 and "are not finite" in histories[1].notes[0]
    assert all(np.isfinite(w).all() for w in models[1].get_weights())
    other = line(2, 0.1)
    other.fit(X, Y, epochs=9, batch_size=8, verbose=0)
    agree(models[2], other)


def test_a_member_that_broke_at_once_says_so_once_and_stays_as_it_was():
    rows = X.copy()
    rows[7] = 1e25  # its square overflows, wherever in the epoch it is met

    def line(seed):
        model = Sequential([Input((3,)), Dense(1, kernel_initializer="ones")], seed=seed)
        model.compile(SGD(1e-3), "mse")
        return model

    models = [line(seed) for seed in range(3)]
    start = models[0].get_weights()
    histories = fit_together(models, rows, Y, epochs=5, batch_size=8)
    for model, history in zip(models, histories, strict=True):
        assert history.epoch == [] and len(history.notes) == 1
        np.testing.assert_array_equal(model.get_weights()[0], start[0])


def test_kinds_that_differ_are_trained_beside_each_other():
    models = [made(0), made(1, units=4), made(2, optimizer=Adam), made(3)]
    fit_together(models, X, Y, epochs=2, batch_size=8)
    for i, make in enumerate((made, lambda i: made(i, units=4), lambda i: made(i, optimizer=Adam), made)):
        other = make(i)
        other.fit(X, Y, epochs=2, batch_size=8, verbose=0)
        agree(models[i], other)


ONE = made(0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: fit_together([], X, Y), ConfigError, "expected models, each once"),
        (lambda: fit_together([ONE, ONE], X, Y), ConfigError, "2, 1 of them different"),
        (lambda: fit_together([made(0)], X, Y, rows=[[0], [1]]), ConfigError, "each of the 1 models"),
        (lambda: fit_together([made(0)], X, Y, rows=[[50]]), ConfigError, "row numbers from 0 to 49"),
        (lambda: fit_together([made(0)], X, Y, epochs=0), ConfigError, "`epochs`"),
        (lambda: fit_together([made(0)], X[:9], Y), DataError, "rows"),
        (
            lambda: fit_together([made(0)], X, Y, early_stopping=EarlyStopping("loss", baseline=0.1)),
            ConfigError,
            "without baseline",
        ),
        (
            lambda: fit_together([made(0)], X, Y, early_stopping=EarlyStopping("accuracyy", patience=1)),
            ConfigError,
            "did you mean",
        ),
    ],
    ids=["none", "twice", "rows", "row", "epochs", "data", "baseline", "monitor"],
)
def test_what_cannot_work_is_said(call, error, words):
    with pytest.raises(error, match=words):
        call()
