"""Spectral normalization: Keras's numbers, whose kernel moves when, and what a saved one remembers."""

import json
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import load_model
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import layer_registry
from glassnet.layers import Dense, Embedding, Input, ReLU, Wrapper
from glassnet.layers.normalization import SpectralNormalization
from glassnet.models import Sequential
from glassnet.optimizers import SGD

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
STORED = json.loads((Path(__file__).parents[2] / "oracles" / "spectral_normalization.json").read_text("utf-8"))


def norm_of(kernel: Any) -> float:
    """The largest singular value of a kernel, as a matrix (..., last size)."""
    return float(np.linalg.norm(np.reshape(kernel, (-1, np.shape(kernel)[-1])), 2))


def numbers(shape: Any, seed: int) -> np.ndarray:
    """The inputs and weights of the stored cases."""
    return np.random.RandomState(seed).uniform(-0.5, 0.5, shape).astype("float32")


@pytest.mark.parametrize("case", STORED, ids=[f"{c['layer']} {c['input']} {c['zeros']}" for c in STORED])
def test_the_numbers_are_those_of_keras(case: dict[str, Any]) -> None:
    """Outside of training, then in two training calls, the second on what the first left."""
    inner = layer_registry.find(case["layer"])(**case["arguments"])
    layer = SpectralNormalization(inner, case["iterations"])
    x = numbers(case["input"], 0)
    x = np.floor(6 * (x + 0.5)) if case["layer"] == "Embedding" else x
    layer(x)
    held = {path.rsplit("/", 1)[-1]: path for path in layer.named_weights()}
    drawn = {
        held[name]: numbers(layer.named_weights()[held[name]].shape, 100 + i) for i, name in enumerate(sorted(held))
    }
    if case["zeros"]:
        drawn["layer/kernel"] *= 0
    layer.set_weights([drawn[path] for path in layer.named_weights()])
    assert [len(layer.trainable_weights), len(layer.non_trainable_weights)] == [len(held) - 1, 1]
    for wanted, training in zip(case["outputs"], (False, True, True), strict=True):
        np.testing.assert_allclose(np.ravel(layer(x, training=training)), wanted, rtol=2e-5, atol=2e-6)
    for name, wanted in case["after"].items():
        np.testing.assert_allclose(np.ravel(layer.named_weights()[held[name]]), wanted, rtol=2e-5, atol=2e-6)


def test_in_training_the_largest_singular_value_is_one() -> None:
    layer = SpectralNormalization(Dense(3, kernel_initializer="he_normal"), power_iterations=40)
    plain = layer(X)
    before = norm_of(layer.layer.kernel)
    np.testing.assert_allclose(layer(X, training=True), plain / before, rtol=1e-4, atol=1e-6)
    assert norm_of(layer.layer.kernel) == pytest.approx(1.0, rel=1e-4) != before


def test_inside_a_program_of_others_the_layer_stays_as_it_is() -> None:
    layer = SpectralNormalization(Dense(3))
    layer(X)
    before = layer.get_weights()
    jax.jit(lambda x: layer(x, training=True))(X)
    jax.grad(lambda copy: jnp.sum(copy(X, training=True)))(layer)
    for weight, was in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, was)
    assert isinstance(layer(X), jax.Array)


def test_fit_changes_the_kernel_itself_along_the_slope_through_sigma() -> None:
    model = Sequential([Input((4,)), SpectralNormalization(Dense(1, use_bias=False))], seed=0)
    model.compile(SGD(0.1), "mse")
    y = np.ones((6, 1), "float32")
    kernel, u = (model.named_weights()[f"spectral_normalization/{name}"] for name in ("layer/kernel", "vector_u"))
    model.train_on_batch(X, y)

    def error(kernel: Any) -> Any:
        return jnp.mean((X @ (kernel / jnp.linalg.norm(kernel)) - y) ** 2)  # one column: sigma is its length

    wanted = kernel - 0.1 * jax.grad(error)(kernel)
    np.testing.assert_allclose(model.layers[0].layer.kernel, wanted, rtol=1e-5, atol=1e-6)
    assert not np.array_equal(model.layers[0].vector_u, u)


