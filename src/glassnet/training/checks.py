"""What is checked before the first step: mistakes that would otherwise train silently.

Each check gives the mistake it found as data, a `Wrong`; what is done about it is the caller's choice: `refuse` raises it,
`warn` says it and goes on.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from glassnet.foundation.errors import ConfigError, DataError, GlassnetError, GlassnetWarning, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import HostArray, Shape
from glassnet.training.reach import HOPELESS, UNREACHABLE, reach_of, share_beyond

Complain = Callable[[GlassnetError], None]
"""What is done with a mistake."""

_ONE_HOT = frozenset({"CategoricalCrossentropy", "CategoricalFocalCrossentropy"})
_PROBABILITY_LINK = {
    "BinaryCrossentropy": "sigmoid",
    "BinaryFocalCrossentropy": "sigmoid",
    "CategoricalCrossentropy": "softmax",
    "CategoricalFocalCrossentropy": "softmax",
    "SparseCategoricalCrossentropy": "softmax",
}
_NOT_PROBABILITIES = frozenset(
    {"linear", "relu", "tanh", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus", "softsign", "relu6"}
)
_NOT_LOGITS = frozenset({"relu", "relu6", "softplus", "tanh", "softsign", "hard_tanh"})


class Wrong(NamedTuple):
    """A mistake: its kind, the error that tells of it, the row it was seen in and in how many cells, and whether it is grave.

    One that is not grave can be trained through: the loss is defined, and some of the targets can be met.
    """

    kind: str
    error: GlassnetError
    row: int | None = None
    cells: int | None = None
    grave: bool = True


def refuse(error: GlassnetError) -> None:
    """Raise it."""
    raise error


def warn(error: GlassnetError) -> None:
    """Say it and go on; shapes that do not fit cannot go on."""
    if isinstance(error, ShapeError):
        raise error
    warnings.warn(str(error), GlassnetWarning, stacklevel=2)


def check_targets(loss: Any, y: HostArray, output_shape: Shape, final: str | None = None) -> None:
    """Raise when the targets cannot be what the loss expects for outputs of this shape.

    Raises:
        DataError: a label beyond the outputs, negative or not whole; targets that are no probabilities where the loss needs
            them, or hardly any of which the last activation can reach.
        ShapeError: one-hot targets of another width than the outputs.
    """
    for wrong in wrong_targets(loss, y, output_shape, final):
        if wrong.grave:
            raise wrong.error


def wrong_link(loss: Any, link: str | None, output_shape: Shape, final: str | None) -> Iterator[Wrong]:
    """What is wrong where the loss expects probabilities and the last layer cannot give them, or the other way round.

    Args:
        loss: the loss.
        link: ``"sigmoid"`` or ``"softmax"`` where the outputs come from one, else None.
        output_shape: the outputs' shape.
        final: the name of the last layer's activation where it is known.
    """
    if link == "softmax" and output_shape[-1] == 1:
        yield _linked(
            "Expected a softmax over two or more outputs; received one output, whose softmax is always 1. Use "
            "Dense(1, activation='sigmoid') with loss='binary_crossentropy', or one output a class."
        )
        return
    expected = _PROBABILITY_LINK.get(type(loss).__name__)
    if expected is None:
        return
    from_logits = getattr(loss, "from_logits", False)
    if from_logits and link is not None:
        yield _linked(
            f"Loss {loss.name} expected logits, as from_logits=True says; received the output of a {link}. Remove the "
            f"{link} from the last layer, or from_logits=True from the loss."
        )
    elif from_logits and expected == "sigmoid" and final in _NOT_LOGITS:
        yield _linked(
            f"Loss {loss.name} expected logits of any size, as from_logits=True says; received the output of a last layer "
            f"with activation {final!r}, which bounds them. Leave its activation out."
        )
    elif not from_logits and link is None and final in _NOT_PROBABILITIES:
        yield _linked(
            f"Loss {loss.name} expected probabilities; received the output of a last layer with activation "
            f"{final!r}. Give it activation={expected!r}, or tell the loss from_logits=True."
        )
    elif not from_logits and link == "sigmoid" and expected == "softmax":
        yield _linked(
            f"Loss {loss.name} expected probabilities that sum to 1 over the classes; received the output of a sigmoid. "
            f"Give the last layer activation='softmax'; where a row may belong to several classes, use "
            f"loss='binary_crossentropy'."
        )


def _linked(message: str) -> Wrong:
    return Wrong("logits_or_probabilities", ConfigError(message))


def wrong_targets(loss: Any, y: HostArray, output_shape: Shape, final: str | None = None) -> Iterator[Wrong]:
    """What is wrong with targets for this loss, outputs of this shape, and the last activation where it is known."""
    name, width = type(loss).__name__, output_shape[-1]
    if not y.size:
        return
    if getattr(loss, "target_kind", "value") == "label" and width is not None and width > 1:
        yield from _wrong_labels(y, width, getattr(loss, "ignore_class", None))
    if name.startswith("Binary"):
        yield from _beyond(y, "a binary loss", "Code the two classes as 0 and 1")
    if name in _ONE_HOT:
        if y.ndim != len(output_shape):
            yield Wrong(
                "target_shape",
                ShapeError(
                    f"Loss {loss.name} expected one-hot targets of shape {show(output_shape)}; received targets of shape "
                    f"{show((None, *y.shape[1:]))}. For class numbers use loss='sparse_categorical_crossentropy'."
                ),
            )
            return
        yield from _wrong_shares(loss, y)
    yield from out_of_reach(loss, y, final)


def _wrong_labels(y: HostArray, width: int, ignored: int | None) -> Iterator[Wrong]:
    flat = y.reshape(len(y), -1)
    if not np.issubdtype(y.dtype, np.integer) and not np.array_equal(flat, np.round(flat)):
        row, column = (int(i) for i in np.argwhere(flat != np.round(flat))[0])
        message = (
            f"Expected class numbers 0 to {width - 1} as targets; received {flat[row, column]} in row {row}. For a number to "
            f"predict use loss='mse'; for one-hot targets use loss='categorical_crossentropy'."
        )
        yield Wrong("labels_out_of_range", DataError(message), row)
        return
    if flat.min() >= 0 and flat.max() < width:
        return
    wrong = (flat < 0) | (flat >= width)
    if ignored is not None:
        wrong &= flat != ignored
    if wrong.any():
        row, column = (int(i) for i in np.argwhere(wrong)[0])
        message = (
            f"Expected class numbers from 0 to {width - 1}, since the last layer has {width} outputs; received "
            f"{flat[row, column]:g} in row {row} ({int(wrong.sum())} such labels). Give the last layer a unit for every class, "
            f"or code the classes from 0."
        )
        yield Wrong("labels_out_of_range", DataError(message), row, int(wrong.sum()))


def _beyond(y: HostArray, who: str, fix: str) -> Iterator[Wrong]:
    if y.min() >= 0 and y.max() <= 1:
        return
    wrong = (y < 0) | (y > 1)
    if not wrong.any():
        return
    row = int(np.argwhere(wrong)[0, 0])
    value = np.ravel(y[row])[np.ravel(wrong[row]).argmax()]
    if y.min() >= 0 and 128 < y.max() <= 255:
        fix = f"Divide the targets by {y.max():g}, so that they lie between 0 and 1"
    message = (
        f"Expected targets from 0 to 1 for {who}; received {value:g} in row {row} "
        f"({int(wrong.sum())} such values). {fix}, or choose a loss that fits."
    )
    yield Wrong("target_scale", DataError(message), row, int(wrong.sum()))


def _wrong_shares(loss: Any, y: HostArray) -> Iterator[Wrong]:
    """One-hot targets, or shares of the classes: none below 0, and 1 in all (or 0: a position that counts for nothing)."""
    total = y.sum(-1, dtype=np.float32)
    empty = (total == 0) if y.ndim > 2 else np.zeros_like(total, bool)
    wrong = ((np.abs(total - 1) > 0.01) & ~empty) | (y < 0).any(-1)
    if not wrong.any():
        return
    row = int(np.argwhere(wrong)[0, 0])
    large = y.max() > 1
    fix = (
        f"Divide the targets by {y.max():g}"
        if large
        else "Where a row may belong to several classes, use sigmoid outputs and loss='binary_crossentropy'; otherwise write "
        "one 1 a row"
    )
    message = (
        f"Loss {loss.name} expected one-hot targets, or shares that sum to 1 in each row; received a sum of "
        f"{float(total[wrong][0]):g} in row {row} ({int(wrong.sum())} such rows). {fix}."
    )
    yield Wrong("target_scale", DataError(message), row, int(wrong.sum()))


def out_of_reach(loss: Any, y: HostArray, final: str | None) -> Iterator[Wrong]:
    """Targets that the last activation cannot give: grave where it has two ends and hardly a target lies between them."""
    reach = reach_of(loss, final)
    share = 0.0 if reach is None else share_beyond(y, reach)
    if reach is None or share < UNREACHABLE:
        return
    low, high = reach
    wrong = (y < low) | (y > high)
    row = int(np.argwhere(wrong)[0, 0])
    between = f"from {low:g} up" if np.isinf(high) else f"from {low:g} to {high:g}"
    value = np.ravel(y[row])[np.ravel(wrong[row]).argmax()]
    scaled = "divide them by 255, or " if y.min() >= 0 and 128 < y.max() <= 255 else ""
    message = (
        f"Expected targets {between}, since the last layer's {final} gives nothing else; received {value:g} in row {row} "
        f"({100 * share:.0f} % of the targets are out of reach). Scale the targets into that range ({scaled}see their least and "
        f"greatest), or leave out the last layer's activation."
    )
    grave = share >= HOPELESS and not np.isinf(high)
    yield Wrong("target_scale", DataError(message), row, int(wrong.sum()), grave)
