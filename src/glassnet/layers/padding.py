"""Zero padding: zeros around sequences, images and volumes."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array, Shape
from glassnet.layers.arguments import pairs_for
from glassnet.layers.spatial import Spatial


class ZeroPadding(Spatial):
    """What `ZeroPadding1D`, `ZeroPadding2D` and `ZeroPadding3D` share."""

    def __init__(self, padding: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        pairs = pairs_for(type(self).__name__, "padding", padding, self.rank)
        self.padding = pairs[0] if self.rank == 1 else pairs
        self._pairs = pairs

    def call(self, inputs: Array) -> Array:
        """The input with zeros around it."""
        widths = [(0, 0)] * inputs.ndim
        for axis, pair in zip(self.spatial_axes, self._pairs, strict=True):
            widths[axis] = pair
        return jnp.pad(inputs, widths)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape and what is added."""
        return self.resized(input_shape, lambda place, size: size + sum(self._pairs[place]))


@layer_registry.register()
class ZeroPadding1D(ZeroPadding):
    """``y_t = x_{t - a}``, and 0 where there is no such step: a zeros before a sequence and b after it.

    Args:
        padding: (a, b), whole numbers from 0 up, or one number for both.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, a + T + b, C).

    Raises:
        ConfigError: `padding` is not one or two whole numbers from 0 up.
        ShapeError: the input has not 3 axes.

    Example:
        >>> import numpy as np
        >>> ZeroPadding1D((2, 1))(np.ones((1, 2, 1))).ravel().tolist()
        [0.0, 0.0, 1.0, 1.0, 0.0]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 9.5.
    """

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


@layer_registry.register()
class ZeroPadding2D(ZeroPadding):
    """``y_{ij} = x_{i - top, j - left}``, and 0 outside: a margin of zeros around an image.

    Args:
        padding: ((top, bottom), (left, right)), whole numbers from 0 up; (rows, columns) for as much on both sides; or
            one number for all sides.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, top + H + bottom, left + W + right, C).

    Raises:
        ConfigError: `padding` has another form.
        ShapeError: the input has not 4 axes.

    Example:
        >>> import numpy as np
        >>> ZeroPadding2D(1)(np.ones((1, 1, 1, 1)))[0, :, :, 0].tolist()
        [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 9.5.
    """

    rank = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


@layer_registry.register()
class ZeroPadding3D(ZeroPadding):
    """``y_{ijk} = x_{i - a, j - b, k - c}``, and 0 outside: a margin of zeros around a volume.

    Args:
        padding: three pairs (before, after) of whole numbers from 0 up; three numbers for as much on both sides; or one
            number for all sides.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output the same with its pair added to each of D, H, W.

    Raises:
        ConfigError: `padding` has another form.
        ShapeError: the input has not 5 axes.

    Example:
        >>> import numpy as np
        >>> ZeroPadding3D((1, 0, 2))(np.zeros((2, 3, 3, 3, 1))).shape
        (2, 5, 3, 7, 1)

    Reference:
        Çiçek et al. (2016), 3D U-Net: learning dense volumetric segmentation from sparse annotation.
    """

    rank = 3

    def __init__(self, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)
