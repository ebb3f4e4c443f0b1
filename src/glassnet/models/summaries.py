"""The table that `summary` prints."""

import math
import sys
from collections.abc import Callable
from typing import Any

from glassnet.foundation.layer import Layer
from glassnet.foundation.shapes import show as show_shape


def show(model: Any, print_fn: Callable[[str], Any] | None = None) -> None:
    """Print the table, or hand it to `print_fn`."""
    text = table(model)
    if print_fn is not None:
        print_fn(text)
    else:
        sys.stdout.write(text + "\n")


def table(model: Any) -> str:
    """The layers, their output shapes and their numbers of parameters, aligned."""
    rows = [
        ("layer", "type", "output shape", "parameters"),
        *((r[0], r[1], r[2], f"{r[3]:,}") for r in layer_rows(model)),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:<{widths[2]}}  {d:>{widths[3]}}".rstrip() for a, b, c, d in rows]
    rule = "─" * max(len(line) for line in lines)
    trains = sum(math.prod(w.shape) for w in model.trainable_weights)
    total = sum(math.prod(w.shape) for w in model.weights)
    note = f"{total:,} parameters, {trains:,} of them trained, {_size(model)}"
    return "\n".join([f"Model {model.name!r}", rule, lines[0], rule, *lines[1:], rule, note])


def layer_rows(model: Any) -> list[tuple[str, str, str, int]]:
    """(name, type, output shape, parameters) of each layer, in order."""
    rows = []
    shape = getattr(model, "_input", None) and model.input_shape
    for layer in model.layers:
        shape = layer.compute_output_shape(shape) if shape is not None else None
        rows.append((layer.name, type(layer).__name__, show_shape(shape) if shape else "not built", _parameters(layer)))
    return rows


def _parameters(layer: Layer) -> int:
    return sum(math.prod(w.shape) for w in layer.weights)


def _size(model: Layer) -> str:
    size = sum(w.nbytes for w in model.weights)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
