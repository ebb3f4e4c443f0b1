"""Makes pytorch.json: where PyTorch's RAdam stands after some steps, and what its cycles say; Keras has neither.

Run it by hand, with PyTorch installed: ``python tests/oracles/pytorch.py``.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import torch

STEPS = (1, 5, 12)
RADAM = [
    {"lr": 0.1, "eps": 1e-7},
    {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3},
    {"lr": 0.1, "betas": (0.5, 0.6), "eps": 1e-7},
]
CYCLIC = [
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 7, "mode": "triangular"},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 7, "mode": "triangular2"},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 7, "mode": "exp_range", "gamma": 0.99},
]
ONE_CYCLE = [
    {"max_lr": 0.1, "total_steps": 40},
    {
        "max_lr": 0.1,
        "total_steps": 40,
        "pct_start": 0.25,
        "anneal_strategy": "linear",
        "div_factor": 10,
        "final_div_factor": 100,
    },
    {"max_lr": 0.1, "total_steps": 40, "pct_start": 0.4, "anneal_strategy": "linear", "three_phase": True},
]


def trajectory(arguments: dict) -> dict:
    """The weights after each of STEPS steps; weights and gradients are drawn as the test draws them."""
    draw = np.random.RandomState(2)
    shapes = {"kernel": (4, 3), "bias": (3,)}
    weights = {k: torch.tensor(draw.uniform(-1, 1, shape).astype("float32")) for k, shape in shapes.items()}
    optimizer = torch.optim.RAdam(weights.values(), **arguments)
    after = {}
    for step in range(1, max(STEPS) + 1):
        for w in weights.values():
            w.grad = torch.tensor(draw.normal(size=tuple(w.shape)).astype("float32"))
        optimizer.step()
        if step in STEPS:
            after[step] = {k: rounded(np.ravel(w.numpy())) for k, w in weights.items()}
    return after


def course(schedule: type, arguments: dict, **more: object) -> dict:
    """Rate and momentum of 40 steps."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1, momentum=0.9)
    made = schedule(optimizer, **arguments, **more)
    rates, momenta = [], []
    for _ in range(40):
        rates.append(optimizer.param_groups[0]["lr"])
        momenta.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        if len(rates) < 40:
            made.step()
    return {"rates": rounded(rates), "momenta": rounded(momenta)}


def rounded(values) -> list[float]:
    return [float(f"{float(x):.8g}") for x in values]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    schedulers = torch.optim.lr_scheduler
    found = {
        "torch": torch.__version__,
        "radam": [{"arguments": kw, "after": trajectory(kw)} for kw in RADAM],
        "cyclic": [{"arguments": kw, **course(schedulers.CyclicLR, kw, cycle_momentum=False)} for kw in CYCLIC],
        "one_cycle": [{"arguments": kw, **course(schedulers.OneCycleLR, kw)} for kw in ONE_CYCLE],
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")
