"""What the convolutions share: their arguments, their bias and their activation."""

from typing import Any, ClassVar

from glassnet import activations, constraints, initializers, regularizers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.observing import seen
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.spatial import Spatial, SpatialSpec, known_padding, sizes

_MANY = 4


class Convolving(Spatial):
    """f(x ∗ W + b): the base of all convolutions; which sum x ∗ W is, the subclass says.

    Args:
        kernel_size: how many cells a kernel covers: a whole number of 1 or more, or one for each spatial axis.
        strides: how far it moves, likewise.
        padding: ``"valid"`` for no cell outside of the input, ``"same"`` for as many zeros as keep its size.
        data_format: where the channels stand.
        dilation_rate: the distance of two neighbouring cells of the kernel.
        activation: f, a name or a function of an array.
        use_bias: whether b is there.
        bias_initializer: how b starts.
        bias_regularizer: a penalty on b.
        bias_constraint: a rule b is brought back to after each update.
        activity_regularizer: a penalty on the output.
        **kwargs: as in every `Layer`.
    """

    #: Inside `lax.scan` a convolution falls to a naive loop on the CPU, many times slower than a compiled call a batch.
    prefers_steps: ClassVar[bool] = True
    #: Whether ``padding="causal"`` is known.
    may_be_causal: ClassVar[bool] = False
    #: Whether the kernel may move by more than one cell and have gaps at once.
    strides_while_dilated: ClassVar[bool] = False

    def __init__(
        self,
        *,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        bias_initializer: Any,
        bias_regularizer: Any,
        bias_constraint: Any,
        activity_regularizer: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        owner = type(self).__name__
        self.kernel_size = sizes("kernel_size", kernel_size, self.dimensions, owner=owner)
        self.strides = sizes("strides", strides, self.dimensions, owner=owner)
        self.padding = known_padding(padding, owner=owner, causal=self.may_be_causal)
        self.dilation_rate = sizes("dilation_rate", dilation_rate, self.dimensions, owner=owner)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1 and not self.strides_while_dilated:
            raise ConfigError(
                f"{owner} expected strides of 1 where the kernel is dilated. Received strides={self.strides} and "
                f"dilation_rate={self.dilation_rate}. Set one of the two to 1."
            )
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.bias_constraint = constraints.get(bias_constraint)

    @property
    def compiler_hints(self) -> frozenset[str]:
        """``"channels"`` where the input has enough of them to matter."""
        axis = -1 if self.data_format == "channels_last" else 1
        many = self.input_spec is not None and self.input_spec.axes.get(axis, 0) >= _MANY
        return frozenset({"channels"} if many else ())

    def channels_of(self, input_shape: Shape) -> int:
        """The number of input channels, kept as what the layer expects from now on.

        Raises:
            ShapeError: it is not known, or the number of axes does not fit.
        """
        _, channels = self.split(input_shape)
        if channels is None:
            raise ShapeError(
                f"Layer {self.path!r} expected to know the number of channels of its input. Received shape "
                f"{show(tuple(input_shape))}. Start the model with an Input whose channels are given, or call it on "
                f"data first."
            )
        axis = -1 if self.data_format == "channels_last" else 1
        self.input_spec = SpatialSpec(ndim=self.dimensions + 2, axes={axis: channels}, data_format=self.data_format)
        return channels

    def add_bias(self, filters: int) -> None:
        """Make b (filters,), where there is one."""
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                (filters,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def finish(self, z: Array) -> Array:
        """f(z + b)."""
        if self.use_bias:
            last = self.data_format == "channels_last"
            z = z + (self.bias if last else self.bias.reshape(-1, *(1,) * self.dimensions))
        return self.activation(seen("pre_activation", z))

    def windows(self, input_shape: Shape) -> Shape:
        """The spatial sizes of the output."""
        return self.slid(input_shape, self.kernel_size, self.strides, self.padding, self.dilation_rate)
