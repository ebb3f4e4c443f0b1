"""Layers of which the textbook shows more than a sum of products: normalization, dropout, rows of a table, activations."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from glassnet import layers
from glassnet.foundation.types import HostArray
from glassnet.inspection.looking import LayerCall
from glassnet.inspection.xrays.lines import Line, number, place
from glassnet.layers.normalization.axes import places

Weights = dict[str, HostArray]
Index = tuple[int, ...]


def worked(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    """The lines of one number of the output; none where the general form says it all.

    Args:
        call: what was seen.
        weights: all weights by path.
        index: where the number is, the row of the batch first.
    """
    for kind, work in _WORKED.items():
        if isinstance(call.layer, kind):
            return work(call, weights, index)
    return []


def _activation(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    """y = f(x), and the slope f'(x)."""
    x, name = _first(call)[index], _name(call.layer)
    own = weights.get(f"{call.path}/alpha")
    settings = {} if own is None else {"alpha": own}
    value, slope = _with_slope(call.layer, settings, _first(call), index)
    if slope is None:
        return []
    at = place("", index[1:])
    return [Line(f"y{at}", f"{name}({float(x):.5g})", value), Line(f"dy{at}/dx{at}", f"{name}'({float(x):.5g})", slope)]


def _with_slope(layer: Any, settings: Weights, x: HostArray, index: Index) -> tuple[float, float | None]:
    """f(x) and f'(x) where each number has a slope of its own; None where f mixes numbers."""
    probe = np.zeros_like(x)
    probe[index] = 1

    def run(layer: Any, x: Any) -> Any:
        for name, value in settings.items():
            layer.__dict__[name] = value
        return layer(x)

    y, slopes = jax.jit(lambda layer, x, v: jax.jvp(lambda x: run(layer, x), (x,), (v,)))(layer, x, probe)
    slopes = np.array(slopes)
    slope = float(slopes[index])
    slopes[index] = 0
    return float(y[index]), slope if not slopes.any() else None


