"""An x-ray as text for a terminal of 80 columns: every number of a small network, a summary with ways in of a large one."""

from collections.abc import Iterable
from textwrap import wrap

import jax
import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.inspection.xrays.lines import Line, Table
from glassnet.inspection.xrays.record import LayerXRay, WeightXRay, XRay
from glassnet.inspection.xrays.stepping import RealStep

_COLUMNS = 80
_MOST = 10


def shown(xray: XRay) -> str:
    """The whole step: forwards, loss, backwards, update; without a target the pass forwards alone."""
    what = "one pass" if xray.step is None else "one training step"
    found = [f"X-ray of {what}: {xray.name}" + ("" if xray.step is None else f", step {xray.step.number}")]
    if xray.worked:
        found += ["", "FORWARDS"]
        for layer in xray.layers:
            found += ["", *_forward(layer)]
    else:
        found += ["", "LAYERS", *_summary(xray)]
    if xray.step is None:
        return "\n".join(found)
    found += ["", "LOSS", *loss_lines(xray)]
    if xray.worked:
        found += ["", "BACKWARDS"]
        for layer in reversed(xray.layers):
            found += ["", *_backward(layer)]
    return "\n".join([*found, "", *update_lines(xray, xray.step)])


def shown_layer(layer: LayerXRay) -> str:
    """One layer, forwards and backwards."""
    return "\n".join([*_forward(layer), "", *_backward(layer)])


def shown_weight(weight: WeightXRay) -> str:
    """One number of one weight, from its gradient to its new value."""
    found = [f"{weight.path}{list(weight.index)}", f"  w = {np.float32(weight.before)!s}"]
    found += [f"  dL/dw = {weight.gradient:.6g}", f"  central difference = {weight.difference.difference:.6g}"]
    return "\n".join([*found, *_steps(weight.update, "  "), f"  w after = {np.float32(weight.after)!s}"])


def _forward(layer: LayerXRay) -> list[str]:
    found = [title(layer), *_wrapped(layer.formula, "  ")]
    for array in _arrays(layer.call.outputs)[:1]:
        found += _numbers("out", array)
    found += _lines(layer.forward)
    found += _wrapped(more_units(layer))
    return [*found, *(line for table in layer.tables for line in _table(table))]


def _backward(layer: LayerXRay) -> list[str]:
    slopes = [slope for slope in layer.call.gradients if slope is not None]
    found = [title(layer)]
    if not slopes:
        return [*found, "  no loss hangs on it here, or its output is no float"]
    return [*found, *_numbers("dL/dout", slopes[0]), *_lines(layer.backward)]


def title(layer: LayerXRay) -> str:
    """The layer, its class and the shape of its output."""
    return f"{layer.call.path} ({type(layer.call.layer).__name__}) → {_shape(layer)}"


def _shape(layer: LayerXRay) -> str:
    shapes = ["×".join(map(str, array.shape)) or "1" for array in _arrays(layer.call.outputs)]
    return " and ".join(shapes[:3]) + (" …" if len(shapes) > 3 else "")


def _arrays(outputs: object) -> list[HostArray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(outputs)]


def _lines(lines: Iterable[Line]) -> list[str]:
    found = []
    for line in lines:
        found += _wrapped(f"{line.name} = {line.numbers + ' = ' if line.numbers else ''}{line.value:.6g}", "  ")
    return found


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return wrap(text, _COLUMNS, initial_indent=indent, subsequent_indent=indent + "    ", break_long_words=True)


def _table(table: Table) -> list[str]:
    """The table, its columns folded where they do not fit beside each other."""
    first = max(map(len, table.rows), default=0)
    cells = [[f"{value:.4g}" for value in row] for row in np.asarray(table.values, "float64")]
    widths = [
        max(len(head), *(len(row[i]) for row in cells)) if cells else len(head) for i, head in enumerate(table.columns)
    ]
    found, start = ["", *_wrapped(table.title)], 0
    while start < len(widths):
        end, width = start, 4 + first
        while end < len(widths) and (end == start or width + widths[end] + 2 <= _COLUMNS):
            width, end = width + widths[end] + 2, end + 1
        part = range(start, end)
        found.append("    " + " " * first + "".join(f"  {table.columns[i]:>{widths[i]}}" for i in part))
        for name, row in zip(table.rows, cells, strict=False):
            found.append(f"    {name:<{first}}" + "".join(f"  {row[i]:>{widths[i]}}" for i in part))
        start = end
    return found


def _numbers(name: str, array: HostArray) -> list[str]:
    flat = np.ravel(array[0] if array.ndim > 1 else array)
    more = f" … {flat.size - _MOST} more" if flat.size > _MOST else ""
    return _wrapped(f"{name} = " + " ".join(f"{v:.5g}" for v in flat[:_MOST]) + more)


