"""What every layer promises. A new layer passes by one row in `TABLE`; a public layer without a row is a failure."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import layers, load_model
from glassnet.foundation.errors import ConfigError, GlassnetError, ShapeError, UnknownNameError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import deserialize, serialize
from glassnet.layers import ELU, Activation, Dense, Dropout, Flatten, Input, InputLayer, LeakyReLU, PReLU, ReLU, Softmax
from glassnet.models import Sequential
from glassnet.optimizers import SGD


class Row(NamedTuple):
    """One layer: how it is made, the shape of one input without the batch, and how many weights it then has."""

    make: Callable[[], Layer]
    shape: tuple[int, ...]
    weights: int = 0


TABLE = {
    "Dense": Row(lambda: Dense(3, "tanh"), (4,), 2),
    "Dense without bias": Row(lambda: Dense(2, use_bias=False, kernel_regularizer="l2"), (4,), 1),
    "Dense on three axes": Row(lambda: Dense(3, "softmax", bias_constraint="non_neg"), (2, 4), 2),
    "Dropout": Row(lambda: Dropout(0.5), (4,)),
    "Dropout of columns": Row(lambda: Dropout(0.25, noise_shape=(None, 1, 4), seed=3), (2, 4)),
    "Flatten": Row(lambda: Flatten(), (2, 2, 3)),
    "Flatten, channels first": Row(lambda: Flatten("channels_first"), (2, 2, 3)),
    "InputLayer": Row(lambda: InputLayer((4,)), (4,)),
    "Activation": Row(lambda: Activation("sigmoid"), (4,)),
    "ReLU": Row(lambda: ReLU(max_value=2.0, negative_slope=0.1), (4,)),
    "LeakyReLU": Row(lambda: LeakyReLU(), (4,)),
    "PReLU": Row(lambda: PReLU(shared_axes=[1]), (2, 4), 1),
    "ELU": Row(lambda: ELU(0.5), (4,)),
    "Softmax": Row(lambda: Softmax(), (4,)),
}

of_each_layer = pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)

BATCH = 3


def rows_for(row: Row) -> np.ndarray:
    """Some inputs; none lies on a kink of a ReLU."""
    return np.random.default_rng(1).normal(size=(BATCH, *row.shape)).astype("float32")


def built(row: Row) -> Layer:
    """The layer with weights drawn at random, so that none is at a special place such as 0."""
    layer = row.make()
    layer.ensure_built((None, *row.shape))
    random = np.random.default_rng(2)
    layer.set_weights([random.normal(size=w.shape) for w in layer.weights])
    return layer


def rows_elsewhere() -> set[type]:
    """The layers in the tables of rooms whose inputs need a form of their own: lists, whole numbers, images."""
    found: set[type] = set()
    rooms = [f"{room}/test_layers" for room in ("augmentation", "convolution", "pooling", "recurrent")]
    for name in ("test_small_layers", "test_rooms_contract", *rooms):
        path = Path(__file__).parent / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"rows_of_{path.parent.name}_{path.stem}", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= {type(row[0]()) for row in module.TABLE.values()}
        found |= {type(layer) for layer in getattr(module, "MERGES", ())}
    return found


def test_every_public_layer_has_a_row() -> None:
    public = {getattr(layers, name) for name in layers.__all__}
    wanted = {kind for kind in public if isinstance(kind, type) and issubclass(kind, Layer)} - {Layer}
    tried = {type(row.make()) for row in TABLE.values()} | rows_elsewhere()
    assert wanted == tried, f"no row: {wanted - tried}; not public: {tried - wanted}"


@of_each_layer
def test_the_output_has_the_declared_shape_and_is_float32(row: Row) -> None:
    layer = row.make()
    assert not layer.weights
    y = layer(rows_for(row))
    assert y.dtype == jnp.float32
    assert layer.compute_output_shape((BATCH, *row.shape)) == y.shape
    assert layer.compute_output_shape((None, *row.shape)) == (None, *y.shape[1:])
    assert len(layer.weights) == row.weights
    assert all(w.dtype == jnp.float32 for w in layer.weights)
    assert layer.count_params() == sum(w.size for w in layer.get_weights())
    assert np.isfinite(y).all()


@of_each_layer
def test_the_configuration_goes_through_json_and_back(row: Row) -> None:
    layer = row.make()
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config() == config
    assert again._identity() == layer._identity()
    read = deserialize(json.loads(json.dumps(serialize(layer))))
    assert type(read) is type(layer) and read.get_config() == config
    assert repr(layer).startswith(f"{type(layer).__name__}(")


@of_each_layer
def test_it_has_a_name_and_is_found_by_it(row: Row) -> None:
    layer = row.make()
    assert layer_registry.find(type(layer).__name__) is type(layer)
    config = layer.get_config()
    named = type(layer).from_config({**config, "name": "mine"})
    assert named.name == named.path == named.get_config()["name"] == "mine"
    assert "Example:" in (type(layer).__doc__ or "")


@of_each_layer
def test_compiled_is_as_eager_and_inference_is_deterministic(row: Row) -> None:
    layer, x = built(row), rows_for(row)
    eager = layer(x)
    compiled = jax.jit(lambda layer, x: (layer(x), layer(x, training=False)))(layer, x)
    for y in (*compiled, layer(x, training=False)):
        np.testing.assert_allclose(y, eager, rtol=2e-6, atol=1e-7)


@of_each_layer
def test_it_is_a_pytree(row: Row) -> None:
    layer, x = built(row), rows_for(row)
    leaves, structure = jax.tree.flatten(layer)
    assert len(leaves) == row.weights
    again = jax.tree.unflatten(structure, leaves)
    assert type(again) is type(layer)
    assert jax.tree.structure(again) == structure == jax.tree.structure(built(row))
    np.testing.assert_array_equal(again(x), layer(x))
    doubled = jax.tree.map(lambda w: 2 * w, layer)
    for twice, once in zip(doubled.get_weights(), layer.get_weights(), strict=True):
        np.testing.assert_array_equal(twice, 2 * once)


@of_each_layer
def test_gradients_are_those_of_central_differences(row: Row) -> None:
    """With 64 bits, of a random mixture of the outputs, with respect to every weight and every input, in training too."""
    layer, x, step = built(row), rows_for(row), 1e-6
    leaves, structure = jax.tree.flatten((layer, x))
    sizes, shapes = [leaf.size for leaf in leaves], [leaf.shape for leaf in leaves]
    start = np.concatenate([np.ravel(leaf) for leaf in leaves]).astype("float64")
    mixture = np.random.default_rng(3).normal(size=layer.compute_output_shape(x.shape))

    def mixed(numbers: Any) -> Any:
        parts = [
            part.reshape(shape) for part, shape in zip(jnp.split(numbers, np.cumsum(sizes)[:-1]), shapes, strict=True)
        ]
        layer, x = jax.tree.unflatten(structure, parts)
        return jnp.sum(mixture * layer(x, training=True, key=jax.random.key(0)))

    with jax.enable_x64(True):
        both = jax.jit(lambda numbers, moves: (jax.grad(mixed)(numbers), jax.vmap(mixed)(numbers + moves)))
        gradient, moved = both(start, step * np.concatenate([np.eye(start.size), -np.eye(start.size)]))
    assert gradient.dtype == "float64"
    differences = (np.asarray(moved)[: start.size] - np.asarray(moved)[start.size :]) / (2 * step)
    np.testing.assert_allclose(gradient, differences, rtol=1e-6, atol=1e-8)
    assert np.abs(gradient).max() > 1e-3


def headed(row: Row) -> Sequential:
    """The layer in a network that ends in one number."""
    model = Sequential([Input(row.shape), row.make(), Flatten(), Dense(1, name="head")], seed=0)
    model.compile(SGD(0.1), "mse")
    return model


@of_each_layer
def test_saved_in_a_model_and_loaded_it_gives_equal_outputs(row: Row, tmp_path: Any) -> None:
    model, x = headed(row), rows_for(row)
    model.set_weights([np.random.default_rng(4).normal(size=w.shape) for w in model.weights])
    model.save(tmp_path / "model.glass")
    loaded = load_model(tmp_path / "model.glass")
    assert [layer.get_config() for layer in loaded.layers] == [layer.get_config() for layer in model.layers]
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))


@of_each_layer
def test_one_training_step_changes_exactly_what_trains(row: Row) -> None:
    model, x = headed(row), rows_for(row)
    before = {path: np.array(w) for path, w in model.named_weights().items()}
    assert len(before) == row.weights + 2
    model.train_on_batch(x, np.ones((BATCH, 1)))
    changed = {path for path, w in model.named_weights().items() if not np.array_equal(w, before[path])}
    assert changed == set(model.named_weights(trainable=True))


def test_a_frozen_layer_does_not_change() -> None:
    model = headed(TABLE["Dense"])
    model.layers[0].trainable = False
    before = model.get_weights()
    model.train_on_batch(rows_for(TABLE["Dense"]), np.ones((BATCH, 1)))
    changed = [not np.array_equal(w, b) for w, b in zip(model.get_weights(), before, strict=True)]
    assert changed == [False, False, True, True]


BAD: list[tuple[Callable[[], Any], type[GlassnetError], str]] = [
    (lambda: Dense(0), ConfigError, "Dense expected `units` to be a whole number above 0. Received 0."),
    (lambda: Dense(2.5), ConfigError, "Dense expected `units` to be a whole number above 0. Received 2.5."),
    (lambda: Dense("many"), ConfigError, "Received 'many'. Pass 1 or more."),
    (lambda: Dense(2, "rellu"), UnknownNameError, "did you mean 'relu'"),
    (lambda: Dense(2, kernel_initializer="glorot_unifrom"), UnknownNameError, "did you mean 'glorot_uniform'"),
    (lambda: Dense(2, kernel_regularizer="l3"), UnknownNameError, "No regularizer is called 'l3'"),
    (lambda: Dense(2)(np.ones(3)), ShapeError, "For one row, pass x[None, :]"),
    (lambda: Dense(2).build_all((None, None)), ShapeError, "expected to know the size of its input's last axis"),
    (lambda: Dropout(1.5), ConfigError, "Dropout expected `rate` from 0 and at most 1. Received 1.5."),
    (lambda: Dropout("half"), ConfigError, "Received 'half'. Pass a share such as 0.2."),
    (lambda: Dropout(0.5, noise_shape=(None, 0)), ConfigError, "`noise_shape`"),
    (lambda: Dropout(0.5, noise_shape=(None, "1")), ConfigError, "`noise_shape`"),
    (lambda: Dropout(0.5, noise_shape=2), ConfigError, "`noise_shape`"),
    (lambda: Dropout(0.5, seed=1.5), ConfigError, "Dropout expected `seed` as a whole number"),
    (lambda: Dropout(0.5, seed=-1), ConfigError, "Dropout expected `seed` as a whole number"),
    (
        lambda: Dropout(0.5, noise_shape=(None, 2))(np.ones((2, 3)), training=True),
        ShapeError,
        "expected an input whose sizes fit noise_shape",
    ),
    (
        lambda: Dropout(0.5, noise_shape=(None, 1))(np.ones((2, 3, 4)), training=True),
        ShapeError,
        "expected an input whose sizes fit noise_shape",
    ),
    (lambda: Flatten("last"), ConfigError, "'channels_last' or 'channels_first'. Received 'last'."),
    (lambda: Flatten()(np.float32(1.0)), ShapeError, "expected at least 1 axes"),
    (lambda: Input(), ConfigError, "either `shape` or `batch_shape`"),
    (lambda: Input((3,), batch_shape=(None, 3)), ConfigError, "either `shape` or `batch_shape`"),
    (lambda: Input(30), ConfigError, "Write Input((30,))."),
    (lambda: Input((0,)), ConfigError, "whole sizes above 0"),
    (lambda: Input((2.5,)), ConfigError, "whole sizes above 0"),
    (lambda: Input((3,), batch_size=0), ConfigError, "whole sizes above 0"),
    (lambda: InputLayer((-1,)), ConfigError, "whole sizes above 0"),
    (lambda: InputLayer((3,))(np.ones((2, 4))), ShapeError, "expected size 3 at axis 1; received size 4"),
    (lambda: Dense(2, name="a/b"), ConfigError, "without '/'"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:40] for _, _, words in BAD])
def test_bad_arguments_are_named(make: Callable[[], Any], error: type[GlassnetError], words: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
