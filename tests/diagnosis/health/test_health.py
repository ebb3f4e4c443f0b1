"""health: looks within a budget, the same weights with and without, faults planted in real trainings."""

import numpy as np
import pytest

from glassnet import Input, Model, Sequential, layers
from glassnet.callbacks import Callback
from glassnet.diagnosis import Health
from glassnet.foundation.errors import ConfigError, DataError, DivergedError
from glassnet.layers import Dense
from glassnet.optimizers import SGD

DRAWN = np.random.default_rng(0)
X = DRAWN.normal(size=(192, 6)).astype("float32")
Y = (X @ DRAWN.normal(size=6) > 0).astype("int32")


def network(rate=0.1, seed=0):
    made = Sequential([Input((6,)), Dense(8, "relu"), Dense(8, "relu"), Dense(1, "sigmoid")], seed=seed)
    made.compile(SGD(rate), "binary_crossentropy")
    return made


def trained(model, x=X, y=Y, epochs=4, **more):
    health = Health(**more)
    model.fit(x, y, epochs=epochs, batch_size=64, verbose=0, callbacks=[health])
    return health


def kinds(health):
    return {flag.kind for flag in health.flags}


def test_the_weights_are_the_same_to_the_bit_with_and_without():
    plain, watched = network(), network()
    plain.fit(X, Y, epochs=4, batch_size=64, verbose=0)
    health = trained(watched, per_second=1e9)
    assert len(health.looks) == 5
    assert all((a == b).all() for a, b in zip(plain.get_weights(), watched.get_weights(), strict=True))


def test_a_short_training_is_looked_at_before_and_after_it_and_the_looks_are_taken_when_asked_for():
    health = trained(network(), epochs=40, per_second=1e-3)
    assert health._looks == []
    assert [look.epoch for look in health.looks] == [0, 40]
    assert [look.step for look in health.looks] == [0, 120]
    assert health.price.looks == 2
    assert 0 < health.price.inside < health.price.training
    assert kinds(health) == set()


def test_epochs_still_run_ahead():
    class Spy(Health):
        def on_moment(self, moment):
            fetched.append(moment.fetch.__class__.__name__)
            super().on_moment(moment)

    fetched = []
    model = network()
    callback = Spy()
    assert not callback.reads_model
    history = model.fit(X, Y, epochs=8, batch_size=64, verbose=0, callbacks=[callback])
    assert len(fetched) == 9
    assert not any("step by step" in note for note in history.notes)


