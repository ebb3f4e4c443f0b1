"""What normalization, attention, Embedding and EinsumDense promise: shapes, configuration, compiled = eager, slopes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, DataError, GlassnetError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.layers.attention import (
    AdditiveAttention,
    Attention,
    GroupedQueryAttention,
    MultiHeadAttention,
    PositionEmbedding,
    RotaryEmbedding,
    SinePositionEncoding,
    TokenAndPositionEmbedding,
    TransformerDecoder,
    TransformerEncoder,
)
from glassnet.layers.dense import Dense
from glassnet.layers.einsum_dense import EinsumDense
from glassnet.layers.embedding import Embedding
from glassnet.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    SpectralNormalization,
    UnitNormalization,
)
from glassnet.layers.wrapper import Wrapper


class Row(NamedTuple):
    """One layer: how it is made, its inputs' shapes, its number of weights, and how it takes its inputs."""

    make: Callable[[], Layer]
    shapes: list[tuple[int, ...]]
    weights: int = 0
    listed: bool = False


X = [(3, 2, 4)]
#: Limits that leave no correction, whose slopes would not be those of the output.
PLAIN = {"rmin": 1.0, "rmax": 1.0, "dmax": 0.0}
TABLE = {
    "BatchNormalization": Row(lambda: BatchNormalization(gamma_regularizer="l2"), X, 4),
    "BatchNormalization, axis 1": Row(lambda: BatchNormalization(1, center=False, scale=False), X, 2),
    "BatchNormalization, renorm": Row(lambda: BatchNormalization(renorm=True, renorm_clipping=PLAIN), X, 7),
    "LayerNormalization": Row(lambda: LayerNormalization(beta_constraint="non_neg"), X, 2),
    "LayerNormalization, two axes": Row(lambda: LayerNormalization([-1, -2]), X, 2),
    "LayerNormalization, only scaled": Row(lambda: LayerNormalization(rms_scaling=True), X, 1),
    "GroupNormalization": Row(lambda: GroupNormalization(2), X, 2),
    "GroupNormalization, instances": Row(lambda: GroupNormalization(-1), X, 2),
    "RMSNormalization": Row(lambda: RMSNormalization(), X, 1),
    "UnitNormalization": Row(lambda: UnitNormalization(), X),
    "SpectralNormalization": Row(lambda: SpectralNormalization(Dense(3, "tanh"), 40), X, 3),
    "Wrapper": Row(lambda: Wrapper(Dense(3, name="inner")), X, 2),
    "Embedding": Row(lambda: Embedding(7, 3, mask_zero=True, embeddings_regularizer="l1"), X, 1),
    "EinsumDense": Row(lambda: EinsumDense("abc,cde->abde", (None, 2, 3), "tanh", "de"), X, 2),
    "EinsumDense, dots": Row(lambda: EinsumDense("...c,dc->...d", 3), X, 1),
    "Attention": Row(lambda: Attention(True, "concat"), [(3, 2, 4), (3, 5, 4)], 2, True),
    "AdditiveAttention": Row(lambda: AdditiveAttention(), [(3, 2, 4), (3, 5, 6), (3, 5, 4)], 1, True),
    "MultiHeadAttention": Row(lambda: MultiHeadAttention(2, 3, kernel_regularizer="l2"), [(3, 2, 4), (3, 5, 6)], 8),
    "MultiHeadAttention, set": Row(lambda: MultiHeadAttention(2, 3, 2, 0.5, False, 5, [1], seed=3), X + X, 4),
    "MultiHeadAttention, gate": Row(lambda: MultiHeadAttention(2, 3, use_gate=True, sliding_window=1), X + X, 10),
    "GroupedQueryAttention": Row(lambda: GroupedQueryAttention(3, 4, 2), X + X, 8),
    "PositionEmbedding": Row(lambda: PositionEmbedding(5), X, 1),
    "SinePositionEncoding": Row(lambda: SinePositionEncoding(100), X),
    "RotaryEmbedding": Row(lambda: RotaryEmbedding(100, 2.0), X),
    "TokenAndPositionEmbedding": Row(lambda: TokenAndPositionEmbedding(7, 4, 3, mask_zero=True), [(3, 2)], 2),
    "TransformerDecoder": Row(lambda: TransformerDecoder(5, 2, 0.2, "tanh"), [*X, (3, 5, 6)], 26),
    "TransformerDecoder, alone": Row(lambda: TransformerDecoder(5, 2, normalize_first=True), X, 16),
    "TransformerEncoder": Row(lambda: TransformerEncoder(5, 2, 0.2, "tanh"), X, 16),
    "TransformerEncoder, norm first": Row(lambda: TransformerEncoder(5, 2, normalize_first=True), X, 16),
}

