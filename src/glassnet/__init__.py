"""Glassnet: neural networks you can see through.

``import glassnet`` loads nothing heavy: each public module and name is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from glassnet._version import __version__

if TYPE_CHECKING:
    from glassnet import activations, constraints, initializers, layers, losses, metrics, optimizers, regularizers

_MODULES = (
    "activations",
    "callbacks",
    "constraints",
    "data",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
)
_NAMES: dict[str, str] = {}

__all__ = ["__version__"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"glassnet.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'glassnet' has no attribute {name!r}")
