"""Targets and outputs brought to one shape, or an error that says what to do: nothing here broadcasts silently."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context
from glassnet.foundation.errors import ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike

EPSILON = 1e-7
"""Keras's small number: probabilities are kept this far from 0 and 1 where a logarithm follows."""


def floating(values: ArrayLike) -> Array:
    """`values` as an array of floating-point numbers; whole numbers and truth values become float32."""
    array = jnp.asarray(values)
    return array if jnp.issubdtype(array.dtype, jnp.floating) else array.astype(jnp.float32)


def with_logits(array: Any, change: Callable[[Any], Array]) -> Array:
    """``change(array)``, and what is known about the logits under `array` noted for the result too."""
    changed, logits, link = change(array), context.noted(array, "logits"), context.noted(array, "link")
    return changed if logits is None else context.note(changed, logits=logits, link=link)


def as_columns(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Targets (B,) and outputs (B,) as B rows of one number; other shapes as they are."""
    if np.ndim(y_true) != 1 or np.ndim(y_pred) != 1:
        return y_true, y_pred
    return jnp.asarray(y_true)[:, None], with_logits(y_pred, lambda a: jnp.asarray(a)[:, None])


def pair(y_true: ArrayLike, y_pred: ArrayLike, who: str) -> tuple[Array, Array]:
    """Targets and outputs as floating-point arrays of one shape.

    One axis of size 1 is added or dropped where only that differs: targets (B,) fit outputs (B, 1), as in Keras.

    Args:
        y_true: the targets.
        y_pred: the outputs; their type is used for both.
        who: what needs them, for the message, such as ``"Loss mean_squared_error"``.

    Returns:
        Two arrays of the same shape and type.

    Raises:
        ShapeError: the shapes differ otherwise; broadcasting them would compare every target with every output.

    Example:
        >>> y_true, y_pred = pair([1, 0], [[0.5], [0.5]], "This example")
        >>> y_true.shape, y_pred.shape
        ((2, 1), (2, 1))

    Reference:
        Chollet et al. (2015), Keras.
    """
    y_pred = floating(y_pred)
    y_true, y_pred = same_rank(jnp.asarray(y_true), y_pred)
    if y_true.shape != y_pred.shape:
        raise mismatch(who, y_true.shape, y_pred.shape)
    return y_true.astype(y_pred.dtype), y_pred


def pair_labels(
    y_true: ArrayLike, y_pred: ArrayLike, who: str, axis: int = -1, *, several: bool = True
) -> tuple[Array, Array]:
    """Class numbers, without an axis for the classes, beside outputs that have one.

    Args:
        y_true: whole numbers, (B, ...) or (B, ..., 1).
        y_pred: scores by class, (B, ..., K).
        who: what needs them, for the message.
        axis: the axis of the classes.
        several: whether two or more classes are needed.

    Returns:
        Labels as int32, (B, ...), and floating-point outputs.

    Raises:
        ShapeError: the labels are not one for each row of scores, or there is one class only.
    """
    y_pred, y_true = floating(y_pred), jnp.asarray(y_true)
    classes = y_pred.shape[axis] if y_pred.ndim else 0
    rows = _without(y_pred.shape, axis)
    if y_true.ndim == y_pred.ndim and y_true.shape[axis] == 1:
        y_true = jnp.squeeze(y_true, axis)
    if y_true.shape != rows:
        raise ShapeError(
            f"{who} expected one class number for each row of {classes} outputs, targets of shape {show(rows)}. "
            f"Received targets of shape {show(y_true.shape)} for outputs of shape {show(y_pred.shape)}. "
            f"{_label_advice(y_true, y_pred)}"
        )
    if several:
        check_several(who, y_pred.shape, axis)
    return y_true.astype(jnp.int32), y_pred


def check_several(who: str, shape: tuple[int, ...], axis: int) -> None:
    """Raise where there is one class only: its share is always 1 and nothing could be learnt."""
    if shape[axis] == 1:
        raise ShapeError(
            f"{who} expected two or more outputs, one for each class. Received outputs of shape {show(shape)}. For yes "
            f"or no with one output use the binary kind, such as binary_crossentropy after a sigmoid."
        )


def same_rank(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Both with one number of axes, where a last axis of size 1 is all they differ by."""
    if y_true.ndim + 1 == y_pred.ndim and y_pred.shape[-1] == 1:
        return (y_true[:, None], y_pred) if y_true.ndim == 1 else (y_true, y_pred[..., 0])
    if y_pred.ndim + 1 == y_true.ndim and y_true.shape[-1] == 1:
        return (y_true, y_pred[:, None]) if y_pred.ndim == 1 else (y_true[..., 0], y_pred)
    return y_true, y_pred


def mismatch(who: str, targets: tuple[int, ...], outputs: tuple[int, ...]) -> ShapeError:
    """The error for targets and outputs whose shapes do not go together, with what to do about it."""
    return ShapeError(
        f"{who} expected targets and outputs of one shape. Received targets of shape {show(targets)} and outputs of "
        f"shape {show(outputs)}. {_advice(targets, outputs)}"
    )


def _advice(targets: tuple[int, ...], outputs: tuple[int, ...]) -> str:
    if targets[:1] != outputs[:1]:
        return "Pass one target for each row of the outputs."
    wide = outputs[-1] if outputs else 1
    if wide > 1 and targets in (outputs[:-1], (*outputs[:-1], 1)):
        return (
            f"Are the targets class numbers? Then use the sparse kind, such as sparse_categorical_crossentropy, or one-hot "
            f"targets of width {wide}. Are they one number a row? Then end the network with one output, Dense(1)."
        )
    if len(targets) == len(outputs):
        return f"Give the last layer as many units as a target has numbers: {targets[-1]}."
    return "Reshape the targets to the shape of the outputs."


def _label_advice(y_true: Any, y_pred: Any) -> str:
    if y_true.shape == y_pred.shape:
        return "Are the targets one-hot? Then use the categorical kind, such as categorical_crossentropy."
    return "Pass one whole number a row, counted from 0."


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    axis %= max(len(shape), 1)
    return shape[:axis] + shape[axis + 1 :]