of_each_layer = pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)


def inputs_for(row: Row) -> list[Any]:
    """Arguments of the call: some numbers, whole ones for an Embedding."""
    random = np.random.default_rng(1)
    found = [random.normal(size=shape).astype("float32") for shape in row.shapes]
    if isinstance(row.make(), Embedding | TokenAndPositionEmbedding):
        found = [random.integers(0, 7, size=shape) for shape in row.shapes]
    return [found] if row.listed else found


def built(row: Row) -> Layer:
    """The layer with weights that are at no special place, and above 0 as a variance must be."""
    layer = row.make()
    layer(*inputs_for(row))
    random = np.random.default_rng(2)
    layer.set_weights([random.uniform(0.2, 1.0, size=w.shape) for w in layer.weights])
    return layer


@of_each_layer
def test_the_output_has_the_declared_shape(row: Row) -> None:
    layer = row.make()
    y = layer(*inputs_for(row))
    assert y.dtype == jnp.float32 and np.isfinite(y).all()
    assert len(layer.weights) == row.weights

    def declared(batch: int | None) -> Any:
        shapes = [(batch, *shape[1:]) for shape in row.shapes]
        return layer.compute_output_shape(shapes) if row.listed else layer.compute_output_shape(*shapes)

    assert declared(3) == y.shape
    assert declared(None) == (None, *y.shape[1:])


@of_each_layer
def test_the_configuration_goes_through_json_and_back(row: Row) -> None:
    layer = row.make()
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert again.get_config() == layer.get_config() == config
    assert again._identity() == layer._identity()
    assert layer_registry.find(type(layer).__name__) is type(layer)


@of_each_layer
def test_it_compiles_and_its_slopes_are_those_of_central_differences(row: Row) -> None:
    """Of a random mixture of the outputs in training mode, along a random direction of all weights and inputs."""
    layer, inputs = built(row), inputs_for(row)
    np.testing.assert_allclose(
        jax.jit(lambda layer, inputs: layer(*inputs))(layer, inputs), layer(*inputs), rtol=2e-5, atol=1e-6
    )
    if isinstance(layer, SinePositionEncoding):
        return  # it has no weights, and its input's numbers do not matter
    whole = isinstance(layer, Embedding | TokenAndPositionEmbedding)
    parts, structure = jax.tree.flatten(layer if whole else (layer, inputs))
    random = np.random.default_rng(3)
    parts = [np.asarray(part, "float64") for part in parts]
    ways = [random.normal(size=part.shape) for part in parts]
    mixture = random.normal(size=layer(*inputs).shape)

    def mixed(step: Any, parts: Any, ways: Any, mixture: Any) -> Any:
        moved = [part + step * way for part, way in zip(parts, ways, strict=True)]
        made = jax.tree.unflatten(structure, moved)
        found, given = (made, inputs) if whole else made
        return jnp.sum(mixture * found(*given, training=True, key=jax.random.key(0)))

    with jax.enable_x64(True):
        known = [jax.tree.map(jnp.asarray, item) for item in (parts, ways, mixture)]
        both = jax.jit(jax.value_and_grad(mixed))
        slope = float(both(np.float64(0), *known)[1])
        values = [float(both(np.float64(step), *known)[0]) for step in (1e-6, -1e-6)]
    assert abs(slope) > 1e-3
    np.testing.assert_allclose(slope, (values[0] - values[1]) / 2e-6, rtol=1e-5)


STORED = json.loads((Path(__file__).parents[1] / "oracles" / "normalization_attention.json").read_text("utf-8"))


