"""What each layer of a model costs, as a table."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import show
from glassnet.inspection.counting import Count, counted
from glassnet.inspection.fields import Field, fields
from glassnet.inspection.tapping import prepared
from glassnet.plots.bars import bars


@dataclass(frozen=True)
class Cost:
    """What one layer costs for one row.

    Args:
        path: the layer's path.
        kind: its class.
        output_shape: the shape of its output without the batch; a list of them where there are several.
        parameters: how many numbers its weights are, running means included.
        multiply_adds: multiply-adds in matrix products and convolutions.
        elementwise: further operations: biases, activations, the sums of poolings and normalizations.
        weight_bytes: the memory of its weights.
        output_bytes: the memory of its output.
        receptive_field: how many positions of the input one of its numbers sees along each axis; ``"all"``; or None where
            that is not known.
        calls: how often the model calls it; what is counted is their sum.

    Example:
        >>> Cost("dense", "Dense", (10,), 110, 100, 10, 440, 40, "all").flops
        200
    """

    path: str
    kind: str
    output_shape: Any
    parameters: int
    multiply_adds: int
    elementwise: int
    weight_bytes: int
    output_bytes: int
    receptive_field: tuple[int, ...] | str | None
    calls: int = 1

    @property
    def flops(self) -> int:
        """2 · multiply_adds: one multiplication and one addition each, the usual count, without what is elementwise."""
        return 2 * self.multiply_adds


@dataclass(frozen=True, repr=False)
class Costs:
    """The layers' costs for one row, in the order in which they are called first.

    Args:
        layers: one for each layer that computes or holds something itself; layers that only hold others are not among them.

    Example:
        >>> Costs((Cost("dense", "Dense", (10,), 110, 100, 10, 440, 40, "all"),))["dense"].parameters
        110
    """

    layers: tuple[Cost, ...]

    def __iter__(self) -> Iterator[Cost]:
        return iter(self.layers)

    def __getitem__(self, path: str) -> Cost:
        found = {cost.path: cost for cost in self.layers}
        if path not in found:
            raise ConfigError(f"No costs are known of a layer {path!r}. There are those of: {', '.join(found)}.")
        return found[path]

    @property
    def parameters(self) -> int:
        """All parameters."""
        return sum(cost.parameters for cost in self.layers)

    @property
    def multiply_adds(self) -> int:
        """All multiply-adds for one row."""
        return sum(cost.multiply_adds for cost in self.layers)

    @property
    def flops(self) -> int:
        """2 · multiply_adds."""
        return 2 * self.multiply_adds

    @property
    def output_bytes(self) -> int:
        """The memory of all outputs for one row: about what training keeps for the way back."""
        return sum(cost.output_bytes for cost in self.layers)

    def _repr_svg_(self) -> str:
        values, unknown = [float(cost.flops) for cost in self.layers], [None] * len(self.layers)
        return bars([cost.path for cost in self.layers], values, unknown, unknown, title="FLOPs by layer")

    def __repr__(self) -> str:
        head = ("layer", "output", "parameters", "FLOPs", "elementwise", "weights", "output memory", "sees")
        rows = [head, *(_row(cost) for cost in self.layers)]
        wide = [max(len(row[i]) for row in rows) for i in range(len(head))]
        lines = ["  ".join(_cell(i, word, wide[i]) for i, word in enumerate(row)) for row in rows]
        rule = "─" * max(map(len, lines))
        total = f"{self.parameters:,} parameters; for one row {self.flops:,} FLOPs and {_bytes(self.output_bytes)} of outputs"
        return "\n".join([lines[0].rstrip(), rule, *(line.rstrip() for line in lines[1:]), rule, total])


def costs(model: Any, x: Any = None) -> Costs:
    """Parameters, multiply-adds, memory and receptive field of each layer, for one row. Nothing is computed.

    What is counted is the program that JAX traces, so layers and functions of one's own count too. One multiply-add is two
    FLOPs; what is done number by number, such as a bias or an activation, is told apart as `elementwise`.

    Args:
        model: a model that knows its inputs' shapes, or any with `x`.
        x: a row or some, where the model does not know, such as the length of its sequences.

    Returns:
        `Costs`, which prints as a table.

    Raises:
        ConfigError: the shape of one row is not known.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Conv2D, Dense, Flatten
        >>> found = costs(Sequential([Input((8, 8, 1)), Conv2D(4, 3), Flatten(), Dense(10)]))
        >>> found["conv2d"].multiply_adds, found["dense"].flops, found["conv2d"].receptive_field
        (1296, 2880, (3, 3))

    Reference:
        Molchanov, Tyree, Karras, Aila & Kautz (2017), Pruning convolutional neural networks for resource efficient
        inference, appendix A.1.
    """
    engine.start()
    row = _one_row(model, x)
    seen = fields(model, row)
    by_path: dict[str, list[Count]] = {}
    for count in counted(model, row):
        by_path.setdefault(count.path, []).append(count)
    found = [_cost(path, calls, seen.get(path)) for path, calls in by_path.items() if _is_of_interest(calls)]
    return Costs(tuple(found))


def _one_row(model: Any, x: Any) -> Any:
    if x is not None:
        rows = prepared(model, x)
        return jax.tree.map(lambda a: jax.ShapeDtypeStruct((1, *a.shape[1:]), a.dtype), rows)
    ends = model.input if getattr(model, "_ends", None) is not None else None
    shapes = [] if ends is None else [array.shape[1:] for array in jax.tree.leaves(ends)]
    if not shapes or any(size is None for shape in shapes for size in shape):
        raise ConfigError(
            "costs expected a model that knows the shape of a row. Received one that does not. Pass a row: costs(model, x[:1])."
        )
    return jax.tree.map(lambda a: jax.ShapeDtypeStruct((1, *a.shape[1:]), a.dtype), ends)


def _is_of_interest(calls: list[Count]) -> bool:
    layer = calls[0].layer
    own = sum(call.products + call.others for call in calls)
    leaf = not any(True for _, _ in layer.sublayers())
    return (leaf or own > 0) and type(layer).__name__ != "InputLayer"


def _cost(path: str, calls: list[Count], field: Field) -> Cost:
    layer = calls[0].layer
    held = [weight for owner, weight in _own_weights(layer)]
    outputs = jax.tree.leaves(calls[0].outputs)
    shapes = [tuple(output.shape[1:]) for output in outputs]
    return Cost(
        path,
        type(layer).__name__,
        shapes[0] if len(shapes) == 1 else shapes,
        sum(math.prod(weight.shape) for weight in held),
        sum(call.products for call in calls),
        sum(call.others for call in calls),
        sum(math.prod(weight.shape) * np.dtype(weight.dtype).itemsize for weight in held),
        sum(math.prod(o.shape) * np.dtype(o.dtype).itemsize for call in calls for o in jax.tree.leaves(call.outputs)),
        tuple(seen.size for seen in field) if isinstance(field, tuple) else field,
        len(calls),
    )


def _own_weights(layer: Any) -> Iterator[tuple[Any, Any]]:
    """The weights that the layer holds itself, not those of layers inside."""
    for _, owner, name, _ in layer.locate_weights():
        if owner is layer:
            yield owner, getattr(layer, name)


def _row(cost: Cost) -> tuple[str, ...]:
    sees = cost.receptive_field
    said = "–" if sees is None else sees if isinstance(sees, str) else " × ".join(map(str, sees))
    shape = show(cost.output_shape) if isinstance(cost.output_shape, tuple) else f"{len(cost.output_shape)} outputs"
    numbers = (f"{cost.parameters:,}", f"{cost.flops:,}", f"{cost.elementwise:,}")
    return (cost.path, shape, *numbers, _bytes(cost.weight_bytes), _bytes(cost.output_bytes), said)


def _cell(column: int, word: str, wide: int) -> str:
    return f"{word:<{wide}}" if column < 2 else f"{word:>{wide}}"


def _bytes(size: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
