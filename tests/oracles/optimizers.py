"""Makes optimizers.json: where Keras's optimizers stand after 1, 5 and 12 steps, and with their averages at the end.

Run it by hand, with Keras installed: ``KERAS_BACKEND=jax python tests/oracles/optimizers.py``.
"""

import json
from pathlib import Path

import keras
import numpy as np

STEPS = (1, 5, 12)
CASES = [
    ("SGD", {}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"learning_rate": 0.5, "clipnorm": 0.7}),
    ("SGD", {"learning_rate": 0.5, "clipvalue": 0.2}),
    ("SGD", {"learning_rate": 0.5, "global_clipnorm": 0.7}),
    ("SGD", {"learning_rate": 0.1, "weight_decay": 0.05}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.5, "weight_decay": 0.05, "exclude": ["bias"]}),
    ("Adagrad", {"learning_rate": 0.5}),
    ("Adagrad", {"learning_rate": 0.2, "initial_accumulator_value": 0.3, "epsilon": 1e-5}),
    ("RMSprop", {"learning_rate": 0.05}),
    ("RMSprop", {"learning_rate": 0.05, "rho": 0.8, "momentum": 0.5, "epsilon": 1e-6, "centered": True}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adadelta", {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-3}),
    ("Adam", {}),
    ("Adam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.67, "epsilon": 1e-5, "amsgrad": True}),
    ("Adam", {"learning_rate": 0.1, "weight_decay": 0.1, "global_clipnorm": 0.7}),
    ("Adam", {"learning_rate": {"start": 0.05, "factor": 0.9}}),
    ("AdamW", {"learning_rate": 0.05}),
    ("AdamW", {"learning_rate": 0.05, "weight_decay": 0.5, "amsgrad": True, "exclude": ["bias"]}),
    ("Adamax", {"learning_rate": 0.1}),
    ("Adamax", {"learning_rate": 0.1, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    ("Nadam", {"learning_rate": 0.1}),
    ("Nadam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.67, "epsilon": 1e-5, "weight_decay": 0.1}),
    ("Lion", {"learning_rate": 0.01}),
    ("Lion", {"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.67, "weight_decay": 0.1}),
    ("Ftrl", {"learning_rate": 0.5}),
    (
        "Ftrl",
        {
            "learning_rate": 0.05,
            "learning_rate_power": -0.2,
            "initial_accumulator_value": 0.4,
            "l1_regularization_strength": 0.05,
            "l2_regularization_strength": 0.15,
            "l2_shrinkage_regularization_strength": 0.01,
            "beta": 0.3,
        },
    ),
    ("Adafactor", {"learning_rate": 0.5}),
    ("Adafactor", {"learning_rate": 0.05}),
    (
        "Adafactor",
        {
            "learning_rate": 0.5,
            "beta_2_decay": -0.65,
            "epsilon_1": 1e-15,
            "epsilon_2": 0.7,
            "clip_threshold": 0.9,
            "relative_step": False,
        },
    ),
    ("Lamb", {"learning_rate": 0.1}),
    ("Lamb", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.67, "epsilon": 1e-3, "weight_decay": 0.1}),
    ("Muon", {"learning_rate": 0.1}),
    ("Muon", {"learning_rate": 0.1, "exclude_layers": ["ker.el"], "adam_lr_ratio": 0.5, "adam_weight_decay": 0.2}),
    (
        "Muon",
        {
            "learning_rate": 0.1,
            "adam_beta_1": 0.8,
            "adam_beta_2": 0.9,
            "adam_weight_decay": None,
            "epsilon": 1e-3,
            "weight_decay": 0.3,
            "muon_a": 3.0,
            "muon_b": -4.0,
            "muon_c": 2.0,
            "momentum": 0.8,
            "ns_steps": 3,
            "nesterov": False,
            "rms_rate": None,
        },
    ),
    ("ScheduleFreeAdamW", {}),
    ("ScheduleFreeAdamW", {"learning_rate": 0.1, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-4, "warmup_steps": 6}),
    ("ScheduleFreeAdamW", {"learning_rate": 0.1, "weight_decay": 0.1}),
    ("Adam", {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.7}),
    ("SGD", {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 3}),
    ("Adam", {"learning_rate": 0.1, "gradient_accumulation_steps": 3, "clipnorm": 0.5, "weight_decay": 0.1}),
    ("Adam", {"learning_rate": {"start": 0.05, "factor": 0.9}, "gradient_accumulation_steps": 4}),
    (
        "SGD",
        {
            "learning_rate": 0.1,
            "momentum": 0.5,
            "gradient_accumulation_steps": 2,
            "use_ema": True,
            "ema_momentum": 0.7,
            "ema_overwrite_frequency": 2,
        },
    ),
    ("SGD", {"learning_rate": 0.5, "loss_scale_factor": 8.0, "clipvalue": 0.1}),
]


def trajectory(name: str, arguments: dict) -> dict:
    """The weights after each of STEPS steps; weights and gradients are drawn as the test draws them."""
    arguments = dict(arguments)
    excluded = arguments.pop("exclude", None)
    if "inner" in arguments:
        inner, settings = arguments.pop("inner")
        arguments["inner_optimizer"] = getattr(keras.optimizers, inner)(**settings)
    if isinstance(arguments.get("learning_rate"), dict):
        rate = arguments["learning_rate"]
        arguments["learning_rate"] = keras.optimizers.schedules.ExponentialDecay(rate["start"], 1, rate["factor"])
    optimizer = getattr(keras.optimizers, name)(**arguments)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    draw = np.random.RandomState(2)
    shapes = {"kernel": (4, 3), "bias": (3,)}
    weights = [keras.Variable(draw.uniform(-1, 1, shape).astype("float32"), name=k) for k, shape in shapes.items()]
    after = {}
    for step in range(1, max(STEPS) + 1):
        grads = [draw.normal(size=weight.shape).astype("float32") for weight in weights]
        optimizer.apply_gradients(zip(grads, weights, strict=True))
        if step in STEPS:
            after[step] = {w.name: [float(f"{x:.8g}") for x in np.ravel(w.numpy())] for w in weights}
    if arguments.get("use_ema"):
        optimizer.finalize_variable_values(weights)
        after["final"] = {w.name: [float(f"{x:.8g}") for x in np.ravel(w.numpy())] for w in weights}
    return after


def scaled() -> dict:
    """A LossScaleOptimizer's weights and scale after each of STEPS steps; the gradient of steps 3 and 4 is infinite."""
    draw = np.random.RandomState(2)
    shapes = {"kernel": (4, 3), "bias": (3,)}
    weights = [keras.Variable(draw.uniform(-1, 1, shape).astype("float32"), name=k) for k, shape in shapes.items()]
    inner = keras.optimizers.SGD(0.5, momentum=0.5)
    optimizer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=4.0, dynamic_growth_steps=2)
    optimizer.build(weights)
    values, memory = [w.value for w in weights], [v.value for v in optimizer.variables]
    after = {}
    for step in range(1, max(STEPS) + 1):
        grads = [draw.normal(size=value.shape).astype("float32") for value in values]
        if step in (3, 4):
            grads[0][0, 0] = np.inf
        values, memory = optimizer.stateless_apply(memory, grads, values)
        scale = next(m for m, v in zip(memory, optimizer.variables, strict=True) if "dynamic_scale" in v.path)
        if step in STEPS:
            after[step] = {
                w.name: [float(f"{x:.8g}") for x in np.ravel(v)] for w, v in zip(weights, values, strict=True)
            }
            after[step]["scale"] = float(scale)
    return after


if __name__ == "__main__":
    cases = [{"class": name, "arguments": kw, "after": trajectory(name, kw)} for name, kw in CASES]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    loss_scale = json.dumps(scaled(), separators=(",", ":"))
    text = f'{{"keras": "{keras.__version__}", "loss_scale": {loss_scale}, "cases": [\n{lines}\n]}}\n'
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")
