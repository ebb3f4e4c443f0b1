"""Makes schedules.json: what Keras's learning-rate schedules say after some numbers of steps.

Run it by hand, with Keras installed: ``KERAS_BACKEND=jax python tests/oracles/schedules.py``.
"""

import json
from pathlib import Path

import keras

STEPS = (0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 14, 19, 21, 29, 33, 50, 64, 75, 100, 150, 500, 1000)
CASES = [
    ("ExponentialDecay", [0.05, 10, 0.96], {}),
    ("ExponentialDecay", [0.1, 3, 0.5], {"staircase": True, "name": "mine"}),
    ("ExponentialDecay", [0.001, 7, 1.2], {}),
    ("InverseTimeDecay", [0.1, 10, 0.96], {}),
    ("InverseTimeDecay", [0.5, 1, 0.01], {}),
    ("InverseTimeDecay", [0.5, 4, 0.3], {"staircase": True}),
    ("PolynomialDecay", [0.05, 10], {}),
    ("PolynomialDecay", [0.05, 70, 0.001], {"power": 0.5}),
    ("PolynomialDecay", [0.05, 20, 0.001], {"power": 2.0, "cycle": True}),
    ("PolynomialDecay", [0.01, 10, 0.1], {}),
    ("PiecewiseConstantDecay", [[10, 50], [0.1, 0.01, 0.001]], {}),
    ("PiecewiseConstantDecay", [[3.5], [1.0, 0.25]], {}),
    ("CosineDecay", [0.1, 100], {}),
    ("CosineDecay", [0.1, 60, 0.1], {}),
    ("CosineDecay", [0.0, 100], {"warmup_target": 0.3, "warmup_steps": 20}),
    ("CosineDecay", [0.05, 50, 0.2], {"warmup_target": 0.3, "warmup_steps": 10}),
    ("CosineDecay", [0.05, 50], {"warmup_target": 0.3}),
    ("CosineDecayRestarts", [0.1, 11], {}),
    ("CosineDecayRestarts", [0.1, 15, 1.0], {}),
    ("CosineDecayRestarts", [0.05, 8], {"t_mul": 1.5, "m_mul": 0.9, "alpha": 0.1}),
    ("CosineDecayRestarts", [0.05, 5], {"t_mul": 3.0, "m_mul": 4.0, "alpha": 0.1}),
]


def rates(name: str, arguments: list, keywords: dict) -> list[float]:
    """The rates after STEPS."""
    schedule = getattr(keras.optimizers.schedules, name)(*arguments, **keywords)
    return [float(f"{float(schedule(step)):.8g}") for step in STEPS]


if __name__ == "__main__":
    cases = [{"class": n, "arguments": a, "keywords": k, "rates": rates(n, a, k)} for n, a, k in CASES]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"keras": "{keras.__version__}", "steps": {list(STEPS)}, "cases": [\n{lines}\n]}}\n'
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")
