"""What holds for all layers that are made from now on, with Keras's names."""

from glassnet.foundation.precision import dtype_policy, set_dtype_policy

__all__ = ["dtype_policy", "set_dtype_policy"]
