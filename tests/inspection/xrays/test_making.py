"""An x-ray's gradients are jax.grad's and central differences', its new weights those that training stores."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.errors import ConfigError, DataError, ShapeError
from glassnet.inspection import xray
from glassnet.layers import LSTM, Conv1D, Dense, Dropout, Embedding, Flatten, LayerNormalization, MaxPooling1D

STACKS = {
    "dense": ((3,), lambda: [Dense(4, "tanh", kernel_regularizer="l2"), Dropout(0.5)], None),
    "convolution": ((6, 2), lambda: [Conv1D(3, 2, activation="tanh"), MaxPooling1D(2)], None),
    "recurrent": ((3, 2), lambda: [LSTM(2, dropout=0.5, return_sequences=True), LayerNormalization()], None),
    "embedding": ((4,), lambda: [Embedding(5, 2)], 5),
}


def made(name, optimizer="adam"):
    shape, layers, words = STACKS[name]
    model = Sequential([Input(shape), *layers(), Flatten(), Dense(1, "sigmoid")], seed=3)
    model.compile(optimizer, "binary_crossentropy")
    random = np.random.default_rng(1)
    x = random.normal(size=(1, *shape)).astype("float32") if words is None else random.integers(0, words, (1, *shape))
    return model, x, np.array([[1.0]], "float32")


@pytest.mark.parametrize("name", STACKS)
def test_gradients_are_those_of_jax_and_of_central_differences(name):
    model, x, y = made(name)
    model.train_on_batch(x, y)
    seen = xray(model, x, y)
    key = jax.random.fold_in(jax.random.key(np.uint32(model.seed)), np.int32(1))

    def loss(model, x):
        p = jnp.clip(model(x, training=True, key=key), 1e-12, 1 - 1e-12)
        return jnp.mean(-y * jnp.log(p) - (1 - y) * jnp.log(1 - p)) + sum(model.losses)

    with jax.enable_x64(True):  # with 32 bits the reference itself would be wrong by more
        wide = jax.tree.map(lambda w: np.asarray(w, "float64"), model)
        found = jax.jit(jax.grad(loss))(wide, x.astype("float64") if x.dtype == "float32" else x)
    for path, w in found.named_weights(trainable=True).items():
        # A pair of numbers normalized by its own spread magnifies the rounding of 32 bits.
        rounding = 5e-6 if name == "recurrent" else 1e-6
        np.testing.assert_allclose(seen.gradients[path], w, rtol=0, atol=rounding * np.abs(w).max())
    assert not list(seen.disagreements())
    assert sum(map(len, seen.differences.values())) > 4


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adagrad", "adam", "adamw", "nadam"])
def test_the_new_weights_are_those_that_training_stores_and_the_model_stays(optimizer):
    model, x, y = made("dense", optimizer)
    other, _, _ = made("dense", optimizer)
    for trained in (model, other):
        trained.train_on_batch(x, y)
    before, state = model.get_weights(), jax.tree.map(np.array, model.train_state())
    seen = xray(model, x[0], 1.0)
    for now, then in zip(jax.tree.leaves(model.train_state()), jax.tree.leaves(state), strict=True):
        np.testing.assert_array_equal(now, then)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    other.fit(x, y, verbose=0)
    model.train_on_batch(x, y)
    for path, w in model.named_weights().items():
        np.testing.assert_array_equal(seen.step.after[path], w)
        np.testing.assert_array_equal(other.named_weights()[path], w)
    worked = seen.weight("dense/kernel", 0, 1)
    assert worked.after == model.named_weights()["dense/kernel"][0, 1] == worked.update[-1].value
    if len(worked.update) > 1 and not worked.update[0].numbers.startswith("rule"):
        np.testing.assert_allclose(worked.update[-2].value, worked.after, rtol=1e-5)


def test_it_is_shown_as_text_page_and_json():
    model, x, y = made("dense")
    seen = xray(model, x, y)
    text = str(seen)
    assert max(map(len, text.splitlines())) <= 80
    for words in ("FORWARDS", "LOSS", "BACKWARDS", "UPDATE by Adam", "dL/dz[0] = dL/da × da/dz", "penalties"):
        assert words in text
    assert seen._repr_html_().startswith("<div") and "<script" not in seen._repr_html_()
    data = json.loads(json.dumps(seen.to_dict()))
    assert np.float32(data["weights"]["dense/kernel"]["after"][0][0]) == seen.step.after["dense/kernel"][0, 0]


def test_without_a_target_it_is_the_pass_forwards_of_predict():
    model = Sequential([Input((3,)), Dense(4, "tanh"), Dropout(0.5), Dense(2, "softmax")], seed=3)  # not compiled
    seen = model.xray([1.0, -2.0, 0.5])
    np.testing.assert_array_equal(seen.seen.outputs, model.predict(np.array([[1.0, -2.0, 0.5]], "float32")))
    assert seen.loss is None and seen.step is None and seen.layer("dense").forward
    assert "FORWARDS" in str(seen) and "LOSS" not in str(seen) and "None" not in seen._repr_html_()
    assert set(json.loads(json.dumps(seen.to_dict()))) == {"model", "layers", "outputs"}


def test_a_corner_of_the_loss_is_flagged():
    model = Sequential([Input((2,)), Dense(2, "relu"), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    flagged = list(xray(model, [0.0, 0.0], 1.0).disagreements())
    assert flagged and all(difference.kink and path == "dense/bias" for path, difference in flagged)


def test_wrong_use_is_named():
    model, x, y = made("dense")
    with pytest.raises(DataError, match="finite"):
        xray(model, np.array([[np.nan, 0, 1]]), y)
    with pytest.raises(ConfigError, match="Expected the x-ray of a training step"):
        xray(model, x).weight("dense/kernel", 0, 0)
    with pytest.raises(ShapeError, match="expected size 3"):
        xray(model, np.ones((1, 4)), y)
    with pytest.raises(ConfigError, match="compile"):
        xray(Sequential([Input((2,)), Dense(1)]), [1.0, 2.0], 1.0)
    seen = xray(model, x, y)
    with pytest.raises(ConfigError, match="did you mean 'dense/kernel'"):
        seen.weight("dense/kernl", 0, 0)
    with pytest.raises(ConfigError, match="Expected a place"):
        seen.weight("dense/kernel", 0, 9)
    with pytest.raises(ConfigError, match="No layer"):
        seen.layer("dens")
