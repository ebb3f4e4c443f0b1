"""Activations as layers of their own, for where one stands between two layers or has settings or weights."""

from collections.abc import Sequence
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import activations, constraints, initializers, regularizers
from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.observing import seen
from glassnet.foundation.shapes import InputSpec, int_or_none, show
from glassnet.foundation.types import Array, Shape

#: The logit of what is masked: its share is 0 in float32, and its gradient stays a number.
_MASKED = -1e9


class SameShape(Layer):
    """A layer whose output has its input's shape, and which lets a mask pass."""

    supports_masking: ClassVar[bool] = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape


@layer_registry.register()
class Activation(SameShape):
    """``y = f(x)``: any activation function as a layer.

    Args:
        activation: its name, such as ``"relu"``, or a function of an array.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same.

    Raises:
        UnknownNameError: no activation has this name.

    Example:
        >>> Activation("relu")(np.float32([-3, 0, 2])).tolist()
        [0.0, 0.0, 2.0]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 6.3.
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Array) -> Array:
        """``f(inputs)``."""
        return self.activation(seen("pre_activation", inputs))


@layer_registry.register()
class ReLU(SameShape):
    """``y = max(x, 0)``, or with all arguments `activations.relu`: capped, leaking, and starting at a threshold.

    Args:
        max_value: the largest output, 0 or more, or None for no limit.
        negative_slope: the slope at or below the threshold, 0 or more.
        threshold: where the input begins to pass, 0 or more.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same.

    Raises:
        ConfigError: one of the numbers is below 0.

    Example:
        >>> ReLU(max_value=6.0)(np.float32([-3, 2, 9])).tolist()
        [0.0, 2.0, 6.0]

    Reference:
        Nair & Hinton (2010), Rectified linear units improve restricted Boltzmann machines.
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else _not_negative("ReLU", "max_value", max_value)
        self.negative_slope = _not_negative("ReLU", "negative_slope", negative_slope)
        self.threshold = _not_negative("ReLU", "threshold", threshold)

    def call(self, inputs: Array) -> Array:
        """``relu(inputs)`` with this layer's settings."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


@layer_registry.register()
class LeakyReLU(SameShape):
    """``y = x if x > 0 else negative_slope · x``: a ReLU that never stops learning.

    Args:
        negative_slope: the slope below 0, 0 or more. The default of the layer is 0.3, of the function
            `activations.leaky_relu` 0.2, and of most textbooks 0.01.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same.

    Raises:
        ConfigError: the slope is below 0.

    Example:
        >>> LeakyReLU(0.5)(np.float32([-4, 2])).tolist()
        [-2.0, 2.0]

    Reference:
        Maas, Hannun & Ng (2013), Rectifier nonlinearities improve neural network acoustic models.
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.negative_slope = _not_negative("LeakyReLU", "negative_slope", negative_slope)

    def call(self, inputs: Array) -> Array:
        """``leaky_relu(inputs)`` with this layer's slope."""
        return activations.leaky_relu(inputs, self.negative_slope)


@layer_registry.register()
class PReLU(SameShape):
    """``y = max(x, 0) + α min(x, 0)``: a leaky ReLU that learns its slope α, one for each place of the input.

    Args:
        alpha_initializer: where α starts; zeros by default, a plain ReLU.
        alpha_regularizer: a penalty on α, or None.
        alpha_constraint: what α must satisfy, or None.
        shared_axes: axes along which one α serves all places, 1 being the first after the batch; ``[1, 2]`` gives an
            image one α a channel.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, ...), output the same; the weight `alpha` has the input's shape without B, and size 1 at shared axes.

    Raises:
        ConfigError: `shared_axes` holds something other than whole numbers, or the batch axis, 0.
        ShapeError: the input has no such axis, or an axis of unknown size that is not shared.

    Example:
        >>> PReLU(alpha_initializer="ones")(np.float32([[-4, 2]])).tolist()
        [[-4.0, 2.0]]

    Reference:
        He, Zhang, Ren & Sun (2015), Delving deep into rectifiers.
    """

    alpha: Array

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = _shared_axes(shared_axes)

    def build(self, input_shape: Shape) -> None:
        """Make `alpha` for inputs of `input_shape`."""
        rank = len(input_shape)
        missing = [axis for axis in self.shared_axes or () if not -rank < axis < rank]
        if missing:
            raise ShapeError(
                f"Layer {self.path!r} expected an input that has axis {missing[0]}, named in shared_axes. Received "
                f"shape {show(input_shape)}. Share axes from 1 to {rank - 1}."
            )
        shared = {axis % rank for axis in self.shared_axes or ()}
        shape = [1 if axis in shared else input_shape[axis] for axis in range(1, rank)]
        sizes = [size for size in shape if size is not None]
        if len(sizes) < len(shape):
            raise ShapeError(
                f"Layer {self.path!r} expected to know every size of its input after the batch. Received shape "
                f"{show(input_shape)}. Name the axes of varying size in shared_axes."
            )
        own = {axis: size for axis, size in enumerate(sizes, start=1) if axis not in shared}
        self.input_spec = InputSpec(ndim=rank, axes=own)
        self.add_weight(
            "alpha",
            sizes,
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )

    def call(self, inputs: Array) -> Array:
        """``max(inputs, 0) + alpha · min(inputs, 0)``."""
        return jax.nn.relu(inputs) - self.alpha * jax.nn.relu(-inputs)


