"""Model(inputs, outputs): graphs of any shape, how they are named, called, changed, saved and shown."""

import jax
import numpy as np
import pytest

from glassnet import Input, Model, Sequential
from glassnet.foundation.errors import ConfigError, DataError, NotBuiltError, ShapeError
from glassnet.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Lambda,
    MultiHeadAttention,
    Subtract,
)
from glassnet.models import load_model, model_from_json
from glassnet.optimizers import SGD

A, B = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")


def two_towers(seed=0, **arguments):
    a, b = Input((3,), name="a"), Input((3,), name="b")
    shared = Dense(4, activation="tanh", name="shared")
    h = Concatenate()([shared(a), shared(b)])
    return Model([a, b], [Dense(1, name="price")(h), Dense(2, name="kind")(h)], seed=seed, **arguments)


def residual():
    x = Input((3,))
    return Model(x, Dense(1)(x + Dense(3, activation="relu")(x)), seed=1)


def test_a_graph_computes_what_its_layers_compute():
    model = two_towers()
    h = np.concatenate([model.get_layer("shared")(a) for a in (A, B)], axis=-1)
    price, kind = model.predict([A, B])
    np.testing.assert_allclose(price, model.get_layer("price")(h), rtol=1e-6)
    np.testing.assert_allclose(kind, model.get_layer("kind")(h), rtol=1e-6)
    np.testing.assert_array_equal(model([A, B])[0].shape, (6, 1))


def test_inputs_by_name_by_order_and_in_any_rank_that_can_be_meant():
    model = two_towers()
    for x in ({"b": B, "a": A}, [A, B], (A, B)):
        np.testing.assert_array_equal(model.predict(x)[0], model.predict([A, B])[0])
    column = Input((1,), name="column", dtype="int32")
    single = Model(column, Flatten()(Embedding(9, 2)(column)), seed=0)
    np.testing.assert_array_equal(single.predict(np.arange(6)), single.predict(np.arange(6.0)[:, None]))


def test_inputs_and_outputs_may_be_dicts():
    a, b = Input((3,)), Input((3,))
    model = Model({"left": a, "right": b}, {"sum": Add()([a, b]), "difference": Subtract()([a, b])})
    found = model.predict({"left": A, "right": B})
    assert list(found) == ["difference", "sum"] == model.output_names
    np.testing.assert_allclose(found["difference"], A - B)
    model = Model({"left": a, "right": b}, {"out": Dense(1)(Add()([a, b]))}, seed=0)
    model.compile("sgd", {"out": "mse"})
    assert len(model.fit({"left": A, "right": B}, {"out": A[:, :1]}, verbose=0).history["loss"]) == 1


def test_the_seed_decides_the_weights_whatever_was_made_before():
    one, two = two_towers(seed=3), two_towers(seed=3)
    for w, v in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(w, v)
    assert not np.array_equal(two_towers(seed=4).get_weights()[0], one.get_weights()[0])
    assert one.blueprint() == two.blueprint()


def test_weights_that_were_set_and_models_with_a_seed_keep_their_weights():
    x, dense, inner = Input((3,)), Dense(2), Sequential([Input((3,)), Dense(2)], seed=5)
    y = Add()([dense(x), inner(x)])
    dense.set_weights([np.ones((3, 2)), np.zeros(2)])
    kept = inner.get_weights()
    Model(x, y, seed=0)
    np.testing.assert_array_equal(dense.get_weights()[0], np.ones((3, 2)))
    np.testing.assert_array_equal(inner.get_weights()[0], kept[0])


def test_layers_are_in_the_order_they_were_called_and_each_has_its_name():
    model = residual()
    assert [layer.name for layer in model.layers] == ["input", "dense", "add", "dense_1"]
    assert list(model.named_weights()) == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    assert model.get_layer("dense_1") is model.layers[-1] and model.get_layer(index=1).path == "dense"
    with pytest.raises(ConfigError, match="did you mean 'dense'"):
        model.get_layer("dens")
    x = Input((3,))
    with pytest.raises(ConfigError, match="a second 'one'"):
        Model(x, Dense(1, name="one")(Dense(2, name="one")(x)))


def test_models_share_layers_and_what_one_learns_the_other_knows():
    x = Input((3,))
    code = Dense(2, name="code")(x)
    encoder, whole = Model(x, code, seed=0), Model(x, Dense(3, name="back")(code), seed=0)
    before = encoder.predict(A)
    whole.compile(SGD(0.5), "mse")
    whole.fit(A, A, epochs=2, verbose=0)
    assert not np.allclose(encoder.predict(A), before)
    np.testing.assert_allclose(whole.predict(A), whole.get_layer("back")(encoder.predict(A)), rtol=1e-5)


def test_a_part_of_a_model_is_a_model():
    base = Sequential([Input((3,)), Dense(4, activation="relu"), Dense(2)], seed=0)
    features = Model(base.input, base.layers[0].output)
    np.testing.assert_allclose(features.predict(A), base.layers[0](A), rtol=1e-5)
    head = Model(base.layers[0].output, base.output)
    np.testing.assert_allclose(head.predict(features.predict(A)), base.predict(A), rtol=1e-5)
    graph = residual()
    assert Model(graph.input, graph.get_layer("add").output).output_shape == (None, 3)


