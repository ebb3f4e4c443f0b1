"""What all cross-entropies share: stable forms from logits, clipped ones from probabilities, smoothing and checks."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.shapes import fraction
from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.pairing import EPSILON, check_several, pair


def logits_under(y_pred: ArrayLike, link: str) -> Array | None:
    """The logits that `link` (``"sigmoid"`` or ``"softmax"``) made `y_pred` from in the call in progress, or None."""
    return context.noted(y_pred, "logits") if context.noted(y_pred, "link") == link else None


def binary_from_logits(t: Array, z: Array) -> Array:
    """``-t log σ(z) - (1 - t) log σ(-z)``, each logarithm as a softplus, which neither overflows nor rounds to 0."""
    return t * jax.nn.softplus(-z) + (1.0 - t) * jax.nn.softplus(z)


def binary_from_probabilities(t: Array, p: Array) -> Array:
    """``-t log p - (1 - t) log(1 - p)`` with p kept `EPSILON` from 0 and 1."""
    p = jnp.clip(p, EPSILON, 1.0 - EPSILON)
    return -(t * jnp.log(p) + (1.0 - t) * jnp.log1p(-p))


def log_softmax(z: Array, axis: int) -> Array:
    """``z_k - log Σ_j exp(z_j)``, finite for all finite z."""
    shifted = _finite(z - jax.lax.stop_gradient(jnp.max(z, axis, keepdims=True)))
    return shifted - jnp.log(jnp.sum(jnp.exp(shifted), axis, keepdims=True))


def log_probabilities(y_pred: Array, logits: Array | None, axis: int) -> Array:
    """``log p``: from the logits where there are any, else from outputs that are scaled to sum to 1 and clipped."""
    if logits is not None:
        return log_softmax(jnp.reshape(logits, y_pred.shape).astype(y_pred.dtype), axis)
    total = jnp.sum(y_pred, axis, keepdims=True)
    p = y_pred / jnp.where(total == 0, 1.0, total)
    return jnp.log(jnp.clip(p, EPSILON, 1.0 - EPSILON))


def pick(values: Array, labels: Array, axis: int) -> Array:
    """``values[..., label, ...]`` along `axis`; 0 for a label that is no class."""
    axis %= values.ndim
    classes = jax.lax.broadcasted_iota(labels.dtype, values.shape, axis)
    # A sum over a selection costs the compiler nothing and its gradient is no scatter.
    return jnp.sum(jnp.where(classes == jnp.expand_dims(labels, axis), values, 0), axis)


def binary(y_true: Array, y_pred: Array, logits: Array | None) -> Array:
    """``-t log p - (1 - t) log(1 - p)``, from the logits where there are any."""
    if logits is None:
        return binary_from_probabilities(y_true, y_pred)
    return binary_from_logits(y_true, jnp.reshape(logits, y_pred.shape).astype(y_pred.dtype))


def categorical(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool, label_smoothing: float, axis: int, name: str
) -> tuple[Array, Array]:
    """Smoothed targets and log-probabilities, for the loss called `name`."""
    axis = axis_number(name, axis)
    logits = jnp.asarray(y_pred) if from_logits else softmax_logits(y_pred, axis)
    y_true, y_pred = pair(y_true, y_pred, f"Loss {name}")
    check_several(f"Loss {name}", y_pred.shape, axis)
    y_true = smooth(y_true, label_smoothing, y_true.shape[axis])
    return y_true, log_probabilities(y_pred, logits, axis)


def softmax_logits(y_pred: Any, axis: int) -> Array | None:
    """The logits under a softmax over `axis`, or None; a softmax is noted over the last axis only."""
    return logits_under(y_pred, "softmax") if axis in (-1, np.ndim(y_pred) - 1) else None


def smooth(y_true: Array, amount: float, classes: int) -> Array:
    """``y (1 - s) + s/K``."""
    return y_true if not amount else y_true * (1.0 - amount) + amount / classes


def power(base: Array, exponent: float) -> Array:
    """``base^exponent`` for a base from 0 to 1, with a finite slope everywhere."""
    # The slope of x^a at 0 is infinite for a below 1; the smallest positive number stands in for 0.
    return jnp.maximum(base, jnp.finfo(base.dtype).tiny) ** exponent


def check_labels(y_true: Any, classes: int, ignored: int | None) -> None:
    """Raise a `DataError` for a label that is no class, where the labels can be looked at."""
    if isinstance(y_true, Tracer):
        return
    labels = np.asarray(y_true)
    wrong = (labels < 0) | (labels >= classes) | (labels != np.floor(labels))
    wrong = wrong if ignored is None else wrong & (labels != ignored)
    if wrong.any():
        raise DataError(
            f"Expected class numbers from 0 to {classes - 1}, since there are {classes} outputs. Received "
            f"{labels[wrong][0]}, and {int(wrong.sum())} such labels in all. Count classes from 0, or give the last "
            f"layer one output a class."
        )


def smoothing(owner: str, amount: float) -> float:
    """`amount` as a label smoothing from 0 to 1, or a `ConfigError`."""
    return fraction("label_smoothing", amount, owner=f"Loss {owner}", below_one=False)


def axis_number(owner: str, axis: int) -> int:
    """`axis` as a whole number, or a `ConfigError`."""
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ConfigError(
            f"Loss {owner} expected `axis` as a whole number. Received {axis!r}. Pass -1 for the last axis."
        )
    return axis


@jax.custom_jvp
def _finite(x: Array) -> Array:
    """`x` cut to the largest finite numbers; its derivative stays 1, so that gradients are right beyond them too."""
    most = jnp.finfo(x.dtype).max
    return jnp.clip(x, -most, most)


@_finite.defjvp
def _finite_jvp(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Array, Array]:
    return _finite(primals[0]), tangents[0]
