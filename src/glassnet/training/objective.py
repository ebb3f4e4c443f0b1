"""What training minimises and reports: one loss, and metrics by name, over batches that may hold padded rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp

from glassnet import losses, metrics
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array, Shape

Sums = dict[str, Any]
"""What is summed over the batches of an epoch."""


@dataclass(frozen=True)
class Objective:
    """A loss and metrics, resolved for one shape of targets and outputs. Compared by value, like everything compiled in.

    Args:
        loss: the loss, or None for a model that only reports metrics.
        metrics: (name, metric) pairs that ignore sample weights, as Keras's `metrics` do.
        weighted: (name, metric) pairs that use them.
        target_shape: a batch of targets' shape, None for the batch.
        output_shape: a batch of outputs' shape, None for the batch.
    """

    loss: Any
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

    @property
    def names(self) -> list[str]:
        """The names of what is reported, loss first."""
        return ["loss", *(name for name, _ in self.metrics), *(name for name, _ in self.weighted)]

    def batch_loss(self, y_true: Array, y_pred: Array, weights: Array, count: Array) -> Array:
        """The scalar loss of a batch: each row counts by its weight, and padded rows (weight 0) not at all."""
        if self.loss is None:
            return jnp.float32(0)
        return losses.reduced(self.loss, y_true, y_pred, weights, count)

    def start(self) -> Sums:
        """Empty sums."""
        empty = {
            name: metric.init(self.target_shape, self.output_shape) for name, metric in (*self.metrics, *self.weighted)
        }
        return {"loss": jnp.float32(0), "rows": jnp.float32(0), "metrics": empty}

    def update(
        self, sums: Sums, y_true: Array, y_pred: Array, real: Array, weights: Array, loss: Array, count: Array
    ) -> Sums:
        """Add one batch; `real` is 1 for real rows and 0 for padded ones, `loss` the batch's loss, penalties included."""
        states = dict(sums["metrics"])
        for members, row_weights in ((self.metrics, real), (self.weighted, weights)):
            for name, metric in members:
                states[name] = metric.update(states[name], y_true, y_pred, row_weights)
        return {"loss": sums["loss"] + loss * count, "rows": sums["rows"] + count, "metrics": states}

    def results(self, sums: Sums) -> dict[str, Array]:
        """The numbers to report."""
        reported = {name: metric.compute(sums["metrics"][name]) for name, metric in (*self.metrics, *self.weighted)}
        return {"loss": sums["loss"] / jnp.maximum(sums["rows"], 1.0), **reported}


def resolve(loss: Any, metric_list: Any, weighted_list: Any, target_shape: Shape, output_shape: Shape) -> Objective:
    """The objective for what a user gave `compile`, now that shapes are known.

    Raises:
        ConfigError: no loss and no metric, or two metrics of one name.
    """
    loss = None if loss is None else losses.get(loss)
    named: list[tuple[str, Any]] = []
    taken = {"loss"}
    members = _as_list(metric_list)
    for identifier in [*members, *_as_list(weighted_list)]:
        metric = metrics.resolve(identifier, loss, output_shape, target_shape)
        weighs = len(named) >= len(members) and metric.name in taken
        name = _free_name(f"weighted_{metric.name}" if weighs else metric.name, taken)
        taken.add(name)
        named.append((name, metric))
    return Objective(loss, tuple(named[: len(members)]), tuple(named[len(members) :]), target_shape, output_shape)


def _as_list(given: Any) -> Sequence[Any]:
    if given is None:
        return []
    if isinstance(given, str | dict) or callable(given):
        raise ConfigError(
            f"compile expected `metrics` as a list, such as ['accuracy']. Received {given!r}. Put it in brackets."
        )
    return list(given)


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 0
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


@lru_cache(maxsize=128)
def _gives_one_number(loss: Any, target_shape: Shape, output_shape: Shape) -> bool:
    target = jax.ShapeDtypeStruct((2, *target_shape[1:]), jnp.int32 if loss.target_kind == "label" else jnp.float32)
    output = jax.ShapeDtypeStruct((2, *output_shape[1:]), jnp.float32)
    return jax.eval_shape(loss.values, target, output).ndim == 0
