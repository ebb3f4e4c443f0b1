"""The fully connected layer."""

from typing import Any

from glassnet import activations, constraints, initializers, regularizers
from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.observing import seen
from glassnet.foundation.shapes import InputSpec, positive_int, show
from glassnet.foundation.types import Array, Shape


@layer_registry.register()
class Dense(Layer):
    """h = f(x W + b): every unit weighs every input.

    Args:
        units: the number of units, 1 or more: the width of the output.
        activation: f, a name or a function of an array; linear by default.
        use_bias: whether b is there.
        kernel_initializer: how W starts.
        bias_initializer: how b starts.
        kernel_regularizer: a penalty on W added to the loss, such as ``"l2"``.
        bias_regularizer: a penalty on b.
        activity_regularizer: a penalty on h.
        kernel_constraint: a rule W is brought back to after each update, such as ``"max_norm"``.
        bias_constraint: the same for b.
        **kwargs: `name`, `trainable`, `dtype`, `input_shape`, `input_dim`, as in every `Layer`.

    Shapes:
        input (B, ..., D), output (B, ..., units), W (D, units), b (units,).

    Raises:
        ConfigError: `units` is not a whole number above 0.
        ShapeError: the input's last axis is not D, or its size is unknown when W is made.

    Example:
        >>> import numpy as np
        >>> layer = Dense(2, kernel_initializer="ones", activation="relu")
        >>> layer(np.array([[1.0, 2.0], [-3.0, 1.0]])).tolist()
        [[3.0, 3.0], [0.0, 0.0]]

    Reference:
        Goodfellow, Bengio, Courville, *Deep Learning* (2016), chapter 6.
    """

    def __init__(
        self,
        units: int,
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
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.units = positive_int("units", units, owner="Dense")
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)

    supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make W (D, units) and b (units,)."""
        InputSpec(min_ndim=2).check(self.path, input_shape)
        width = input_shape[-1]
        if width is None:
            raise ShapeError(
                f"Layer {self.path!r} expected to know the size of its input's last axis. Received shape "
                f"{show(input_shape)}. Start the model with Input((columns,)), or call it on data first."
            )
        self.kernel = self.add_weight(
            "kernel",
            (width, self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias: Array | None = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                (self.units,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: width})

    def call(self, inputs: Array) -> Array:
        """f(x W + b)."""
        rows = inputs.reshape(-1, inputs.shape[-1])  # (B * ..., D): one flat matmul is several times faster than many
        z = rows @ self.kernel  # (B * ..., units)
        if self.bias is not None:
            z = z + self.bias
        z = seen("pre_activation", z.reshape(*inputs.shape[:-1], self.units))  # (B, ..., units)
        return z if self.activation is None else self.activation(z)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape with `units` as its last axis."""
        return (*input_shape[:-1], self.units)
