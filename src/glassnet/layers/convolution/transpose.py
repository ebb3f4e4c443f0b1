"""Transposed convolution: from a small input to a large output."""

from typing import Any, ClassVar

from glassnet import constraints, initializers, regularizers
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.arithmetic import convolve_transposed, transposed_size
from glassnet.layers.convolution.base import Convolving
from glassnet.layers.convolution.spatial import sizes


class TransposedConvolution(Convolving):
    """h = f(x ∗ᵀ W + b): the base of `Conv1DTranspose`, `Conv2DTranspose` and `Conv3DTranspose`."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
        self.output_padding = (
            None
            if output_padding is None
            else sizes("output_padding", output_padding, self.dimensions, owner=owner, least=0)
        )
        if any(more >= stride for more, stride in zip(self.output_padding or (), self.strides, strict=False)):
            raise ConfigError(
                f"{owner} expected `output_padding` below `strides`: more would only add cells that no kernel reaches. "
                f"Received output_padding={self.output_padding} and strides={self.strides}. Leave it out, or pass less."
            )
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make W (kernel_size..., filters, C) and b (filters,)."""
        channels = self.channels_of(input_shape)
        self.kernel = self.add_weight(
            "kernel",
            (*self.kernel_size, self.filters, channels),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.add_bias(self.filters)

    def call(self, inputs: Array) -> Array:
        """f(inputs ∗ᵀ W + b)."""
        z = convolve_transposed(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        return self.finish(z)

    def windows(self, input_shape: Shape) -> Shape:
        """The spatial sizes of the output."""
        space, _ = self.split(input_shape)
        extra = self.output_padding or (None,) * self.dimensions
        each = zip(space, self.kernel_size, self.strides, extra, self.dilation_rate, strict=True)
        return tuple(transposed_size(size, w, stride, self.padding, more, d) for size, w, stride, more, d in each)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """What the kernels reach, and `filters` channels."""
        return self.joined(input_shape[0], self.windows(input_shape), self.filters)


@layer_registry.register("Convolution1DTranspose")
class Conv1DTranspose(TransposedConvolution):
    """h = f(x ∗ᵀ W + b) over time: x[p] W is laid over the output from p · stride on, and what overlaps is summed.

    What the gradient of a convolution does, as a layer: it makes a small input large.

    Args:
        filters: the number of outputs at each place, 1 or more: the output's channels.
        kernel_size: how many steps a kernel covers, 1 or more.
        strides: how far apart two neighbours of the input are in the output, 1 or more.
        padding: ``"valid"`` for all that a kernel reaches; ``"same"`` for `strides` times the input's size.
        output_padding: cells added at the end, from 0 to below `strides`; by default as many as `padding` asks for.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more; above 1 only with strides of 1.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        kernel_initializer: how W starts.
        bias_initializer: how b starts.
        kernel_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on the output.
        kernel_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, T', filters), W (kernel_size, filters, C), b (filters,).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, strides with dilation, output_padding not below strides.
        ShapeError: the input has no channel axis, or other channels than before.

    Example:
        >>> import numpy as np
        >>> layer = Conv1DTranspose(1, 2, strides=2, kernel_initializer="ones")
        >>> layer(np.float32([[[1], [3]]])).ravel().tolist()
        [1.0, 1.0, 3.0, 3.0]

    Reference:
        Dumoulin & Visin (2016), A guide to convolution arithmetic for deep learning, chapter 4.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register("Convolution2DTranspose")
class Conv2DTranspose(TransposedConvolution):
    """h = f(x ∗ᵀ W + b) over a picture: x[p] W is laid over the output from p · stride on, and what overlaps is summed.

    What the gradient of a convolution does, as a layer: it makes a small input large.

    Args:
        filters: the number of outputs at each place, 1 or more: the output's channels.
        kernel_size: a kernel's height and width, 1 or more; one number for all axes.
        strides: how far apart two neighbours of the input are in the output, 1 or more.
        padding: ``"valid"`` for all that a kernel reaches; ``"same"`` for `strides` times the input's size.
        output_padding: cells added at the end, from 0 to below `strides`; by default as many as `padding` asks for.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more; above 1 only with strides of 1.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        kernel_initializer: how W starts.
        bias_initializer: how b starts.
        kernel_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on the output.
        kernel_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, H', W', filters), W (*kernel_size, filters, C), b (filters,).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, strides with dilation, output_padding not below strides.
        ShapeError: the input has no channel axis, or other channels than before.

    Example:
        >>> import numpy as np
        >>> Conv2DTranspose(8, 3, strides=2, padding="same")(np.zeros((1, 7, 7, 16))).shape
        (1, 14, 14, 8)

    Reference:
        Dumoulin & Visin (2016), A guide to convolution arithmetic for deep learning, chapter 4.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register("Convolution3DTranspose")
class Conv3DTranspose(TransposedConvolution):
    """h = f(x ∗ᵀ W + b) over a volume: x[p] W is laid over the output from p · stride on, and what overlaps is summed.

    What the gradient of a convolution does, as a layer: it makes a small input large.

    Args:
        filters: the number of outputs at each place, 1 or more: the output's channels.
        kernel_size: a kernel's depth, height and width, 1 or more; one number for all axes.
        strides: how far apart two neighbours of the input are in the output, 1 or more.
        padding: ``"valid"`` for all that a kernel reaches; ``"same"`` for `strides` times the input's size.
        output_padding: cells added at the end, from 0 to below `strides`; by default as many as `padding` asks for.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more; above 1 only with strides of 1.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        kernel_initializer: how W starts.
        bias_initializer: how b starts.
        kernel_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on the output.
        kernel_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, D', H', W', filters), W (*kernel_size, filters, C), b (filters,).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, strides with dilation, output_padding not below strides.
        ShapeError: the input has no channel axis, or other channels than before.

    Example:
        >>> import numpy as np
        >>> Conv3DTranspose(2, 2)(np.zeros((1, 3, 4, 5, 1))).shape
        (1, 4, 5, 6, 2)

    Reference:
        Dumoulin & Visin (2016), A guide to convolution arithmetic for deep learning, chapter 4.
    """

    dimensions: ClassVar[int] = 3
