"""The layer that does nothing."""

from typing import Any

from glassnet.foundation.layer import layer_registry
from glassnet.layers.activation import SameShape


@layer_registry.register()
class Identity(SameShape):
    """``y = x``: keeps a place in a network where something else may stand.

    Args:
        **kwargs: as in every `Layer`.

    Shapes:
        input of any shape, output the same.

    Example:
        >>> import numpy as np
        >>> Identity()(np.float32([1, 2])).tolist()
        [1.0, 2.0]

    Reference:
        He et al. (2016), Identity mappings in deep residual networks.
    """

    def call(self, inputs: Any) -> Any:
        """The input itself."""
        return inputs
