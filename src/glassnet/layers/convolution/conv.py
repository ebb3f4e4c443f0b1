"""Convolution over time, pictures and volumes."""

from typing import Any, ClassVar

from glassnet import constraints, initializers, regularizers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.arithmetic import convolve
from glassnet.layers.convolution.base import Convolving


class Convolution(Convolving):
    """h = f(x ∗ W + b), where (x ∗ W)[p, f] = Σ_{k,c} x[p · stride + k · dilation, c] W[k, c, f].

    The base of `Conv1D`, `Conv2D` and `Conv3D`, which say what the arguments mean.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
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
        self.groups = positive_int("groups", groups, owner=owner)
        if self.filters % self.groups:
            raise ConfigError(
                f"{owner} expected `filters` to be a multiple of `groups`: each group makes as many. Received "
                f"filters={filters} and groups={groups}. Pass filters={self.groups * (self.filters // self.groups + 1)}, "
                f"for example."
            )
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make W (kernel_size..., C / groups, filters) and b (filters,)."""
        channels = self.channels_of(input_shape)
        if channels % self.groups:
            raise ShapeError(
                f"Layer {self.path!r} expected a number of input channels that {self.groups} groups can share. Received "
                f"{channels}, in an input of shape {show(tuple(input_shape))}. Pass another `groups`, or 1."
            )
        self.windows(input_shape)
        self.kernel = self.add_weight(
            "kernel",
            (*self.kernel_size, channels // self.groups, self.filters),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.add_bias(self.filters)

    def call(self, inputs: Array) -> Array:
        """f(inputs ∗ W + b)."""
        self.windows(inputs.shape)
        z = convolve(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
            groups=self.groups,
        )
        return self.finish(z)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The places where the kernel fits, and `filters` channels."""
        return self.joined(input_shape[0], self.windows(input_shape), self.filters)


@layer_registry.register("Convolution1D")
class Conv1D(Convolution):
    """h = f(x ∗ W + b) over time: h_t sees x_t to x_{t + kernel_size - 1}, with the same W at every t.

    Args:
        filters: the number of kernels, 1 or more: the output's channels.
        kernel_size: how many steps a kernel covers, 1 or more.
        strides: how many steps it moves, 1 or more.
        padding: ``"valid"`` for no step outside of the input; ``"same"`` for zeros on both sides, so that the length
            stays; ``"causal"`` for zeros before, so that h_t sees nothing after t.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring steps, 1 or more; above 1 only with strides of 1.
        groups: input channels and filters are parted into as many groups, which do not see each other.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        kernel_initializer: how W starts.
        bias_initializer: how b starts.
        kernel_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on h.
        kernel_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, T', filters), W (kernel_size, C / groups, filters), b (filters,).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, filters that are no multiple of groups, strides with
            dilation.
        ShapeError: the input has no channel axis, other channels than before, or fewer steps than the kernel.

    Example:
        >>> import numpy as np
        >>> x = np.float32([1, 2, 3, 4]).reshape(1, 4, 1)
        >>> Conv1D(1, 2, kernel_initializer="ones")(x).ravel().tolist()
        [3.0, 5.0, 7.0]
        >>> Conv1D(1, 2, padding="causal", kernel_initializer="ones")(x).ravel().tolist()
        [1.0, 3.0, 5.0, 7.0]

    Reference:
        Waibel et al. (1989), Phoneme recognition using time-delay neural networks; for ``"causal"``, van den Oord et al.
        (2016), WaveNet.
    """

    dimensions: ClassVar[int] = 1
    may_be_causal: ClassVar[bool] = True


@layer_registry.register("Convolution2D")
class Conv2D(Convolution):
    """h = f(x ∗ W + b) over a picture: h_{i,j} sees the window of x at (i, j), with the same W everywhere.

    Args:
        filters: the number of kernels, 1 or more: the output's channels.
        kernel_size: a kernel's height and width, 1 or more; one number for both.
        strides: how far it moves down and right, 1 or more.
        padding: ``"valid"`` for no cell outside of the picture, ``"same"`` for zeros around it, so that its size stays.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more; above 1 only with strides of 1.
        groups: input channels and filters are parted into as many groups, which do not see each other.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        kernel_initializer: how W starts.
        bias_initializer: how b starts.
        kernel_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on h.
        kernel_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, H', W', filters), W (*kernel_size, C / groups, filters), b (filters,).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, filters that are no multiple of groups, strides with
            dilation.
        ShapeError: the input has no channel axis, other channels than before, or is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> Conv2D(8, 3, activation="relu")(np.zeros((2, 28, 28, 1))).shape
        (2, 26, 26, 8)
        >>> Conv2D(1, 2, kernel_initializer="ones")(np.ones((1, 2, 2, 1))).ravel().tolist()
        [4.0]

    Reference:
        LeCun et al. (1998), Gradient-based learning applied to document recognition.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register("Convolution3D")
class Conv3D(Convolution):
    """h = f(x ∗ W + b) over a volume or a film: h_{i,j,k} sees the window of x at (i, j, k).

    Args:
        filters: the number of kernels, 1 or more: the output's channels.
        kernel_size: a kernel's depth, height and width, 1 or more; one number for all.
        strides: how far it moves along each axis, 1 or more.
        padding: ``"valid"`` for no cell outside of the volume, ``"same"`` for zeros around it, so that its size stays.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of a kernel's neighbouring cells, 1 or more; above 1 only with strides of 1.
        groups: input channels and filters are parted into as many groups, which do not see each other.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        kernel_initializer: how W starts.
        bias_initializer: how b starts.
        kernel_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on h.
        kernel_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, D', H', W', filters), W (*kernel_size, C / groups, filters), b (filters,).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, filters that are no multiple of groups, strides with
            dilation.
        ShapeError: the input has no channel axis, other channels than before, or is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> Conv3D(2, (1, 2, 2), padding="same")(np.zeros((1, 3, 4, 4, 1))).shape
        (1, 3, 4, 4, 2)

    Reference:
        Ji et al. (2013), 3D convolutional neural networks for human action recognition.
    """

    dimensions: ClassVar[int] = 3
