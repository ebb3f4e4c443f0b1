"""The same layer at every step."""

from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import Layer, is_shape, layer_registry
from glassnet.foundation.shapes import InputSpec, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.wrapper import Wrapper


@layer_registry.register()
class TimeDistributed(Wrapper):
    """y_t = layer(x_t), t = 1 ... T: the same layer, with the same weights, at every step.

    All steps of all sequences go through it as one large batch. (A layer that looks at the whole batch in training, such as
    BatchNormalization, sees one step after the other.)

    Args:
        layer: a layer for one step, such as Dense or Conv2D, or a model.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, ...), mask (B, T), output (B, T, ...): each step as the layer makes it.

    Raises:
        ConfigError: `layer` is not a layer.
        ShapeError: the input has fewer than 3 axes, or the mask does not fit.

    Example:
        >>> import numpy as np
        >>> from glassnet.layers import Conv2D, Dense
        >>> TimeDistributed(Conv2D(4, 3))(np.zeros((2, 5, 8, 8, 1))).shape
        (2, 5, 6, 6, 4)
        >>> TimeDistributed(Dense(1, kernel_initializer="ones"))(np.array([[[1.0, 2.0], [3.0, 4.0]]])).tolist()
        [[[3.0], [7.0]]]

    Reference:
        Donahue et al. (2015), Long-term recurrent convolutional networks for visual recognition and description.
    """

    supports_masking: ClassVar[bool] = True

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.input_spec = _spec()

    def build(self, input_shape: Any) -> None:
        """Make the layer's weights for one step."""
        self.layer.build_all(self._step_shape(tuple(input_shape)))

    def call(self, inputs: Array, mask: Any = None, training: bool = False) -> Any:
        """The layer at every step.

        Args:
            inputs: (B, T, ...).
            mask: (B, T) or (B, T, ...), passed on to a layer that takes one.
            training: whether this is a training pass.
        """
        rows, steps = inputs.shape[:2]
        mask = None if mask is None else self._checked_mask(mask, inputs)
        if training and any(layer.mixes_rows for layer in self.layer.walk()):
            each = [self._at(inputs[:, t], None if mask is None else mask[:, t], training) for t in range(steps)]
            return jax.tree.map(lambda *outputs: jnp.stack(outputs, 1), *each)

        def folded(x: Array) -> Array:
            return x.reshape(rows * steps, *x.shape[2:])

        outputs = self._at(folded(inputs), None if mask is None else folded(mask), training)
        return jax.tree.map(lambda y: y.reshape(rows, steps, *y.shape[1:]), outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Each output shape of the layer, with the steps as a second axis."""
        shapes = self.layer.compute_output_shape(self._step_shape(tuple(input_shape)))
        return jax.tree.map(lambda shape: (shape[0], input_shape[1], *shape[1:]), shapes, is_leaf=is_shape)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Which steps count; with a mask that goes on inside of a step, what the layer makes of it, or any place that does."""
        if mask is None or mask.ndim == 2:
            return mask
        mask, rows = jnp.asarray(mask), mask.shape[0] * mask.shape[1]
        inner = self.layer.compute_mask(inputs.reshape(rows, *inputs.shape[2:]), mask.reshape(rows, *mask.shape[2:]))
        if not isinstance(inner, jax.Array):
            return jnp.any(mask, tuple(range(2, mask.ndim)))
        return inner.reshape(*mask.shape[:2], *inner.shape[1:])

    def _at(self, x: Array, mask: Any, training: bool) -> Any:
        return self.layer(x, training=training, mask=mask)

    def _step_shape(self, shape: Shape) -> Shape:
        _spec().check(self.path, shape)
        return (shape[0], *shape[2:])

    def _checked_mask(self, mask: Any, inputs: Array) -> Array:
        mask = jnp.asarray(mask).astype(bool)
        if mask.shape[:2] != inputs.shape[:2]:
            raise ShapeError(
                f"Layer {self.path!r} expected a mask whose first sizes are {show(inputs.shape[:2])}, as the input's. Received "
                f"shape {show(mask.shape)}. Pass one True or False for each step."
            )
        return mask


def _spec() -> InputSpec:
    return InputSpec(min_ndim=3, hint="Pass (batch, steps, ...): the layer inside sees one step without that axis.")
