"""A penalty on what a layer puts out, as a layer of its own."""

from typing import Any

from glassnet import regularizers
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.types import Config
from glassnet.layers.activation import SameShape
from glassnet.layers.arguments import not_negative


@layer_registry.register()
class ActivityRegularization(SameShape):
    """``y = x``, and ``(l1 Σ |x| + l2 Σ x²) / B`` is added to the loss: large activations cost.

    Args:
        l1: the cost of the sum of the magnitudes, from 0 up.
        l2: the cost of the sum of the squares, from 0 up.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, ...), output the same.

    Raises:
        ConfigError: `l1` or `l2` is not a number from 0 up.

    Example:
        >>> import numpy as np
        >>> layer = ActivityRegularization(l1=0.5, l2=1.0)
        >>> layer(np.float32([[2.0], [0.0]])).tolist(), [float(loss) for loss in layer.losses]
        ([[2.0], [0.0]], [2.5])

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 7.10.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        self.l1 = not_negative("ActivityRegularization", "l1", l1)
        self.l2 = not_negative("ActivityRegularization", "l2", l2)
        super().__init__(activity_regularizer=regularizers.L1L2(self.l1, self.l2), **kwargs)

    def get_config(self) -> Config:
        """`l1`, `l2`, and what differs from the base's defaults; the penalty follows from the two."""
        config = super().get_config()
        del config["activity_regularizer"]
        return config

    def call(self, inputs: Any) -> Any:
        """The input itself."""
        return inputs
