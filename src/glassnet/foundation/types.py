"""The few type names that every room uses."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import jax
import numpy as np
import numpy.typing as npt

Array: TypeAlias = jax.Array
"""An array on the device, or a tracer that stands for one."""

ArrayLike: TypeAlias = npt.ArrayLike | jax.Array
"""Anything that becomes an array: a number, a list, a NumPy or JAX array."""

HostArray: TypeAlias = np.ndarray
"""An array in the computer's own memory."""

Shape: TypeAlias = tuple[int | None, ...]
"""A shape; `None` stands for a size that is not known yet, such as the batch."""

Config: TypeAlias = dict[str, Any]
"""Plain data that JSON can hold."""

Weights: TypeAlias = dict[str, Array]
"""Arrays by the path of their layer: ``{"encoder/dense_1/kernel": ...}``."""

Logs: TypeAlias = Mapping[str, float]
"""Numbers by name: ``{"loss": 0.12, "val_loss": 0.15}``."""
