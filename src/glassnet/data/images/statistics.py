"""What whole sets of pictures have in common: mean, spread, and the directions in which pixels vary together."""

from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray

#: Keeps a division by a spread of 0 finite, as Keras does.
_EPSILON = 1e-6


def channel_mean(x: HostArray, channel_axis: int) -> HostArray:
    """The mean of each channel over all pictures and pixels, (1, 1, C) in the pictures' format."""
    return _by_channel(x.mean(axis=_all_but(channel_axis), dtype=np.float64), channel_axis)


def channel_spread(x: HostArray, channel_axis: int) -> HostArray:
    """The standard deviation of each channel over all pictures and pixels, (1, 1, C) in the pictures' format."""
    return _by_channel(x.std(axis=_all_but(channel_axis), dtype=np.float64), channel_axis)


def whitening(x: HostArray, epsilon: float) -> HostArray:
    """``W = U (S / √n + ε')⁻¹ Uᵀ`` from the singular values of centred pictures: ``x W`` has uncorrelated pixels.

    Args:
        x: pictures whose mean was taken away, (n, ...), in d numbers each.
        epsilon: added to the singular values S, so that directions without variance do not blow up.

    Returns:
        (d, d).
    """
    flat = x.reshape(len(x), -1).astype(np.float64)
    directions, sizes, _ = np.linalg.svd(flat.T, full_matrices=False)
    return (directions * (np.sqrt(len(x)) / (sizes + epsilon))) @ directions.T


def divided(x: HostArray, spread: Any) -> HostArray:
    """``x / (spread + 10⁻⁶)``."""
    return x / (spread + _EPSILON)


def _all_but(channel_axis: int) -> tuple[int, ...]:
    return tuple(axis for axis in range(4) if axis != channel_axis)


def _by_channel(values: HostArray, channel_axis: int) -> HostArray:
    shape = [1, 1, 1]
    shape[channel_axis - 1] = len(values)
    return values.reshape(shape)
