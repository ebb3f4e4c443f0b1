"""The arithmetic of convolution: sizes, paddings, and the calls of `jax.lax`. Pure functions; no layer is known here."""

from collections.abc import Sequence

import jax.numpy as jnp
from jax import lax

from glassnet.foundation.types import Array

Sizes = tuple[int, ...]
"""One whole number for each spatial axis."""

Pads = tuple[tuple[int, int], ...]
"""Zeros to add before and after, for each spatial axis."""


def reach(window: int, dilation: int = 1) -> int:
    """(window - 1) · dilation + 1: how many cells lie between a window's first and last, both counted.

    Example:
        >>> reach(3), reach(3, dilation=2)
        (3, 5)
    """
    return (window - 1) * dilation + 1


def output_size(size: int | None, window: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """⌊(size - reach) / stride⌋ + 1 with ``"valid"``, else ⌈size / stride⌉; below 1 where the window does not fit.

    Example:
        >>> output_size(28, 3, 1, "valid"), output_size(28, 3, 2, "same"), output_size(None, 3, 1, "valid")
        (26, 14, None)
    """
    if size is None:
        return None
    if padding == "valid":
        return (size - reach(window, dilation)) // stride + 1
    return -(-size // stride)


def pads(sizes: Sequence[int], windows: Sizes, strides: Sizes, padding: str, dilations: Sizes | None = None) -> Pads:
    """The zeros around an input: none with ``"valid"``, all before with ``"causal"``, halves with ``"same"``.

    An odd zero goes after, as TensorFlow has it; other libraries put it before.

    Example:
        >>> pads((5,), (4,), (1,), "same"), pads((5,), (4,), (1,), "causal")
        (((1, 2),), ((3, 0),))
    """
    found = []
    for size, window, stride, dilation in zip(sizes, windows, strides, dilations or (1,) * len(windows), strict=True):
        span = reach(window, dilation)
        total = max((-(-size // stride) - 1) * stride + span - size, 0) if padding == "same" else 0
        found.append((span - 1, 0) if padding == "causal" else (total // 2, total - total // 2))
    return tuple(found)


def spatial_axes(dimensions: int, data_format: str) -> Sizes:
    """Which axes of a batch are spatial.

    Example:
        >>> spatial_axes(2, "channels_last"), spatial_axes(2, "channels_first")
        ((1, 2), (2, 3))
    """
    first = 1 if data_format == "channels_last" else 2
    return tuple(range(first, first + dimensions))


def dimension_numbers(dimensions: int, data_format: str) -> lax.ConvDimensionNumbers:
    """Where batch, channels and space stand; the kernel is always (space..., in, out)."""
    space = spatial_axes(dimensions, data_format)
    channels = dimensions + 1 if data_format == "channels_last" else 1
    picture = (0, channels, *space)
    return lax.ConvDimensionNumbers(picture, (dimensions + 1, dimensions, *range(dimensions)), picture)


def convolve(
    x: Array,
    kernel: Array,
    *,
    strides: Sizes,
    padding: str,
    dilation_rate: Sizes,
    data_format: str = "channels_last",
    groups: int = 1,
) -> Array:
    """y[p, f] = Σ_{k,c} x[p · stride + k · dilation, c] W[k, c, f].

    Shapes:
        x (B, space..., C), kernel (windows..., C / groups, F), output (B, space'..., F); or with channels first.

    Example:
        >>> x, w = jnp.arange(4.0).reshape(1, 4, 1), jnp.ones((2, 1, 1))
        >>> convolve(x, w, strides=(1,), padding="valid", dilation_rate=(1,)).ravel().tolist()
        [1.0, 3.0, 5.0]

    Reference:
        Dumoulin & Visin (2016), A guide to convolution arithmetic for deep learning.
    """
    dimensions = len(strides)
    x = x.astype(kernel.dtype)
    if data_format == "channels_last" and max(*strides, *kernel.shape[:dimensions], groups) == 1:
        # A kernel of one cell is a matrix: its gradients are then products too, on the CPU several times faster.
        return (x.reshape(-1, x.shape[-1]) @ kernel.reshape(kernel.shape[-2:])).reshape(*x.shape[:-1], kernel.shape[-1])
    sizes = [x.shape[axis] for axis in spatial_axes(dimensions, data_format)]
    return lax.conv_general_dilated(
        x,
        kernel,
        strides,
        pads(sizes, kernel.shape[:dimensions], strides, padding, dilation_rate),
        rhs_dilation=dilation_rate,
        dimension_numbers=dimension_numbers(dimensions, data_format),
        feature_group_count=groups,
    )


def convolve_depthwise(
    x: Array, kernel: Array, *, strides: Sizes, padding: str, dilation_rate: Sizes, data_format: str = "channels_last"
) -> Array:
    """y[p, c · m + i] = Σ_k x[p · stride + k · dilation, c] W[k, c, i], m the number of kernels a channel.

    Shapes:
        x (B, space..., C), kernel (windows..., C, m), output (B, space'..., C · m); or with channels first.

    Example:
        >>> x, w = jnp.array([[[1.0, 10.0], [2.0, 20.0]]]), jnp.ones((2, 2, 1))
        >>> convolve_depthwise(x, w, strides=(1,), padding="valid", dilation_rate=(1,)).ravel().tolist()
        [3.0, 30.0]
    """
    *window, channels, multiplier = kernel.shape
    return convolve(
        x,
        kernel.reshape(*window, 1, channels * multiplier),
        strides=strides,
        padding=padding,
        dilation_rate=dilation_rate,
        data_format=data_format,
        groups=channels,
    )


def transposed_size(
    size: int | None, window: int, stride: int, padding: str, output_padding: int | None, dilation: int = 1
) -> int | None:
    """(size - 1) · stride + reach, at least size · stride, with ``"valid"``; size · stride with ``"same"``.

    With `output_padding`, it is added to (size - 1) · stride + reach, or to (size - 1) · stride + reach mod 2 with
    ``"same"``.

    Example:
        >>> transposed_size(4, 3, 2, "valid", None), transposed_size(4, 3, 2, "same", None)
        (9, 8)
    """
    if size is None:
        return None
    span = reach(window, dilation)
    if padding == "valid":
        return (size - 1) * stride + span + (max(stride - span, 0) if output_padding is None else output_padding)
    return size * stride if output_padding is None else (size - 1) * stride + span % 2 + output_padding


def transposed_pads(
    window: int, stride: int, padding: str, output_padding: int | None, dilation: int
) -> tuple[int, int]:
    """The zeros before and after an input already spread by `stride`, so that the output has `transposed_size`."""
    span = reach(window, dilation)
    if padding == "valid":
        return span - 1, span - 1 + (max(stride - span, 0) if output_padding is None else output_padding)
    total = stride + span - 2 if output_padding is None else span + span % 2 - 2 + output_padding
    before = min(total - total // 2, span - 1)
    return before, total - before


def convolve_transposed(
    x: Array,
    kernel: Array,
    *,
    strides: Sizes,
    padding: str,
    output_padding: Sizes | None,
    dilation_rate: Sizes,
    data_format: str = "channels_last",
) -> Array:
    """y[p · stride + k · dilation, f] += Σ_c x[p, c] W[k, f, c]: the gradient of a convolution as a layer.

    Shapes:
        x (B, space..., C), kernel (windows..., F, C), output (B, space'..., F); or with channels first.

    Example:
        >>> x, w = jnp.array([1.0, 2.0]).reshape(1, 2, 1), jnp.array([1.0, 10.0]).reshape(2, 1, 1)
        >>> once = dict(strides=(2,), padding="valid", output_padding=None, dilation_rate=(1,))
        >>> convolve_transposed(x, w, **once).ravel().tolist()
        [1.0, 10.0, 2.0, 20.0]

    Reference:
        Dumoulin & Visin (2016), A guide to convolution arithmetic for deep learning, chapter 4.
    """
    dimensions = len(strides)
    extra = output_padding or (None,) * dimensions
    around = [
        transposed_pads(window, stride, padding, more, dilation)
        for window, stride, more, dilation in zip(kernel.shape, strides, extra, dilation_rate, strict=False)
    ]
    flipped = jnp.flip(kernel, tuple(range(dimensions))).swapaxes(-1, -2)  # (windows..., C, F)
    return lax.conv_general_dilated(
        x.astype(kernel.dtype),
        flipped,
        (1,) * dimensions,
        around,
        lhs_dilation=strides,
        rhs_dilation=dilation_rate,
        dimension_numbers=dimension_numbers(dimensions, data_format),
    )