def _softmax(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    """exp(x_i) / Σ exp(x_j), the largest x taken off first, which changes nothing."""
    axis = getattr(call.layer, "axis", -1)
    axes = tuple(a % np.ndim(_first(call)) for a in (axis if isinstance(axis, tuple) else (axis,)))
    x = _first(call).astype("float64")
    e = np.exp(x - x.max(axes, keepdims=True))
    total = np.broadcast_to(e.sum(axes, keepdims=True), x.shape)
    at = place("", index[1:])
    top = np.broadcast_to(x.max(axes, keepdims=True), x.shape)[index]
    return [
        Line(f"e{at}", f"exp(x - max x) = exp({number(x[index])} - {number(top)})", float(e[index])),
        Line("Σ e", "", float(total[index])),
        Line(f"y{at}", f"{number(e[index])} / {number(total[index])}", _output(call, index)),
    ]


def _dropout(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    """Which numbers of the row were kept, and the scale of those."""
    rate = float(call.layer.rate)
    if not call.options.get("training", True) or rate in (0.0, 1.0):
        return []
    x, y = _first(call)[index[0]], np.asarray(call.outputs)[index[0]]
    tells = x != 0
    kept = (y != 0) & tells
    pairs = zip(tells.ravel()[:40], kept.ravel()[:40], strict=True)
    shown = "".join("?" if not told else "1" if k else "0" for told, k in pairs)
    more = " …" if x.size > 40 else ""
    at = place("", index[1:])
    return [
        Line("kept", f"{shown}{more}, of {int(tells.sum())} numbers", float(kept.sum())),
        Line("scale", f"1 / (1 - p) = 1 / (1 - {rate:.5g})", 1 / (1 - rate)),
        Line(f"y{at}", f"{'scale' if y[index[1:]] else '0'} × {number(x[index[1:]])}", _output(call, index)),
    ]


def _embedding(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    """The row of the table that stands for the number."""
    token = int(np.asarray(call.inputs[0])[index[:-1]])
    at = place("y", index[1:])
    row = int(np.clip(token, 0, len(weights[f"{call.path}/embeddings"]) - 1))
    return [Line(at, f"E[{row}, {index[-1]}], the row of x{place('', index[1:-1])} = {token}", _output(call, index))]


def _batch(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    layer, x = call.layer, _first(call)
    kept = places(layer.axis, x.shape, layer=call.path)
    others = tuple(axis for axis in range(x.ndim) if axis not in kept)
    if not call.options.get("training", True) or not layer.trainable:
        mean, variance = (weights[f"{call.path}/moving_{what}"] for what in ("mean", "variance"))
        shape = [size if axis in kept else 1 for axis, size in enumerate(x.shape)]
        return _normalized(call, weights, index, kept, mean.reshape(shape), variance.reshape(shape), " that runs along")
    mask = call.options.get("mask")
    counts = np.ones(x.shape, bool) if mask is None else np.broadcast_to(np.asarray(mask, bool)[..., None], x.shape)
    wide = x.astype("float64")
    mean = wide.mean(others, keepdims=True, where=counts)
    variance = wide.var(others, keepdims=True, where=counts)
    found = _normalized(call, weights, index, kept, mean, variance, " of the batch")
    return found if not layer.renorm else found[:2]


def _layer(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    x = _first(call).astype("float64")
    axes = places(call.layer.axis, x.shape, layer=call.path)
    mean = np.zeros_like(x) if call.layer.rms_scaling else x.mean(axes, keepdims=True)
    return _normalized(call, weights, index, axes, mean, x.var(axes, keepdims=True), "")


def _group(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    x = _first(call).astype("float64")
    (axis,) = places(call.layer.axis, x.shape, layer=call.path)
    groups = x.shape[axis] if call.layer.groups == -1 else call.layer.groups
    parted = x.reshape(*x.shape[:axis], groups, x.shape[axis] // groups, *x.shape[axis + 1 :])
    within = tuple(item for item in range(1, parted.ndim) if item != axis)
    mean, variance = (
        np.broadcast_to(a, parted.shape).reshape(x.shape)
        for a in (parted.mean(within, keepdims=True), parted.var(within, keepdims=True))
    )
    return _normalized(call, weights, index, (axis,), mean, variance, " of its group")


def _root_mean_square(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    x = _first(call).astype("float64")
    axes = places(call.layer.axis, x.shape, layer=call.path)
    square = np.broadcast_to((x * x).mean(axes, keepdims=True), x.shape)[index]
    epsilon, at = call.layer.epsilon, place("", index[1:])
    hat = x[index] / np.sqrt(square + epsilon)
    scale = weights[f"{call.path}/scale"][tuple(index[a] for a in axes)]
    return [
        Line("mean of x²", "", float(square)),
        Line(f"x̂{at}", f"x / √(mean + ε) = {number(x[index])} / √({number(square)} + {epsilon:.5g})", float(hat)),
        Line(f"y{at}", f"scale × x̂ = {number(scale)} × {number(hat)}", _output(call, index)),
    ]


def _unit(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    x = _first(call).astype("float64")
    axes = places(call.layer.axis, x.shape, layer=call.path)
    length = np.sqrt(np.broadcast_to((x * x).sum(axes, keepdims=True), x.shape)[index])
    at = place("", index[1:])
    return [
        Line("‖x‖", "", float(length)),
        Line(f"y{at}", f"x / ‖x‖ = {number(x[index])} / {number(length)}", _output(call, index)),
    ]


def _normalized(
    call: LayerCall, weights: Weights, index: Index, axes: Index, mean: HostArray, variance: HostArray, whose: str
) -> list[Line]:
    """mean, variance, x̂ = (x - mean) / √(variance + ε), y = γ x̂ + β."""
    x, epsilon, at = _first(call), call.layer.epsilon, place("", index[1:])
    mu, var = (float(np.broadcast_to(a, x.shape)[index]) for a in (mean, variance))
    hat = (float(x[index]) - mu) / np.sqrt(var + epsilon)
    where = tuple(index[axis] for axis in axes)
    gamma, beta = (weights.get(f"{call.path}/{name}") for name in ("gamma", "beta"))
    text = number(hat) if gamma is None else f"{number(gamma[where])} × {number(hat)}"
    text = text if beta is None else f"{text} + {number(beta[where])}"
    symbols = ("" if gamma is None else "γ ") + "x̂" + ("" if beta is None else " + β")
    return [
        Line("mean", whose.strip(), mu),
        Line("variance", whose.strip(), var),
        Line(
            f"x̂{at}",
            f"(x - mean) / √(variance + ε) = ({number(x[index])} - {number(mu)}) / √({number(var)} + {epsilon:.5g})",
            hat,
        ),
        Line(f"y{at}", f"{symbols} = {text}", _output(call, index)),
    ]


def _lstm(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    """The last step: what is kept and written, and what is shown of it."""
    t, name = _step_of(call, index), getattr(call.layer.activation, "__name__", "f")
    gates = ("input_gate", "forget_gate", "candidate", "output_gate", "memory", "hidden")
    i, f, g, o, c, h = (_named(call, gate, t, index) for gate in gates)
    before = _before(call, "memory", t, index, (c - i * g) / f if f else 0.0)
    return [
        Line(f"c(t={t})", f"f × c before + i × g = {number(f)} × {number(before)} + {number(i)} × {number(g)}", c),
        Line(f"h(t={t})", f"o × {name}(c) = {number(o)} × {name}({c:.5g})", h),
    ]


def _gru(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    """The last step: how much of the state stays, and what is new."""
    t = _step_of(call, index)
    z, g, h = (_named(call, name, t, index) for name in ("update_gate", "candidate", "hidden"))
    before = _before(call, "hidden", t, index, (h - (1 - z) * g) / z if z else 0.0)
    text = f"z × h before + (1 - z) × g = {number(z)} × {number(before)} + {number(1 - z)} × {number(g)}"
    return [Line(f"h(t={t})", text, h)]


def _simple(call: LayerCall, weights: Weights, index: Index) -> list[Line]:
    """The last step's state."""
    t, name = _step_of(call, index), getattr(call.layer.activation, "__name__", "f")
    z = _named(call, "pre_activation", t, index)
    return [Line(f"h(t={t})", f"{name}(x W + h R + b) = {name}({z:.5g})", _named(call, "hidden", t, index))]


def _step_of(call: LayerCall, index: Index) -> int:
    """Which step the number is of, in the order in which the layer takes them."""
    return index[1] if len(index) == 3 else len(call.named("hidden")) - 1


def _before(call: LayerCall, name: str, step: int, index: Index, solved: float) -> float:
    """A state before a step: the one after the step before; what the step itself tells where that is not known."""
    return _named(call, name, step - 1, index) if step and call.options.get("mask") is None else solved


def _named(call: LayerCall, name: str, step: int, index: Index) -> float:
    return float(np.asarray(call.named(name)[step].value)[index[0], index[-1]])


def _first(call: LayerCall) -> HostArray:
    return np.asarray(call.inputs[0])


def _output(call: LayerCall, index: Index) -> float:
    return float(np.asarray(jax.tree.leaves(call.outputs)[0])[index])


def _name(layer: Any) -> str:
    return getattr(getattr(layer, "activation", None), "__name__", None) or type(layer).__name__


_WORKED: dict[Any, Callable[[LayerCall, Weights, Index], list[Line]]] = {
    layers.Softmax: _softmax,
    (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU): _activation,
    layers.AlphaDropout: lambda call, weights, index: [],
    (layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D, layers.SpatialDropout3D): _dropout,
    layers.Embedding: _embedding,
    layers.BatchNormalization: _batch,
    layers.LayerNormalization: _layer,
    layers.GroupNormalization: _group,
    layers.RMSNormalization: _root_mean_square,
    layers.UnitNormalization: _unit,
    (layers.LSTM, layers.LSTMCell): _lstm,
    (layers.GRU, layers.GRUCell): _gru,
    (layers.SimpleRNN, layers.SimpleRNNCell): _simple,
}
