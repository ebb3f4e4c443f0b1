"""The table that `summary` prints."""

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

from glassnet.foundation.layer import Layer
from glassnet.foundation.shapes import show as show_shape
from glassnet.foundation.symbolic import Step, symbolic_in
from glassnet.layers import InputLayer


def show(model: Any, print_fn: Callable[[str], Any] | None = None, *, expand_nested: bool = False) -> None:
    """Print the table, or hand it to `print_fn`."""
    text = table(model, expand_nested=expand_nested)
    if print_fn is not None:
        print_fn(text)
    else:
        sys.stdout.write(text + "\n")


def table(model: Any, *, expand_nested: bool = False) -> str:
    """The layers, their output shapes and their numbers of parameters, aligned; where a graph branches, what each reads.

    With `expand_nested`, the layers of models inside the model follow them, indented.
    """
    rows = [("layer", "type", "output shape", "parameters", "reads"), *_rows(model, expand_nested)]
    if not _branches(model):
        rows = [(*row[:4], "") for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [
        f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:<{widths[2]}}  {d:>{widths[3]}}  {e}".rstrip()
        for a, b, c, d, e in rows
    ]
    rule = "─" * max(len(line) for line in lines)
    trains = sum(math.prod(w.shape) for w in model.trainable_weights)
    total = sum(math.prod(w.shape) for w in model.weights)
    note = f"{total:,} parameters, {trains:,} of them trained, {_size(model)}"
    return "\n".join([f"Model {model.name!r}", rule, lines[0], rule, *lines[1:], rule, note])


def layer_rows(model: Any) -> list[tuple[str, str, str, int]]:
    """(name, type, output shape, parameters) of each layer, in order."""
    shapes = {id(step.layer): _shapes(step.outputs) for step in reversed(model.steps())}
    shapes |= {id(layer): show_shape(layer.batch_shape) for layer in model.layers if isinstance(layer, InputLayer)}
    unknown = {True: "–", False: "not built"}
    return [
        (_name(model, layer), type(layer).__name__, shapes.get(id(layer), unknown[layer.built]), _parameters(layer))
        for layer in model.layers
    ]


def reads(model: Any) -> dict[str, list[str]]:
    """The names of the layers whose outputs each layer of a graph is called with, call by call."""
    starts = (
        {id(array): name for array, name in zip(model.inputs, model.input_names, strict=True)} if model.steps() else {}
    )
    made = {id(array): _name(model, s.layer) for s in model.steps() for array in symbolic_in(s.outputs)}
    made |= starts
    found: dict[str, list[str]] = {}
    for step in model.steps():
        found.setdefault(_name(model, step.layer), []).extend(
            made[id(array)] for array in symbolic_in((step.args, step.kwargs))
        )
    return found


def _rows(model: Any, expand: bool, indent: str = "") -> Iterator[tuple[str, str, str, str, str]]:
    sources = reads(model)
    by_name = {_name(model, layer): layer for layer in model.layers}
    for name, kind, shape, parameters in layer_rows(model):
        yield indent + name, kind, shape, f"{parameters:,}", ", ".join(sources.get(name, []))
        if expand and hasattr(by_name[name], "steps"):
            yield from _rows(by_name[name], expand, indent + "  ")


def _branches(model: Any) -> bool:
    steps = model.steps()
    one_each = all(len(symbolic_in((step.args, step.kwargs))) == 1 for step in steps)
    read = [id(array) for step in steps for array in symbolic_in((step.args, step.kwargs))]
    return bool(steps) and not (one_each and len(set(read)) == len(read))


def _name(model: Any, layer: Any) -> str:
    return next((name for name, held in model.sublayers() if held is layer), layer.name)


def _shapes(outputs: Any) -> str:
    return ", ".join(show_shape(array.shape) for array in symbolic_in(outputs))


def _parameters(layer: Layer) -> int:
    return sum(math.prod(w.shape) for w in layer.weights)


def _size(model: Layer) -> str:
    size = sum(w.nbytes for w in model.weights)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


def calls(model: Any) -> tuple[list[tuple[str, str, str]], list[tuple[int, int]]]:
    """The inputs and calls of a graph as (name, type, output shape), and which reads from which, by number.

    A layer that is called more than once is there for each call.
    """
    rows = [(name, "Input", show_shape(a.shape)) for name, a in zip(model.input_names, model.inputs, strict=True)]
    made = {id(array): index for index, array in enumerate(model.inputs)}
    links: list[tuple[int, int]] = []
    steps = [step for step in model.steps() if not isinstance(step.layer, InputLayer)]
    for step in model.steps():
        sources = [made[id(array)] for array in symbolic_in((step.args, step.kwargs))]
        if step not in steps:  # an input declared as a layer of a Sequential
            made |= {id(array): sources[0] for array in symbolic_in(step.outputs)}
            continue
        links += [(source, len(rows)) for source in sources]
        made |= {id(array): len(rows) for array in symbolic_in(step.outputs)}
        rows.append((_call_name(model, step, steps), type(step.layer).__name__, _shapes(step.outputs)))
    return rows, links


def _call_name(model: Any, step: Step, steps: list[Step]) -> str:
    same = [other for other in steps if other.layer is step.layer]
    name = _name(model, step.layer)
    return name if len(same) == 1 else f"{name}, call {same.index(step) + 1}"