def test_a_nested_model_that_is_frozen_stays_as_it_is_and_normalizes_as_it_did():
    base = Sequential([Input((3,)), Dense(4), BatchNormalization()], seed=0)
    base.trainable = False
    x = Input((3,))
    model = Model(x, Dense(1)(base(x, training=False)), seed=0)
    assert len(model.trainable_weights) == 2 and len(model.weights) == 8
    before = base.get_weights()
    model.compile(SGD(0.1), "mse")
    model.fit(A, A[:, :1], verbose=0)
    for w, v in zip(base.get_weights(), before, strict=True):
        np.testing.assert_array_equal(w, v)
    np.testing.assert_array_equal(model(A, training=True), model(A, training=False))


@pytest.mark.parametrize("make", [two_towers, residual], ids=["two towers", "residual"])
def test_saved_and_loaded(make, tmp_path):
    model = make()
    x = [A, B] if len(model.inputs) > 1 else A
    model.save(tmp_path / "m.glass")
    for again in (load_model(tmp_path / "m.glass"), model_from_json(model.to_json())):
        again.set_weights(model.get_weights())
        assert again.blueprint() == model.blueprint()
        jax.tree.map(np.testing.assert_array_equal, again.predict(x), model.predict(x))


def test_a_graph_inside_a_graph_is_saved_with_its_own_weights(tmp_path):
    inner = residual()
    x = Input((3,))
    model = Model(x, Dense(4, name="dense")(inner(x)), seed=0)  # its dense has another shape than the inner one
    model.save(tmp_path / "m.glass")
    loaded = load_model(tmp_path / "m.glass")
    np.testing.assert_array_equal(loaded.predict(A), model.predict(A))
    outer = Sequential([Input((3,)), Dense(5), Sequential([Input((5,)), Dense(2)], name="inner")], seed=0)
    outer.save(tmp_path / "s.glass")
    np.testing.assert_array_equal(load_model(tmp_path / "s.glass").predict(A), outer.predict(A))


def test_a_layer_with_several_inputs_and_outputs_and_arguments_by_name():
    x = Input((4, 3))
    y, scores = MultiHeadAttention(2, 3)(x, x, return_attention_scores=True, use_causal_mask=True)
    assert scores.shape == (None, 2, 4, 4)
    model = Model(x, [y, scores], seed=0)
    rows = np.random.default_rng(1).normal(size=(2, 4, 3)).astype("float32")
    assert np.triu(model.predict(rows)[1][0, 0], 1).sum() == 0
    again = Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again.predict(rows)[1], model.predict(rows)[1])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda a, b: a + b, A + B),
        (lambda a, b: 1 - a / 2, 1 - A / 2),
        (lambda a, b: -a * b, -A * B),
        (lambda a, b: 2 / (a**2 + 1), 2 / (A**2 + 1)),
        (lambda a, b: a[:, 1:] + b[:, :1], A[:, 1:] + B[:, :1]),
        (lambda a, b: a[..., None], A[..., None]),
        (lambda a, b: a + np.float32([1, 2, 3]), A + np.float32([1, 2, 3])),
    ],
    ids=["add", "subtract", "multiply", "divide", "slice", "new axis", "constant"],
)
def test_operators_are_layers(expression, expected, tmp_path):
    a, b = Input((3,)), Input((3,))
    y = expression(a, b)
    model = Model([a, b], Add()([y, expression(b, a)])) if expected.shape == A.shape else Model(a, expression(a, a))
    rows = [A, B] if len(model.inputs) == 2 else A
    again = Model.from_config(model.get_config())
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))
    assert y.shape == (None, *expected.shape[1:])
    only = Model([a, b], Concatenate()([Flatten()(y), Flatten()(0 * a + 0 * b)]))
    np.testing.assert_allclose(only.predict([A, B])[:, : expected[0].size], expected.reshape(6, -1), rtol=1e-6)


def test_unknown_sizes_stay_unknown():
    x = Input((None, 3))
    y = Dense(2)(x)
    assert y.shape == (None, None, 2) and Lambda(lambda t: t.mean(1))(y).shape == (None, 2)
    model = Model(x, y, seed=0)
    for length in (2, 5):
        assert model.predict(np.ones((4, length, 3))).shape == (4, length, 2)


def test_a_subclass_may_be_a_graph_too():
    class Named(Model):
        def __init__(self, units=2):
            x = Input((3,))
            super().__init__(x, Dense(units)(x), seed=0)
            self.units = units

    model = Named(4)
    assert model.predict(A).shape == (6, 4) and model.get_config()["units"] == 4
    assert len(model.layers) == 2


