"""LSTMs over lines, pictures and volumes that change in time."""

from typing import Any, ClassVar

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import InputSpec
from glassnet.foundation.types import Shape
from glassnet.layers.recurrent.convolutional_core import ConvLSTMCore
from glassnet.layers.recurrent.recurrence import CellOverTime

_SPACE = {1: ("places",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class ConvLSTM(CellOverTime, ConvLSTMCore):
    """i, f, o = σ(x_t ∗ W + h_{t-1} ∗ R + b), g = tanh(the same); c_t = f · c_{t-1} + i · g; h_t = o · tanh(c_t), t = 1 ... T.

    The base of `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`, which say what the arguments mean.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        *,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            recurrent_activation,
            use_bias,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )

    def spec(self, built_for: Shape = ()) -> InputSpec:
        """What is expected of an input: all its sizes but those of batch and steps, once they are known."""
        known = {axis: size for axis, size in enumerate(built_for) if axis > 1 and size is not None}
        space = _SPACE[self.dimensions]
        axes = (*space, "channels") if self.data_format == "channels_last" else ("channels", *space)
        hint = f"Pass sequences of shape (batch, steps, {', '.join(axes)})."
        return InputSpec(ndim=self.dimensions + 3, axes=known, hint=hint)


@layer_registry.register()
class ConvLSTM1D(ConvLSTM):
    """i, f, o = σ(x_t ∗ W + h_{t-1} ∗ R + b), g = tanh(the same); c_t = f · c_{t-1} + i · g; h_t = o · tanh(c_t), t = 1 ... T.

    An `LSTM` over lines that change in time, such as the readings of a row of sensors: each place sees its neighbours.

    Args:
        filters: F, the number of kernels, 1 or more: the output's channels.
        kernel_size: how many places a kernel covers.
        strides: how far W moves; R always moves by 1.
        padding: ``"valid"`` or ``"same"``, for W; R always keeps the size.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of neighbouring places of W.
        activation: what is tanh here, a name or a function of an array.
        recurrent_activation: what is σ here.
        use_bias: whether b is there.
        return_sequences: whether the output is h_1 ... h_T rather than h_T.
        return_state: whether h_T and c_T are returned too.
        go_backwards: whether it starts at the last step; outputs then come in that order.
        stateful: whether each batch starts from the states the last one ended with, until `reset_state`.
        unroll: whether the steps are compiled one by one rather than as a loop.
        **kwargs: as in `LSTM`.

    Shapes:
        input (B, T, L, C), mask (B, T), output (B, L', F) or (B, T, L', F); W (kernel_size, C, 4F), R (kernel_size, F, 4F),
        b (4F,), in the order i, f, g, o. With `return_state`, two states of the shape (B, L', F) after it.

    Raises:
        ConfigError: an argument out of its range, or strides together with dilation.
        ShapeError: the input has another number of axes or other sizes, or a step is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> ConvLSTM1D(4, 3)(np.zeros((2, 5, 8, 1))).shape
        (2, 6, 4)

    Reference:
        Shi et al. (2015), Convolutional LSTM network: a machine learning approach for precipitation nowcasting.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register()
class ConvLSTM2D(ConvLSTM):
    """i, f, o = σ(x_t ∗ W + h_{t-1} ∗ R + b), g = tanh(the same); c_t = f · c_{t-1} + i · g; h_t = o · tanh(c_t), t = 1 ... T.

    An `LSTM` over pictures that change in time, such as a film or radar images of rain: each place sees its neighbours.

    Args:
        filters: F, the number of kernels, 1 or more: the output's channels.
        kernel_size: a kernel's height and width; one number for both.
        strides: how far W moves down and right; R always moves by 1.
        padding: ``"valid"`` or ``"same"``, for W; R always keeps the size.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of neighbouring places of W.
        activation: what is tanh here, a name or a function of an array.
        recurrent_activation: what is σ here.
        use_bias: whether b is there.
        return_sequences: whether the output is h_1 ... h_T rather than h_T.
        return_state: whether h_T and c_T are returned too.
        go_backwards: whether it starts at the last step; outputs then come in that order.
        stateful: whether each batch starts from the states the last one ended with, until `reset_state`.
        unroll: whether the steps are compiled one by one rather than as a loop.
        **kwargs: as in `LSTM`.

    Shapes:
        input (B, T, H, W, C), mask (B, T), output (B, H', W', F) or (B, T, H', W', F); W (*kernel_size, C, 4F), R
        (*kernel_size, F, 4F), b (4F,), in the order i, f, g, o. With `return_state`, two states (B, H', W', F) after it.

    Raises:
        ConfigError: an argument out of its range, or strides together with dilation.
        ShapeError: the input has another number of axes or other sizes, or a step is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> ConvLSTM2D(4, 3, return_sequences=True)(np.zeros((2, 5, 8, 8, 1))).shape
        (2, 5, 6, 6, 4)

    Reference:
        Shi et al. (2015), Convolutional LSTM network: a machine learning approach for precipitation nowcasting.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register()
class ConvLSTM3D(ConvLSTM):
    """i, f, o = σ(x_t ∗ W + h_{t-1} ∗ R + b), g = tanh(the same); c_t = f · c_{t-1} + i · g; h_t = o · tanh(c_t), t = 1 ... T.

    An `LSTM` over volumes that change in time, such as scans of a beating heart: each place sees its neighbours.

    Args:
        filters: F, the number of kernels, 1 or more: the output's channels.
        kernel_size: a kernel's depth, height and width; one number for all.
        strides: how far W moves along each axis; R always moves by 1.
        padding: ``"valid"`` or ``"same"``, for W; R always keeps the size.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        dilation_rate: the distance of neighbouring places of W.
        activation: what is tanh here, a name or a function of an array.
        recurrent_activation: what is σ here.
        use_bias: whether b is there.
        return_sequences: whether the output is h_1 ... h_T rather than h_T.
        return_state: whether h_T and c_T are returned too.
        go_backwards: whether it starts at the last step; outputs then come in that order.
        stateful: whether each batch starts from the states the last one ended with, until `reset_state`.
        unroll: whether the steps are compiled one by one rather than as a loop.
        **kwargs: as in `LSTM`.

    Shapes:
        input (B, T, D, H, W, C), mask (B, T), output (B, D', H', W', F) or (B, T, D', H', W', F); W (*kernel_size, C, 4F), R
        (*kernel_size, F, 4F), b (4F,), in the order i, f, g, o. With `return_state`, two states of the shape of one output.

    Raises:
        ConfigError: an argument out of its range, or strides together with dilation.
        ShapeError: the input has another number of axes or other sizes, or a step is smaller than the kernel.

    Example:
        >>> import numpy as np
        >>> ConvLSTM3D(2, 2, padding="same")(np.zeros((1, 3, 4, 4, 4, 1))).shape
        (1, 4, 4, 4, 2)

    Reference:
        Shi et al. (2015), Convolutional LSTM network: a machine learning approach for precipitation nowcasting.
    """

    dimensions: ClassVar[int] = 3
