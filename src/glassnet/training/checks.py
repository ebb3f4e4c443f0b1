"""What is checked before the first step: mistakes that would otherwise train silently."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError, DataError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import HostArray, Shape

_ONE_HOT = frozenset({"CategoricalCrossentropy", "CategoricalFocalCrossentropy"})
_PROBABILITY_LINK = {
    "BinaryCrossentropy": "sigmoid",
    "BinaryFocalCrossentropy": "sigmoid",
    "CategoricalCrossentropy": "softmax",
    "CategoricalFocalCrossentropy": "softmax",
    "SparseCategoricalCrossentropy": "softmax",
}


def check_targets(loss: Any, y: HostArray, output_shape: Shape) -> None:
    """Raise when the targets cannot be what the loss expects for outputs of this shape.

    Raises:
        DataError: a label beyond the outputs, negative or not whole; a target outside 0 to 1 for a binary loss.
        ShapeError: one-hot targets of another width than the outputs.
    """
    name = type(loss).__name__
    width = output_shape[-1]
    if getattr(loss, "target_kind", "value") == "label" and width is not None and width > 1:
        _check_labels(y, width, getattr(loss, "ignore_class", None))
    if name.startswith("Binary") and y.size:
        _check_range(y, 0.0, 1.0, "a binary loss", "Code the two classes as 0 and 1")
    if name in _ONE_HOT and y.ndim != len(output_shape):
        raise ShapeError(
            f"Loss {loss.name} expected one-hot targets of shape {show(output_shape)}; received targets of shape "
            f"{show((None, *y.shape[1:]))}. For class numbers use loss='sparse_categorical_crossentropy'."
        )


def check_link(loss: Any, link: str | None, output_shape: Shape, *, final_activation: str | None) -> None:
    """Raise when the loss expects probabilities and the last layer cannot give them, or the other way round.

    Args:
        loss: the loss.
        link: ``"sigmoid"`` or ``"softmax"`` where the outputs come from one, else None.
        output_shape: the outputs' shape.
        final_activation: the name of the last layer's activation where it is known.

    Raises:
        ConfigError: logits where probabilities are expected, probabilities where logits are, or a softmax over one output.
    """
    expected = _PROBABILITY_LINK.get(type(loss).__name__)
    if expected is None:
        return
    if link == "softmax" and output_shape[-1] == 1:
        raise ConfigError(
            "Expected a softmax over two or more outputs; received one output, whose softmax is always 1. Use "
            "Dense(1, activation='sigmoid') with loss='binary_crossentropy', or one output a class."
        )
    from_logits = getattr(loss, "from_logits", False)
    if from_logits and link is not None:
        raise ConfigError(
            f"Loss {loss.name} expected logits, as from_logits=True says; received the output of a {link}. Remove the "
            f"{link} from the last layer, or from_logits=True from the loss."
        )
    if not from_logits and link is None and final_activation in _NOT_PROBABILITIES:
        raise ConfigError(
            f"Loss {loss.name} expected probabilities; received the output of a last layer with activation "
            f"{final_activation!r}. Give it activation={expected!r}, or tell the loss from_logits=True."
        )


_NOT_PROBABILITIES = frozenset(
    {"linear", "relu", "tanh", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus", "softsign", "relu6"}
)


def _check_labels(y: HostArray, width: int, ignored: int | None) -> None:
    flat = y.reshape(len(y), -1) if len(y) else y.reshape(0, 1)
    if not np.issubdtype(y.dtype, np.integer) and not np.array_equal(flat, np.round(flat)):
        row = int(np.argwhere((flat != np.round(flat)).any(-1))[0, 0])
        raise DataError(
            f"Expected class numbers 0 to {width - 1} as targets; received {flat[row, 0]} in row {row}. For a number to "
            f"predict use loss='mse'; for one-hot targets use loss='categorical_crossentropy'."
        )
    wrong = (flat < 0) | (flat >= width)
    if ignored is not None:
        wrong &= flat != ignored
    if wrong.any():
        row, column = (int(i) for i in np.argwhere(wrong)[0])
        raise DataError(
            f"Expected class numbers from 0 to {width - 1}, since the last layer has {width} outputs; received "
            f"{flat[row, column]:g} in row {row} ({int(wrong.sum())} such labels). Give the last layer a unit for every class, "
            f"or code the classes from 0."
        )


def _check_range(y: HostArray, low: float, high: float, who: str, fix: str) -> None:
    wrong = (y < low) | (y > high)
    if wrong.any():
        row = int(np.argwhere(wrong)[0, 0])
        raise DataError(
            f"Expected targets from {low:g} to {high:g} for {who}; received {np.ravel(y[row])[0]:g} in row {row} "
            f"({int(wrong.sum())} such values). {fix}, or choose a loss that fits."
        )