def test_summary_says_what_each_layer_reads_where_the_graph_branches():
    lines = []
    two_towers().summary(print_fn=lines.append)
    assert "reads" in lines[0] and "shared       Dense        (None, 4)             16  a, b" in lines[0]
    x = Input((3,))
    nested = Model(x, Dense(1)(Sequential([Input((3,)), Dense(2)], name="inner")(x)))
    nested.summary(print_fn=lines.append, expand_nested=True)
    assert "reads" not in lines[1] and "\n  dense  Dense" in lines[1]


def test_draws_of_two_dropouts_differ():
    x = Input((40,))
    model = Model(x, [Dropout(0.5)(x), Dropout(0.5)(x)])
    one, two = model(np.ones((2, 40)), training=True, key=jax.random.key(0))
    assert not np.array_equal(one, two)


def fitted(compile_arguments, x=None, y=None):
    model = two_towers()
    model.compile("sgd", **compile_arguments)
    return model.fit([A, B] if x is None else x, y, verbose=0)


ONE, TWO = A[:, :1], B[:, :2]


def test_an_output_without_a_loss_is_not_trained_on():
    model = two_towers()
    before = model.get_layer("kind").get_weights()
    model.compile(SGD(0.1), loss={"price": "mse"})
    history = model.fit([A, B], {"price": ONE}, verbose=0).history
    assert list(history) == ["loss"]
    np.testing.assert_array_equal(model.get_layer("kind").get_weights()[0], before[0])


def test_weights_by_output():
    model = two_towers()
    model.compile(SGD(0.0), loss="mse", weighted_metrics=[None, ["mae"]])
    weights = {"kind": np.float32([1, 0, 0, 0, 0, 0])}
    logs = model.evaluate([A, B], {"price": ONE, "kind": TWO}, sample_weight=weights, return_dict=True)
    price, kind = model.predict([A, B])
    assert logs["price_loss"] == pytest.approx(np.mean((price - ONE) ** 2), rel=1e-5)
    assert logs["kind_loss"] == pytest.approx(np.mean((kind[0] - TWO[0]) ** 2) / 6, rel=1e-5)
    assert logs["kind_mae"] == pytest.approx(np.mean(np.abs(kind[0] - TWO[0])), rel=1e-5)


BAD = {
    "no input": (lambda: Model(Input((2,)), Dense(1)(Input((2,)))), ConfigError, "not among the inputs"),
    "unused": (lambda: Model([(x := Input((2,))), Input((3,))], Dense(1)(x)), ConfigError, "on which none depends"),
    "twice": (lambda: Model([(x := Input((2,))), x], Dense(1)(x)), ConfigError, "each input once"),
    "no array": (lambda: Model(Input((2,)), 3), ConfigError, "as symbolic arrays"),
    "another width": (
        lambda: (d := Dense(1), d(Input((2,))), d(Input((3,)))),
        ShapeError,
        "expected size 2 at axis -1",
    ),
    "numpy": (lambda: np.asarray(Input((2,))), ConfigError, "Put the function into a layer"),
    "truth": (lambda: bool(Input((2,))), ConfigError, "until the model runs"),
    "loop": (lambda: list(Input((2,))), ConfigError, "Slice it"),
    "rows": (lambda: Input((2,))[0], ConfigError, "keeps the batch"),
    "not called": (lambda: Dense(1).output, NotBuiltError, "called with an Input"),
    "no graph": (lambda: Sequential([Dense(1)]).input, NotBuiltError, "Start it with Input|start it with Input"),
    "too few": (lambda: two_towers().predict([A]), ShapeError, "expected 2 inputs: a, b. Received 1"),
    "no such": (lambda: two_towers().predict({"a": A, "bb": B}), ShapeError, "Received 'bb'; did you mean 'b'"),
    "missing": (lambda: two_towers().predict({"a": A}), ShapeError, "none called 'b'"),
    "narrow": (lambda: two_towers().predict([A, B[:, :2]]), ShapeError, r"size 2, in an input of shape \(6, 2\)"),
    "one target": (lambda: fitted({"loss": "mse"}, y=ONE), DataError, "targets for 2 outputs"),
    "few targets": (lambda: fitted({"loss": "mse"}, y=[ONE, TWO, ONE]), DataError, "a list of 3"),
    "no target": (lambda: fitted({"loss": "mse"}, y={"price": ONE}), DataError, "targets for output 'kind'"),
    "loss": (lambda: fitted({"loss": {"prise": "mse"}}, y=[ONE, TWO]), ConfigError, "did you mean 'price'"),
    "losses": (lambda: fitted({"loss": ["mse"] * 3}, y=[ONE, TWO]), ConfigError, "each of the 2 outputs"),
    "share": (
        lambda: fitted({"loss": "mse", "loss_weights": ["x", 1]}, y=[ONE, TWO]),
        ConfigError,
        "'x' for output 'price'",
    ),
    "metrics": (lambda: fitted({"loss": "mse", "metrics": "mae"}, y=[ONE, TWO]), ConfigError, "by output"),
    "weights": (
        lambda: two_towers().compile("sgd", "mse") or fitted({"loss": "mse"}, y=[ONE, TWO[:5]]),
        DataError,
        "rows",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_work_is_said(name):
    make, error, words = BAD[name]
    with pytest.raises(error, match=words):
        make()
