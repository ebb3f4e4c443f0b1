"""What training minimises and reports: a head for each output, over batches that may hold padded rows."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp

from glassnet.foundation import context
from glassnet.foundation.types import Array
from glassnet.training.head import Head, picked

Sums = dict[str, Any]
"""What is summed over the batches of an epoch."""


@dataclass(frozen=True)
class Objective:
    """``L = Σ_k share_k loss_k``: the losses and metrics of all outputs. Compared by value, like everything compiled in.

    Args:
        heads: one for each output of which something is asked.
    """

    heads: tuple[Head, ...]

    @property
    def adds_up(self) -> bool:
        """Whether the loss of several batches is the mean over their rows, so that it does not matter how they are cut."""
        return all(head.adds_up for head in self.heads)

    @property
    def several(self) -> bool:
        """Whether losses are reported for each output too."""
        return len(self.heads) > 1

    @property
    def names(self) -> list[str]:
        """The names of what is reported, losses first."""
        losses = [f"{head.name}_loss" for head in self.heads if head.loss is not None] if self.several else []
        return ["loss", *losses, *(name for head in self.heads for name, _ in (*head.metrics, *head.weighted))]

    def masks(self, y_pred: Any) -> dict[str, Any]:
        """The masks that travel with the outputs, by head; read while the model's call is still open."""
        return {head.name: context.noted(picked(y_pred, head.output), "mask") for head in self.heads}

    def batch_losses(
        self, y_true: Any, y_pred: Any, weights: Any, count: Array, masks: dict[str, Any]
    ) -> tuple[Array, dict[str, Array]]:
        """The scalar that training minimises for a batch, and each output's loss."""
        parts = {h.name: h.batch_loss(y_true, y_pred, weights, count, masks[h.name]) for h in self.heads}
        return sum((h.share * parts[h.name] for h in self.heads), jnp.float32(0)), parts

    def start(self) -> Sums:
        """Empty sums."""
        parts = {head.name: jnp.float32(0) for head in self.heads}
        states = {head.name: head.start() for head in self.heads}
        return {"loss": jnp.float32(0), "parts": parts, "rows": jnp.float32(0), "metrics": states}

    def update(
        self,
        sums: Sums,
        y_true: Any,
        y_pred: Any,
        real: Array,
        weights: Any,
        loss: Array,
        parts: dict[str, Array],
        masks: dict[str, Any],
    ) -> Sums:
        """Add one batch.

        Args:
            sums: the sums so far.
            y_true: the targets.
            y_pred: the outputs.
            real: 1 for real rows and 0 for padded ones, (B,).
            weights: the rows' weights, 0 for padded ones.
            loss: the batch's loss, penalties included.
            parts: each output's loss.
            masks: which positions of each output count.
        """
        count = jnp.sum(real)
        return {
            "loss": sums["loss"] + loss * count,
            "parts": {name: sums["parts"][name] + part * count for name, part in parts.items()},
            "rows": sums["rows"] + count,
            "metrics": {
                h.name: h.update(sums["metrics"][h.name], y_true, y_pred, real, weights, masks[h.name])
                for h in self.heads
            },
        }

    def results(self, sums: Sums) -> dict[str, Array]:
        """The numbers to report."""
        rows = jnp.maximum(sums["rows"], 1.0)
        reported = {"loss": sums["loss"] / rows}
        for head in self.heads:
            if self.several and head.loss is not None:
                reported[f"{head.name}_loss"] = sums["parts"][head.name] / rows
            reported |= head.compute(sums["metrics"][head.name])
        return reported