def test_a_look_shows_the_state_of_its_epoch():
    model, seen = network(), []

    class Weights(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(float(np.sqrt(sum((w**2).sum() for w in self.model.get_weights()[:2]))))

    health = Health(per_second=1e9)
    model.fit(X, Y, epochs=3, batch_size=64, verbose=0, callbacks=[Weights(), health])
    assert [look.vitals["dense"].weights for look in health.looks[1:]] == pytest.approx(seen, rel=1e-5)


def test_it_looks_while_training_once_its_share_of_the_time_allows(monkeypatch):
    monkeypatch.setattr(Health, "_expected", lambda self: 0.0)
    assert trained(network(), share=0.0, per_second=1e9)._looks == []
    health = trained(network(), share=1.0, per_second=1e9)
    assert len(health._looks) == 5
    assert health.price.after == 0


def test_a_look_that_fails_does_not_end_the_training_but_is_told_when_asked(monkeypatch):
    def fails(*args):
        raise ConfigError("Expected nothing. Received this. Do not worry.")

    monkeypatch.setattr(Health, "_expected", lambda self: 0.0)
    monkeypatch.setattr("glassnet.diagnosis.health.health.vitals_of", fails)
    health = trained(network(), share=1.0, per_second=1e9)
    with pytest.raises(ConfigError, match="worry"):
        health.flags


def test_many_looks_are_thinned_out(monkeypatch):
    monkeypatch.setattr("glassnet.diagnosis.health.keeping.MOST", 6)
    health = trained(network(), epochs=40, per_second=1e9)
    epochs = [look.epoch for look in health.looks]
    assert len(epochs) <= 7
    assert (epochs[0], epochs[-1]) == (0, 40)
    assert health._gap > 1e-9


def test_after_divergence_the_last_good_state_can_be_looked_at():
    model, health = Sequential([Input((6,)), Dense(8, "relu"), Dense(1)], seed=0), Health()
    model.compile(SGD(1e3), "mse")
    with pytest.raises(DivergedError):
        model.fit(X, X[:, 0], epochs=3, batch_size=64, verbose=0, callbacks=[health])
    assert "updates_too_large" in kinds(health)


def planted(change, rate=0.1, x=X):
    model = network(rate)
    model.set_weights([np.asarray(w, "float32") for w in change(model.get_weights())])
    return trained(model, x=x)


def biased(value):
    return lambda w: [w[0], np.full_like(w[1], value), *w[2:]]


def filled(value):
    return lambda w: [np.full_like(a, value) if a.ndim > 1 else a for a in w]


@pytest.mark.parametrize(
    ("kind", "layer", "change", "rate"),
    [
        ("dead_units", "dense", biased(-100.0), 0.1),
        ("dead_units", "dense_1", lambda w: w, 300.0),
        ("units_alike", "dense", filled(0.0), 0.1),
        ("units_alike", "dense", filled(1.0), 0.1),
        ("exploding_gradient", "dense_2", lambda w: [200 * a for a in w], 1e-9),
        ("updates_too_large", "dense", lambda w: w, 300.0),
        ("updates_too_small", "dense", lambda w: w, 1e-7),
        ("constant_output", "the output", biased(-100.0), 0.1),
    ],
)
def test_a_planted_fault_is_flagged_with_its_layer(kind, layer, change, rate):
    health = planted(change, rate)
    found = [flag for flag in health.flags if flag.kind == kind]
    assert layer in {name for flag in found for name in flag.layers}
    assert all(flag.remedy and flag.evidence and flag.sentence for flag in health.flags)


def test_saturation_and_vanishing_in_deep_sigmoids_are_flagged():
    def deep(x):
        model = Sequential([Input((6,)), *[Dense(8, "sigmoid") for _ in range(6)], Dense(1, "sigmoid")], seed=0)
        model.compile(SGD(0.1), "binary_crossentropy")
        return kinds(trained(model, x=x))

    assert "vanishing_gradient" in deep(X)
    assert "saturated_units" in deep(X * 1000)


def test_a_frozen_layer_is_noted_and_one_cut_off_is_flagged():
    class Cut(layers.Layer):
        def call(self, x):
            import jax

            return jax.lax.stop_gradient(x)

    model = Sequential(
        [Input((6,)), Dense(8, name="first", trainable=False), Dense(8, name="second"), Cut(), Dense(1)], seed=0
    )
    model.compile("adam", "mse")
    health = trained(model)
    assert [(f.kind, f.layer, f.severity) for f in health.flags] == [
        ("frozen_layer", "second", "warning"),
        ("frozen_layer", "first", "note"),
    ]


def test_streams_several_inputs_and_recurrences_are_looked_at():
    left, right = Input((4, 1)), Input((3,))
    joined = layers.Concatenate()([layers.GRU(4)(left), Dense(4, "relu")(right)])
    model = Model([left, right], Dense(1)(joined))
    model.compile("adam", "mse")
    inputs = [DRAWN.normal(size=(32, 4, 1)).astype("float32"), X[:32, :3]]

    class Batches:
        def __iter__(self):
            yield inputs, X[:32, 3:4]

    health = Health(rows=16)
    model.fit(Batches(), epochs=2, verbose=0, callbacks=[health])
    assert [row["layer"] for row in health.table()] == ["gru", "dense", "dense_1"]
    assert health.looks[0].vitals.rows == 32


def test_a_resumed_training_begins_its_looks_where_it_goes_on(tmp_path):
    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        network().fit(X, Y, epochs=4, batch_size=64, verbose=0, resume=tmp_path, callbacks=[Health(), Stop()])
    whole, resumed, health = network(), network(), Health()
    whole.fit(X, Y, epochs=4, batch_size=64, verbose=0)
    resumed.fit(X, Y, epochs=4, batch_size=64, verbose=0, resume=tmp_path, callbacks=[Callback(), health])
    assert health.looks[0].epoch < 2 < health.looks[-1].epoch == 4
    assert all((a == b).all() for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True))


def test_own_rows_may_be_looked_at():
    assert trained(network(), probe=(X[:5], Y[:5])).looks[0].vitals.rows == 5
    assert trained(network(), rows=7).looks[0].vitals.rows == 7


@pytest.mark.parametrize("wrong", [{"per_second": 0}, {"per_second": "4"}, {"rows": 0}, {"share": 1.5}])
def test_arguments_out_of_range_are_refused(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Health(**wrong)


def test_it_is_shown_as_text_page_data_and_picture():
    health = Health()
    assert health.flags == () == health.looks
    assert "nothing was looked at" in str(health)
    with pytest.raises(DataError, match="callbacks"):
        health.plot()
    health = trained(network())
    assert "Flags       none" in str(health)
    assert health._repr_html_().startswith("<div>")
    assert set(health.to_dict()) == {"flags", "looks", "price"}
    assert list(health.plot().numbers) == ["dense", "dense_1", "dense_2", "x"]