def numbers(shapes: list[list[int]], seed: int) -> list[np.ndarray]:
    """The inputs and weights of the stored cases."""
    return [
        np.random.RandomState(seed + i).uniform(0.1, 1.1, shape).astype("float32") for i, shape in enumerate(shapes)
    ]


@pytest.mark.parametrize("case", STORED, ids=[f"{c['layer']} {c['arguments']} {list(c['call'])}" for c in STORED])
def test_the_numbers_are_those_of_keras(case: dict[str, Any]) -> None:
    layer = layer_registry.find(case["layer"])(**case["arguments"])
    inputs = numbers(case["inputs"], 0)
    packed = [inputs] if isinstance(layer, Attention | AdditiveAttention) else inputs
    layer(*packed)
    assert {path: list(w.shape) for path, w in layer.named_weights().items()} == case["weights"]
    weights = numbers(list(case["weights"].values()), 100)
    layer.set_weights(weights if case["layer"] == "BatchNormalization" else [w - 0.5 for w in weights])
    given = {
        name: np.array(v, bool) if name.endswith("mask") and v is not True else v for name, v in case["call"].items()
    }
    found = layer(*packed, **given)
    for y, wanted in zip(found if isinstance(found, tuple) else [found], case["outputs"], strict=True):
        assert list(y.shape) == wanted["shape"]
        np.testing.assert_allclose(np.ravel(y), wanted["numbers"], rtol=2e-5, atol=2e-6)
    for weight, wanted in zip(layer.get_weights(), case["after"], strict=bool(case["after"])):
        np.testing.assert_allclose(np.ravel(weight), wanted, rtol=2e-6, atol=1e-7)


