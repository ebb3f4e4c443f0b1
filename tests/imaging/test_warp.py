"""Warping against SciPy, and what must hold whatever the numbers are."""

import jax
import numpy as np
import pytest
import scipy.ndimage

from glassnet.imaging import warp as module
from glassnet.imaging.affine import Affine

warp = jax.jit(
    module.warp,
    static_argnames=("interpolation", "fill_mode"),
    compiler_options={"xla_backend_optimization_level": 0},
)
IMAGES = np.random.default_rng(0).normal(size=(3, 6, 5, 2)).astype("float32")
# SciPy calls by other names what goes on beyond the edges with nothing left out.
MODES = {"constant": "grid-constant", "nearest": "nearest", "reflect": "reflect", "wrap": "grid-wrap"}
MAP = Affine(0.83, -0.41, 1.37, 0.52, 1.19, -2.61)
FAR = Affine(2.71, 0.33, -9.17, -0.43, 3.13, -7.38)


def by_scipy(image, affine, order, mode, value):
    a0, a1, a2, b0, b1, b2 = affine
    matrix, offset = np.array([[b1, b0], [a1, a0]]), np.array([b2, a2])
    channels = [
        scipy.ndimage.affine_transform(image[..., c], matrix, offset, order=order, mode=mode, cval=value)
        for c in range(image.shape[-1])
    ]
    return np.stack(channels, -1)


@pytest.mark.parametrize("affine", [MAP, FAR], ids=["near", "far"])
@pytest.mark.parametrize(("interpolation", "order"), [("bilinear", 1), ("nearest", 0)])
@pytest.mark.parametrize("fill_mode", MODES)
def test_pixels_are_read_where_scipy_reads_them(affine, interpolation, order, fill_mode):
    ours = warp(IMAGES, affine.for_images(3), interpolation, fill_mode, 7.0)
    for image, seen in zip(IMAGES.astype("float64"), np.asarray(ours), strict=True):
        np.testing.assert_allclose(seen, by_scipy(image, affine, order, MODES[fill_mode], 7.0), atol=2e-5)


@pytest.mark.parametrize("fill_mode", MODES)
def test_the_map_that_moves_nothing_changes_nothing(fill_mode):
    still = Affine().for_images(3)
    for interpolation in ("bilinear", "nearest"):
        np.testing.assert_array_equal(warp(IMAGES, still, interpolation, fill_mode, 7.0), IMAGES)


def test_each_image_follows_its_own_map():
    shifts = Affine(a2=np.float32([0, 1, -1])).for_images(3)
    y = np.asarray(warp(IMAGES, shifts, fill_mode="wrap"))
    for image, seen, by in zip(IMAGES, y, (0, -1, 1), strict=True):
        np.testing.assert_array_equal(seen, np.roll(image, by, axis=1))


def test_the_nearest_pixel_keeps_whole_numbers():
    classes = np.random.default_rng(1).integers(0, 200, (2, 5, 5, 1)).astype("uint8")
    y = np.asarray(warp(classes, MAP.for_images(2), "nearest", "constant", 0))
    assert y.dtype == np.uint8 and set(np.unique(y)) <= {0, *np.unique(classes)}
