"""Convolution of each channel by itself, then a mixture of the channels."""

from typing import Any, ClassVar

from glassnet import constraints, initializers, regularizers
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.arithmetic import convolve, convolve_depthwise
from glassnet.layers.convolution.base import Convolving


class SeparableConvolution(Convolving):
    """h = f((x ∗ D) P + b): the base of `SeparableConv1D` and `SeparableConv2D`."""

    strides_while_dilated: ClassVar[bool] = True

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
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
        owner = type(self).__name__
        self.filters = positive_int("filters", filters, owner=owner)
        self.depth_multiplier = positive_int("depth_multiplier", depth_multiplier, owner=owner)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.pointwise_constraint = constraints.get(pointwise_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make D (kernel_size..., C, depth_multiplier), P (1..., C · depth_multiplier, filters) and b (filters,)."""
        channels = self.channels_of(input_shape)
        self.windows(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel",
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            (*(1,) * self.dimensions, channels * self.depth_multiplier, self.filters),
            self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        self.add_bias(self.filters)

    def call(self, inputs: Array) -> Array:
        """f((inputs ∗ D) P + b)."""
        self.windows(inputs.shape)
        apart = convolve_depthwise(
            inputs,
            self.depthwise_kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        ones = (1,) * self.dimensions
        z = convolve(
            apart,
            self.pointwise_kernel,
            strides=ones,
            padding="valid",
            dilation_rate=ones,
            data_format=self.data_format,
        )
        return self.finish(z)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The places where the kernel fits, and `filters` channels."""
        return self.joined(input_shape[0], self.windows(input_shape), self.filters)


@layer_registry.register("SeparableConvolution1D")
class SeparableConv1D(SeparableConvolution):
    """h = f((x ∗ D) P + b) over time: D convolves each channel by itself, P mixes the channels at each place.

    Nearly what a full convolution sees, for a fraction of its weights.

    Args:
        filters: the number of outputs at each place, 1 or more: the output's channels.
        kernel_size: how many steps a kernel covers, 1 or more.
        strides: how far it moves, 1 or more.
        padding: ``"valid"`` for no cell outside of the input, ``"same"`` for zeros around it, so that its size stays.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more.
        depth_multiplier: how many kernels each channel has, 1 or more.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        depthwise_initializer: how D starts.
        pointwise_initializer: how P starts.
        bias_initializer: how b starts.
        depthwise_regularizer: a penalty on D added to the loss, such as ``"l2"``.
        pointwise_regularizer: a penalty on P added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on the output.
        depthwise_constraint: a rule D is brought back to after each update, such as ``"max_norm"``.
        pointwise_constraint: a rule P is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, T', filters), D (kernel_size, C, depth_multiplier), P (1, C · depth_multiplier, filters).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis, other channels than before, or is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> layer = SeparableConv1D(1, 2, depthwise_initializer="ones", pointwise_initializer="ones")
        >>> layer(np.float32([[[1, 10], [2, 20], [3, 30]]])).ravel().tolist()
        [33.0, 55.0]

    Reference:
        Chollet (2017), Xception: deep learning with depthwise separable convolutions.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register("SeparableConvolution2D")
class SeparableConv2D(SeparableConvolution):
    """h = f((x ∗ D) P + b) over a picture: D convolves each channel by itself, P mixes the channels at each place.

    Nearly what a full convolution sees, for a fraction of its weights.

    Args:
        filters: the number of outputs at each place, 1 or more: the output's channels.
        kernel_size: a kernel's height and width, 1 or more; one number for all axes.
        strides: how far it moves, 1 or more.
        padding: ``"valid"`` for no cell outside of the input, ``"same"`` for zeros around it, so that its size stays.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more.
        depth_multiplier: how many kernels each channel has, 1 or more.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        depthwise_initializer: how D starts.
        pointwise_initializer: how P starts.
        bias_initializer: how b starts.
        depthwise_regularizer: a penalty on D added to the loss, such as ``"l2"``.
        pointwise_regularizer: a penalty on P added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on the output.
        depthwise_constraint: a rule D is brought back to after each update, such as ``"max_norm"``.
        pointwise_constraint: a rule P is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, H', W', filters), D (*kernel_size, C, depth_multiplier),
        P (1, 1, C · depth_multiplier, filters).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis, other channels than before, or is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> layer = SeparableConv2D(16, 3)
        >>> layer(np.zeros((1, 8, 8, 4))).shape, layer.count_params()
        ((1, 6, 6, 16), 116)

    Reference:
        Chollet (2017), Xception: deep learning with depthwise separable convolutions.
    """

    dimensions: ClassVar[int] = 2
