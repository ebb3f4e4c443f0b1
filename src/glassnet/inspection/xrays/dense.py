"""A dense layer with every number: z = x W + b, a = f(z), and back again."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.inspection.looking import LayerCall
from glassnet.inspection.xrays.lines import MOST, Line, number
from glassnet.layers import Dense

#: A layer of at most so many weights is written out whole; of a larger one, the units that matter most and a few weights each.
SMALL = 24
SOME = 2


def is_dense(call: LayerCall) -> bool:
    """Whether the call is one of a `Dense` layer on rows of numbers."""
    z = call.named("pre_activation")
    return isinstance(call.layer, Dense) and len(z) == 1 and np.ndim(z[0].value) == 2


def forward(call: LayerCall, weights: dict[str, HostArray], units: Sequence[int], row: int = 0) -> list[Line]:
    """z and a of these units, for one row."""
    x, kernel, z = call.inputs[0][row], weights[f"{call.path}/kernel"], call.named("pre_activation")[0].value[row]
    bias = weights.get(f"{call.path}/bias")
    found = []
    for j in units:
        found.append(Line(f"z[{j}]", _sum(x, kernel[:, j], None if bias is None else bias[j]), float(z[j])))
        found.append(Line(f"a[{j}]", f"{_name(call)}({float(z[j]):.5g})", float(np.asarray(call.outputs)[row, j])))
    return found


def backward(call: LayerCall, weights: dict[str, HostArray], units: Sequence[int], row: int = 0) -> list[Line]:
    """The chain rule: dL/dz from what arrives, dL/dW and dL/db for these units, and dL/dx, which leaves."""
    z = call.named("pre_activation")[0]
    if z.gradient is None:
        return []
    dz, slope = z.gradient, slopes(call.layer.activation, z.value)
    found: list[Line] = []
    for j in units:
        found += [*_through(call, slope, dz, j, row), *_weights(call, weights, dz, j)]
    return found + _leaving(call, weights, dz[row])


def slopes(activation: Any, z: HostArray) -> HostArray | None:
    """f'(z) where each number has a slope of its own; None where f mixes them, as softmax does."""
    if activation is None:
        return np.ones_like(z)
    probe = np.linspace(1.0, 2.0, z.size, dtype=z.dtype).reshape(z.shape)
    along = jax.jit(lambda z, v: jax.jvp(activation, (z,), (v,))[1])
    slope, mixed = np.asarray(along(z, np.ones_like(z))), np.asarray(along(z, probe))
    return slope if np.allclose(mixed, probe * slope, rtol=1e-4, atol=1e-6) else None


def _sum(x: HostArray, w: HostArray, bias: Any) -> str:
    chosen = np.sort(np.argsort(-np.abs(x * w), kind="stable")[:MOST])
    terms = [f"{number(x[i])} × {number(w[i])}" for i in chosen]
    if len(x) > MOST:
        terms.append(f"{number(np.sum(x * w) - np.sum((x * w)[chosen]))} from {len(x) - MOST} more")
    if bias is not None:
        terms.append(number(bias))
    return " + ".join(terms)


def _through(call: LayerCall, slope: HostArray | None, dz: HostArray, j: int, row: int) -> list[Line]:
    da = call.gradients[0]
    if da is None or slope is None:
        return [Line(f"dL/dz[{j}]", "", float(dz[row, j]))]
    text = f"dL/da × da/dz = {number(da[row, j])} × {number(slope[row, j])}"
    return [
        Line(f"da[{j}]/dz[{j}]", f"{_name(call)}'(z[{j}])", float(slope[row, j])),
        Line(f"dL/dz[{j}]", text, float(dz[row, j])),
    ]


def _weights(call: LayerCall, weights: dict[str, HostArray], dz: HostArray, j: int) -> list[Line]:
    """dL/dW[i, j] = Σ x[i] × dL/dz[j] over the batch's rows."""
    x, found = call.inputs[0], []
    sign = "Σ " if len(x) > 1 else ""
    for i in range(_shown(x.shape[1], dz.shape[1])):
        name = f"dL/dW[{i}, {j}]"
        found.append(
            Line(name, f"{sign}x[{i}] × dL/dz[{j}] = {_over_rows(x[:, i], dz[:, j])}", float(x[:, i] @ dz[:, j]))
        )
    if f"{call.path}/bias" in weights:
        terms = " + ".join(number(d) for d in dz[:MOST, j]) + (" + …" if len(dz) > MOST else "")
        found.append(Line(f"dL/db[{j}]", f"{sign}dL/dz[{j}] × 1 = {terms}", float(dz[:, j].sum())))
    return found


def _over_rows(x: HostArray, dz: HostArray) -> str:
    more = f" + {len(x) - MOST} rows more" if len(x) > MOST else ""
    return " + ".join(f"{number(a)} × {number(b)}" for a, b in zip(x[:MOST], dz[:MOST], strict=True)) + more


def _leaving(call: LayerCall, weights: dict[str, HostArray], dz: HostArray) -> list[Line]:
    kernel = weights[f"{call.path}/kernel"]
    return [
        Line(f"dL/dx[{i}]", f"Σ dL/dz × W[{i}, :] = {_sum(dz, kernel[i], None)}", float(dz @ kernel[i]))
        for i in range(_shown(*kernel.shape))
    ]


def _shown(inputs: int, units: int) -> int:
    """Of how many inputs the slopes are written out."""
    return min(inputs, MOST if inputs * units <= SMALL else SOME)


def _name(call: LayerCall) -> str:
    return getattr(call.layer.activation, "__name__", "f")
