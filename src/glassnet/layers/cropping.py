"""Cropping: cutting off the ends of sequences, images and volumes."""

from typing import Any

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.arguments import pairs_for
from glassnet.layers.spatial import Spatial


class Cropping(Spatial):
    """What `Cropping1D`, `Cropping2D` and `Cropping3D` share."""

    def __init__(self, cropping: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        pairs = pairs_for(type(self).__name__, "cropping", cropping, self.rank)
        self.cropping = pairs[0] if self.rank == 1 else pairs
        self._pairs = pairs

    def call(self, inputs: Array) -> Array:
        """What lies between the ends."""
        cut = [slice(None)] * inputs.ndim
        self.compute_output_shape(inputs.shape)
        for axis, (before, after) in zip(self.spatial_axes, self._pairs, strict=True):
            cut[axis] = slice(before, inputs.shape[axis] - after)
        return inputs[tuple(cut)]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape, less what is cut off."""
        return self.resized(input_shape, lambda place, size: self._left(input_shape, place, size))

    def _left(self, shape: Shape, place: int, size: int) -> int:
        left = size - sum(self._pairs[place])
        if left < 1:
            raise ShapeError(
                f"Layer {self.path!r} expected an input with something left after cropping {self._pairs[place]} from axis "
                f"{self.spatial_axes[place]}. Received size {size} there, in shape {show(shape)}. Crop less."
            )
        return left


@layer_registry.register()
class Cropping1D(Cropping):
    """``y_t = x_{t + a}``, t = 0 … T - a - b - 1: a sequence without its first a and its last b steps.

    Args:
        cropping: (a, b), whole numbers from 0 up, or one number for both.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, T - a - b, C).

    Raises:
        ConfigError: `cropping` is not one or two whole numbers from 0 up.
        ShapeError: nothing would be left, or the input has not 3 axes.

    Example:
        >>> import numpy as np
        >>> Cropping1D((1, 2))(np.arange(5.0).reshape(1, 5, 1)).ravel().tolist()
        [1.0, 2.0]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 9.5.
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


@layer_registry.register()
class Cropping2D(Cropping):
    """``y_{ij} = x_{i + top, j + left}``: an image without its margins.

    Args:
        cropping: ((top, bottom), (left, right)), whole numbers from 0 up; (rows, columns) for as much on both sides; or
            one number for all sides.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, H - top - bottom, W - left - right, C).

    Raises:
        ConfigError: `cropping` has another form.
        ShapeError: nothing would be left, or the input has not 4 axes.

    Example:
        >>> import numpy as np
        >>> Cropping2D(((1, 0), (2, 3)))(np.zeros((2, 9, 9, 3))).shape
        (2, 8, 4, 3)

    Reference:
        Ronneberger, Fischer & Brox (2015), U-Net: convolutional networks for biomedical image segmentation.
    """

    rank = 2

    def __init__(self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


@layer_registry.register()
class Cropping3D(Cropping):
    """``y_{ijk} = x_{i + a, j + b, k + c}``: a volume without its margins.

    Args:
        cropping: three pairs (before, after) of whole numbers from 0 up; three numbers for as much on both sides; or one
            number for all sides.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output the same with each of D, H, W less its pair.

    Raises:
        ConfigError: `cropping` has another form.
        ShapeError: nothing would be left, or the input has not 5 axes.

    Example:
        >>> import numpy as np
        >>> Cropping3D((1, 2, 0))(np.zeros((2, 5, 6, 7, 3))).shape
        (2, 3, 2, 7, 3)

    Reference:
        Çiçek et al. (2016), 3D U-Net: learning dense volumetric segmentation from sparse annotation.
    """

    rank = 3

    def __init__(self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)
