"""Which class each row belongs to and which one the network named, whatever form targets and outputs have."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike, Shape
from glassnet.losses.pairing import floating, pair, pair_labels
from glassnet.losses.reduction import aligned


def columns(owner: str, output_shape: Shape | None) -> int:
    """How many outputs a row has: the last axis of outputs (B, ..., K), 1 for outputs (B,).

    Raises:
        ConfigError: the shape is not known.
    """
    width = None if output_shape is None else output_shape[-1] if len(output_shape) > 1 else 1
    if width is None:
        raise ConfigError(
            f"Metric {owner} expected the shape of the outputs, since its state is as wide as they are. Received "
            f"{'none' if output_shape is None else show(output_shape)}. Call init(target_shape, output_shape)."
        )
    return width


def named_classes(
    owner: str, y_true: ArrayLike, y_pred: ArrayLike, weights: ArrayLike | None, threshold: float = 0.5
) -> tuple[Array, Array, Array]:
    """True class, named class and weight of each row, each (N,).

    One output a row is the probability of class 1; of several, the highest names the class. Targets are class numbers or
    one-hot rows.
    """
    y_pred = floating(y_pred)
    if y_pred.ndim < 2 or y_pred.shape[-1] == 1:
        y_true, y_pred = pair(y_true, y_pred, f"Metric {owner}")
        truth, named = y_true != 0, y_pred > threshold
    elif np.shape(y_true) == y_pred.shape:
        truth, named = jnp.argmax(jnp.asarray(y_true), -1), jnp.argmax(y_pred, -1)
    else:
        truth, _ = pair_labels(y_true, y_pred, f"Metric {owner}")
        named = jnp.argmax(y_pred, -1)
    _, factors = aligned(named.astype(y_pred.dtype), weights)
    return truth.astype(jnp.int32).reshape(-1), named.astype(jnp.int32).reshape(-1), factors.reshape(-1)


def table(truth: Array, named: Array, weights: Array, classes: int) -> Array:
    """The confusion matrix: entry (t, n) is the weight of rows of class t that were named n; others are left out."""
    known = (truth >= 0) & (truth < classes) & (named >= 0) & (named < classes)
    place = jnp.where(known, truth * classes + named, 0)
    counted = (
        jnp.zeros(classes * classes, weights.dtype).at[place].add(jnp.where(known, weights, jnp.zeros_like(weights)))
    )
    return counted.reshape(classes, classes)


def positive_number(owner: str, name: str, value: Any) -> float:
    """`value` as a float above 0, or a `ConfigError`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ConfigError(f"Metric {owner} expected `{name}` as a number above 0. Received {value!r}. Pass 1.0.")
    return float(value)
