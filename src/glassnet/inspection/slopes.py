"""Gradients of the loss, by weight, by layer and by row."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context, engine
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import short
from glassnet.foundation.types import HostArray, Weights
from glassnet.inspection.tapping import in_batches, layer_at, rows_at_once
from glassnet.models import readiness
from glassnet.plots.attributions import importance
from glassnet.plots.picture import Picture
from glassnet.training.objective import Objective
from glassnet.training.rows import collect

_MOST_BYTES = 64 << 20


@dataclass(frozen=True, eq=False, repr=False)
class Gradients:
    """dL/dw, and how much each row has to do with it.

    Args:
        loss: Lᵢ of each row alone, penalties included, (n,).
        mean: dL/dw by the weight's path, L the mean of the Lᵢ: what `evaluate` reports.
        norms: ‖dLᵢ/dw‖ of each row by the weight's path, (n,).
        by_row: dLᵢ/dw of each row by the weight's path, (n, ...), for the layer that was asked for.

    Example:
        >>> mean = {"dense/kernel": np.array([[3.0]]), "dense/bias": np.array([4.0])}
        >>> Gradients(np.zeros(1), mean, {}, {}).by_layer()
        {'dense': 5.0}
    """

    loss: HostArray
    mean: dict[str, HostArray]
    norms: dict[str, HostArray]
    by_row: dict[str, HostArray]

    def by_layer(self) -> dict[str, float]:
        """‖dL/dw‖ over all weights of each layer, by the layer's path."""
        found: dict[str, float] = {}
        for path, gradient in self.mean.items():
            layer = path.rpartition("/")[0]
            found[layer] = found.get(layer, 0.0) + float((gradient.astype(np.float64) ** 2).sum())
        return {layer: float(np.sqrt(total)) for layer, total in found.items()}

    def hardest(self, k: int = 5) -> HostArray:
        """The numbers of the rows with the largest gradients over all weights, the largest first."""
        total = sum(norm.astype(np.float64) ** 2 for norm in self.norms.values())
        return np.argsort(-np.asarray(total), kind="stable")[:k]

    def plot(self) -> Picture:
        """The gradient's norm in each layer, the largest first."""
        norms = self.by_layer()
        note = f"loss {short(float(self.loss.mean()))} over {len(self.loss)} rows"
        values = np.array(list(norms.values()))[:, None]
        return importance(list(norms), values, title="Gradients by layer", note=note, label="norm", ordered=True)

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        lines = [f"{layer}: {short(norm)}" for layer, norm in self.by_layer().items()]
        return "\n".join([f"Gradients over {len(self.loss)} rows, norm by layer", *lines])


def gradients(
    model: Any, x: Any, y: Any, *, layer: Any = None, sample_weight: Any = None, batch_size: int | None = None
) -> Gradients:
    """dLᵢ/dw of each row i: their mean is the gradient of the loss, their norms say which rows pull.

    The model runs as in `evaluate`: dropout is off, batch normalization uses its moving mean.

    Args:
        model: a compiled model.
        x: inputs, (n, ...).
        y: targets.
        layer: keep every row's own gradient for the weights of this layer (its path) and of those inside it.
        sample_weight: a weight for each row.
        batch_size: the most rows computed at once; so many that their gradients take some tens of megabytes by default.

    Returns:
        `Gradients`.

    Raises:
        ConfigError: the model is not compiled, the loss is no mean over rows, or there is no such layer.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones", use_bias=False)])
        >>> model.compile("sgd", "mse")
        >>> found = gradients(model, [[1.0], [2.0]], [[0.0], [0.0]], layer="dense")
        >>> found.by_row["dense/kernel"].ravel().tolist(), found.mean["dense/kernel"].tolist()
        ([2.0, 8.0], [[5.0]])

    Reference:
        Goodfellow (2015), Efficient per-example gradient computations.
    """
    engine.start()
    rows = collect(x, y, sample_weight)
    objective = readiness.ready(model, rows.x, rows.y).objective
    if not objective.adds_up or readiness.always_mixes_rows(model):
        raise ConfigError(
            "gradients expected a loss that is the mean over its rows. Received one that belongs to a whole batch, in which "
            "no row has a gradient of its own. Use look(model, x, y).gradients for the batch's."
        )
    start = "" if layer is None else f"{layer_at(model, layer).path}/"
    params, rest = model.arrays()
    kept = tuple(path for path in params if start and path.startswith(start))
    program = _program(model.blueprint(), objective, kept)
    one = sum(array.nbytes for array in params.values()) or 4
    fitting = max((s for s in (1, 8, 32, 128) if s * one <= _MOST_BYTES), default=1)
    most = batch_size or min(fitting, rows_at_once(model, rows.x))
    total: dict[str, HostArray] = {path: np.zeros(array.shape, np.float64) for path, array in params.items()}

    def part(batch: Any) -> Any:
        loss, mean_of, norms, single = program(params, rest, *batch)
        for path, sum_ in mean_of.items():
            total[path] += np.asarray(sum_, np.float64)
        return loss, norms, single

    real = np.ones(rows.count, np.float32)
    loss, norms, single = in_batches(part, _padded(rows, real, most), most)
    loss, norms, single = jax.tree.map(lambda a: a[: rows.count], (loss, norms, single))
    mean = {path: (sum_ / rows.count).astype(np.float32) for path, sum_ in total.items()}
    return Gradients(loss, mean, norms, single)


def _padded(rows: Any, real: HostArray, most: int) -> Any:
    """The rows, the last one repeated with nothing counted until the number is a multiple of `most`."""
    index = np.arange(-(-len(real) // most) * most)
    x, y, weights = jax.tree.map(lambda a: a[np.minimum(index, len(real) - 1)], (rows.x, rows.y, rows.weights))
    return x, y, weights, (index < len(real)).astype(np.float32)


@lru_cache(maxsize=32)
def _program(blueprint: Blueprint, objective: Objective, kept: tuple[str, ...]) -> Any:
    """(params, rest, x, y, weights, real) -> (Lᵢ, Σ dLᵢ/dw, ‖dLᵢ/dw‖, dLᵢ/dw of the weights kept)."""

    def loss_of(params: Weights, rest: Weights, row: Any) -> Any:
        x, y, weights = jax.tree.map(lambda a: a[None], row)
        with context.entered(context.Call(False)):
            model = blueprint.assemble(params, rest)
            outputs = model(x)
            loss, _ = objective.batch_losses(y, outputs, weights, jnp.float32(1), objective.masks(outputs))
        return loss + sum(model.losses, jnp.float32(0))

    def run(params: Weights, rest: Weights, x: Any, y: Any, weights: Any, real: Any) -> Any:
        rows = (x, y, weights)
        losses, slopes = jax.vmap(lambda row: jax.value_and_grad(loss_of)(params, rest, row))(rows)
        total = jax.tree.map(lambda a: jnp.tensordot(real, a, axes=1), slopes)
        norms = jax.tree.map(lambda a: jnp.sqrt(jnp.sum(a.reshape(len(a), -1) ** 2, axis=1)), slopes)
        return losses, total, norms, {path: slopes[path] for path in kept}

    return jax.jit(run)
