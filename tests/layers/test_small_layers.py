"""Layers without trained weights: the contract's rows, and the numbers and shapes that Keras has for them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import deserialize, serialize
from glassnet.layers.activity_regularization import ActivityRegularization
from glassnet.layers.cropping import Cropping1D, Cropping2D, Cropping3D
from glassnet.layers.feature_normalization import Normalization
from glassnet.layers.identity import Identity
from glassnet.layers.lambda_layer import Lambda
from glassnet.layers.masking import Masking
from glassnet.layers.merging import Add, Average, Maximum, Minimum, Multiply, Subtract
from glassnet.layers.merging_axes import Concatenate, Dot
from glassnet.layers.noise import AlphaDropout, GaussianDropout, GaussianNoise
from glassnet.layers.operation import Operation
from glassnet.layers.padding import ZeroPadding1D, ZeroPadding2D, ZeroPadding3D
from glassnet.layers.rescaling import Rescaling
from glassnet.layers.reshaping import Permute, RepeatVector, Reshape
from glassnet.layers.spatial_dropout import SpatialDropout1D, SpatialDropout2D, SpatialDropout3D
from glassnet.layers.upsampling import UpSampling1D, UpSampling2D, UpSampling3D

FOUND = json.loads((Path(__file__).parents[1] / "oracles" / "small_layers.json").read_text())
FIRST = "channels_first"
BATCH = 3


class Row(NamedTuple):
    """One layer: how it is made, the shape of one input without the batch, and how many weights it then has."""

    make: Callable[[], Layer]
    shape: tuple[int, ...]
    weights: int = 0


TABLE = {
    "Reshape": Row(lambda: Reshape((-1, 2)), (2, 3)),
    "Permute": Row(lambda: Permute((2, 1)), (2, 3)),
    "RepeatVector": Row(lambda: RepeatVector(2), (3,)),
    "Cropping1D": Row(lambda: Cropping1D((1, 0)), (3, 2)),
    "Cropping2D": Row(lambda: Cropping2D(((1, 0), (0, 1)), FIRST), (1, 3, 2)),
    "Cropping3D": Row(lambda: Cropping3D((0, 1, 0)), (1, 3, 2, 1)),
    "ZeroPadding1D": Row(lambda: ZeroPadding1D((0, 2)), (2, 2)),
    "ZeroPadding2D": Row(lambda: ZeroPadding2D(1, FIRST), (1, 1, 2)),
    "ZeroPadding3D": Row(lambda: ZeroPadding3D(((0, 1), (0, 0), (1, 0))), (1, 1, 2, 1)),
    "UpSampling1D": Row(lambda: UpSampling1D(2), (2, 2)),
    "UpSampling2D": Row(lambda: UpSampling2D((1, 2), FIRST), (1, 2, 2)),
    "UpSampling2D, bilinear": Row(lambda: UpSampling2D(2, interpolation="bilinear"), (2, 2, 1)),
    "UpSampling3D": Row(lambda: UpSampling3D((1, 2, 1)), (1, 1, 2, 1)),
    "Masking": Row(lambda: Masking(9.0), (2, 2)),
    "Operation": Row(lambda: Operation("power", [None, 2.0]), (3,)),
    "Identity": Row(lambda: Identity(), (3,)),
    "Lambda": Row(lambda: Lambda("tanh"), (3,)),
    "Rescaling": Row(lambda: Rescaling(0.5, offset=[1.0, 2.0, 3.0]), (2, 3)),
    "Normalization": Row(lambda: Normalization(mean=[1.0, 2.0], variance=[4.0, 0.5]), (3, 2)),
    "GaussianNoise": Row(lambda: GaussianNoise(0.5), (4,)),
    "GaussianDropout": Row(lambda: GaussianDropout(0.25, seed=1), (4,)),
    "AlphaDropout": Row(lambda: AlphaDropout(0.25), (4,)),
    "SpatialDropout1D": Row(lambda: SpatialDropout1D(0.25), (2, 3)),
    "SpatialDropout2D": Row(lambda: SpatialDropout2D(0.25, FIRST), (3, 1, 2)),
    "SpatialDropout3D": Row(lambda: SpatialDropout3D(0.25, seed=2), (1, 1, 2, 3)),
    "ActivityRegularization": Row(lambda: ActivityRegularization(0.1, 0.2), (3,)),
}
MERGES = [Add(), Subtract(), Multiply(), Average(), Maximum(), Minimum(), Concatenate(), Concatenate(1), Dot((1, -2))]

of_each_layer = pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
of_each_merge = pytest.mark.parametrize("layer", MERGES, ids=repr)
of_each_case = pytest.mark.parametrize("case", FOUND["cases"], ids=lambda case: f"{case['layer']}, {case['config']}")


def numbers(shape, start=0):
    """The inputs that the stored numbers are of, as in the script that wrote them."""
    count = np.arange(start, start + int(np.prod(shape)))
    return np.sin(count * 1.7 + 0.3).round(3).reshape(shape).astype("float32")


def masked_inputs():
    a, b = numbers([2, 3, 2]), numbers([2, 3, 2], 50)
    a[0, 1:] = 0
    b[0, 2] = b[1, 0] = 0
    return [a, b]


@of_each_layer
def test_the_output_has_the_declared_shape_and_is_float32(row):
    layer, x = row.make(), numbers((BATCH, *row.shape))
    y = layer(x)
    assert y.dtype == jnp.float32 and np.isfinite(y).all()
    assert layer.compute_output_shape((BATCH, *row.shape)) == y.shape
    assert layer.compute_output_shape((None, *row.shape)) == (None, *y.shape[1:])
    assert len(layer.weights) == len(jax.tree.leaves(layer)) == row.weights
    np.testing.assert_allclose(jax.jit(lambda layer, x: layer(x))(layer, x), y, rtol=2e-6, atol=1e-7)


@of_each_layer
def test_the_configuration_goes_through_json_and_back(row):
    goes_through_json(row.make())


@of_each_merge
def test_so_does_a_merging_layers(layer):
    goes_through_json(layer)


def goes_through_json(layer):
    config = json.loads(json.dumps(layer.get_config()))
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    assert type(again) is type(layer) and again.get_config() == layer.get_config() == config
    assert again._identity() == layer._identity()
    assert layer_registry.find(type(layer).__name__) is type(layer)
    assert repr(layer).startswith(f"{type(layer).__name__}(")


@of_each_merge
def test_a_merge_has_the_declared_shape_and_is_float32(layer):
    inputs = [numbers((BATCH, 2, 2)), numbers((BATCH, 2, 2), 50)]
    y = layer(inputs)
    assert y.dtype == jnp.float32
    assert layer.compute_output_shape([(BATCH, 2, 2)] * 2) == y.shape
    assert layer.compute_output_shape([(None, 2, 2)] * 2) == (None, *y.shape[1:])
    np.testing.assert_allclose(jax.jit(lambda layer, x: layer(x))(layer, inputs), y, rtol=2e-6)


@of_each_case
def test_the_numbers_are_kerass(case):
    inputs = [numbers(shape, 10 * place) for place, shape in enumerate(case["shapes"])]
    layer = layer_registry.find(case["layer"])(**case["config"])
    y = layer(inputs if len(inputs) > 1 else inputs[0])
    np.testing.assert_allclose(y, case["output"], rtol=1e-5, atol=2e-6)
    shapes = [tuple(shape) for shape in case["shapes"]]
    assert layer.compute_output_shape(shapes if len(shapes) > 1 else shapes[0]) == y.shape


class Masked(Layer):
    """Merges two sequences, the second of them with its mask or without."""

    def __init__(self, inner: Layer, both: bool) -> None:
        super().__init__()
        self.inner, self.masks = inner, [Masking(), Masking() if both else Identity()]

    def call(self, inputs: Any) -> Any:
        inputs = [mask(x) for mask, x in zip(self.masks, inputs, strict=True)]
        y = self.inner(inputs)
        return y, Noted()(y)


class Noted(Layer):
    """The mask that travels with the input."""

    def call(self, inputs: Any, mask: Any = None) -> Any:
        return mask


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("name", FOUND["masked"])
def test_merging_masked_sequences_is_as_in_keras(name, both):
    found = FOUND["masked" if both else "half_masked"][name]
    y, mask = Masked(layer_registry.find(name)(), both)(masked_inputs())
    np.testing.assert_allclose(y, found["output"], rtol=1e-6, atol=1e-6)
    assert (None if mask is None else mask.tolist()) == found["mask"]


@pytest.mark.parametrize("found", FOUND["adapted"], ids=lambda found: str(found["axis"]))
def test_what_adapt_measures_is_kerass(found):
    layer, x = Normalization(axis=found["axis"]), numbers([4, 2, 2])
    layer.adapt(x)
    np.testing.assert_allclose(layer.mean, found["mean"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(layer.variance, found["variance"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(layer(x), found["output"], rtol=1e-5, atol=1e-5)
    assert np.shape(layer.mean) == np.shape(found["mean"])


def test_the_penalty_is_kerass():
    layer = ActivityRegularization(**FOUND["penalty"]["config"])
    layer(numbers([4, 3]))
    assert [float(loss) for loss in layer.losses] == pytest.approx([FOUND["penalty"]["loss"]])
