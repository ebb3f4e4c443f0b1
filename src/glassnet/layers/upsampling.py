"""Upsampling: longer sequences, larger images and volumes, without weights."""

from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.types import Array, Shape
from glassnet.layers.arguments import sizes_for
from glassnet.layers.spatial import Spatial

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


class UpSampling(Spatial):
    """What `UpSampling1D`, `UpSampling2D` and `UpSampling3D` share."""

    def __init__(self, size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self._factors = sizes_for(type(self).__name__, "size", size, self.rank)
        self.size: Any = self._factors[0] if self.rank == 1 else self._factors

    def call(self, inputs: Array) -> Array:
        """Each place repeated along each axis."""
        for axis, factor in zip(self.spatial_axes, self._factors, strict=True):
            inputs = jnp.repeat(inputs, factor, axis)
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's shape, its spatial sizes times the factors."""
        return self.resized(input_shape, lambda place, size: size * self._factors[place])


@layer_registry.register()
class UpSampling1D(UpSampling):
    """``y_t = x_{⌊t / size⌋}``: each step several times.

    Args:
        size: how often, a whole number above 0.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, C), output (B, T · size, C).

    Raises:
        ConfigError: `size` is not a whole number above 0.
        ShapeError: the input has not 3 axes.

    Example:
        >>> import numpy as np
        >>> UpSampling1D(2)(np.array([[[1.0], [2.0]]])).ravel().tolist()
        [1.0, 1.0, 2.0, 2.0]

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 20.10.6.
    """

    rank = 1

    def __init__(self, size: Any = 2, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(size, data_format, **kwargs)


@layer_registry.register()
class UpSampling2D(UpSampling):
    """``y_{ij} = x_{⌊i / s⌋, ⌊j / r⌋}``: each pixel s by r times, or smoothly interpolated between the pixels.

    Args:
        size: (s, r), how often along rows and columns, whole numbers above 0, or one number for both.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        interpolation: ``"nearest"``, which is the formula above, or ``"bilinear"``, ``"bicubic"``, ``"lanczos3"``,
            ``"lanczos5"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output (B, H · s, W · r, C).

    Raises:
        ConfigError: `size` is not one or two whole numbers above 0, or there is no such interpolation.
        ShapeError: the input has not 4 axes.

    Example:
        >>> import numpy as np
        >>> UpSampling2D((2, 3))(np.array([[[[1.0], [2.0]]]]))[0, :, :, 0].tolist()
        [[1.0, 1.0, 1.0, 2.0, 2.0, 2.0], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]]

    Reference:
        Odena, Dumoulin & Olah (2016), Deconvolution and checkerboard artifacts.
    """

    rank = 2

    def __init__(
        self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "nearest", **kwargs: Any
    ) -> None:
        super().__init__(size, data_format, **kwargs)
        self.interpolation = str(interpolation).lower()
        if self.interpolation not in _INTERPOLATIONS:
            hint = did_you_mean(self.interpolation, list(_INTERPOLATIONS)) or "."
            raise ConfigError(
                f"UpSampling2D expected `interpolation` as one of {', '.join(_INTERPOLATIONS)}. Received "
                f"{interpolation!r}{hint} Pass one of these names."
            )

    def call(self, inputs: Array) -> Array:
        """The larger images."""
        if self.interpolation == "nearest":
            return super().call(inputs)
        shape = tuple(size or 0 for size in self.compute_output_shape(inputs.shape))
        return jax.image.resize(inputs, shape, self.interpolation, antialias=False)


@layer_registry.register()
class UpSampling3D(UpSampling):
    """``y_{ijk} = x_{⌊i / s⌋, ⌊j / r⌋, ⌊k / q⌋}``: each place of a volume s by r by q times.

    Args:
        size: (s, r, q), whole numbers above 0, or one number for all three.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output (B, D · s, H · r, W · q, C).

    Raises:
        ConfigError: `size` is not one or three whole numbers above 0.
        ShapeError: the input has not 5 axes.

    Example:
        >>> import numpy as np
        >>> UpSampling3D((1, 2, 3))(np.zeros((2, 4, 4, 4, 1))).shape
        (2, 4, 8, 12, 1)

    Reference:
        Çiçek et al. (2016), 3D U-Net: learning dense volumetric segmentation from sparse annotation.
    """

    rank = 3

    def __init__(self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(size, data_format, **kwargs)