@layer_registry.register()
class ELU(SameShape):
    """``y = x if x > 0 else α (exp(x) - 1)``: a ReLU whose negative side bends smoothly towards ``-α``.

    Args:
        alpha: α, how far below 0 the left side goes; 0 or more.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same.

    Raises:
        ConfigError: α is below 0.

    Example:
        >>> ELU()(np.float32([-100, 2])).tolist()
        [-1.0, 2.0]

    Reference:
        Clevert, Unterthiner & Hochreiter (2016), Fast and accurate deep network learning by exponential linear units.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = _not_negative("ELU", "alpha", alpha)

    def call(self, inputs: Array) -> Array:
        """``elu(inputs)`` with this layer's α."""
        return activations.elu(inputs, self.alpha)


@layer_registry.register()
class Softmax(SameShape):
    """``y_i = exp(x_i) / Σ_j exp(x_j)``: scores become probabilities that sum to 1.

    With a mask, masked places get 0 and the others share the whole; where all are masked, all get 0.

    Args:
        axis: the axis, or axes, along which the probabilities sum to 1.
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same; a `mask` that broadcasts to it, True (or above 0.5) where a place counts.

    Raises:
        ShapeError: the input has no such axis, or the mask does not broadcast to it.

    Example:
        >>> Softmax()(np.float32([[1, 1, 9]]), mask=np.array([[True, True, False]])).tolist()
        [[0.5, 0.5, 0.0]]

    Reference:
        Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = tuple(axis) if isinstance(axis, list | tuple) else axis

    def call(self, inputs: Array, mask: Any = None) -> Array:
        """``softmax(inputs)`` along this layer's axis, over what the mask leaves."""
        if mask is None:
            return activations.softmax(inputs, self.axis)
        counts = self._broadcast(jnp.asarray(mask), inputs.shape)
        return jnp.where(counts, activations.softmax(jnp.where(counts, inputs, _MASKED), self.axis), 0.0)

    def _broadcast(self, mask: Array, shape: tuple[int, ...]) -> Array:
        pairs = zip(reversed(mask.shape), reversed(shape), strict=False)
        if mask.ndim > len(shape) or any(m not in (1, size) for m, size in pairs):
            raise ShapeError(
                f"Layer {self.path!r} expected a mask that broadcasts to its input of shape {show(shape)}. Received "
                f"one of shape {show(mask.shape)}. Give each axis of the mask size 1 or the input's."
            )
        return mask if mask.dtype == bool else mask > 0.5


def _not_negative(owner: str, name: str, value: Any) -> float:
    if isinstance(value, int | float | np.number) and value >= 0:
        return float(value)
    raise ConfigError(f"{owner} expected `{name}` as a number from 0 up. Received {value!r}. Pass one such as 0.1.")


def _shared_axes(axes: Any) -> tuple[int, ...] | None:
    if axes is None:
        return None
    given = list(axes) if isinstance(axes, list | tuple) else [axes]
    whole = [number for number in map(int_or_none, given) if number]
    if len(whole) < len(given):
        raise ConfigError(
            f"PReLU expected `shared_axes` as whole numbers other than 0, which is the batch. Received {axes!r}. Pass "
            f"[1, 2] for images, or None."
        )
    return tuple(whole)
