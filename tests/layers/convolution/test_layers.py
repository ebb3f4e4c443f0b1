"""What every convolution promises; a new one passes by a row in `TABLE`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import deserialize, serialize
from glassnet.layers import Dense, Flatten, convolution
from glassnet.layers.convolution import (
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
)
from glassnet.optimizers import Adam

ORACLE = json.loads((Path(__file__).parents[2] / "oracles" / "spatial.json").read_text(encoding="utf-8"))["convolution"]

TABLE: dict[str, tuple[Callable[[], Layer], tuple[int, ...], int]] = {
    "Conv1D": (lambda: Conv1D(2, 3, padding="causal", activation="tanh"), (5, 2), 2),
    "Conv1D in groups": (lambda: Conv1D(4, 2, groups=2, strides=2, kernel_regularizer="l2"), (5, 2), 2),
    "Conv2D": (lambda: Conv2D(2, 2, padding="same", strides=(2, 1), bias_constraint="non_neg"), (4, 3, 2), 2),
    "Conv2D, channels first": (lambda: Conv2D(3, 2, data_format="channels_first", activation="tanh"), (2, 4, 3), 2),
    "Conv3D": (lambda: Conv3D(2, (1, 2, 2), dilation_rate=(1, 2, 1), use_bias=False), (2, 3, 2, 1), 1),
    "DepthwiseConv1D": (lambda: DepthwiseConv1D(2, depth_multiplier=2, depthwise_constraint="max_norm"), (4, 2), 2),
    "DepthwiseConv2D": (lambda: DepthwiseConv2D(2, strides=2, data_format="channels_first"), (2, 3, 4), 2),
    "SeparableConv1D": (lambda: SeparableConv1D(2, 2, depth_multiplier=2, pointwise_regularizer="l1"), (4, 2), 3),
    "SeparableConv2D": (lambda: SeparableConv2D(2, 2, padding="same", activity_regularizer="l2"), (3, 3, 2), 3),
    "Conv1DTranspose": (lambda: Conv1DTranspose(2, 2, strides=2, output_padding=1), (3, 2), 2),
    "Conv2DTranspose": (lambda: Conv2DTranspose(1, 3, strides=2, data_format="channels_first"), (2, 2, 2), 2),
    "Conv3DTranspose": (lambda: Conv3DTranspose(1, 2, padding="same"), (2, 2, 2, 1), 2),
}

of_each = pytest.mark.parametrize(("make", "shape", "weights"), TABLE.values(), ids=TABLE)


def wave(shape: Any, start: int) -> np.ndarray:
    """The same numbers that the oracle was asked with."""
    return np.sin(np.arange(np.prod(shape), dtype="float64") ** 2 + start).reshape(shape).astype("float32")


def given(make: Callable[[], Layer], shape: tuple[int, ...]) -> tuple[Layer, np.ndarray]:
    """The layer with weights of its own, and two inputs."""
    layer = make()
    layer.ensure_built((None, *shape))
    layer.set_weights([wave(w.shape, 1 + i) for i, w in enumerate(layer.weights)])
    return layer, wave((2, *shape), 0)


def test_every_public_convolution_has_a_row() -> None:
    assert {getattr(convolution, name) for name in convolution.__all__} == {
        type(make()) for make, _, _ in TABLE.values()
    }
    assert convolution.__all__ == sorted(convolution.__all__)
    for name in convolution.__all__:
        assert layer_registry.find(name) is getattr(convolution, name)


@pytest.mark.parametrize("case", ORACLE, ids=[f"{c['layer']} {i}" for i, c in enumerate(ORACLE)])
def test_numbers_and_weights_are_those_of_keras(case: Any) -> None:
    layer = layer_registry.find(case["layer"])(**case["settings"])
    layer.ensure_built((None, *case["input"][1:]))
    assert [list(w.shape) for w in layer.weights] == case["weights"]
    layer.set_weights([wave(w.shape, 1 + i) for i, w in enumerate(layer.weights)])
    y = layer(wave(case["input"], 0))
    assert list(y.shape) == case["shape"]
    np.testing.assert_allclose(np.ravel(y), case["output"], rtol=2e-5, atol=2e-5)


@of_each
def test_the_output_has_the_declared_shape(make: Any, shape: Any, weights: int) -> None:
    layer = make()
    y = layer(wave((2, *shape), 0))
    assert y.dtype == jnp.float32 and np.isfinite(y).all()
    assert layer.compute_output_shape((2, *shape)) == y.shape
    assert layer.compute_output_shape((None, *shape)) == (None, *y.shape[1:])
    last = layer.data_format == "channels_last"
    free = (None,) * layer.dimensions
    unknown = (None, *free, shape[-1]) if last else (None, shape[0], *free)
    assert layer.compute_output_shape(unknown) == ((None, *free, y.shape[-1]) if last else (None, y.shape[1], *free))
    assert len(layer.weights) == weights
    assert layer.prefers_steps


@of_each
def test_the_configuration_goes_through_json_and_back(make: Any, shape: Any, weights: int) -> None:
    layer = make()
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert again.get_config() == config and again._identity() == layer._identity()
    assert deserialize(json.loads(json.dumps(serialize(layer)))).get_config() == config


@of_each
def test_compiled_is_as_eager_and_gradients_are_those_of_central_differences(
    make: Any, shape: Any, weights: int
) -> None:
    layer, x = given(make, shape)
    np.testing.assert_allclose(jax.jit(lambda layer, x: layer(x))(layer, x), layer(x), rtol=2e-6, atol=1e-6)
    leaves, structure = jax.tree.flatten((layer, x))
    start = np.concatenate([np.ravel(leaf) for leaf in leaves]).astype("float64")
    mixture, ends = wave(layer.compute_output_shape(x.shape), 9), np.cumsum([leaf.size for leaf in leaves])[:-1]

    def mixed(numbers: Any) -> Any:
        parts = [p.reshape(leaf.shape) for p, leaf in zip(jnp.split(numbers, ends), leaves, strict=True)]
        layer, x = jax.tree.unflatten(structure, parts)
        return jnp.sum(mixture * layer(x))

    directions = np.random.default_rng(0).normal(size=(8, start.size))
    with jax.enable_x64(True):
        both = jax.jit(lambda numbers, moves: (jax.grad(mixed)(numbers), jax.vmap(mixed)(numbers + moves)))
        gradient, moved = both(start, 1e-6 * np.concatenate([directions, -directions]))
    slopes = (np.asarray(moved)[:8] - np.asarray(moved)[8:]) / 2e-6
    np.testing.assert_allclose(directions @ np.asarray(gradient), slopes, rtol=1e-6, atol=1e-7)


def test_a_causal_output_sees_nothing_after_it() -> None:
    layer, x = given(lambda: Conv1D(2, 3, padding="causal", dilation_rate=2), (8, 2))
    changed = x.copy()
    changed[:, 5:] += 1.0
    y, z = layer(x), layer(changed)
    np.testing.assert_array_equal(y[:, :5], z[:, :5])
    assert (np.abs(y - z)[:, 5:] > 0).all()


def test_groups_do_not_see_each_other() -> None:
    layer, x = given(lambda: Conv1D(4, 2, groups=2), (4, 4))
    changed = x.copy()
    changed[..., 2:] += 1.0
    np.testing.assert_array_equal(layer(x)[..., :2], layer(changed)[..., :2])
    assert (np.abs(layer(x) - layer(changed))[..., 2:] > 0).all()


def test_a_moved_picture_gives_a_moved_output() -> None:
    layer, x = given(lambda: Conv2D(2, 2), (5, 4, 1))
    np.testing.assert_allclose(layer(x[:, 1:]), layer(x)[:, 1:], rtol=1e-5, atol=1e-6)


def test_penalties_are_those_of_the_weights_and_the_output() -> None:
    layer, x = given(lambda: Conv1D(2, 2, kernel_regularizer="l2", activity_regularizer="l1"), (4, 1))
    y = layer(x)
    of_weights, of_output = layer.losses
    np.testing.assert_allclose(of_weights, 0.01 * np.sum(np.square(layer.kernel)), rtol=1e-5)
    np.testing.assert_allclose(of_output, 0.01 * np.sum(np.abs(y)) / 2, rtol=1e-5)


def test_whole_numbers_are_taken_as_pictures_come() -> None:
    layer, _ = given(lambda: Conv2D(2, 2), (3, 3, 1))
    pixels = np.arange(9, dtype="uint8").reshape(1, 3, 3, 1)
    np.testing.assert_array_equal(layer(pixels), layer(pixels.astype("float32")))


def test_a_small_network_learns_which_way_a_line_goes() -> None:
    x = np.zeros((16, 5, 5, 1), "float32")
    for i in range(16):
        x[i, :, i % 5] = 1.0
    x[8:] = x[8:].transpose(0, 2, 1, 3)
    y = np.repeat([0.0, 1.0], 8)
    model = Sequential([Input((5, 5, 1)), Conv2D(4, 3, activation="relu"), Flatten(), Dense(1, "sigmoid")], seed=0)
    model.compile(Adam(0.02), "binary_crossentropy")
    first = model.evaluate(x, y, verbose=0)
    model.fit(x, y, batch_size=16, epochs=20, verbose=0)
    assert model.evaluate(x, y, verbose=0) < 0.6 * first
