"""A layer's weights and filters."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray
from glassnet.inspection.tapping import layer_at
from glassnet.plots import tables
from glassnet.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False)
class LayerWeights:
    """The weights of a layer, with those of the layers inside it.

    Args:
        layer: the layer's path.
        values: arrays by the weight's path.
        convolves: whether the layer slides its kernel over positions.

    Example:
        >>> LayerWeights("dense", {"dense/bias": np.array([3.0, 4.0])}).statistics()["dense/bias"]["norm"]
        5.0
    """

    layer: str
    values: dict[str, HostArray]
    convolves: bool = False

    def statistics(self) -> dict[str, dict[str, float]]:
        """``norm``, ``mean``, ``deviation``, ``low`` and ``high`` of each weight, by its path."""
        return {path: _statistics(array.astype(np.float64)) for path, array in self.values.items()}

    def plot(self, path: str | None = None) -> Picture:
        """One weight: a tile for each filter of a convolution, else a table of shades with the spread of its numbers.

        Args:
            path: which; the largest by default.
        """
        chosen = max(self.values, key=lambda name: self.values[name].size) if path is None else path
        if chosen not in self.values:
            raise ConfigError(
                f"Layer {self.layer!r} has no weight {chosen!r}. It has: {', '.join(self.values)}. Pass one of them."
            )
        array = self.values[chosen]
        if self.convolves and array.ndim in (3, 4):
            return tables.filters(array, title=chosen)
        return tables.weights(array, title=chosen)

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        told = [f"{path} {array.shape}" for path, array in self.values.items()]
        return f"Weights of {self.layer!r}: {', '.join(told)}"


def layer_weights(model: Any, layer: Any) -> LayerWeights:
    """The weights of one layer: matrices, filters, biases, running means.

    Args:
        model: a built model.
        layer: the layer or its path.

    Returns:
        `LayerWeights`, which copies; the model is not touched by what is done to them.

    Raises:
        ConfigError: there is no such layer, or it has no weights.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Conv2D
        >>> layer_weights(Sequential([Input((8, 8, 1)), Conv2D(4, 3)], seed=0), "conv2d")
        Weights of 'conv2d': conv2d/kernel (3, 3, 1, 4), conv2d/bias (4,)

    Reference:
        Krizhevsky, Sutskever & Hinton (2012), ImageNet classification with deep convolutional neural networks, figure 3.
    """
    held = layer_at(model, layer)
    params, rest = model.arrays()
    start = f"{held.path}/"
    found = {path: np.array(array) for path, array in {**params, **rest}.items() if path.startswith(start)}
    if not found:
        raise ConfigError(
            f"Expected a layer with weights. Received {held.path!r}, a {type(held).__name__} that has none"
            f"{' yet: build the model first' if not held.built else ''}. Pass another layer."
        )
    return LayerWeights(held.path, found, hasattr(held, "kernel_size"))


def _statistics(array: HostArray) -> dict[str, float]:
    return {
        "norm": float(np.sqrt((array**2).sum())),
        "mean": float(array.mean()),
        "deviation": float(array.std()),
        "low": float(array.min()),
        "high": float(array.max()),
    }
