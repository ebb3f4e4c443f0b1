"""Normalizations: layers that keep the numbers between layers at one size."""

from glassnet.layers.normalization.batch import BatchNormalization
from glassnet.layers.normalization.group import GroupNormalization
from glassnet.layers.normalization.layer import LayerNormalization
from glassnet.layers.normalization.root_mean_square import RMSNormalization, UnitNormalization
from glassnet.layers.normalization.spectral import SpectralNormalization

__all__ = [
    "BatchNormalization",
    "GroupNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "SpectralNormalization",
    "UnitNormalization",
]
