"""Arguments of the small layers: all their spellings, and how wrong ones and unfit inputs are named."""

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.layers.activity_regularization import ActivityRegularization
from glassnet.layers.cropping import Cropping1D, Cropping2D, Cropping3D
from glassnet.layers.masking import Masking
from glassnet.layers.merging import Add, Multiply, Subtract
from glassnet.layers.merging_axes import Concatenate, Dot
from glassnet.layers.noise import AlphaDropout, GaussianDropout, GaussianNoise
from glassnet.layers.padding import ZeroPadding1D, ZeroPadding2D, ZeroPadding3D
from glassnet.layers.rescaling import Rescaling
from glassnet.layers.reshaping import Permute, RepeatVector, Reshape
from glassnet.layers.spatial_dropout import SpatialDropout1D, SpatialDropout2D
from glassnet.layers.upsampling import UpSampling1D, UpSampling2D, UpSampling3D

SPELLINGS = [
    (Cropping1D(2).cropping, (2, 2)),
    (Cropping1D([1, 2]).cropping, (1, 2)),
    (Cropping1D(np.int64(2)).cropping, (2, 2)),
    (Cropping2D().cropping, ((0, 0), (0, 0))),
    (Cropping2D(2).cropping, ((2, 2), (2, 2))),
    (Cropping2D((1, 2)).cropping, ((1, 1), (2, 2))),
    (Cropping2D([[0, 1], 2]).cropping, ((0, 1), (2, 2))),
    (Cropping3D().cropping, ((1, 1), (1, 1), (1, 1))),
    (ZeroPadding1D().padding, (1, 1)),
    (ZeroPadding2D().padding, ((1, 1), (1, 1))),
    (ZeroPadding3D((1, 2, 3)).padding, ((1, 1), (2, 2), (3, 3))),
    (UpSampling1D().size, 2),
    (UpSampling2D(3).size, (3, 3)),
    (UpSampling3D([1, 2, 3]).size, (1, 2, 3)),
    (UpSampling2D(interpolation="Bilinear").interpolation, "bilinear"),
    (Dot([1, -1]).axes, (1, -1)),
    (Reshape([4, -1]).target_shape, (4, -1)),
]


@pytest.mark.parametrize(("kept", "meant"), SPELLINGS)
def test_every_spelling_is_kept_in_one_form(kept, meant):
    assert kept == meant


UNKNOWN_SIZES = [
    (Reshape((-1, 2)), (None, None, 4), (None, None, 2)),
    (Reshape((3, 2)), (None, None, 2), (None, 3, 2)),
    (Permute((2, 1)), (None, None, 4), (None, 4, None)),
    (RepeatVector(2), (None, None), (None, 2, None)),
    (Cropping2D(1), (None, None, 5, 3), (None, None, 3, 3)),
    (ZeroPadding2D(1), (None, None, 5, 3), (None, None, 7, 3)),
    (UpSampling2D(2), (None, None, 5, 3), (None, None, 10, 3)),
    (Add(), [(None, 3), (2, 1)], (2, 3)),
    (Add(), [(None, None, 3), (None, 3)], (None, None, 3)),
    (Concatenate(), [(None, None, 3), (None, 4, 1)], (None, 4, 4)),
    (Concatenate(1), [(None, None, 3), (None, 4, 3)], (None, None, 3)),
    (Dot(1), [(None, 3, None), (2, 3)], (2, None)),
]


@pytest.mark.parametrize(("layer", "shape", "declared"), UNKNOWN_SIZES, ids=repr)
def test_sizes_that_are_not_known_yet_stay_open(layer, shape, declared):
    assert layer.compute_output_shape(shape) == declared


A, B, IMAGE = np.ones((2, 3), "float32"), np.ones((2, 4), "float32"), np.ones((1, 3, 3, 1), "float32")

