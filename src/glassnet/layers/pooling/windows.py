"""Pooling in windows that slide: the largest number or the mean."""

from typing import Any, ClassVar

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.spatial import Spatial, known_padding, sizes
from glassnet.layers.pooling.arithmetic import pool_max, pool_mean


class Pooling(Spatial):
    """One number for each window and channel: the base of `MaxPooling2D` and its family, which say which number.

    Args:
        pool_size: how many cells a window covers: a whole number of 1 or more, or one for each spatial axis.
        strides: how far it moves, likewise; as far as it is long by default, so that no two overlap.
        padding: ``"valid"`` for whole windows only, ``"same"`` for windows that may reach over the edge.
        data_format: where the channels stand.
        **kwargs: as in every `Layer`.
    """

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format=data_format, **kwargs)
        owner = type(self).__name__
        self.pool_size = sizes("pool_size", pool_size, self.dimensions, owner=owner)
        self.strides = self.pool_size if strides is None else sizes("strides", strides, self.dimensions, owner=owner)
        self.padding = known_padding(padding, owner=owner)

    def build(self, input_shape: Shape) -> None:
        """Check that a window fits; there are no weights."""
        self._windows(input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The places where the window fits, and the input's channels."""
        return self.joined(input_shape[0], self._windows(input_shape), self.split(input_shape)[1])

    def _windows(self, input_shape: Shape) -> Shape:
        return self.slid(input_shape, self.pool_size, self.strides, self.padding, (1,) * self.dimensions)


class MaxPooling(Pooling):
    """y[p] = max_k x[p · stride + k]: the base of `MaxPooling1D`, `MaxPooling2D` and `MaxPooling3D`."""

    def call(self, inputs: Array) -> Array:
        """The largest number of each window."""
        self._windows(inputs.shape)
        return pool_max(inputs, self.pool_size, self.strides, self.padding, self.data_format)


class AveragePooling(Pooling):
    """y[p] = mean_k x[p · stride + k]: the base of `AveragePooling1D`, `AveragePooling2D` and `AveragePooling3D`."""

    def call(self, inputs: Array) -> Array:
        """The mean of each window's cells inside the input."""
        self._windows(inputs.shape)
        return pool_mean(inputs, self.pool_size, self.strides, self.padding, self.data_format)


@layer_registry.register("AvgPool1D")
class AveragePooling1D(AveragePooling):
    """y[p] = mean_k x[p · stride + k] over time, channel by channel: the mean of each window.

    With ``"same"``, of its cells inside the input only.

    Args:
        pool_size: a window's steps, 1 or more.
        strides: how far it moves, 1 or more; `pool_size` by default, so that no two windows overlap.
        padding: ``"valid"`` for whole windows only, which may leave steps at the end unseen; ``"same"`` for windows that
            may reach over the edge.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, T', C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, or an unknown padding.
        ShapeError: the input has no channel axis, or is smaller than the window with ``"valid"``.

    Example:
        >>> import numpy as np
        >>> AveragePooling1D(2, padding="same")(np.float32([1, 3, 8]).reshape(1, 3, 1)).ravel().tolist()
        [2.0, 8.0]

    Reference:
        LeCun et al. (1998), Gradient-based learning applied to document recognition.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register("MaxPool1D")
class MaxPooling1D(MaxPooling):
    """y[p] = max_k x[p · stride + k] over time, channel by channel: the largest number of each window.

    What is found anywhere in a window stays found.

    Args:
        pool_size: a window's steps, 1 or more.
        strides: how far it moves, 1 or more; `pool_size` by default, so that no two windows overlap.
        padding: ``"valid"`` for whole windows only, which may leave steps at the end unseen; ``"same"`` for windows that
            may reach over the edge.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, T', C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, or an unknown padding.
        ShapeError: the input has no channel axis, or is smaller than the window with ``"valid"``.

    Example:
        >>> import numpy as np
        >>> MaxPooling1D(2)(np.float32([1, 5, 2, 3]).reshape(1, 4, 1)).ravel().tolist()
        [5.0, 3.0]

    Reference:
        Zhou & Chellappa (1988), Computation of optical flow using a neural network.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register("AvgPool2D")
class AveragePooling2D(AveragePooling):
    """y[p] = mean_k x[p · stride + k] over a picture, channel by channel: the mean of each window.

    With ``"same"``, of its cells inside the input only.

    Args:
        pool_size: a window's height and width, 1 or more; one number for all axes.
        strides: how far it moves, 1 or more; `pool_size` by default, so that no two windows overlap.
        padding: ``"valid"`` for whole windows only, which may leave cells at the end unseen; ``"same"`` for windows that
            may reach over the edge.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, H', W', C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, or an unknown padding.
        ShapeError: the input has no channel axis, or is smaller than the window with ``"valid"``.

    Example:
        >>> import numpy as np
        >>> AveragePooling2D(2)(np.arange(16.0).reshape(1, 4, 4, 1)).ravel().tolist()
        [2.5, 4.5, 10.5, 12.5]

    Reference:
        LeCun et al. (1998), Gradient-based learning applied to document recognition.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register("MaxPool2D")
class MaxPooling2D(MaxPooling):
    """y[p] = max_k x[p · stride + k] over a picture, channel by channel: the largest number of each window.

    What is found anywhere in a window stays found.

    Args:
        pool_size: a window's height and width, 1 or more; one number for all axes.
        strides: how far it moves, 1 or more; `pool_size` by default, so that no two windows overlap.
        padding: ``"valid"`` for whole windows only, which may leave cells at the end unseen; ``"same"`` for windows that
            may reach over the edge.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, H', W', C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, or an unknown padding.
        ShapeError: the input has no channel axis, or is smaller than the window with ``"valid"``.

    Example:
        >>> import numpy as np
        >>> MaxPooling2D()(np.arange(16.0).reshape(1, 4, 4, 1)).ravel().tolist()
        [5.0, 7.0, 13.0, 15.0]

    Reference:
        Zhou & Chellappa (1988), Computation of optical flow using a neural network.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register("AvgPool3D")
class AveragePooling3D(AveragePooling):
    """y[p] = mean_k x[p · stride + k] over a volume, channel by channel: the mean of each window.

    With ``"same"``, of its cells inside the input only.

    Args:
        pool_size: a window's depth, height and width, 1 or more; one number for all axes.
        strides: how far it moves, 1 or more; `pool_size` by default, so that no two windows overlap.
        padding: ``"valid"`` for whole windows only, which may leave cells at the end unseen; ``"same"`` for windows that
            may reach over the edge.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, D', H', W', C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, or an unknown padding.
        ShapeError: the input has no channel axis, or is smaller than the window with ``"valid"``.

    Example:
        >>> import numpy as np
        >>> AveragePooling3D(2)(np.arange(8.0).reshape(1, 2, 2, 2, 1)).ravel().tolist()
        [3.5]

    Reference:
        LeCun et al. (1998), Gradient-based learning applied to document recognition.
    """

    dimensions: ClassVar[int] = 3


@layer_registry.register("MaxPool3D")
class MaxPooling3D(MaxPooling):
    """y[p] = max_k x[p · stride + k] over a volume, channel by channel: the largest number of each window.

    What is found anywhere in a window stays found.

    Args:
        pool_size: a window's depth, height and width, 1 or more; one number for all axes.
        strides: how far it moves, 1 or more; `pool_size` by default, so that no two windows overlap.
        padding: ``"valid"`` for whole windows only, which may leave cells at the end unseen; ``"same"`` for windows that
            may reach over the edge.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, D', H', W', C).

    Raises:
        ConfigError: sizes that are not whole numbers above 0, or an unknown padding.
        ShapeError: the input has no channel axis, or is smaller than the window with ``"valid"``.

    Example:
        >>> import numpy as np
        >>> MaxPooling3D(2)(np.arange(8.0).reshape(1, 2, 2, 2, 1)).ravel().tolist()
        [7.0]

    Reference:
        Zhou & Chellappa (1988), Computation of optical flow using a neural network.
    """

    dimensions: ClassVar[int] = 3