def _summary(xray: XRay) -> list[str]:
    """A line a call, and how to see more."""
    found = [f"  {'layer':<32}{'output':>18}{'mean |out|':>13}{'max |dL/dout|':>15}"]
    for layer in xray.layers:
        name = "  " * (layer.call.depth - 1) + layer.call.path.rsplit("/", 1)[-1]
        outputs, slopes = _arrays(layer.call.outputs), [s for s in layer.call.gradients if s is not None]
        size = f"{np.mean(np.abs(outputs[0])):.4g}" if outputs and outputs[0].size else ""
        slope = f"{np.max(np.abs(slopes[0])):.4g}" if slopes and slopes[0].size else ""
        found.append(f"  {_cut(name, 31):<32}{_cut(_shape(layer), 17):>18}{size:>13}{slope:>15}")
    path = xray.layers[-1].call.path
    return [*found, *_wrapped(f"Each with its working: xray.layer({path!r}); another number of it: .unit(...)")]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else "…" + text[1 - most :]


def loss_lines(xray: XRay) -> list[str]:
    """The loss of each output, penalties, and all of it."""
    found, total = [], xray.loss or 0.0
    for entry in xray.losses:
        found += _wrapped(f"{entry['output']}: {entry['loss']}, {entry['formula']}")
        found += _numbers("target", np.atleast_1d(entry["target"]))
        found += _numbers("prediction", np.atleast_1d(entry["prediction"]))
        weights = entry["weights"]
        if weights is not None and np.any(weights != 1):
            found += _numbers("weights of the rows", np.atleast_1d(weights))
        times = f", counts {entry['share']:g} times" if entry["share"] != 1 else ""
        found.append(f"  loss = {entry['value']:.6g}{times}")
    if abs(xray.penalty) > 1e-6 * max(1.0, abs(total)):
        found.append(f"  penalties = {xray.penalty:.6g}")
    return [*found, f"  L = {total:.6g}"]


def update_lines(xray: XRay, step: RealStep) -> list[str]:
    """Weights before and after beside their gradients, one of them worked, and what is to be said of it."""
    found = wrap(f"UPDATE by {xray.optimizer!r}, α = {step.rate:.6g}", _COLUMNS, subsequent_indent="  ")
    found.append(f"  {'weight':<24}{'before':>14}{'dL/dw':>13}{'difference':>12}{'after':>15}")
    first, most = None, _MOST if xray.worked else 1
    for path, checks in xray.differences.items():
        for d in sorted(sorted(checks, key=lambda d: -abs(d.gradient))[:most], key=lambda d: d.index):
            before, after = step.before[path][d.index], step.after[path][d.index]
            name = f"{path}{list(d.index)}".replace(" ", "")
            found += [f"  {name}"] if len(name) > 24 else []
            name = "" if len(name) > 24 else name
            found.append(f"  {name:<24}{before!s:>14}{d.gradient:>13.5g}{d.difference:>12.5g}{after!s:>15}")
            first = first or (path, d.index)
        left = xray.gradients[path].size - min(len(checks), most)
        if left:
            found += _wrapped(f"{left} more in {path}; one of them: xray.weight({path!r}, ...)")
    if first is not None:
        found += [
            "",
            f"  worked for {first[0]}{list(first[1])}:",
            *_steps(xray.weight(first[0], *first[1]).update, "    "),
        ]
    if step.left:
        found += ["", *_wrapped("fit leaves the average of the weights in the model: xray.step.left")]
    return [*found, *_notes(xray)]


def _notes(xray: XRay) -> list[str]:
    """Gradients that central differences do not confirm, and differences less exact than usual."""
    found = []
    if xray.checker is not None and not xray.checker.wide:
        found += _wrapped("note: differences with 32 bits, since the network is another one, or none, with 64")
    for path, d in xray.disagreements():
        why = "the loss has a corner here" if d.kink else "not confirmed"
        found += _wrapped(f"note: {path}{list(d.index)} {d.gradient:.6g}, difference {d.difference:.6g}: {why}")
    return found


def more_units(layer: LayerXRay) -> str:
    """How many units of a large dense layer are not written out, and how to see one; empty where all are."""
    left = layer.working.more_units
    return f"{left} units more: .unit(0) of this layer writes out the first" if left else ""


def _steps(lines: Iterable[Line], indent: str) -> list[str]:
    found = []
    for line in lines:
        said = f"{line.name} = {line.numbers + ' = ' if line.numbers else ''}{np.float32(line.value)!s}"
        found += _wrapped(said, indent)
    return found
