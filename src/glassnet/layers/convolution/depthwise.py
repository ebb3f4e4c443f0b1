"""Convolution of each channel by itself."""

from typing import Any, ClassVar

from glassnet import constraints, initializers, regularizers
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.arithmetic import convolve_depthwise
from glassnet.layers.convolution.base import Convolving


class DepthwiseConvolution(Convolving):
    """h = f(x ∗ W + b), channel by channel: the base of `DepthwiseConv1D` and `DepthwiseConv2D`."""

    strides_while_dilated: ClassVar[bool] = True

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_size=kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
            activation=activation,
            use_bias=use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            bias_constraint=bias_constraint,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.depth_multiplier = positive_int("depth_multiplier", depth_multiplier, owner=type(self).__name__)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make W (kernel_size..., C, depth_multiplier) and b (C · depth_multiplier,)."""
        channels = self.channels_of(input_shape)
        self.windows(input_shape)
        self.kernel = self.add_weight(
            "kernel",
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.add_bias(channels * self.depth_multiplier)

    def call(self, inputs: Array) -> Array:
        """f(inputs ∗ W + b), channel by channel."""
        self.windows(inputs.shape)
        z = convolve_depthwise(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        return self.finish(z)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The places where the kernel fits, and `depth_multiplier` channels for each of the input's."""
        _, channels = self.split(input_shape)
        made = None if channels is None else channels * self.depth_multiplier
        return self.joined(input_shape[0], self.windows(input_shape), made)


@layer_registry.register()
class DepthwiseConv1D(DepthwiseConvolution):
    """h[p, c · m + i] = f(Σ_k x[p · stride + k · dilation, c] W[k, c, i] + b[c · m + i]) over time, m the multiplier.

    Each channel has kernels of its own and sees no other channel.

    Args:
        kernel_size: how many steps a kernel covers, 1 or more.
        strides: how far it moves, 1 or more.
        padding: ``"valid"`` for no cell outside of the input, ``"same"`` for zeros around it, so that its size stays.
        depth_multiplier: how many kernels each channel has, 1 or more.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        depthwise_initializer: how W starts.
        bias_initializer: how b starts.
        depthwise_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on the output.
        depthwise_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, T', C · depth_multiplier), W (kernel_size, C, depth_multiplier).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis, other channels than before, or is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> layer = DepthwiseConv1D(2, depthwise_initializer="ones")
        >>> layer(np.float32([[[1, 10], [2, 20], [3, 30]]])).tolist()
        [[[3.0, 30.0], [5.0, 50.0]]]

    Reference:
        Chollet (2017), Xception: deep learning with depthwise separable convolutions.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register()
class DepthwiseConv2D(DepthwiseConvolution):
    """h[p, c · m + i] = f(Σ_k x[p · stride + k · dilation, c] W[k, c, i] + b[c · m + i]) over a picture, m the multiplier.

    Each channel has kernels of its own and sees no other channel.

    Args:
        kernel_size: a kernel's height and width, 1 or more; one number for all axes.
        strides: how far it moves, 1 or more.
        padding: ``"valid"`` for no cell outside of the input, ``"same"`` for zeros around it, so that its size stays.
        depth_multiplier: how many kernels each channel has, 1 or more.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        depthwise_initializer: how W starts.
        bias_initializer: how b starts.
        depthwise_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on the output.
        depthwise_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, H', W', C · depth_multiplier), W (*kernel_size, C, depth_multiplier).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis, other channels than before, or is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> DepthwiseConv2D(3, padding="same", depth_multiplier=2)(np.zeros((1, 5, 5, 3))).shape
        (1, 5, 5, 6)

    Reference:
        Chollet (2017), Xception: deep learning with depthwise separable convolutions.
    """

    dimensions: ClassVar[int] = 2
