"""What is said of arguments and inputs that do not fit."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, GlassnetError, ShapeError, UnknownNameError
from glassnet.layers.convolution import (
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    DepthwiseConv1D,
    SeparableConv2D,
)
from glassnet.layers.convolution.spatial import known_format, known_padding, sizes


def called(layer: Any, *shapes: tuple[int, ...]) -> Any:
    """Call it on zeros of one shape after the other."""
    return [layer(np.zeros(shape, "float32")) for shape in shapes]


BAD: list[tuple[Callable[[], Any], type[GlassnetError], str]] = [
    (lambda: Conv2D(0, 3), ConfigError, "Conv2D expected `filters` to be a whole number above 0. Received 0."),
    (lambda: Conv2D(2, 0), ConfigError, "`kernel_size` as a whole number of 1 or more or 2 of them. Received 0."),
    (
        lambda: Conv2D(2, (3, 3, 3)),
        ConfigError,
        "Received (3, 3, 3). Pass kernel_size=2, for example, or kernel_size=(2,",
    ),
    (lambda: Conv2D(2, 2.5), ConfigError, "Received 2.5"),
    (lambda: Conv2D(2, True), ConfigError, "Received True"),
    (
        lambda: Conv1D(2, "3"),
        ConfigError,
        "Conv1D expected `kernel_size` as a whole number of 1 or more. Received '3'.",
    ),
    (lambda: Conv2D(2, 3, strides=(1, 0)), ConfigError, "`strides`"),
    (
        lambda: Conv3D(2, 3, dilation_rate=-1),
        ConfigError,
        "`dilation_rate` as a whole number of 1 or more or 3 of them",
    ),
    (lambda: Conv2D(2, 3, padding="full"), ConfigError, "`padding` as one of 'valid', 'same'. Received 'full'."),
    (lambda: Conv2D(2, 3, padding="causal"), ConfigError, "Only Conv1D can be causal"),
    (lambda: Conv1D(2, 3, padding=1), ConfigError, "'valid', 'same', 'causal'. Received 1."),
    (lambda: Conv2D(2, 3, data_format="last"), ConfigError, "'channels_last' or 'channels_first'. Received 'last'."),
    (lambda: Conv2D(5, 3, groups=2), ConfigError, "a multiple of `groups`"),
    (lambda: Conv2D(5, 3, groups=2), ConfigError, "Pass filters=6"),
    (lambda: Conv2D(2, 3, groups=0), ConfigError, "Conv2D expected `groups`"),
    (
        lambda: Conv2D(2, 3, strides=2, dilation_rate=2),
        ConfigError,
        "expected strides of 1 where the kernel is dilated",
    ),
    (lambda: Conv2D(2, 3, activation="rellu"), UnknownNameError, "did you mean 'relu'"),
    (lambda: DepthwiseConv1D(2, depth_multiplier=0), ConfigError, "DepthwiseConv1D expected `depth_multiplier`"),
    (lambda: SeparableConv2D(0, 2), ConfigError, "SeparableConv2D expected `filters`"),
    (
        lambda: Conv1DTranspose(2, 2, strides=2, output_padding=2),
        ConfigError,
        "expected `output_padding` below `strides`",
    ),
    (lambda: Conv2DTranspose(2, 2, strides=2, output_padding=-1), ConfigError, "a whole number of 0 or more"),
    (lambda: called(Conv2D(2, 3), (2, 28, 28)), ShapeError, "expected 4 axes (batch first); received 3"),
    (lambda: called(Conv2D(2, 3), (2, 28, 28)), ShapeError, "A missing channel axis? Pass x[..., None]"),
    (lambda: called(Conv2D(2, 3, data_format="channels_first"), (2, 28, 28)), ShapeError, "Pass x[:, None]"),
    (lambda: called(Conv1D(2, 3), (2, 5, 5, 1)), ShapeError, "the axes (batch, steps, channels)"),
    (lambda: called(Conv1D(2, 3), (2, 5, 1), (2, 5)), ShapeError, "A missing channel axis?"),
    (lambda: called(Conv2D(2, 3), (2, 1, 28, 28)), ShapeError, "at least 3 cells along the height"),
    (lambda: called(Conv2D(2, 3), (2, 1, 28, 28)), ShapeError, "looks like channels first: pass np.moveaxis(x, 1, -1)"),
    (lambda: called(Conv2D(2, 3), (2, 9, 9, 5), (2, 5, 9, 9)), ShapeError, "The 5 at axis 1 looks like channels first"),
    (
        lambda: called(Conv2D(2, 3, data_format="channels_first"), (2, 28, 2, 3)),
        ShapeError,
        "The 3 at the last axis looks like channels last",
    ),
    (
        lambda: called(Conv2D(2, 3), (2, 9, 9, 5), (2, 9, 9, 4)),
        ShapeError,
        "expected size 5 at axis -1; received size 4",
    ),
    (
        lambda: called(Conv2D(2, 3), (2, 9, 9, 5), (2, 9, 9, 4)),
        ShapeError,
        "Pass inputs with the channels it was built",
    ),
    (lambda: called(Conv1D(2, 3), (2, 9, 1), (2, 2, 1)), ShapeError, "at least 3 cells along the steps"),
    (lambda: called(Conv1D(2, 3, dilation_rate=4), (2, 8, 1)), ShapeError, "at least 9 cells along the steps"),
    (lambda: called(Conv1D(2, 3, dilation_rate=4), (2, 8, 1)), ShapeError, "a window of 3 (dilated by 4)"),
    (lambda: called(DepthwiseConv1D(9), (2, 8, 2)), ShapeError, "Pass padding='same', take a smaller window"),
    (
        lambda: called(Conv1D(4, 1, groups=2), (2, 8, 3)),
        ShapeError,
        "input channels that 2 groups can share. Received 3",
    ),
    (lambda: Conv2D(2, 3).build_all((None, 9, 9, None)), ShapeError, "to know the number of channels of its input"),
    (lambda: Conv2D(2, 3).compute_output_shape((None, 9, 9)), ShapeError, "A missing channel axis?"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[words[:40] for _, _, words in BAD])
def test_what_does_not_fit_is_named(make: Callable[[], Any], error: type[GlassnetError], words: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)


def test_a_failed_build_leaves_no_weights() -> None:
    layer = Conv2D(2, 3)
    with pytest.raises(ShapeError):
        called(layer, (2, 1, 28, 28))
    assert not layer.built
    assert called(layer, (2, 5, 5, 1))[0].shape == (2, 3, 3, 2)


def test_arguments_are_kept_in_one_form() -> None:
    assert sizes("strides", np.int64(2), 2, owner="Conv2D") == (2, 2)
    assert sizes("strides", [2, 1], 2, owner="Conv2D") == (2, 1)
    assert known_padding("SAME", owner="Conv2D") == "same"
    assert known_format(None, owner="Conv2D") == "channels_last"
    assert Conv2D(2, [3, 1])._identity() == Conv2D(2, (3, 1), strides=[1, 1])._identity()
