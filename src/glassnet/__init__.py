"""Glassnet: neural networks you can see through.

``import glassnet`` loads nothing heavy: each public module and name is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from glassnet._version import __version__

if TYPE_CHECKING:
    from glassnet import (
        activations,
        callbacks,
        config,
        constraints,
        data,
        datasets,
        diagnosis,
        errors,
        estimators,
        initializers,
        inspection,
        layers,
        losses,
        metrics,
        mixed_precision,
        models,
        optimizers,
        plots,
        preprocessing,
        regularizers,
        saving,
        schedules,
        tuning,
        utils,
        workbench,
    )
    from glassnet.estimators import Perceptron
    from glassnet.layers import Input, Layer
    from glassnet.mixed_precision import DTypePolicy
    from glassnet.models import Model, Sequential, load_model

_NAMES = {
    "DTypePolicy": "glassnet.mixed_precision",
    "Input": "glassnet.layers",
    "Layer": "glassnet.layers",
    "Model": "glassnet.models",
    "Perceptron": "glassnet.estimators",
    "Sequential": "glassnet.models",
    "load_model": "glassnet.models",
}

__all__ = [
    "DTypePolicy",
    "Input",
    "Layer",
    "Model",
    "Perceptron",
    "Sequential",
    "__version__",
    "activations",
    "callbacks",
    "config",
    "constraints",
    "data",
    "datasets",
    "diagnosis",
    "errors",
    "estimators",
    "initializers",
    "inspection",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "optimizers",
    "plots",
    "preprocessing",
    "regularizers",
    "saving",
    "schedules",
    "tuning",
    "utils",
    "workbench",
]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    if name in __all__:
        return import_module(f"glassnet.{name}")
    raise AttributeError(f"module 'glassnet' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
