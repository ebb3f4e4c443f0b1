"""The optimizer's rule with numbers in it, for one number of one weight."""

from typing import Any

import numpy as np

from glassnet import optimizers
from glassnet.foundation.types import HostArray
from glassnet.inspection.xrays.lines import Line, formula_of, number
from glassnet.inspection.xrays.stepping import RealStep


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
    if _is_plain(optimizer) and type(optimizer) in _RULES:
        return (*_RULES[type(optimizer)](optimizer, step, w, g, old, slots), Line("w", "stored by training", after))
    told = [Line(f"{name} before", "", old[name]) for name in old] + [Line(name, "", v) for name, v in slots.items()]
    return (Line("g", f"rule: {formula_of(optimizer)}", g), *told, Line("w", "stored by training", after))


def _is_plain(optimizer: Any) -> bool:
    """Whether nothing stands between the gradient and the rule, whose numbers would then be others."""
    around = (
        "clipnorm",
        "clipvalue",
        "global_clipnorm",
        "gradient_accumulation_steps",
        "learning_rate_multipliers",
        "use_ema",
    )
    scheduled = any(callable(getattr(optimizer, name)) for name in optimizer.may_be_scheduled)
    return (
        not scheduled
        and not any(getattr(optimizer, name, None) for name in around)
        and not optimizer.exclude_from_decay
    )


def _decay(optimizer: Any, step: RealStep, w: float) -> tuple[list[Line], float]:
    if optimizer.weight_decay is None:
        return [], w
    new = w - step.rate * optimizer.weight_decay * w
    text = f"w - α λ w = {number(w)} - {step.rate:.5g} × {optimizer.weight_decay:.5g} × {number(w)}"
    return [Line("w decayed", text, new)], new


def _sgd(o: Any, step: RealStep, w: float, g: float, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    found, w = _decay(o, step, w)
    if "momentum" not in new:
        return [*found, Line("w - α g", f"{number(w)} - {step.rate:.5g} × {number(g)}", w - step.rate * g)]
    text = f"μ v - α g = {o.momentum:.5g} × {number(old['momentum'])} - {step.rate:.5g} × {number(g)}"
    v = Line("v", text, new["momentum"])
    if o.nesterov:
        end = w + o.momentum * new["momentum"] - step.rate * g
        return [*found, v, Line("w + μ v - α g", "", end)]
    return [*found, v, Line("w + v", f"{number(w)} + {number(new['momentum'])}", w + new["momentum"])]


def _adam(o: Any, step: RealStep, w: float, g: float, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    found, w = _decay(o, step, w)
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


def _rmsprop(o: Any, step: RealStep, w: float, g: float, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    found, w = _decay(o, step, w)
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


def _adagrad(o: Any, step: RealStep, w: float, g: float, old: dict[str, float], new: dict[str, float]) -> list[Line]:
    found, w = _decay(o, step, w)
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
