"""Mixed precision with Keras's names: layers that compute in bfloat16 and keep their weights in float32."""

from glassnet.foundation.precision import DTypePolicy, dtype_policy, set_dtype_policy

__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]

#: Older names of Keras's.
Policy, global_policy, set_global_policy = DTypePolicy, dtype_policy, set_dtype_policy
