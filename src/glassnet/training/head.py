"""One output's share of what training minimises and reports: its loss and its metrics."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp

from glassnet import losses
from glassnet.foundation.types import Array, Shape

Key = str | int | None
"""Where an array is in a nest: its name in a dict, its place in a list, or None where there is only one."""


@dataclass(frozen=True)
class Head:
    """A loss and metrics, resolved for one output and its targets. Compared by value, like everything compiled in.

    Args:
        name: the output's name.
        output: where the output is among the model's outputs.
        target: where its targets are among the targets; its sample weights have the same place among theirs.
        loss: the loss, or None for an output that has none.
        share: the factor with which the loss enters the total.
        metrics: (name, metric) pairs that ignore sample weights, as Keras's `metrics` do.
        weighted: (name, metric) pairs that use them.
        target_shape: a batch of targets' shape, None for the batch.
        output_shape: a batch of outputs' shape, None for the batch.
    """

    name: str
    output: Key
    target: Key
    loss: Any
    share: float
    metrics: tuple[tuple[str, Any], ...]
    weighted: tuple[tuple[str, Any], ...]
    target_shape: Shape
    output_shape: Shape

    @property
    def mixes_rows(self) -> bool:
        """Whether the loss works on a whole batch, so that no row may be padded."""
        return self.loss is not None and (
            self.loss.mixes_rows or _gives_one_number(self.loss, self.target_shape, self.output_shape)
        )

    @property
    def adds_up(self) -> bool:
        """Whether the loss of several batches is the mean over their rows, so that it does not matter how they are cut."""
        if self.loss is None:
            return True
        plain_mean = self.loss.reduction in ("sum_over_batch_size", "mean")
        return plain_mean and not self.mixes_rows and getattr(self.loss, "ignore_class", None) is None

    def batch_loss(self, y_true: Any, y_pred: Any, weights: Any, count: Array, mask: Array | None) -> Array:
        """The scalar loss of a batch: each row counts by its weight, masked positions and padded rows not at all."""
        if self.loss is None:
            return jnp.float32(0)
        target, output = picked(y_true, self.target), picked(y_pred, self.output)
        return losses.reduced(self.loss, target, output, picked_weights(weights, self.target), count, mask)

    def start(self) -> dict[str, Any]:
        """The metrics' states before the first batch."""
        return {
            name: metric.init(self.target_shape, self.output_shape) for name, metric in (*self.metrics, *self.weighted)
        }

    def update(
        self, states: dict[str, Any], y_true: Any, y_pred: Any, real: Array, weights: Any, mask: Array | None
    ) -> dict[str, Any]:
        """The metrics' states after one more batch; masked positions count as little as padded rows."""
        if not self.metrics and not self.weighted:
            return {}
        target, output = picked(y_true, self.target), picked(y_pred, self.output)
        found: dict[str, Any] = {}
        for members, row_weights in ((self.metrics, real), (self.weighted, picked_weights(weights, self.target))):
            counted = _masked(row_weights, mask, output)
            for name, metric in members:
                found[name] = metric.update(states[name], target, output, counted)
        return found

    def compute(self, states: dict[str, Any]) -> dict[str, Array]:
        """The metrics' values by name."""
        return {name: metric.compute(states[name]) for name, metric in (*self.metrics, *self.weighted)}


def picked(nest: Any, key: Key) -> Any:
    """The array at `key` in a nest."""
    return nest if key is None else nest[key]


def picked_weights(weights: Any, key: Key) -> Any:
    """The weights for the targets at `key`: their own where they are given by output, else those of the rows."""
    return picked(weights, key) if isinstance(weights, dict | list) else weights


def _masked(weights: Array, mask: Array | None, output: Array) -> Array:
    if mask is None or mask.ndim >= output.ndim:
        return weights
    longer = weights.reshape(weights.shape + (1,) * (mask.ndim - weights.ndim))
    return longer * mask.reshape(mask.shape + (1,) * (weights.ndim - mask.ndim)).astype(weights.dtype)


@lru_cache(maxsize=128)
def _gives_one_number(loss: Any, target_shape: Shape, output_shape: Shape) -> bool:
    target = jax.ShapeDtypeStruct((2, *target_shape[1:]), jnp.int32 if loss.target_kind == "label" else jnp.float32)
    output = jax.ShapeDtypeStruct((2, *output_shape[1:]), jnp.float32)
    return jax.eval_shape(loss.values, target, output).ndim == 0
