"""What every pooling layer promises; a new one passes by a row in `TABLE`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, GlassnetError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import deserialize, serialize
from glassnet.layers import pooling

ORACLE = json.loads((Path(__file__).parents[2] / "oracles" / "spatial.json").read_text(encoding="utf-8"))["pooling"]

FIRST = "channels_first"

TABLE: dict[str, tuple[Callable[[], Layer], tuple[int, ...]]] = {
    "MaxPooling1D": (lambda: pooling.MaxPooling1D(2), (4, 2)),
    "MaxPooling2D": (lambda: pooling.MaxPooling2D((2, 3), strides=1, padding="same"), (3, 4, 2)),
    "MaxPooling2D, channels first": (lambda: pooling.MaxPooling2D(data_format=FIRST), (2, 4, 5)),
    "MaxPooling3D": (lambda: pooling.MaxPooling3D((1, 2, 2)), (2, 2, 3, 1)),
    "AveragePooling1D": (lambda: pooling.AveragePooling1D(3, 2, "same"), (4, 2)),
    "AveragePooling2D": (lambda: pooling.AveragePooling2D(), (4, 5, 2)),
    "AveragePooling2D, channels first": (lambda: pooling.AveragePooling2D(2, 1, "same", FIRST), (2, 3, 4)),
    "AveragePooling3D": (lambda: pooling.AveragePooling3D(2), (2, 3, 2, 2)),
    "GlobalMaxPooling1D": (lambda: pooling.GlobalMaxPooling1D(), (4, 2)),
    "GlobalMaxPooling2D": (lambda: pooling.GlobalMaxPooling2D(FIRST), (2, 3, 4)),
    "GlobalMaxPooling3D": (lambda: pooling.GlobalMaxPooling3D(keepdims=True), (2, 3, 2, 2)),
    "GlobalAveragePooling1D": (lambda: pooling.GlobalAveragePooling1D(), (4, 2)),
    "GlobalAveragePooling2D": (lambda: pooling.GlobalAveragePooling2D(FIRST, keepdims=True), (2, 3, 4)),
    "GlobalAveragePooling3D": (lambda: pooling.GlobalAveragePooling3D(), (2, 3, 2, 2)),
    "AdaptiveAveragePooling1D": (lambda: pooling.AdaptiveAveragePooling1D(3), (4, 2)),
    "AdaptiveAveragePooling2D": (lambda: pooling.AdaptiveAveragePooling2D((2, 3), FIRST), (2, 3, 4)),
    "AdaptiveAveragePooling3D": (lambda: pooling.AdaptiveAveragePooling3D(2), (2, 3, 3, 2)),
    "AdaptiveMaxPooling1D": (lambda: pooling.AdaptiveMaxPooling1D(3), (4, 2)),
    "AdaptiveMaxPooling2D": (lambda: pooling.AdaptiveMaxPooling2D((2, 3), FIRST), (2, 3, 4)),
    "AdaptiveMaxPooling3D": (lambda: pooling.AdaptiveMaxPooling3D(2), (2, 3, 3, 2)),
}

of_each = pytest.mark.parametrize(("make", "shape"), TABLE.values(), ids=TABLE)


def wave(shape: Any, start: int = 0) -> np.ndarray:
    """The same numbers that the oracle was asked with; no two are equal."""
    return np.sin(np.arange(np.prod(shape), dtype="float64") ** 2 + start).reshape(shape).astype("float32")


def test_every_public_pooling_has_a_row() -> None:
    assert {getattr(pooling, name) for name in pooling.__all__} == {type(make()) for make, _ in TABLE.values()}
    assert pooling.__all__ == sorted(pooling.__all__)
    for name in pooling.__all__:
        assert layer_registry.find(name) is getattr(pooling, name)


@pytest.mark.parametrize("case", ORACLE, ids=[f"{c['layer']} {i}" for i, c in enumerate(ORACLE)])
def test_numbers_are_those_of_keras(case: Any) -> None:
    y = layer_registry.find(case["layer"])(**case["settings"])(wave(case["input"]))
    assert list(y.shape) == case["shape"]
    np.testing.assert_allclose(np.ravel(y), case["output"], rtol=1e-5, atol=1e-5)


@of_each
def test_the_output_has_the_declared_shape(make: Any, shape: Any) -> None:
    layer = make()
    y = layer(wave((2, *shape)))
    assert y.dtype == jnp.float32
    assert layer.compute_output_shape((2, *shape)) == y.shape
    assert layer.compute_output_shape((None, *shape)) == (None, *y.shape[1:])
    assert layer.weights == []
    last = layer.data_format == "channels_last"
    free = (None,) * layer.dimensions
    unknown = layer.compute_output_shape((None, *free, shape[-1]) if last else (None, shape[0], *free))
    assert all(size in (None, real) for size, real in zip(unknown, (None, *y.shape[1:]), strict=True))
    assert unknown[-1 if last or len(unknown) == 2 else 1] == (shape[-1] if last else shape[0])


@of_each
def test_the_configuration_goes_through_json_and_back(make: Any, shape: Any) -> None:
    layer = make()
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert again.get_config() == config and again._identity() == layer._identity()
    assert deserialize(json.loads(json.dumps(serialize(layer)))).get_config() == config


@of_each
def test_compiled_is_as_eager_and_gradients_are_those_of_central_differences(make: Any, shape: Any) -> None:
    layer, x = make(), wave((2, *shape))
    np.testing.assert_allclose(jax.jit(lambda layer, x: layer(x))(layer, x), layer(x), rtol=2e-6, atol=1e-7)
    mixture = wave(layer.compute_output_shape(x.shape), 9)
    moves = 1e-6 * np.random.default_rng(0).normal(size=(8, *x.shape))
    with jax.enable_x64(True):
        wide = x.astype("float64")
        both = jax.jit(
            lambda x, moves: (
                jax.grad(lambda x: jnp.sum(mixture * layer(x)))(x),
                jax.vmap(lambda move: jnp.sum(mixture * (layer(x + move) - layer(x - move))))(moves),
            )
        )
        gradient, differences = both(wide, moves)
    assert gradient.dtype == "float64"
    slopes = np.sum(moves * np.asarray(gradient), axis=tuple(range(1, moves.ndim)))
    np.testing.assert_allclose(slopes, np.asarray(differences) / 2, rtol=1e-6, atol=1e-12)


def test_a_mean_over_time_leaves_out_what_is_masked() -> None:
    x, mask = wave((3, 4, 2)), np.array([[1, 1, 0, 0], [1, 0, 1, 1], [0, 0, 0, 0]], bool)
    layer = pooling.GlobalAveragePooling1D()
    y = layer(x, mask=mask)
    np.testing.assert_allclose(y[0], x[0, :2].mean(0), rtol=1e-6)
    np.testing.assert_allclose(y[1], x[1, [0, 2, 3]].mean(0), rtol=1e-6)
    np.testing.assert_array_equal(y[2], [0.0, 0.0])
    first = pooling.GlobalAveragePooling1D(FIRST, keepdims=True)(x.transpose(0, 2, 1), mask=mask)
    np.testing.assert_allclose(first[..., 0], y, rtol=1e-6)
    hidden = np.where(mask[..., None], x, np.float32(np.nan))
    np.testing.assert_array_equal(layer(hidden, mask=mask), y)
    assert layer.supports_masking and layer.compute_mask(x, mask) is None


def called(layer: Layer, *shape: int) -> Any:
    """Call it on zeros."""
    return layer(np.zeros(shape, "float32"))


BAD: list[tuple[Callable[[], Any], type[GlassnetError], str]] = [
    (lambda: pooling.MaxPooling2D(0), ConfigError, "MaxPooling2D expected `pool_size` as a whole number of 1 or more"),
    (lambda: pooling.MaxPooling2D((2, 2, 2)), ConfigError, "or 2 of them. Received (2, 2, 2)."),
    (lambda: pooling.AveragePooling1D(2, strides=0), ConfigError, "AveragePooling1D expected `strides`"),
    (lambda: pooling.MaxPooling1D(2, padding="causal"), ConfigError, "one of 'valid', 'same'. Received 'causal'."),
    (lambda: pooling.MaxPooling1D(2, data_format="first"), ConfigError, "MaxPooling1D expected `data_format`"),
    (lambda: pooling.AdaptiveMaxPooling2D((2, 0)), ConfigError, "AdaptiveMaxPooling2D expected `output_size`"),
    (lambda: pooling.GlobalMaxPooling2D("last"), ConfigError, "GlobalMaxPooling2D expected `data_format`"),
    (lambda: called(pooling.MaxPooling2D(), 2, 8, 8), ShapeError, "A missing channel axis? Pass x[..., None]"),
    (lambda: called(pooling.MaxPooling2D(), 2, 1, 8, 8), ShapeError, "at least 2 cells along the height"),
    (lambda: called(pooling.MaxPooling2D(), 2, 1, 8, 8), ShapeError, "looks like channels first"),
    (
        lambda: called(pooling.AveragePooling1D(5), 2, 4, 1),
        ShapeError,
        "for a window of 5 with padding 'valid'. Received 4",
    ),
    (lambda: called(pooling.GlobalMaxPooling1D(), 2, 4), ShapeError, "expected 3 axes (batch first); received 2"),
    (lambda: called(pooling.GlobalAveragePooling2D(), 2, 4, 4), ShapeError, "A missing channel axis?"),
    (lambda: called(pooling.AdaptiveMaxPooling1D(2), 2, 4), ShapeError, "A missing channel axis?"),
    (
        lambda: pooling.GlobalAveragePooling1D()(np.zeros((2, 4, 1)), mask=np.ones((2, 3), bool)),
        ShapeError,
        "expected a mask of shape (2, 4), one value a step. Received (2, 3)",
    ),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:40] for _, _, words in BAD])
def test_what_does_not_fit_is_named(make: Callable[[], Any], error: type[GlassnetError], words: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
