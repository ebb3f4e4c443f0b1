"""Every error and warning Glassnet raises on purpose, to catch: ``except glassnet.errors.DivergedError``."""

from glassnet.foundation.errors import (
    ConfigError,
    DataError,
    DivergedError,
    GlassnetError,
    GlassnetWarning,
    ModelFileError,
    NotBuiltError,
    RandomKeyError,
    ShapeError,
    UnknownNameError,
)

__all__ = [
    "ConfigError",
    "DataError",
    "DivergedError",
    "GlassnetError",
    "GlassnetWarning",
    "ModelFileError",
    "NotBuiltError",
    "RandomKeyError",
    "ShapeError",
    "UnknownNameError",
]
