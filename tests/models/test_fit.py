"""fit: what goes in, what comes out, and that both ways of running give the same network."""

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

from glassnet import losses, optimizers
from glassnet.callbacks import Callback, EarlyStopping, LambdaCallback
from glassnet.foundation.errors import ConfigError, DataError, DivergedError, ShapeError, UnknownNameError
from glassnet.layers import Dense, Dropout, Input
from glassnet.models import Model, Sequential


def same(a, b):
    return all(np.array_equal(p, q) for p, q in zip(a.get_weights(), b.get_weights(), strict=True))


def step_by_step():
    return LambdaCallback(on_train_batch_end=lambda batch, logs: None)


def test_it_learns_and_reports_each_epoch(classifier, rows):
    model = classifier()
    history = model.fit(*rows, epochs=150, validation_split=0.2, verbose=0)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert history.epoch == list(range(150))
    assert history.history["loss"][-1] < 0.8 * history.history["loss"][0]
    assert model.evaluate(*rows, return_dict=True)["accuracy"] > 0.6
    assert history.notes == [f"train 56, validation 14 rows; stratified; seed {model.seed}"]


@pytest.mark.parametrize("hidden", [[], [Dropout(0.3)]], ids=["plain", "dropout"])
def test_epochs_in_a_scan_and_steps_one_by_one_are_the_same_to_the_bit(classifier, rows, hidden):
    scanned, stepped = (
        classifier(hidden=hidden),
        classifier(hidden=[type(h).from_config(h.get_config()) for h in hidden]),
    )
    held_out = (rows[0][:10], rows[1][:10])
    a = scanned.fit(*rows, epochs=3, validation_data=held_out, verbose=0)
    b = stepped.fit(*rows, epochs=3, validation_data=held_out, verbose=0, callbacks=[step_by_step()])
    assert same(scanned, stepped)
    assert a.history["loss"] == b.history["loss"]
    np.testing.assert_allclose(a.history["val_loss"], b.history["val_loss"], rtol=1e-6)
    assert "step by step" in b.notes[0] and not any("step by step" in note for note in a.notes)


def test_the_same_seed_gives_the_same_network_and_another_seed_another(classifier, rows):
    a, b, c = classifier(1), classifier(1), classifier(2)
    for model in (a, b, c):
        model.fit(*rows, epochs=2, verbose=0)
    assert same(a, b) and not same(a, c)


def test_two_fits_in_a_row_are_one(classifier, rows):
    whole, parts = classifier(), classifier()
    whole.fit(*rows, epochs=4, verbose=0)
    parts.fit(*rows, epochs=2, verbose=0)
    parts.fit(*rows, epochs=4, initial_epoch=2, verbose=0)
    assert same(whole, parts)


def test_rows_come_in_many_forms(classifier, rows):
    x, y = rows
    models = []
    for form in (x, jnp.asarray(x), x.tolist(), pd.DataFrame(x, columns=list("abcd"))):
        model = classifier()
        model.fit(form, y if form is x else list(y), epochs=1, verbose=0)
        models.append(model)
    assert all(same(models[0], other) for other in models[1:])


def test_generators_and_iterables_of_batches(classifier, rows):
    x, y = rows

    def batches():
        for start in range(0, 70, 32):
            yield x[start : start + 32], y[start : start + 32]

    class Indexed:
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return x[index * 32 : index * 32 + 32], y[index * 32 : index * 32 + 32]

    def endless():
        while True:
            yield from batches()

    reference = classifier()
    history = reference.fit(x, y, epochs=2, shuffle=False, verbose=0)
    for source, steps in ((Indexed(), None), (endless(), 3), (list_of(batches), None)):
        model = classifier()
        streamed = model.fit(source, epochs=2, steps_per_epoch=steps, verbose=0)
        assert same(model, reference)
        np.testing.assert_allclose(streamed.history["loss"], history.history["loss"], rtol=1e-6)
    assert reference.evaluate(Indexed()) == pytest.approx(reference.evaluate(x, y), rel=1e-5)
    np.testing.assert_allclose(reference.predict(Indexed()), reference.predict(x), rtol=1e-6)


def list_of(batches):
    class Again:
        def __iter__(self):
            return batches()

    return Again()


def test_a_generator_that_ends_or_has_no_length_says_so(classifier, rows):
    x, y = rows
    with pytest.raises(ConfigError, match="steps_per_epoch"):
        classifier().fit(((x, y) for _ in range(3)), epochs=2, verbose=0)
    with pytest.raises(DataError, match="run out"):
        classifier().fit(((x, y) for _ in range(2)), epochs=3, steps_per_epoch=2, verbose=0)
    with pytest.raises(DataError, match="received none"):
        classifier().fit(iter(()), epochs=1, verbose=0)


