"""An x-ray as text for a terminal of 80 columns."""

from collections.abc import Iterable
from textwrap import wrap

import numpy as np

from glassnet.inspection.xrays.record import LayerXRay, Line, XRay
from glassnet.inspection.xrays.stepping import RealStep

_COLUMNS = 80
_MOST = 10


def shown(xray: XRay) -> str:
    """The whole step: forwards, loss, backwards, update; without a target the pass forwards alone."""
    forwards = ["", "FORWARDS"]
    for layer in xray.layers:
        forwards += _layer(layer, layer.forward)
    if xray.step is None:
        return "\n".join([f"X-ray of one pass: {xray.name}", *forwards])
    found = [f"X-ray of one training step: {xray.name}, step {xray.step.number}", *forwards]
    found += ["", "LOSS", *_loss(xray), "", "BACKWARDS"]
    for layer in reversed(xray.layers):
        found += _layer(layer, layer.backward, back=True)
    found += ["", f"UPDATE by {xray.optimizer!r}, α = {xray.step.rate:.6g}", *_weights(xray, xray.step)]
    wrong = list(xray.disagreements())
    for path, d in wrong:
        why = "the loss has a corner here" if d.kink else "not confirmed"
        found.append(f"  note: {path}{list(d.index)} {d.gradient:.6g}, difference {d.difference:.6g}: {why}")
    return "\n".join(found)


def _layer(layer: LayerXRay, lines: Iterable[Line], back: bool = False) -> list[str]:
    shape = (
        "×".join(map(str, np.shape(layer.call.outputs))) if hasattr(layer.call.outputs, "shape") else "several arrays"
    )
    found = ["", f"{layer.call.path} ({type(layer.call.layer).__name__}) → {shape}"]
    if not back:
        found += wrap(layer.formula, _COLUMNS, initial_indent="  ", subsequent_indent="  ")
        if layer.call.outputs is not None and hasattr(layer.call.outputs, "shape"):
            found += _numbers("out", np.asarray(layer.call.outputs))
    elif layer.call.gradients and layer.call.gradients[0] is not None:
        found += _numbers("dL/dout", layer.call.gradients[0])
    for line in lines:
        said = f"{line.name} = {line.numbers + ' = ' if line.numbers else ''}{line.value:.6g}"
        found += wrap(said, _COLUMNS, initial_indent="  ", subsequent_indent="      ")
    return found


def _numbers(name: str, array: np.ndarray) -> list[str]:
    flat = np.ravel(array[0] if array.ndim > 1 else array)
    more = f" … {flat.size - _MOST} more" if flat.size > _MOST else ""
    text = f"{name} = " + " ".join(f"{v:.5g}" for v in flat[:_MOST]) + more
    return wrap(text, _COLUMNS, initial_indent="  ", subsequent_indent="      ")


def _loss(xray: XRay) -> list[str]:
    found, total = [], xray.loss or 0.0
    for entry in xray.losses:
        found += wrap(f"{entry['output']}: {entry['loss']}, {entry['formula']}", _COLUMNS, initial_indent="  ")
        found += _numbers("target", np.atleast_1d(entry["target"])) + _numbers(
            "prediction", np.atleast_1d(entry["prediction"])
        )
        found.append(
            f"  loss = {entry['value']:.6g}" + (f", counts {entry['share']:g} times" if entry["share"] != 1 else "")
        )
    if abs(xray.penalty) > 1e-7 * max(1.0, abs(total)):
        found.append(f"  penalties = {xray.penalty:.6g}")
    return [*found, f"  L = {total:.6g}"]


def _weights(xray: XRay, step: RealStep) -> list[str]:
    found = [f"  {'weight':<25}{'before':>13}{'dL/dw':>13}{'difference':>13}{'after':>14}"]
    first = None
    for path, checks in xray.differences.items():
        for d in checks[:_MOST]:
            before, after = step.before[path][d.index], step.after[path][d.index]
            name = f"{path}{list(d.index)}".replace(" ", "")
            found.append(f"  {name:<25}{before!s:>13}{d.gradient:>13.5g}{d.difference:>13.5g}{after!s:>14}")
            first = first or (path, d.index)
        left = xray.gradients[path].size - min(len(checks), _MOST)
        if left:
            found.append(f"  {left} more in {path}; one of them: xray.weight({path!r}, ...)")
    if first is not None:
        worked = xray.weight(first[0], *first[1])
        found += ["", f"  worked for {first[0]}{list(first[1])}:"]
        for line in worked.update:
            said = f"{line.name} = {line.numbers + ' = ' if line.numbers else ''}{np.float32(line.value)!s}"
            found += wrap(said, _COLUMNS, initial_indent="    ", subsequent_indent="        ")
    return found
