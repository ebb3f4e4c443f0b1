"""Shades: an order that a print without colour keeps, and images that other programs read."""

import base64
import io

import numpy as np
import pytest
from matplotlib.image import imread

from glassnet.plots.ramps import RAMPS, bounds, painted, png, reads_white, shades


@pytest.mark.parametrize("ramp", RAMPS)
def test_lightness_goes_one_way(ramp):
    light = shades(np.linspace(-1, 1, 101), ramp, -1, 1) @ (0.2126, 0.7152, 0.0722)
    steps = np.diff(light)
    assert (steps > 0).all() or (steps < 0).all() or (np.abs(steps).min() == 0 and np.ptp(np.sign(steps)) <= 1)


def test_zero_is_in_the_middle_of_what_has_a_sign():
    assert bounds([-1.0, 4.0], "signed") == (-4.0, 4.0) and bounds([0.0, 0.0], "signed") == (-1.0, 1.0)
    np.testing.assert_array_equal(shades([0.0, 4.0, -1.0], "signed")[0], RAMPS["signed"][2])
    assert (shades([np.nan], "amount") == 225).all()


def test_an_image_is_read_back_as_it_was():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    content = base64.b64decode(png(pixels).removeprefix("data:image/png;base64,"))
    read = imread(io.BytesIO(content), format="png")
    np.testing.assert_allclose(read[..., :3] * 255, pixels, atol=1e-3)


def test_images_keep_their_colours():
    np.testing.assert_array_equal(painted(np.full((1, 1, 3), 0.2), "grey", None, None), [[[51, 51, 51]]])
    assert reads_white(np.array([0, 0, 0])) and not reads_white(np.array([250, 250, 250]))
