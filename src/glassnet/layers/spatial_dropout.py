"""Spatial dropout: whole channels are dropped."""

from typing import Any, ClassVar

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array, Shape
from glassnet.layers.arguments import seed_for
from glassnet.layers.dropout import dropped
from glassnet.layers.spatial import Spatial


class SpatialDropout(Spatial):
    """What `SpatialDropout1D`, `SpatialDropout2D` and `SpatialDropout3D` share: a channel is dropped as a whole."""

    supports_masking: ClassVar[bool] = True

    def __init__(self, rate: float, data_format: str | None = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.rate = fraction("rate", rate, owner=type(self).__name__, below_one=False)
        self.seed = seed_for(type(self).__name__, seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Drop channels and scale the others in training, pass through otherwise."""
        if not training:
            return inputs
        shape = tuple(1 if axis in self.spatial_axes else size for axis, size in enumerate(inputs.shape))
        return dropped(self, inputs, shape)

    def loose_numbers(self) -> dict[str, float]:
        """The share that is kept."""
        return {"rate": 1.0 - self.rate}

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's own shape."""
        return input_shape


@layer_registry.register()
class SpatialDropout1D(SpatialDropout):
    """``y_{t, c} = x_{t, c} m_c / (1 - rate)`` in training: whole channels of a sequence are dropped, m_c = 0 with
    probability `rate`.

    Neighbouring steps say nearly the same, so that dropping single ones would hide nothing.

    Args:
        rate: the share of channels that are dropped, from 0 to 1.
        seed: as in `Dropout`.
        **kwargs: `data_format`, and as in every `Layer`.

    Shapes:
        input (B, T, C), output the same; the mask is (B, 1, C).

    Raises:
        ConfigError: `rate` outside [0, 1], or `seed` not a whole number.
        ShapeError: the input has not 3 axes.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> y = SpatialDropout1D(0.5, seed=0)(np.ones((1, 3, 50)), training=True)
        >>> bool((y[0, 0] == y[0, 2]).all()), sorted(set(y.ravel().tolist()))
        (True, [0.0, 2.0])

    Reference:
        Tompson et al. (2015), Efficient object localization using convolutional networks.
    """

    rank = 1

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed=seed, **kwargs)


@layer_registry.register()
class SpatialDropout2D(SpatialDropout):
    """``y_{i, j, c} = x_{i, j, c} m_c / (1 - rate)`` in training: whole channels of an image are dropped, m_c = 0 with
    probability `rate`.

    Args:
        rate: the share of channels that are dropped, from 0 to 1.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        seed: as in `Dropout`.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, H, W, C), output the same; the mask is (B, 1, 1, C).

    Raises:
        ConfigError: `rate` outside [0, 1], or `seed` not a whole number.
        ShapeError: the input has not 4 axes.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> SpatialDropout2D(0.5)(np.ones((1, 2, 2, 1))).ravel().tolist()
        [1.0, 1.0, 1.0, 1.0]

    Reference:
        Tompson et al. (2015), Efficient object localization using convolutional networks.
    """

    rank = 2


@layer_registry.register()
class SpatialDropout3D(SpatialDropout):
    """``y_{i, j, k, c} = x_{i, j, k, c} m_c / (1 - rate)`` in training: whole channels of a volume are dropped, m_c = 0
    with probability `rate`.

    Args:
        rate: the share of channels that are dropped, from 0 to 1.
        data_format: ``"channels_last"`` (the default) or ``"channels_first"``.
        seed: as in `Dropout`.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, D, H, W, C), output the same; the mask is (B, 1, 1, 1, C).

    Raises:
        ConfigError: `rate` outside [0, 1], or `seed` not a whole number.
        ShapeError: the input has not 5 axes.
        RandomKeyError: in training inside ``jit`` or ``grad``, and the outermost call was given no key.

    Example:
        >>> import numpy as np
        >>> SpatialDropout3D(0.5)(np.ones((1, 1, 1, 2, 1))).ravel().tolist()
        [1.0, 1.0]

    Reference:
        Tompson et al. (2015), Efficient object localization using convolutional networks.
    """

    rank = 3
