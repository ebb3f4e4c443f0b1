"""Pooling over all space at once: one number a channel."""

from typing import Any, ClassVar

import jax.numpy as jnp

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.convolution.arithmetic import spatial_axes
from glassnet.layers.convolution.spatial import Spatial


class GlobalPooling(Spatial):
    """One number a channel: the base of `GlobalMaxPooling2D` and its family, which say which number.

    Args:
        data_format: where the channels stand.
        keepdims: keep the spatial axes, with size 1.
        **kwargs: as in every `Layer`.
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format=data_format, **kwargs)
        self.keepdims = bool(keepdims)

    def build(self, input_shape: Shape) -> None:
        """Check the number of axes; there are no weights."""
        self.split(input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(B, C), or with sizes of 1 between where `keepdims`."""
        _, channels = self.split(input_shape)
        return self.joined(input_shape[0], (1,) * self.dimensions if self.keepdims else (), channels)

    @property
    def _axes(self) -> tuple[int, ...]:
        return spatial_axes(self.dimensions, self.data_format)


class GlobalMaxPooling(GlobalPooling):
    """y = max_p x[p]: the base of `GlobalMaxPooling1D`, `GlobalMaxPooling2D` and `GlobalMaxPooling3D`."""

    def call(self, inputs: Array) -> Array:
        """The largest number of each channel."""
        return jnp.max(inputs, self._axes, keepdims=self.keepdims)


class GlobalAveragePooling(GlobalPooling):
    """y = mean_p x[p]: the base of `GlobalAveragePooling2D` and `GlobalAveragePooling3D`."""

    def call(self, inputs: Array) -> Array:
        """The mean of each channel."""
        return jnp.mean(inputs, self._axes, keepdims=self.keepdims)


@layer_registry.register("GlobalAvgPool1D")
class GlobalAveragePooling1D(GlobalPooling):
    """y = mean_t x_t over time: one number a channel.

    Steps that a mask leaves out do not count; a row with none left gives 0.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        keepdims: keep the spatial axes, with size 1.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), mask (B, T), output (B, C), or (B, 1, C) with `keepdims`.

    Raises:
        ConfigError: an unknown data format.
        ShapeError: the input has no channel axis, or the mask is not one value a step.

    Example:
        >>> import numpy as np
        >>> x, mask = np.float32([[[1, 5], [3, 2]]]), np.array([[True, False]])
        >>> layer = GlobalAveragePooling1D()
        >>> layer(x).tolist(), layer(x, mask=mask).tolist()
        ([[2.0, 3.5]], [[1.0, 5.0]])

    Reference:
        Lin, Chen & Yan (2014), Network in network.
    """

    dimensions: ClassVar[int] = 1
    supports_masking: ClassVar[bool] = True

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        """The mean of each channel over the steps that count."""
        (axis,) = self._axes
        if mask is None:
            return jnp.mean(inputs, axis, keepdims=self.keepdims)
        if mask.shape != (inputs.shape[0], inputs.shape[axis]):
            raise ShapeError(
                f"Layer {self.path!r} expected a mask of shape {show((inputs.shape[0], inputs.shape[axis]))}, one value a "
                f"step. Received {show(mask.shape)}. Pass True where a step counts and False where it does not."
            )
        counts = jnp.expand_dims(mask.astype(bool), 2 if axis == 1 else 1)  # (B, T, 1)
        total = jnp.sum(jnp.where(counts, inputs, 0), axis, keepdims=self.keepdims)
        return total / jnp.maximum(jnp.sum(counts, axis, keepdims=self.keepdims), 1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """None: no step is left to mask."""
        return None


@layer_registry.register("GlobalMaxPool1D")
class GlobalMaxPooling1D(GlobalMaxPooling):
    """y = max_t x_t over time: one number a channel.

    Whether a feature is there at all, wherever it is.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        keepdims: keep the spatial axes, with size 1.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, C), or (B, 1, C) with `keepdims`.

    Raises:
        ConfigError: an unknown data format.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> GlobalMaxPooling1D()(np.float32([[[1, 5], [3, 2]]])).tolist()
        [[3.0, 5.0]]

    Reference:
        Oquab et al. (2015), Is object localization for free? Weakly-supervised learning with convolutional networks.
    """

    dimensions: ClassVar[int] = 1


@layer_registry.register("GlobalAvgPool2D")
class GlobalAveragePooling2D(GlobalAveragePooling):
    """y = mean_{i,j} x_{i,j} over a picture: one number a channel.

    Takes inputs of any size, and has no weights where Flatten and Dense would have many.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        keepdims: keep the spatial axes, with size 1.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, C), or (B, 1, 1, C) with `keepdims`.

    Raises:
        ConfigError: an unknown data format.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> GlobalAveragePooling2D()(np.arange(8.0).reshape(1, 2, 2, 2)).tolist()
        [[3.0, 4.0]]

    Reference:
        Lin, Chen & Yan (2014), Network in network.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register("GlobalMaxPool2D")
class GlobalMaxPooling2D(GlobalMaxPooling):
    """y = max_{i,j} x_{i,j} over a picture: one number a channel.

    Whether a feature is there at all, wherever it is.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        keepdims: keep the spatial axes, with size 1.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, C), or (B, 1, 1, C) with `keepdims`.

    Raises:
        ConfigError: an unknown data format.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> GlobalMaxPooling2D()(np.arange(8.0).reshape(1, 2, 2, 2)).tolist()
        [[6.0, 7.0]]

    Reference:
        Oquab et al. (2015), Is object localization for free? Weakly-supervised learning with convolutional networks.
    """

    dimensions: ClassVar[int] = 2


@layer_registry.register("GlobalAvgPool3D")
class GlobalAveragePooling3D(GlobalAveragePooling):
    """y = mean_{i,j,k} x_{i,j,k} over a volume: one number a channel.

    Takes inputs of any size, and has no weights where Flatten and Dense would have many.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        keepdims: keep the spatial axes, with size 1.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, C), or (B, 1, 1, 1, C) with `keepdims`.

    Raises:
        ConfigError: an unknown data format.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> GlobalAveragePooling3D()(np.ones((1, 2, 2, 2, 3))).tolist()
        [[1.0, 1.0, 1.0]]

    Reference:
        Lin, Chen & Yan (2014), Network in network.
    """

    dimensions: ClassVar[int] = 3


@layer_registry.register("GlobalMaxPool3D")
class GlobalMaxPooling3D(GlobalMaxPooling):
    """y = max_{i,j,k} x_{i,j,k} over a volume: one number a channel.

    Whether a feature is there at all, wherever it is.

    Args:
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        keepdims: keep the spatial axes, with size 1.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, C), or (B, 1, 1, 1, C) with `keepdims`.

    Raises:
        ConfigError: an unknown data format.
        ShapeError: the input has no channel axis.

    Example:
        >>> import numpy as np
        >>> GlobalMaxPooling3D(keepdims=True)(np.ones((1, 2, 2, 2, 3))).shape
        (1, 1, 1, 1, 3)

    Reference:
        Oquab et al. (2015), Is object localization for free? Weakly-supervised learning with convolutional networks.
    """

    dimensions: ClassVar[int] = 3
