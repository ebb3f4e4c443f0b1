"""Pooling to a given size, whatever the input's."""

from typing import Any, ClassVar

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.arithmetic import spatial_axes
from glassnet.layers.convolution.spatial import Spatial, sizes
from glassnet.layers.pooling.arithmetic import adaptive_max, adaptive_mean


class AdaptivePooling(Spatial):
    """As many windows as wanted, evenly over the input: the base of `AdaptiveMaxPooling2D` and its family.

    Args:
        output_size: how many windows: a whole number of 1 or more, or one for each spatial axis.
        data_format: where the channels stand.
        **kwargs: as in every `Layer`.
    """

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.output_size = sizes("output_size", output_size, self.dimensions, owner=type(self).__name__)

    def build(self, input_shape: Shape) -> None:
        """Check the number of axes; there are no weights."""
        self.split(input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """`output_size` in space, and the input's channels."""
        return self.joined(input_shape[0], self.output_size, self.split(input_shape)[1])


class AdaptiveAveragePooling(AdaptivePooling):
    """The mean of each window: the base of `AdaptiveAveragePooling1D`, `AdaptiveAveragePooling2D` and the third."""

    def call(self, inputs: Array) -> Array:
        """The mean of each window."""
        return adaptive_mean(inputs, self.output_size, spatial_axes(self.dimensions, self.data_format))


class AdaptiveMaxPooling(AdaptivePooling):
    """The largest number of each window: the base of `AdaptiveMaxPooling1D`, `AdaptiveMaxPooling2D` and the third."""

    def call(self, inputs: Array) -> Array:
        """The largest number of each window."""
        return adaptive_max(inputs, self.output_size, spatial_axes(self.dimensions, self.data_format))


@layer_registry.register()
class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """y_i = mean of x from ⌊i · S / n⌋ to before ⌈(i + 1) · S / n⌉ over time, S its size, n the output's.

    Whatever the input's size, the output has the wanted one; two neighbouring windows may share cells.

    Args:
        output_size: the output's steps, 1 or more.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, output_size, C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> AdaptiveAveragePooling1D(2)(np.float32([1, 3, 5, 7]).reshape(1, 4, 1)).ravel().tolist()
        [2.0, 6.0]

    Reference:
        He et al. (2015), Spatial pyramid pooling in deep convolutional networks for visual recognition.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register()
class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """y_i = max of x from ⌊i · S / n⌋ to before ⌈(i + 1) · S / n⌉ over time, S its size, n the output's.

    Whatever the input's size, the output has the wanted one; two neighbouring windows may share cells.

    Args:
        output_size: the output's steps, 1 or more.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, output_size, C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> AdaptiveMaxPooling1D(2)(np.float32([1, 3, 7, 5]).reshape(1, 4, 1)).ravel().tolist()
        [3.0, 7.0]

    Reference:
        He et al. (2015), Spatial pyramid pooling in deep convolutional networks for visual recognition.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register()
class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """y_i = mean of x from ⌊i · S / n⌋ to before ⌈(i + 1) · S / n⌉ over a picture along each axis, S its size, n the output's.

    Whatever the input's size, the output has the wanted one; two neighbouring windows may share cells.

    Args:
        output_size: the output's height and width, 1 or more; one number for all axes.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, *output_size, C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> AdaptiveAveragePooling2D((2, 3))(np.zeros((1, 7, 5, 4))).shape
        (1, 2, 3, 4)

    Reference:
        He et al. (2015), Spatial pyramid pooling in deep convolutional networks for visual recognition.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register()
class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """y_i = max of x from ⌊i · S / n⌋ to before ⌈(i + 1) · S / n⌉ over a picture along each axis, S its size, n the output's.

    Whatever the input's size, the output has the wanted one; two neighbouring windows may share cells.

    Args:
        output_size: the output's height and width, 1 or more; one number for all axes.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, *output_size, C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> AdaptiveMaxPooling2D(1)(np.arange(6.0).reshape(1, 2, 3, 1)).ravel().tolist()
        [5.0]

    Reference:
        He et al. (2015), Spatial pyramid pooling in deep convolutional networks for visual recognition.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register()
class AdaptiveAveragePooling3D(AdaptiveAveragePooling):
    """y_i = mean of x from ⌊i · S / n⌋ to before ⌈(i + 1) · S / n⌉ over a volume along each axis, S its size, n the output's.

    Whatever the input's size, the output has the wanted one; two neighbouring windows may share cells.

    Args:
        output_size: the output's depth, height and width, 1 or more; one number for all axes.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, *output_size, C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> AdaptiveAveragePooling3D(1)(np.arange(8.0).reshape(1, 2, 2, 2, 1)).ravel().tolist()
        [3.5]

    Reference:
        He et al. (2015), Spatial pyramid pooling in deep convolutional networks for visual recognition.
    """

    dimensions: ClassVar[int] = 3


@layer_registry.register()
class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """y_i = max of x from ⌊i · S / n⌋ to before ⌈(i + 1) · S / n⌉ over a volume along each axis, S its size, n the output's.

    Whatever the input's size, the output has the wanted one; two neighbouring windows may share cells.

    Args:
        output_size: the output's depth, height and width, 1 or more; one number for all axes.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, *output_size, C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> AdaptiveMaxPooling3D((1, 2, 2))(np.zeros((1, 4, 5, 6, 3))).shape
        (1, 1, 2, 2, 3)

    Reference:
        He et al. (2015), Spatial pyramid pooling in deep convolutional networks for visual recognition.
    """

    dimensions: ClassVar[int] = 3
