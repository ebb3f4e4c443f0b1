"""Mixed precision: what is computed in bfloat16, what stays in float32, and what is said where it would not pay."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import glassnet
from glassnet import Input, Sequential, layers
from glassnet.foundation import precision
from glassnet.foundation.errors import ConfigError, GlassnetWarning
from glassnet.foundation.precision import DTypePolicy
from glassnet.mixed_precision import set_global_policy

MIXED = DTypePolicy("mixed_bfloat16", force=True)
X = np.random.default_rng(0).normal(size=(16, 6, 4)).astype("float32")
Y = (np.arange(16) % 3).astype("int32")


@pytest.fixture
def global_policy():
    """Sets the policy of new layers for the length of a test."""
    yield set_global_policy
    set_global_policy("float32")


def test_a_policy_is_two_types():
    mixed = DTypePolicy("mixed_bfloat16")
    assert (mixed.compute_dtype, mixed.variable_dtype) == ("bfloat16", "float32")
    assert DTypePolicy("bfloat16").variable_dtype == "bfloat16" and DTypePolicy().name == "float32"
    assert mixed == DTypePolicy.from_config(mixed.get_config()) != MIXED == DTypePolicy.from_config(MIXED.get_config())
    assert (
        repr(MIXED) == "DTypePolicy('mixed_bfloat16', force=True)" and len({mixed, MIXED, DTypePolicy("float32")}) == 3
    )
    for name, words in (("mixed_float16", "needs none"), ("bf17", "mixed_bfloat16"), (3, "Received 3")):
        with pytest.raises(ConfigError, match=words):
            DTypePolicy(name)
        with pytest.raises(ConfigError, match=words):
            layers.Dense(2, dtype=name)


def test_a_layer_computes_short_and_keeps_long_weights():
    layer = layers.Dense(3, dtype=MIXED, use_bias=False)
    x = X[:, 0]
    y = layer(x)
    assert (layer.dtype, layer.variable_dtype, layer.compute_dtype) == ("float32", "float32", "bfloat16")
    assert y.dtype == jnp.bfloat16 and layer.kernel.dtype == jnp.float32
    by_hand = jnp.asarray(x, jnp.bfloat16) @ jnp.asarray(layer.kernel, jnp.bfloat16)
    np.testing.assert_array_equal(np.asarray(y, np.float32), np.asarray(by_hand, np.float32))
    gradient = jax.grad(lambda layer: layer(x).astype(jnp.float32).sum())(layer)
    assert gradient.kernel.dtype == jnp.float32
    whole = layers.Embedding(1000, 2, dtype=MIXED)(np.array([[513.0]], "float32"))  # 513 is no bfloat16
    assert whole.shape == (1, 1, 2)


def test_normalization_and_softmax_count_in_float32():
    wide = np.linspace(1000, 1004, 64, dtype="float32").reshape(64, 1)
    layer = layers.BatchNormalization(dtype=MIXED, momentum=0.0)
    y = layer(jnp.asarray(wide, jnp.bfloat16), training=True)
    short = np.asarray(jnp.asarray(wide, jnp.bfloat16), np.float32)
    assert y.dtype == jnp.bfloat16 and layer.moving_variance.dtype == jnp.float32
    np.testing.assert_allclose(layer.moving_mean, short.mean(0), rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, short.var(0), rtol=1e-4)
    shares = glassnet.activations.softmax(jnp.zeros((1, 1000), jnp.bfloat16))
    program = str(jax.make_jaxpr(glassnet.activations.softmax)(jnp.zeros((1, 1000), jnp.bfloat16)))
    assert "f32[1,1000] = exp" in program
    assert shares.dtype == jnp.bfloat16 and float(shares[0, 0]) == float(jnp.bfloat16(0.001))


def classifier(dtype=None, inside=None, **more):
    model = Sequential(
        [
            Input((6, 4)),
            layers.Conv1D(8, 3, activation="relu", dtype=inside),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ],
        seed=0,
        dtype=dtype,
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_on_a_cpu_it_says_once_that_it_stays_with_float32_and_does():
    precision._say_once.cache_clear()
    plain, mixed = classifier(), classifier("mixed_bfloat16")
    with pytest.warns(GlassnetWarning, match="computing in float32") as said:
        ours = mixed.fit(X, Y, epochs=2, verbose=0).history
        mixed.predict(X)
        classifier("mixed_bfloat16").predict(X)
    assert len(said) == 1
    assert ours == plain.fit(X, Y, epochs=2, verbose=0).history
    for a, b in zip(mixed.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("device", [("gpu", "7.5", "has no units"), ("gpu", "9.0", ""), ("tpu", None, "")], ids=str)
def test_where_it_pays(monkeypatch, device):
    kind, capability, words = device

    class Device:
        platform, compute_capability, device_kind = kind, capability, "T4"

    monkeypatch.setattr(precision.jax, "devices", lambda: [Device()])
    precision._no_gain.cache_clear()
    found = precision._no_gain()
    precision._no_gain.cache_clear()
    assert words in found and bool(found) is bool(words)


def test_training_is_near_float32s_and_gives_long_numbers():
    plain, mixed = classifier(), classifier(MIXED)
    histories = [model.fit(X, Y, epochs=8, verbose=0).history["loss"] for model in (plain, mixed)]
    assert histories[0] != histories[1]
    np.testing.assert_allclose(histories[0], histories[1], rtol=0.03)
    assert mixed.predict(X).dtype == np.float32 and all(w.dtype == np.float32 for w in mixed.weights)
    assert all(leaf.dtype != jnp.bfloat16 for leaf in jax.tree.leaves(mixed.train_state()))


def test_layers_inside_inherit_and_may_say_otherwise():
    seen = []

    class Look(layers.Layer):
        def call(self, inputs):
            seen.append(inputs.dtype.name)
            return inputs

    Sequential([Input((4,)), layers.Dense(2), Look(), Look(dtype="float32")], dtype=MIXED)(X[:, 0])
    assert seen[-2:] == ["bfloat16", "float32"]
    model = Sequential(
        [Input((6, 4)), layers.Dense(4, dtype=MIXED), layers.Conv1D(2, 3)]
    )  # a convolution wants one type
    assert model(X).dtype == jnp.float32


def test_a_global_policy_is_of_the_layers_made_under_it(global_policy):
    before = layers.Dense(2)
    global_policy(MIXED)
    assert glassnet.config.dtype_policy() == MIXED
    inside, kept = layers.Dense(2), layers.Dense(2, dtype="float32")
    global_policy("float32")
    assert [layer(X[:, 0]).dtype.name for layer in (before, inside, kept)] == ["float32", "bfloat16", "float32"]
    again = layers.Dense.from_config(inside.get_config())
    assert again.dtype_policy == MIXED and before.dtype_policy == DTypePolicy("float32")
    config = before.get_config()
    global_policy(MIXED)
    assert layers.Dense.from_config(config).dtype_policy == DTypePolicy("float32")
    keras = {**config, "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_bfloat16"}}}
    assert layers.Dense.from_config(keras).dtype_policy == DTypePolicy("mixed_bfloat16")


@pytest.mark.filterwarnings("ignore::glassnet.foundation.errors.GlassnetWarning")
def test_a_saved_model_keeps_its_policy(tmp_path):
    for model in (classifier(MIXED), classifier(inside="mixed_bfloat16")):
        model.save(tmp_path / "m.glass")
        loaded = glassnet.load_model(tmp_path / "m.glass")
        assert [layer.dtype_policy for layer in loaded.walk()] == [layer.dtype_policy for layer in model.walk()]
        np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


INSIDE = {
    "recurrent": lambda: [layers.LSTM(4, return_sequences=True), layers.GRU(3)],
    "both ways": lambda: [layers.Bidirectional(layers.SimpleRNN(3)), layers.Dropout(0.1)],
    "a cell of one's own": lambda: [layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])],
    "attention": lambda: [layers.TransformerEncoder(8, 2), layers.GlobalAveragePooling1D()],
    "at each time": lambda: [layers.TimeDistributed(layers.Dense(3, activation="gelu")), layers.Flatten()],
    "normalizing": lambda: [layers.LayerNormalization(), layers.GroupNormalization(2), layers.Flatten()],
    "pooling": lambda: [layers.SeparableConv1D(4, 3), layers.MaxPooling1D(2), layers.UpSampling1D(2), layers.Flatten()],
    "spectral": lambda: [layers.SpectralNormalization(layers.Dense(3)), layers.Flatten()],
    "penalties": lambda: [layers.Dense(3, kernel_regularizer="l2", activity_regularizer="l2"), layers.Flatten()],
}


@pytest.mark.parametrize("name", INSIDE)
def test_every_kind_of_layer_trains_short_and_near_float32(name):
    losses = []
    for dtype in (None, MIXED):
        model = Sequential([Input((6, 4)), *INSIDE[name](), layers.Dense(3)], seed=0, dtype=dtype)
        model.compile("sgd", glassnet.losses.SparseCategoricalCrossentropy(from_logits=True))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            losses.append(model.fit(X, Y, epochs=1, verbose=0).history["loss"][0])
    assert losses[0] == pytest.approx(losses[1], rel=0.03)
