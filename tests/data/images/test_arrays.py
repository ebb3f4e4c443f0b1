"""Single pictures as arrays, and pictures in another size."""

import json
from pathlib import Path

import numpy as np
import pytest

from glassnet.data.images import img_to_array, smart_resize
from glassnet.foundation.errors import ConfigError, DataError, UnknownNameError

ORACLE = json.loads((Path(__file__).parents[2] / "oracles" / "augmentation.json").read_text(encoding="utf-8"))


class Picture:
    """What Pillow's images offer to NumPy."""

    def __array__(self, dtype=None, copy=None):
        return np.arange(6, dtype=dtype or "uint8").reshape(2, 3)


def test_a_picture_becomes_an_array_with_channels():
    gray = img_to_array(Picture())
    assert gray.shape == (2, 3, 1) and gray.dtype == np.float32 and gray.ravel().tolist() == [0, 1, 2, 3, 4, 5]
    assert img_to_array(Picture(), "channels_first").shape == (1, 2, 3)
    colours = np.zeros((2, 3, 4), "uint8")
    assert img_to_array(colours, "channels_first", "int32").shape == (4, 2, 3)
    again = img_to_array(colours, dtype="uint8")
    again[:] = 1
    assert colours.max() == 0


@pytest.mark.parametrize("case", ORACLE["small"], ids=["wide", "high"])
def test_smart_resize_gives_keras_numbers(case):
    x = np.sin(np.arange(80, dtype="float64") ** 2).reshape(2, 5, 4, 2).astype("float32")
    size = case["shape"][1:3]
    y = smart_resize(x, size)
    np.testing.assert_allclose(np.ravel(y), case["output"], rtol=2e-5, atol=2e-5)
    np.testing.assert_array_equal(smart_resize(x[0], size), y[0])
    np.testing.assert_array_equal(
        smart_resize(x.transpose(0, 3, 1, 2), size, data_format="channels_first"), y.transpose(0, 3, 1, 2)
    )


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: img_to_array(np.zeros((2, 2, 2, 2))), DataError, "expected one picture"),
        (lambda: img_to_array(Picture(), "first"), UnknownNameError, "Received 'first'"),
        (lambda: smart_resize(np.zeros((4, 4)), (2, 2)), DataError, "Give gray pictures an axis of channels"),
        (lambda: smart_resize(np.zeros((4, 4, 1)), 2), ConfigError, "`size` as (height, width). Received 2."),
        (lambda: smart_resize(np.zeros((4, 4, 1)), (0, 2)), ConfigError, "a whole number above 0"),
        (lambda: smart_resize(np.zeros((4, 4, 1)), (2, 2), "bilinaer"), UnknownNameError, "did you mean 'bilinear'"),
    ],
)
def test_bad_input_is_named(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