def test_weights_of_rows_and_classes(classifier, rows):
    x, y = rows
    by_class, by_row, twice = classifier(), classifier(), classifier()
    by_class.fit(x, y, class_weight={0: 1.0, 1: 3.0}, epochs=2, verbose=0)
    by_row.fit(x, y, sample_weight=np.where(y == 1, 3.0, 1.0), epochs=2, verbose=0)
    assert same(by_class, by_row)
    twice.fit(x, y, epochs=2, verbose=0)
    assert not same(by_row, twice)
    with pytest.raises(DataError, match="class 1"):
        twice.fit(x, y, class_weight={0: 1.0}, verbose=0)


def test_metrics_ignore_sample_weights_and_weighted_metrics_use_them(classifier, rows):
    x, y = rows
    model = classifier()
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    right = (model.predict(x)[:, 0] > 0.5) == y
    logs = model.evaluate(x, y, sample_weight=right.astype("float32"), return_dict=True)
    assert logs["accuracy"] == pytest.approx(right.mean(), abs=1e-6)
    assert logs["weighted_accuracy"] == pytest.approx(1.0)


def test_validation_split_is_stratified_or_the_last_rows(classifier):
    x = np.arange(40, dtype="float32").reshape(10, 4)
    y = np.array([0] * 5 + [1] * 5)
    model = classifier()
    model.fit(x, y, validation_split=0.4, epochs=1, verbose=0)
    assert "stratified" in model.history.notes[0]
    last = classifier()
    history = last.fit(x / 40, y, validation_split=0.4, shuffle=False, epochs=1, verbose=0)
    assert history.history["val_loss"][0] == pytest.approx(last.evaluate(x[6:] / 40, y[6:])[0], rel=1e-5)


