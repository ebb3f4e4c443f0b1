"""The optimizer's rule with numbers in it, for one number of one weight."""

from typing import Any, NamedTuple

import numpy as np

from glassnet import optimizers
from glassnet.foundation.types import HostArray
from glassnet.inspection.xrays.lines import Line, formula_of, number
from glassnet.inspection.xrays.stepping import RealStep
from glassnet.optimizers import multipliers


def lines(
    optimizer: Any, step: RealStep, gradients: dict[str, HostArray], path: str, index: tuple[int, ...]
) -> tuple[Line, ...]:
    """The rule's lines. The last value is what training stored; what leads to it is written beside it."""
    w, after, g = float(step.before[path][index]), float(step.after[path][index]), float(gradients[path][index])
    slots = {
        name: float(v[index])
        for name, v in step.slots_after.get(path, {}).items()
        if np.shape(v) == gradients[path].shape
    }
    old = {name: float(v[index]) for name, v in step.slots_before.get(path, {}).items() if name in slots}
    stored = Line("w", "stored by training", after)
    if type(optimizer) not in _RULES:
        told = [Line(f"{name} before", "", old[name]) for name in old] + [
            Line(name, "", v) for name, v in slots.items()
        ]
        return (Line("g", f"rule: {formula_of(optimizer)}", g), *told, stored)
    rule = optimizer.scheduled_at(step.number - 1)
    every = optimizer.gradient_accumulation_steps
    first, g = _accumulated(rule, step, path, index, g)
    if every and step.number % every:
        return (*first, Line("w", f"stays until {every} gradients are collected", after))
    clipped, g = _clipped(rule, step, gradients, path, index, g)
    paced, rate = _paced(rule, step, path)
    moment = Moment(step.number // (every or 1), rate, optimizer.decay_of(path, w))
    return (
        *first,
        *clipped,
        *paced,
        *_RULES[type(optimizer)](rule, moment, w, g, old, slots),
        *_averaged(rule, old, slots),
        stored,
    )


class Moment(NamedTuple):
    """What a rule needs to know besides the weight: which update it is, α, and λ or None."""

    number: int
    rate: float
    decay: float | None


def _accumulated(o: Any, step: RealStep, path: str, index: tuple[int, ...], g: float) -> tuple[list[Line], float]:
    """The mean of the last k gradients, where they are collected."""
    k = o.gradient_accumulation_steps
    if not k:
        return [], g
    before = float(step.slots_before[path]["gradients beside"][index])
    done = (step.number - 1) % k + 1
    total = Line("Σ g", f"{number(before)} + {number(g)}, {done} of {k}", before + g)
    return ([total] if done < k else [total, Line("ḡ", f"Σ g / {k}", (before + g) / k)]), (before + g) / k


def _clipped(
    o: Any, step: RealStep, gradients: dict[str, HostArray], path: str, index: tuple[int, ...], g: float
) -> tuple[list[Line], float]:
    """The gradient after clipping."""
    if o.clipvalue is not None:
        new = min(max(g, -o.clipvalue), o.clipvalue)
        return [Line("g clipped", f"{number(g)} kept from -{o.clipvalue:.5g} to {o.clipvalue:.5g}", new)], new
    limit = o.clipnorm or o.global_clipnorm
    if limit is None:
        return [], g
    counted = {path: gradients[path]} if o.clipnorm else gradients
    k = o.gradient_accumulation_steps
    if k:
        counted = {p: (np.asarray(step.slots_before[p]["gradients beside"]) + v) / k for p, v in counted.items()}
    norm = float(np.sqrt(sum(float(np.sum(np.square(v, dtype=np.float64))) for v in counted.values())))
    new = g * limit / max(norm, limit)
    name = "g" if o.clipnorm else "G"
    return [
        Line(f"‖{name}‖", "", norm),
        Line(
            "g clipped",
            f"g × {limit:.5g} / max(‖{name}‖, {limit:.5g}) = {number(g)} × {limit / max(norm, limit):.5g}",
            new,
        ),
    ], new


def _paced(o: Any, step: RealStep, path: str) -> tuple[list[Line], float]:
    """α of this weight, where layers have rates of their own."""
    if not o.learning_rate_multipliers:
        return [], step.rate
    factor = multipliers.factor_for(o.learning_rate_multipliers, path)
    return [Line("α of this weight", f"{step.rate:.5g} × {factor:.5g}", step.rate * factor)], step.rate * factor


def _averaged(o: Any, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    """The average of the weights that is kept beside them."""
    if not o.use_ema:
        return []
    name, mu = "average beside", o.ema_momentum
    return [Line("average", f"μ a + (1-μ) w = {mu:.5g} × {number(old[name])} + {1 - mu:.5g} × w", new[name])]


def _decay(step: Moment, w: float) -> tuple[list[Line], float]:
    if step.decay is None:
        return [], w
    new = w - step.rate * step.decay * w
    text = f"w - α λ w = {number(w)} - {step.rate:.5g} × {step.decay:.5g} × {number(w)}"
    return [Line("w decayed", text, new)], new


def _sgd(o: Any, step: Moment, w: float, g: float, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    found, w = _decay(step, w)
    if "momentum" not in new:
        return [*found, Line("w - α g", f"{number(w)} - {step.rate:.5g} × {number(g)}", w - step.rate * g)]
    text = f"μ v - α g = {o.momentum:.5g} × {number(old['momentum'])} - {step.rate:.5g} × {number(g)}"
    v = Line("v", text, new["momentum"])
    if o.nesterov:
        end = w + o.momentum * new["momentum"] - step.rate * g
        return [*found, v, Line("w + μ v - α g", "", end)]
    return [*found, v, Line("w + v", f"{number(w)} + {number(new['momentum'])}", w + new["momentum"])]


def _adam(o: Any, step: Moment, w: float, g: float, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    found, w = _decay(step, w)
    t, b1, b2 = step.number, o.beta_1, o.beta_2
    m, v = new["momentum"], new["velocity"]
    below = new.get("largest_velocity", v)
    m_hat, v_hat = m / (1 - b1**t), below / (1 - b2**t)
    alpha = step.rate * (1 - b2**t) ** 0.5 / (1 - b1**t)
    end = w - alpha * m / (below**0.5 + o.epsilon)
    return [
        *found,
        Line("m", f"β₁ m + (1-β₁) g = {b1:.5g} × {number(old['momentum'])} + {1 - b1:.5g} × {number(g)}", m),
        Line("v", f"β₂ v + (1-β₂) g² = {b2:.5g} × {number(old['velocity'])} + {1 - b2:.5g} × {number(g)}²", v),
        Line("m̂", f"m / (1-β₁^{t}) = {number(m)} / {1 - b1**t:.5g}", m_hat),
        Line("v̂", f"v / (1-β₂^{t}) = {number(below)} / {1 - b2**t:.5g}", v_hat),
        Line("α corrected", f"α √(1-β₂^{t}) / (1-β₁^{t})", alpha),
        Line(
            "w - α m / (√v + ε)", f"{number(w)} - {alpha:.5g} × {number(m)} / ({below**0.5:.5g} + {o.epsilon:.5g})", end
        ),
    ]


def _rmsprop(o: Any, step: Moment, w: float, g: float, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    found, w = _decay(step, w)
    v = new["velocity"]
    found.append(
        Line("v", f"ρ v + (1-ρ) g² = {o.rho:.5g} × {number(old['velocity'])} + {1 - o.rho:.5g} × {number(g)}²", v)
    )
    below = v - new["average_gradient"] ** 2 if "average_gradient" in new else v
    move = step.rate * g / (below + o.epsilon) ** 0.5
    found.append(Line("α g / √(v + ε)", f"{step.rate:.5g} × {number(g)} / √({number(below)} + {o.epsilon:.5g})", move))
    if "momentum" in new:
        move = new["momentum"]
        found.append(Line("b", f"μ b + the above, b was {number(old['momentum'])}", move))
    return [*found, Line("w - the above", f"{number(w)} - {number(move)}", w - move)]


def _adagrad(o: Any, step: Moment, w: float, g: float, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    found, w = _decay(step, w)
    total = new["accumulator"]
    text = f"{number(w)} - {step.rate:.5g} × {number(g)} / √({number(total)} + {o.epsilon:.5g})"
    return [
        *found,
        Line("G", f"G + g² = {number(old['accumulator'])} + {number(g)}²", total),
        Line("w - α g / √(G + ε)", text, w - step.rate * g / (total + o.epsilon) ** 0.5),
    ]


_RULES = {
    optimizers.SGD: _sgd,
    optimizers.Adam: _adam,
    optimizers.AdamW: _adam,
    optimizers.RMSprop: _rmsprop,
    optimizers.Adagrad: _adagrad,
}
