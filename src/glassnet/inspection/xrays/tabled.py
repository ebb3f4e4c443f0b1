"""Numbers that read best side by side: patch and kernel, a window, the gates of each step, an attention head's weights."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.inspection.looking import LayerCall
from glassnet.inspection.xrays.lines import Table, place
from glassnet.inspection.xrays.replaying import Slopes
from glassnet.layers.convolution.arithmetic import pads, spatial_axes
from glassnet.layers.convolution.base import Convolving
from glassnet.layers.pooling.windows import Pooling

#: How many cells a side of a table shows.
_SIDE = 12
_GATES = {
    "pre_activation": "z",
    "update_gate": "z",
    "reset_gate": "r",
    "input_gate": "i",
    "forget_gate": "f",
    "candidate": "g",
    "output_gate": "o",
    "memory": "c",
    "hidden": "h",
}


def tables(call: LayerCall, slopes: Slopes | None, index: tuple[int, ...]) -> list[Table]:
    """What a call has to show for one number of its output, the row of the batch first in `index`."""
    if isinstance(call.layer, Convolving) and slopes is not None:
        return _patches(call, slopes)
    if isinstance(call.layer, Pooling):
        return _window(call, index)
    if _is_one_cell(call, index):
        return [_steps(call, index)]
    if call.named("scores"):
        return _attention(call, index)
    return []


def _patches(call: LayerCall, slopes: Slopes) -> list[Table]:
    """For each channel that the chosen number sees: the patch, the kernel over it, and their products."""
    (source, *_), row = slopes.inputs, slopes.index[0]
    last = call.layer.data_format == "channels_last"
    picture, kernel = (np.moveaxis(a[row], -1 if last else 0, 0) for a in (source.value, source.row))
    found = []
    for channel in np.flatnonzero(np.abs(kernel).reshape(len(kernel), -1).sum(1))[:4]:
        cells = [np.unique(axis) for axis in np.nonzero(kernel[channel])]
        box = np.ix_(*cells)
        title = f"channel {channel}, cells {' × '.join(_span(axis) for axis in cells)}"
        patch, weights = picture[channel][box], kernel[channel][box]
        for what, values in (("patch", patch), ("kernel", weights), ("patch × kernel", patch * weights)):
            found.append(_grid(f"{what}: {title}", values, cells))
    return found


def _window(call: LayerCall, index: tuple[int, ...]) -> list[Table]:
    """The cells that were pooled; the general form says which of them counts how much."""
    layer, x = call.layer, np.asarray(call.inputs[0])
    axes = spatial_axes(layer.dimensions, layer.data_format)
    sizes = [x.shape[axis] for axis in axes]
    before = [low for low, _ in pads(sizes, layer.pool_size, layer.strides, layer.padding)]
    cells: list[HostArray] = []
    where: list[Any] = list(index)
    for axis, size, window, stride, low in zip(axes, sizes, layer.pool_size, layer.strides, before, strict=True):
        start = index[axis] * stride - low
        cells.append(np.arange(max(start, 0), min(start + window, size)))
    for axis, inside in zip(axes, cells, strict=True):
        where[axis] = inside
    picked = x[np.ix_(*(np.atleast_1d(w) for w in where))]
    values = picked.reshape([len(inside) for inside in cells])
    return [_grid(f"window: cells {' × '.join(_span(axis) for axis in cells)}", values, cells)]


def _is_one_cell(call: LayerCall, index: tuple[int, ...]) -> bool:
    """Whether all steps are of one cell, whose unit the number is of; of several on top of each other each has its own call."""
    shapes = {np.shape(step.value) for step in call.named("hidden")}
    return len(shapes) == 1 and index[-1] < shapes.pop()[-1]


def _steps(call: LayerCall, index: tuple[int, ...]) -> Table:
    """A recurrent layer's gates, a row each step, for one unit of one row of the batch."""
    unit = index[-1]
    names = [name for name in _GATES if len(call.named(name)) == len(call.named("hidden"))]
    names = [name for name in names if np.shape(call.named(name)[0].value)[-1] > unit and name != "pre_activation"]
    if len(names) == 1:
        names = ["pre_activation", "hidden"]
    columns = [[_of_unit(step.value, index) for step in call.named(name)] for name in names]
    heads = [f"{_GATES[name]} ({name.replace('_', ' ')})" for name in names]
    slopes = [step.gradient for step in call.named("hidden")]
    if all(slope is not None for slope in slopes):
        columns.append([_of_unit(slope, index) for slope in slopes if slope is not None])
        heads.append("dL/dh")
    rows = tuple(f"t={step}" for step in range(len(columns[0])))
    return Table(f"unit {unit}, step by step", tuple(heads), rows, np.array(columns).T)


def _of_unit(value: HostArray, index: tuple[int, ...]) -> float:
    """A state's number of one unit; of a picture of states, that of its first cell."""
    return float(np.asarray(value)[index[0]].reshape(-1, np.shape(value)[-1])[0, index[-1]])


def _attention(call: LayerCall, index: tuple[int, ...]) -> list[Table]:
    """Each head's scores, mask and weights, queries by keys, and the values it mixes."""
    found = []
    weights = call.named("weights")[0].value
    heads = weights.shape[1] if weights.ndim == 4 else 1
    for head in range(min(heads, 4)):
        for name in ("scores", "mask", "weights"):
            for part in call.named(name)[:1]:
                square = np.asarray(part.value, "float64")[index[0]]
                square = square[head] if weights.ndim == 4 else square.reshape(-1, *square.shape[-2:])[0]
                found.append(_square(f"head {head}: {name}, queries by keys", square, "query", "key"))
        for part in call.named("values")[:1]:
            shared = len(part.value) * heads // (weights.shape[0] * heads)
            group = part.value[index[0] * shared + head * shared // heads]
            found.append(_square(f"head {head}: values, keys by numbers", np.asarray(group, "float64"), "key", ""))
    return found


def _square(title: str, values: HostArray, row: str, column: str) -> Table:
    shown = values[:_SIDE, :_SIDE]
    cut = "" if shown.shape == values.shape else f" (the first of {values.shape[0]} × {values.shape[1]})"
    columns = tuple(f"{column} {i}".strip() for i in range(shown.shape[1]))
    return Table(title + cut, columns, tuple(f"{row} {i}" for i in range(shown.shape[0])), shown)


def _grid(title: str, values: HostArray, cells: Sequence[HostArray]) -> Table:
    """Cells of one, two or three axes; planes of a volume stand below each other."""
    flat = values.reshape(-1, values.shape[-1])[:_SIDE, :_SIDE]
    names = [place("", where) for where in np.ndindex(*values.shape[:-1])]
    outer = [
        place("", [axis[i] for axis, i in zip(cells, where, strict=False)]) for where in np.ndindex(*values.shape[:-1])
    ]
    rows = tuple((outer if names else [""])[: len(flat)])
    return Table(title, tuple(f"[{int(c)}]" for c in cells[-1][: flat.shape[1]]), rows, flat)


def _span(cells: HostArray) -> str:
    return f"{int(cells[0])}" if len(cells) == 1 else f"{int(cells[0])}-{int(cells[-1])}"