def test_callbacks_see_the_model_of_their_epoch_and_can_change_it(classifier, rows):
    seen = []

    class Looking(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 3:
                self.model.optimizer.learning_rate = 0.0

        def on_epoch_end(self, epoch, logs=None):
            seen.append((logs["loss"], self.model.get_weights()))

    model = classifier()
    model.fit(*rows, epochs=6, verbose=0, callbacks=[Looking()])
    weights = [w for _, w in seen]
    assert not np.array_equal(weights[0][0], weights[1][0])
    for later in (3, 4, 5):
        np.testing.assert_array_equal(weights[2][0], weights[later][0])
    plain = classifier()
    plain.fit(*rows, epochs=3, verbose=0)
    np.testing.assert_array_equal(plain.get_weights()[0], weights[2][0])


def test_weights_set_by_a_callback_are_trained_on(classifier, rows):
    class Reset(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.set_weights([np.zeros_like(w) for w in self.model.get_weights()])

    model = classifier(optimizer=optimizers.SGD(0.0))
    model.fit(*rows, epochs=4, verbose=0, callbacks=[Reset()])
    assert all(not w.any() for w in model.get_weights())


def test_early_stopping_ends_and_restores(classifier, rows):
    stop = EarlyStopping("loss", patience=2, mode="max", restore_best_weights=True)
    model, once = classifier(), classifier()
    history = model.fit(*rows, epochs=50, verbose=0, callbacks=[stop])
    assert len(history.epoch) == 3 and stop.stopped_epoch == 2 and stop.best_epoch == 0
    once.fit(*rows, epochs=1, verbose=0)
    assert same(model, once)


def test_a_diverging_rate_stops_and_keeps_the_last_good_weights(rows):
    model = Sequential([Input((4,)), Dense(5), Dense(1)], seed=0)
    model.compile(optimizers.SGD(1e3), "mse")
    before = model.get_weights()
    with pytest.raises(DivergedError, match=r"(?s)epoch \d+.*learning rate of 1000.*What to do: a learning rate of"):
        model.fit(*rows, epochs=30, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert model.get_weights()[0].shape == before[0].shape


def test_ctrl_c_leaves_the_last_good_weights(classifier, rows):
    class Interrupt(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    model, two = classifier(), classifier()
    with pytest.raises(KeyboardInterrupt):
        model.fit(*rows, epochs=20, verbose=0, callbacks=[Interrupt()])
    two.fit(*rows, epochs=2, verbose=0)
    assert same(model, two)


def test_regularizers_and_dropout_take_part(rows):
    def trained(**kwargs):
        model = Sequential([Input((4,)), Dense(5, **kwargs), Dense(1)], seed=0)
        model.compile(optimizers.SGD(0.1), "mse")
        return model, model.fit(*rows, epochs=2, verbose=0)

    plain, _ = trained()
    pulled, history = trained(kernel_regularizer="l2")
    assert not same(plain, pulled)
    penalty = 0.01 * np.sum(np.square(pulled.get_weights()[0]))
    bare = Sequential([Input((4,)), Dense(5), Dense(1)], seed=0)
    bare.compile("sgd", "mse")
    bare.set_weights(pulled.get_weights())
    assert pulled.evaluate(*rows) == pytest.approx(bare.evaluate(*rows) + penalty, rel=1e-5)
    held, _ = trained(kernel_constraint="non_neg")
    assert (held.get_weights()[0] >= 0).all()
    assert history.history["loss"][0] > 0


def test_a_frozen_layer_stays(classifier, rows):
    model = classifier()
    model.layers[0].trainable = False
    before = model.get_weights()
    model.fit(*rows, epochs=1, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert not np.array_equal(model.get_weights()[2], before[2])
    model.layers[0].trainable = True
    model.fit(*rows, epochs=1, verbose=0)
    assert not np.array_equal(model.get_weights()[0], before[0])


def test_train_on_batch_is_one_step(classifier, rows):
    x, y = rows[0][:32], rows[1][:32]
    one, other = classifier(), classifier()
    logs = one.train_on_batch(x, y, return_dict=True)
    history = other.fit(x, y, epochs=1, shuffle=False, verbose=0)
    assert same(one, other)
    assert logs["loss"] == pytest.approx(history.history["loss"][0], rel=1e-6)


def test_a_loss_function_of_the_users_own(rows):
    model = Sequential([Input((4,)), Dense(1)], seed=0)
    model.compile("sgd", lambda y, p: jnp.mean(jnp.abs(y[:, None] - p)))  # one number for the whole batch
    history = model.fit(*rows, epochs=1, batch_size=70, verbose=0)
    fresh = Sequential([Input((4,)), Dense(1)], seed=0)
    expected = np.abs(rows[1][:, None] - fresh.predict(rows[0])).mean()
    assert history.history["loss"][0] == pytest.approx(expected, rel=1e-5)
    assert len(model.fit(*rows, epochs=2, verbose=0).epoch) == 2  # a last batch of 6 rows is not padded


class Twice(Model):
    def __init__(self):
        super().__init__(seed=0)
        self.hidden = Dense(4, activation="tanh")
        self.out = Dense(1)

    def call(self, x):
        return self.out(self.hidden(x))


def test_a_model_of_the_users_own(rows):
    model = Twice()
    model.compile("adam", "mse")
    history = model.fit(*rows, epochs=20, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert list(model.named_weights()) == ["hidden/kernel", "hidden/bias", "out/kernel", "out/bias"]


def test_nothing_is_compiled_for_a_second_model_of_the_same_architecture(classifier, rows):
    classifier(3).fit(*rows, epochs=2, verbose=0)
    second = classifier(4)
    second.optimizer.learning_rate = 0.01
    assert second.fit(*rows, epochs=5, verbose=0).compile_seconds == 0.0


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"epochs": 0}, ConfigError, "`epochs`"),
        ({"batch_size": -1}, ConfigError, "`batch_size`"),
        ({"validation_split": 1.5}, ConfigError, "validation_split"),
        ({"validation_data": np.zeros(3)}, ConfigError, "validation_data"),
        ({"callbacks": [EarlyStopping]}, ConfigError, "instance"),
        ({"callbacks": ["early"]}, ConfigError, "hooks"),
    ],
)
def test_wrong_arguments_are_named(classifier, rows, arguments, error, words):
    with pytest.raises(error, match=words):
        classifier().fit(*rows, verbose=0, **arguments)


def softmax(width, loss, **kwargs):
    model = Sequential([Input((4,)), Dense(width, activation=kwargs.pop("activation", "softmax"))], seed=0)
    model.compile("adam", loss)
    return model


def test_silent_mistakes_stop_before_the_first_step(rows):
    x, y = rows
    sparse = "sparse_categorical_crossentropy"
    cases = [
        (softmax(3, sparse), y + 2, DataError, r"from 0 to 2.*3 outputs; received 3 in row"),
        (softmax(3, sparse), y - 1, DataError, "received -1 in row"),
        (softmax(3, sparse), y + 0.5, DataError, "class numbers"),
        (softmax(3, "mse", activation=None), y[:, None], ShapeError, r"\(.*1\).*\(.*3\)"),
        (softmax(3, sparse, activation=None), y, ConfigError, "from_logits=True"),
        (softmax(1, "binary_crossentropy", activation="relu"), y, ConfigError, "activation='sigmoid'"),
        (softmax(1, "categorical_crossentropy"), y[:, None], ConfigError, "always 1"),
        (softmax(3, "categorical_crossentropy"), y, ShapeError, "sparse_categorical_crossentropy"),
        (softmax(1, "binary_crossentropy", activation="sigmoid"), y * 255, DataError, "from 0 to 1.*received 255"),
    ]
    for model, targets, error, words in cases:
        before = model.get_weights()
        with pytest.raises(error, match=words):
            model.fit(x, targets, epochs=1, verbose=0)
        np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_bad_arrays_name_row_and_column(classifier, rows):
    x, y = rows[0].copy(), rows[1]
    x[5, 2] = np.nan
    with pytest.raises(DataError, match=r"row 5.*column 2"):
        classifier().fit(x, y, verbose=0)
    with pytest.raises(DataError, match="row"):
        classifier().fit(rows[0][:5], y, verbose=0)
    with pytest.raises(DataError, match=r"text|string"):
        classifier().fit(np.array([["a", "1", "2", "3"]]), y[:1], verbose=0)
    with pytest.raises(ShapeError, match="expected size 4 at axis 1; received size 3"):
        classifier().fit(rows[0][:, :3], y, verbose=0)


def test_what_compile_is_given_is_checked_at_once():
    model = Sequential([Input((4,)), Dense(1)])
    with pytest.raises(UnknownNameError, match="did you mean 'adam'"):
        model.compile("adamm", "mse")
    with pytest.raises(UnknownNameError, match="binary_crossentropy"):
        model.compile("adam", "binary_crossentropie")
    with pytest.raises(ConfigError, match="compile"):
        model.fit(np.zeros((3, 4)), np.zeros(3))


def test_what_a_batch_hook_sets_holds_from_the_next_step(classifier, rows):
    seen = []

    class Batches(Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(self.model.get_weights()[0])
            if batch == 0:
                self.model.optimizer.learning_rate = 0.0
            if batch == 1:
                self.model.stop_training = True

    model, one = classifier(), classifier()
    history = model.fit(*rows, epochs=3, verbose=0, shuffle=False, callbacks=[Batches()])
    assert len(seen) == 2 and len(history.epoch) == 1
    np.testing.assert_array_equal(seen[0], seen[1])
    one.fit(rows[0][:32], rows[1][:32], epochs=1, shuffle=False, verbose=0)
    np.testing.assert_array_equal(seen[0], one.get_weights()[0])
    np.testing.assert_array_equal(model.get_weights()[0], seen[0])


def test_weights_set_by_a_batch_hook_are_trained_on(classifier, rows):
    def forget(batch, logs):
        model.set_weights([np.zeros_like(w) for w in model.get_weights()])

    model = classifier(optimizer=optimizers.SGD(0.0))
    model.fit(*rows, epochs=1, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=forget)])
    assert all(not w.any() for w in model.get_weights())


def test_a_loss_that_does_not_add_up_is_evaluated_by_batches(rows):
    model = Sequential([Input((4,)), Dense(1)], seed=0)
    model.compile("sgd", losses.MeanSquaredError(reduction="sum"))
    sums = [np.sum((model.predict(rows[0][s : s + 32])[:, 0] - rows[1][s : s + 32]) ** 2) for s in (0, 32, 64)]
    expected = np.average(sums, weights=[32, 32, 6])
    assert model.evaluate(*rows) == pytest.approx(expected, rel=1e-5)
    assert model.evaluate(*rows, batch_size=70) == pytest.approx(np.sum(sums), rel=1e-5)


def test_weights_that_are_not_finite_are_a_divergence_too(rows):
    model = Sequential([Input((4,)), Dense(1)], seed=0)
    model.compile(optimizers.SGD(3e38), "mse")
    with pytest.raises(DivergedError):
        model.fit(*rows, epochs=3, batch_size=70, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())


def test_a_model_that_went_through_jax_still_predicts(classifier, rows):
    model = classifier()
    halved = jax.tree.map(lambda w: w / 2, model)
    assert halved.predict(rows[0]).shape == (70, 1)
    np.testing.assert_allclose(halved.get_weights()[0], model.get_weights()[0] / 2)


def test_more_wrong_arguments(classifier, rows):
    with pytest.raises(ConfigError, match="`seed`"):
        classifier(-1)
    with pytest.raises(ConfigError, match="initial_epoch"):
        classifier().fit(*rows, initial_epoch=-1, verbose=0)
    with pytest.raises(DataError, match=r"received -2 .* row 3"):
        classifier().fit(*rows, sample_weight=np.where(np.arange(70) == 3, -2.0, 1.0), verbose=0)

    class Schedules(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = lambda step: 0.1

    with pytest.raises(ConfigError, match="schedule"):
        classifier().fit(*rows, verbose=0, callbacks=[Schedules()])


def test_class_and_sample_weights_together(classifier, rows):
    one, both = classifier(), classifier()
    x, y = rows
    both.fit(x, y, class_weight={0: 1.0, 1: 2.0}, sample_weight=np.full((70, 1), 3.0), verbose=0)
    one.fit(x, y, sample_weight=np.where(y == 1, 6.0, 3.0), verbose=0)
    assert same(one, both)