def test_many_kernels_at_once_and_one_of_zeros_has_finite_slopes() -> None:
    layer = SpectralNormalization(Dense(3, use_bias=False))
    layer(X)
    stacked = jax.tree.map(lambda w: jnp.stack([w, 0 * w]), layer)
    slopes = jax.vmap(jax.grad(lambda layer: jnp.sum(layer(X, training=True) ** 2 + layer(X))))(stacked)
    assert all(np.isfinite(slope).all() for slope in jax.tree.leaves(slopes))


def test_the_first_vector_follows_from_the_seed() -> None:
    first, same, other = (
        Sequential([Input((4,)), SpectralNormalization(Dense(200))], seed=seed).get_weights() for seed in (1, 1, 2)
    )
    (u,) = [w for w in first if w.shape == (1, 200)]
    assert any(np.array_equal(u, w) for w in same) and not any(np.array_equal(u, w) for w in other)
    assert abs(u).max() <= 0.04 / 0.87962566 and u.std() == pytest.approx(0.02, rel=0.2)


def test_saved_and_loaded_it_goes_on_from_the_same_vector(tmp_path: Path) -> None:
    model = Sequential([Input((4,)), SpectralNormalization(Dense(3), 2), Dense(1)], seed=0)
    model.compile(SGD(0.1), "mse")
    model.fit(X, X[:, :1], epochs=2, verbose=0)
    model.save(tmp_path / "model.glass")
    loaded = load_model(tmp_path / "model.glass")
    assert loaded.layers[0].get_config() == model.layers[0].get_config()
    for path, weight in model.named_weights().items():
        np.testing.assert_array_equal(loaded.named_weights()[path], weight)
    for each in (model, loaded):
        each.train_on_batch(X, X[:, :1])
    np.testing.assert_array_equal(loaded.layers[0].vector_u, model.layers[0].vector_u)


def test_the_order_of_the_weights_is_that_of_keras() -> None:
    model = Sequential([Input((4,)), SpectralNormalization(Dense(3)), Dense(1)])
    paths = [path.split("/", 1)[1] for path in model.named_weights()]
    assert paths == ["layer/kernel", "vector_u", "layer/bias", "kernel", "bias"]


def test_penalties_and_freezing_reach_the_layer_inside() -> None:
    layer = SpectralNormalization(Dense(3, kernel_regularizer="l2"))
    layer(X)
    assert len(layer.losses) == 1
    kernel = layer.layer.kernel
    seen = jax.jit(lambda layer: (layer(X, training=True), layer.losses[0])[1])(layer)
    assert seen == pytest.approx(0.01 * float(jnp.sum(layer.normalized_weights()[1] ** 2)), rel=1e-5)
    assert layer.layer.kernel is kernel
    layer.trainable = False
    assert not layer.trainable_weights and not layer.layer.trainable


def test_wrappers_of_layers_with_other_settings_differ() -> None:
    one, two = (SpectralNormalization(Dense(units, name="inner"), name="outer") for units in (1, 2))
    assert one._identity() != two._identity() == type(two).from_config(two.get_config())._identity()


def test_whole_numbers_stay_vectors() -> None:
    """Keras would cast an Embedding's vectors to the type of the numbers that chose them, and so to 0."""
    layer = SpectralNormalization(Embedding(5, 3))
    y = layer(np.array([[1, 2]]), training=True)
    assert y.dtype == jnp.float32 and np.abs(y).max() > 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SpectralNormalization(Dense(2), 0), "`power_iterations` to be a whole number above 0. Received 0."),
        (
            lambda: SpectralNormalization(Dense(2), 1.5),
            "`power_iterations` to be a whole number above 0. Received 1.5.",
        ),
        (
            lambda: SpectralNormalization(ReLU())(X),
            "expected a layer with a kernel or embeddings. Received a ReLU, which has no",
        ),
        (lambda: SpectralNormalization(Wrapper(Dense(2)))(X), "Received a Wrapper, which has no weights of its own."),
        (lambda: SpectralNormalization("dense"), "SpectralNormalization expected a layer to wrap. Received 'dense'."),
        (lambda: Wrapper("dense"), "Wrapper expected a layer to wrap. Received 'dense'."),
    ],
)
def test_bad_arguments_are_named(make: Any, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert words in str(caught.value)