BAD = [
    (lambda: Reshape((-1, -1)), ConfigError, "Reshape expected `target_shape`"),
    (lambda: Reshape((0, 2)), ConfigError, "Received (0, 2)."),
    (lambda: Reshape(4), ConfigError, "Received 4."),
    (lambda: Reshape((2, 2))(A), ShapeError, "expected 4 numbers for each sample, to fill (2, 2). Received 3"),
    (lambda: Reshape((-1, 2))(A), ShapeError, "expected a multiple of 2 numbers"),
    (lambda: Permute((0, 1)), ConfigError, "Permute expected `dims`"),
    (lambda: Permute((1, 1)), ConfigError, "Received (1, 1)."),
    (lambda: Permute(()), ConfigError, "Received ()."),
    (lambda: Permute((2, 1))(A), ShapeError, "expected 3 axes (batch first); received 2"),
    (lambda: RepeatVector(0), ConfigError, "RepeatVector expected `n` to be a whole number above 0. Received 0."),
    (lambda: RepeatVector(2)(IMAGE), ShapeError, "expected 2 axes"),
    (lambda: Cropping1D(-1), ConfigError, "Cropping1D expected `cropping`"),
    (lambda: Cropping1D((1, 2, 3)), ConfigError, "Received (1, 2, 3)."),
    (lambda: Cropping1D("1"), ConfigError, "Received '1'."),
    (lambda: Cropping1D(True), ConfigError, "Received True."),
    (lambda: Cropping2D((1, 2, 3)), ConfigError, "for each of its 2 axes"),
    (lambda: Cropping2D(((1, 2), (1, 2, 3))), ConfigError, "Pass 1, or ((1, 2), (1, 2))"),
    (lambda: Cropping2D(1, "last"), ConfigError, "Cropping2D expected `data_format`"),
    (lambda: Cropping2D((1, 2))(IMAGE), ShapeError, "something left after cropping (2, 2) from axis 2"),
    (lambda: Cropping2D(1)(A), ShapeError, "Pass images as (batch, height, width, channels)."),
    (lambda: Cropping2D(1).compute_output_shape((None, 3)), ShapeError, "expected 4 axes"),
    (lambda: ZeroPadding2D(0.5), ConfigError, "ZeroPadding2D expected `padding`"),
    (lambda: ZeroPadding3D(1)(IMAGE), ShapeError, "Pass volumes as"),
    (lambda: UpSampling1D(0), ConfigError, "UpSampling1D expected `size` to be a whole number above 0. Received 0."),
    (lambda: UpSampling2D((2, 2, 2)), ConfigError, "UpSampling2D expected `size` as one whole number, or 2 of them."),
    (lambda: UpSampling2D(2, interpolation="bilinaer"), ConfigError, "did you mean 'bilinear'"),
    (lambda: Add()(A), ShapeError, "expected a list of arrays. Received one array"),
    (lambda: Add()([A, B]), ShapeError, "Received the shapes (2, 3), (2, 4)."),
    (lambda: Add()([A, np.ones((3, 3))]), ShapeError, "expected as many rows in each of its inputs"),
    (lambda: Add()([A, np.float32(1)]), ShapeError, "expected inputs with the batch as their first axis"),
    (lambda: Multiply().compute_output_shape([]), ShapeError, "expected a list of arrays"),
    (lambda: Subtract()([A, A, A]), ShapeError, "expected exactly 2 inputs"),
    (lambda: Concatenate(1.5), ConfigError, "Concatenate expected `axis` as a whole number. Received 1.5."),
    (lambda: Concatenate()([A, IMAGE]), ShapeError, "inputs with as many axes, one of them axis -1"),
    (lambda: Concatenate(2)([A, B]), ShapeError, "one of them axis 2"),
    (lambda: Concatenate()([A, np.ones((1, 3))]), ShapeError, "inputs of one shape except along axis -1"),
    (lambda: Dot(0), ConfigError, "Dot expected `axes` as one or two whole numbers other than 0"),
    (lambda: Dot((1, 2, 3)), ConfigError, "Received (1, 2, 3)."),
    (lambda: Dot("last"), ConfigError, "Received 'last'."),
    (lambda: Dot(1)([A]), ShapeError, "expected exactly 2 inputs"),
    (lambda: Dot(1)([A, B]), ShapeError, "expected one size along the axes 1 and 1"),
    (lambda: Dot(-1)([A, np.ones((4, 3))]), ShapeError, "expected as many rows in both inputs"),
    (lambda: Dot(2)([A, B]), ShapeError, "expected inputs with the axes (2, 2), besides the batch"),
    (lambda: Dot(-2)([A, B]), ShapeError, "expected inputs with the axes (-2, -2), besides the batch"),
    (lambda: Masking("zero"), ConfigError, "Masking expected `mask_value` as a number. Received 'zero'."),
    (lambda: Masking()(np.ones(3)), ShapeError, "expected at least 2 axes"),
    (lambda: Rescaling("1/255"), ConfigError, "Rescaling expected `scale` as a number"),
    (lambda: Rescaling([1.0, 2.0])(A), ShapeError, "of shapes (2,) and (), stretch. Received shape (2, 3)."),
    (lambda: Rescaling(np.ones((1, 1, 1)))(A), ShapeError, "Received shape (2, 3)."),
    (lambda: GaussianNoise(-1), ConfigError, "GaussianNoise expected `stddev` as a number from 0 up. Received -1."),
    (lambda: GaussianNoise(1, seed=0.5), ConfigError, "GaussianNoise expected `seed`"),
    (lambda: GaussianNoise(1, seed=2**32), ConfigError, "Received 4294967296."),
    (lambda: GaussianDropout(1), ConfigError, "GaussianDropout expected `rate` from 0 and below 1. Received 1."),
    (lambda: AlphaDropout(1), ConfigError, "AlphaDropout expected `rate` from 0 and below 1. Received 1."),
    (lambda: AlphaDropout(0.5, seed=-1), ConfigError, "AlphaDropout expected `seed`"),
    (lambda: SpatialDropout1D(2), ConfigError, "SpatialDropout1D expected `rate` from 0 and at most 1. Received 2."),
    (lambda: SpatialDropout2D(0.5, "first"), ConfigError, "SpatialDropout2D expected `data_format`"),
    (lambda: SpatialDropout2D(0.5)(A), ShapeError, "expected 4 axes"),
    (lambda: ActivityRegularization(-1), ConfigError, "ActivityRegularization expected `l1`"),
    (lambda: ActivityRegularization(l2="much"), ConfigError, "ActivityRegularization expected `l2`"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:50] for _, _, words in BAD])
def test_bad_arguments_and_inputs_are_named(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