ONE = np.ones((2, 3, 4), "float32")
BAD: list[tuple[Callable[[], Any], type[GlassnetError], str]] = [
    (lambda: BatchNormalization(axis=None), ConfigError, "BatchNormalization expected `axis` as a whole number"),
    (lambda: BatchNormalization(momentum=2), ConfigError, "`momentum` from 0 and at most 1. Received 2."),
    (lambda: BatchNormalization(epsilon=0), ConfigError, "`epsilon` as a number above 0. Received 0."),
    (lambda: BatchNormalization(axis=3)(ONE), ShapeError, "expected an input that has axis 3"),
    (lambda: BatchNormalization().build((None, None)), ShapeError, "to know the size of its input at axis [1]"),
    (lambda: BatchNormalization()(ONE, training=True, mask=np.ones(2)), ShapeError, "expected a mask of shape (2, 3)"),
    (lambda: BatchNormalization(renorm_momentum=2), ConfigError, "`renorm_momentum` from 0 and at most 1. Received 2."),
    (
        lambda: BatchNormalization(renorm_clipping=3),
        ConfigError,
        "`renorm_clipping` as a dict of 'rmax', 'rmin' and 'dmax'",
    ),
    (lambda: BatchNormalization(renorm_clipping={"max": 3}), ConfigError, "Correct the name 'max'."),
    (lambda: BatchNormalization(renorm_clipping={"rmax": "3"}), ConfigError, "Pass a number for 'rmax'"),
    (
        lambda: BatchNormalization(renorm_clipping={"rmax": 1, "rmin": 2}),
        ConfigError,
        "Make 'rmin' no larger than 'rmax'.",
    ),
    (lambda: BatchNormalization(renorm_clipping={"dmax": -1}), ConfigError, "Make 'dmax' 0 or more."),
    (lambda: LayerNormalization(axis=[1, 1]), ConfigError, "list of different ones. Received [1, 1]."),
    (lambda: GroupNormalization(0), ConfigError, "`groups` as a whole number above 0, or -1"),
    (lambda: GroupNormalization(3)(ONE), ShapeError, "split into 3 groups of one size. Received 4 channels"),
    (lambda: RMSNormalization(epsilon=-1), ConfigError, "RMSNormalization expected `epsilon`"),
    (lambda: UnitNormalization("last"), ConfigError, "UnitNormalization expected `axis`"),
    (lambda: Embedding(0, 3), ConfigError, "Embedding expected `input_dim`"),
    (lambda: Embedding(3, 2.5), ConfigError, "Embedding expected `output_dim`"),
    (lambda: Embedding(3, 2)(np.array([[0, 3]])), DataError, "whole numbers from 0 to 2. Received 3."),
    (lambda: Embedding(3, 2)(np.array([[-1]])), DataError, "whole numbers from 0 to 2. Received -1."),
    (lambda: Embedding(3, 2)(np.array([0.5])), DataError, "whole numbers from 0 to 2. Received 0.5."),
    (lambda: EinsumDense("ab->b", 3), ConfigError, "EinsumDense expected an `equation` of input, kernel and output"),
    (lambda: EinsumDense("ab,bz->ac", 3), ConfigError, "Received 'ab,bz->ac'"),
    (lambda: EinsumDense("ab,bc->ac", 0), ConfigError, "`output_shape` as a size of 1 or more"),
    (lambda: EinsumDense("ab,bc->ac", 3, bias_axes="b"), ConfigError, "letters of the output 'ac'"),
    (lambda: EinsumDense("ab,bc->ac", 3)(ONE), ShapeError, "expected an input of 2 axes for the equation"),
    (lambda: EinsumDense("abc,cd->abd", 3)(ONE), ShapeError, "expected 2 sizes in `output_shape`"),
    (lambda: EinsumDense("abc,cd->abd", (4, 3))(ONE), ShapeError, "expected size 4 at axis 'b'"),
    (lambda: EinsumDense("abc,cd->abd", (None, None))(ONE), ShapeError, "expected to know the size of axis 'd'"),
    (lambda: Attention(score_mode="sum"), ConfigError, "`score_mode` 'dot' or 'concat'. Received 'sum'."),
    (lambda: Attention(dropout=1.0), ConfigError, "Attention expected `dropout`"),
    (lambda: Attention()(ONE), ConfigError, "expected a list of inputs, [query, value]"),
    (lambda: Attention()([ONE]), ConfigError, "Received a list of 1."),
    (lambda: Attention()([ONE, ONE], mask=[None]), ConfigError, "expected `mask` as a list [query mask, value mask]"),
    (lambda: MultiHeadAttention(0, 3), ConfigError, "MultiHeadAttention expected `num_heads`"),
    (lambda: MultiHeadAttention(2, 3, attention_axes=[0]), ConfigError, "`attention_axes` as a list of axes"),
    (lambda: MultiHeadAttention(2, 3)(ONE), ConfigError, "For a sequence that attends to itself, call it on (x, x)."),
    (lambda: MultiHeadAttention(2, 3)(ONE, ONE, ONE[:, :2]), ShapeError, "Pass a key for each value."),
    (lambda: MultiHeadAttention(2, 3, seed=-1), ConfigError, "`seed`"),
    (lambda: GroupedQueryAttention(3, 4, 3), ConfigError, "`num_key_value_heads` to be a divisor of `num_query_heads`"),
    (lambda: PositionEmbedding(2)(ONE), ShapeError, "expected positions from 0 to 1. Received positions from 0 to 2"),
    (lambda: SinePositionEncoding(0), ConfigError, "`max_wavelength` as a number above 0. Received 0."),
    (lambda: RotaryEmbedding()(ONE[..., :3]), ShapeError, "an even number of features at axis -1"),
    (lambda: RotaryEmbedding(sequence_axis="t"), ConfigError, "`sequence_axis` as a whole number. Received 't'."),
    (lambda: TokenAndPositionEmbedding(0, 2, 3), ConfigError, "TokenAndPositionEmbedding expected `vocabulary_size`"),
    (lambda: TransformerEncoder(5, 2, layer_norm_epsilon=0), ConfigError, "`layer_norm_epsilon` as a number above 0"),
    (lambda: TransformerEncoder(5, 7)(ONE), ShapeError, "expected 7 features or more, one a head"),
    (lambda: GroupedQueryAttention(3, 2, 1)(ONE[None], ONE[None]), ShapeError, "a query and a value of 3 axes"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:50] for _, _, words in BAD])
def test_bad_arguments_are_named(make: Callable[[], Any], error: type[GlassnetError], words: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
