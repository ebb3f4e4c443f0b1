"""The optimizer's lines lead to the number that it stores, with whatever stands around the rule."""

import numpy as np
import pytest

from glassnet import optimizers
from glassnet.inspection.xrays.stepping import RealStep
from glassnet.inspection.xrays.updating import lines

PLAIN = {
    "sgd": lambda **around: optimizers.SGD(0.1, **around),
    "momentum": lambda **around: optimizers.SGD(0.1, momentum=0.9, **around),
    "nesterov": lambda **around: optimizers.SGD(0.1, momentum=0.9, nesterov=True, **around),
    "adam": lambda **around: optimizers.Adam(0.1, **around),
    "amsgrad": lambda **around: optimizers.Adam(0.1, amsgrad=True, **around),
    "adamw": lambda **around: optimizers.AdamW(0.1, **around),
    "rmsprop": lambda **around: optimizers.RMSprop(0.1, **around),
    "centered": lambda **around: optimizers.RMSprop(0.1, centered=True, momentum=0.5, **around),
    "adagrad": lambda **around: optimizers.Adagrad(0.1, **around),
}
AROUND = {
    "nothing": {},
    "clipvalue": {"clipvalue": 0.3},
    "clipnorm": {"clipnorm": 0.5},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "decay": {"weight_decay": 0.1, "exclude_from_decay": ["b"]},
    "own rates": {"learning_rate_multipliers": {"w": 0.5}},
    "average": {"use_ema": True, "ema_momentum": 0.9},
    "accumulation": {"gradient_accumulation_steps": 2},
}
PAIRS = [(name, "nothing") for name in PLAIN] + [(rule, name) for rule in ("sgd", "adam") for name in AROUND]


def stepped(optimizer, steps):
    """The last of some steps, as an x-ray has it."""
    random = np.random.default_rng(0)
    params = {"w": random.normal(size=(2, 2)).astype("float32"), "b": random.normal(size=2).astype("float32")}
    state = optimizer.init(params)
    for _ in range(steps):
        before, held = params, state
        grads = {path: random.normal(size=w.shape).astype("float32") for path, w in params.items()}
        params, state = optimizer.step(params, grads, state)
    kept = [
        {path: {**s.slots[path], **{f"{n} beside": v[path] for n, v in (s.around or {}).items()}} for path in params}
        for s in (held, state)
    ]
    return RealStep(steps, float(optimizer.rate_at(held.step)), before, params, *kept, {}), grads


@pytest.mark.parametrize(("name", "around"), PAIRS)
def test_the_last_worked_line_is_what_is_stored(name, around):
    optimizer = PLAIN[name](**AROUND[around])
    step, grads = stepped(optimizer, 4)
    found = lines(optimizer, step, grads, "w", (0, 1))
    assert found[-1].value == np.float32(step.after["w"][0, 1])
    worked = found[-3] if around == "average" else found[-2]
    assert worked.value == pytest.approx(found[-1].value, rel=1e-5, abs=1e-7)


def test_a_schedule_gives_the_rate_of_the_step_and_steps_between_change_nothing():
    optimizer = optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 1, 0.5))
    step, grads = stepped(optimizer, 3)
    found = lines(optimizer, step, grads, "b", (1,))
    assert "0.025 ×" in found[-2].numbers and found[-2].value == pytest.approx(found[-1].value, rel=1e-6)
    optimizer = optimizers.Adam(0.1, gradient_accumulation_steps=2)
    step, grads = stepped(optimizer, 3)
    found = lines(optimizer, step, grads, "w", (0, 0))
    assert "until 2 gradients" in found[-1].numbers and found[-1].value == step.before["w"][0, 0]


def test_a_rule_that_is_not_written_out_shows_what_it_remembers():
    optimizer = optimizers.Lion(0.1)
    step, grads = stepped(optimizer, 2)
    found = lines(optimizer, step, grads, "w", (0, 0))
    assert found[0].numbers.startswith("rule:") and found[-1].name == "w" and len(found) > 2
