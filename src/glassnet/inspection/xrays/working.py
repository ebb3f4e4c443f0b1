"""Layers' formulas with numbers in them: forwards, and the chain rule backwards."""

import inspect
from typing import Any

import jax
import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.inspection.looking import LayerCall
from glassnet.inspection.xrays.record import Line
from glassnet.layers import Dense

#: How many units of a layer, and terms of a sum, are written out.
MOST = 8


def number(value: Any) -> str:
    """A number in five digits, in brackets when it is below 0.

    Example:
        >>> number(0.123456), number(-2.0)
        ('0.12346', '(-2)')
    """
    text = f"{float(value):.5g}"
    return f"({text})" if text.startswith("-") else text


def formula_of(thing: Any) -> str:
    """The first line of a class's description, which is its formula.

    Example:
        >>> formula_of(Dense(1))[:14]
        'h = f(x W + b)'
    """
    doc = inspect.getdoc(type(thing)) or ""
    first = doc.split("``")[1] if doc.startswith("``") else doc.split("\n", 1)[0]
    return first.strip("`. ")


def forward(call: LayerCall, weights: dict[str, HostArray]) -> tuple[Line, ...]:
    """The worked lines of a call, of its first row."""
    z = call.named("pre_activation")
    if isinstance(call.layer, Dense) and z and z[0].value.ndim == 2:
        return tuple(_dense(call, weights, z[0].value))
    found = [
        Line(_at(part.name, step), "", float(part.value[0].ravel()[unit]))
        for step, part in _by_time(call)
        if np.ndim(part.value) > 0 and np.size(part.value)
        for unit in range(min(part.value[0].size, MOST))
    ]
    return tuple(found[: 8 * MOST])


def backward(call: LayerCall, weights: dict[str, HostArray]) -> tuple[Line, ...]:
    """The chain rule through a Dense call, of its first row; for others dL/d of what was put out and of what is inside."""
    z = call.named("pre_activation")
    if isinstance(call.layer, Dense) and z and z[0].value.ndim == 2 and z[0].gradient is not None:
        return tuple(_dense_back(call, z[0].value, z[0].gradient))
    found = []
    for step, part in _by_time(call):
        if part.gradient is not None and np.ndim(part.gradient) > 0 and np.size(part.gradient):
            place = int(np.argmax(np.abs(part.gradient[0])))
            found.append(Line(f"dL/d{_at(part.name, step)}[{place}]", "", float(part.gradient[0].ravel()[place])))
    return tuple(found[: 4 * MOST])


def _dense(call: LayerCall, weights: dict[str, HostArray], z: HostArray) -> list[Line]:
    x, kernel = call.inputs[0][0], weights[f"{call.path}/kernel"]
    bias = weights.get(f"{call.path}/bias")
    out = np.asarray(call.outputs)[0]
    name = getattr(call.layer.activation, "__name__", "f")
    found = []
    for j in _units(call, z.shape[1]):
        chosen = np.sort(np.argsort(-np.abs(x * kernel[:, j]), kind="stable")[:MOST])
        terms = [f"{number(x[i])} × {number(kernel[i, j])}" for i in chosen]
        if len(x) > MOST:
            rest = float(np.sum(x * kernel[:, j]) - np.sum((x * kernel[:, j])[chosen]))
            terms.append(f"{number(rest)} from {len(x) - MOST} more")
        if bias is not None:
            terms.append(number(bias[j]))
        found.append(Line(f"z[{j}]", " + ".join(terms), float(z[0, j])))
        found.append(Line(f"a[{j}]", f"{name}({float(z[0, j]):.5g})", float(out[j])))
    return found


def _dense_back(call: LayerCall, z: HostArray, dz: HostArray) -> list[Line]:
    da, x = call.gradients[0], call.inputs[0]
    slope = _slopes(call.layer.activation, z)
    found = []
    for j in _units(call, z.shape[1]):
        d = float(dz[0, j])
        if da is not None and slope is not None:
            found.append(Line(f"da[{j}]/dz[{j}]", "", float(slope[0, j])))
            found.append(Line(f"dL/dz[{j}]", f"dL/da × da/dz = {number(da[0, j])} × {number(slope[0, j])}", d))
        else:
            found.append(Line(f"dL/dz[{j}]", "", d))
        for i in range(min(x.shape[1], MOST)):
            terms = [f"{number(x[b, i])} × {number(dz[b, j])}" for b in range(min(len(x), MOST))]
            total = float(np.sum(x[:, i] * dz[:, j]))
            found.append(
                Line(f"Σ x[{i}] × dL/dz[{j}]" if len(x) > 1 else f"x[{i}] × dL/dz[{j}]", " + ".join(terms), total)
            )
    return found


def _units(call: LayerCall, count: int) -> list[int]:
    """The units that are written out: all of a few, else those that the loss depends on most."""
    slopes = call.gradients[0] if call.gradients else None
    if count <= MOST or slopes is None:
        return list(range(min(count, MOST)))
    return sorted(np.argsort(-np.abs(slopes[0]), kind="stable")[:MOST].tolist())


def _slopes(activation: Any, z: HostArray) -> HostArray | None:
    """f'(z) where each number has a slope of its own; None where f mixes them, as softmax does."""
    if activation is None:
        return np.ones_like(z)
    probe = np.linspace(1.0, 2.0, z.size, dtype=z.dtype).reshape(z.shape)
    along = jax.jit(lambda z, v: jax.jvp(activation, (z,), (v,))[1])
    slope, mixed = np.asarray(along(z, np.ones_like(z))), np.asarray(along(z, probe))
    return slope if np.allclose(mixed, probe * slope, rtol=1e-4, atol=1e-6) else None


def _by_time(call: LayerCall) -> list[tuple[int | None, Any]]:
    """The named numbers, each with the number of its time step where its name was met more than once."""
    counts: dict[str, int] = {}
    found = []
    for part in call.inside:
        step = counts.get(part.name, 0)
        counts[part.name] = step + 1
        found.append((step if len(call.named(part.name)) > 1 else None, part))
    return found


def _at(name: str, step: int | None) -> str:
    return name if step is None else f"{name}(t={step})"
