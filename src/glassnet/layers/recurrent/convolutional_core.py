"""One step of an LSTM whose gates are convolutions."""

import itertools
from math import prod
from typing import Any, ClassVar

import jax.numpy as jnp

from glassnet import activations
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.arithmetic import convolve, output_size, pads, spatial_axes
from glassnet.layers.convolution.spatial import known_format, known_padding, sizes
from glassnet.layers.recurrent.core import Core
from glassnet.layers.recurrent.lstm import gated
from glassnet.layers.recurrent.remembering import Remembering


class ConvLSTMCore(Core):
    """i, f, o = σ(x_t ∗ W + h_{t-1} ∗ R + b), g = tanh(the same); c_t = f · c_{t-1} + i · g; h_t = o · tanh(c_t).

    The base of `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D`, which say what the arguments mean. Inside, channels are last.
    """

    dimensions: ClassVar[int] = 2
    prefers_steps: ClassVar[bool] = True

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
        unit_forget_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        owner = type(self).__name__
        super().__init__(activation=activation, use_bias=use_bias, **kwargs)
        self.data_format = known_format(data_format, owner=owner)
        self.filters = positive_int("filters", filters, owner=owner)
        self.kernel_size = sizes("kernel_size", kernel_size, self.dimensions, owner=owner)
        self.strides = sizes("strides", strides, self.dimensions, owner=owner)
        self.padding = known_padding(padding, owner=owner)
        self.dilation_rate = sizes("dilation_rate", dilation_rate, self.dimensions, owner=owner)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ConfigError(
                f"{owner} expected strides of 1 where the kernel is dilated. Received strides={self.strides} and "
                f"dilation_rate={self.dilation_rate}. Set one of the two to 1."
            )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)
        self.output_size = self.filters
        self.state_size = [self.filters, self.filters]

    def build_step(self, step_shape: Shape) -> None:
        """Make W (kernel_size..., C, 4 filters), R (kernel_size..., filters, 4 filters) and b (4 filters,)."""
        channels = step_shape[-1 if self.data_format == "channels_last" else 1]
        state = self.step_shapes(step_shape)[0][1:]
        if channels is None or None in state:
            raise ShapeError(
                f"Layer {self.path!r} expected to know the spatial sizes and channels of its input. Received steps of shape "
                f"{show(tuple(step_shape))}. Give them in Input, or call it on data first."
            )
        across = 4 * self.filters
        self.state_shape = state
        self.make_weights((*self.kernel_size, channels, across), (*self.kernel_size, self.filters, across), (across,))

    def first_bias(self) -> Any:
        """How b starts: at 1 for f where `unit_forget_bias` says so."""
        return Remembering(self.bias_initializer) if self.unit_forget_bias else self.bias_initializer

    def step_shapes(self, step_shape: Shape) -> tuple[Shape, list[Shape]]:
        """The shape of one step's output, and those of the states."""
        space = [step_shape[axis] for axis in spatial_axes(self.dimensions, self.data_format)]
        each = zip(space, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        found = [output_size(size, window, stride, self.padding, spread) for size, window, stride, spread in each]
        if any(size is not None and size < 1 for size in found):
            raise ShapeError(
                f"Layer {self.path!r} expected steps as large as its kernel {show(self.kernel_size)} with padding 'valid'. "
                f"Received steps of shape {show(tuple(step_shape))}. Pass padding='same', or take a smaller kernel."
            )
        last = self.data_format == "channels_last"
        shape = (step_shape[0], *found, self.filters) if last else (step_shape[0], self.filters, *found)
        return shape, [shape, shape]

    def get_initial_state(self, batch_size: int) -> list[Array]:
        """Zeros, of the output's shape."""
        return [jnp.zeros((batch_size, *self.state_shape), self.dtype)] * 2

    def project(self, x: Array) -> Array:
        """x ∗ W + b, channels last."""
        ahead = x.shape[: x.ndim - self.dimensions - 1]
        z = convolve(
            x.reshape(prod(ahead), *x.shape[len(ahead) :]),
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        z = self._channels_last(z)
        z = z if self.bias is None else z + self.bias
        return z.reshape(*ahead, *z.shape[1:])

    def advance(self, z: Array, states: Any, kept: Array | None) -> tuple[Array, list[Array]]:
        """One step from x ∗ W + b on."""
        h, c = (self._channels_last(state) for state in states)
        fed_back = self._fed_back(h if kept is None else h * self._channels_last(kept))
        h, states = gated(z + fed_back, c, self.activation, self.recurrent_activation)
        return self._as_given(h), [self._as_given(state) for state in states]

    def _fed_back(self, h: Array) -> Array:
        """h ∗ R with as many zeros around as keep its size, as one product: a convolution in a loop over steps is slow on
        the CPU."""
        space = h.shape[1:-1]
        ones = (1,) * self.dimensions
        around = jnp.pad(h, ((0, 0), *pads(space, self.kernel_size, ones, "same"), (0, 0)))
        places = itertools.product(*(range(size) for size in self.kernel_size))
        windows = [
            around[:, *(slice(at, at + size) for at, size in zip(place, space, strict=True))] for place in places
        ]
        seen = jnp.concatenate(windows, -1)  # (B, space..., windows * filters)
        across = self.recurrent_kernel.shape[-1]
        flat = seen.reshape(-1, seen.shape[-1]) @ self.recurrent_kernel.reshape(-1, across)
        return flat.reshape(*seen.shape[:-1], across)

    def _channels_last(self, x: Array) -> Array:
        return x if self.data_format == "channels_last" else jnp.moveaxis(x, 1, -1)

    def _as_given(self, x: Array) -> Array:
        return x if self.data_format == "channels_last" else jnp.moveaxis(x, -1, 1)
