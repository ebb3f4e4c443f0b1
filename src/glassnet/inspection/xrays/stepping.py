"""The real step, by the very program that training runs, on copies: the model stays as it is."""

from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.models import Model, readiness
from glassnet.training import programs, ways
from glassnet.training.loop import current_rate
from glassnet.training.rows import Rows
from glassnet.training.step import left_behind, packed, unpacked


@dataclass(frozen=True)
class RealStep:
    """What one step of training changed.

    Args:
        number: the number of this step, 1 for the first.
        rate: the learning rate α of this step.
        before: every weight and running state before it, by path.
        after: the same after it, to the bit what training stores.
        slots_before: what the optimizer remembers of each weight, by path and name.
        slots_after: the same after the step.
        reported: the loss and metrics that training reports.
        left: where `fit` ends with the average of the weights, that average after the step, by path; else empty.
    """

    number: int
    rate: float
    before: dict[str, HostArray]
    after: dict[str, HostArray]
    slots_before: dict[str, dict[str, HostArray]]
    slots_after: dict[str, dict[str, HostArray]]
    reported: dict[str, float]
    left: dict[str, HostArray] = field(default_factory=dict)


def real_step(model: Model, rows: Rows) -> RealStep:
    """The step that ``train_on_batch`` would make on these rows.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> from glassnet.training.rows import collect
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
        >>> model.compile("sgd", "mse")
        >>> step = real_step(model, collect(np.array([[3.0]]), np.array([[1.0]])))
        >>> step.number, str(step.after["dense/kernel"][0, 0])
        (1, '0.88')
    """
    recipe = readiness.ready(model, rows.x, rows.y)
    clock = ways.Clock()
    start = jax.tree.map(np.array, model.train_state())
    sums = clock.run(programs.start_program(recipe))
    rate, seed = current_rate(model.optimizer), np.uint32(model.seed)
    run = clock.compiled(programs.step_program(recipe), packed(recipe, start), sums, seed, rate, rows.as_batch())
    # A program may write over what it is given.
    state, sums = run(packed(recipe, jax.tree.map(np.array, start)), sums, seed, rate, rows.as_batch())
    end = jax.tree.map(np.array, unpacked(recipe, state))
    numbers = ways.plain(recipe.objective, clock.run(programs.results_program(recipe), sums))
    return RealStep(
        int(start.step) + 1,
        float(model.optimizer.rate_at(start.optimizer.step)),
        {**start.params, **start.rest},
        {**end.params, **end.rest},
        _slots(start.optimizer),
        _slots(end.optimizer),
        numbers,
        jax.tree.map(np.array, left_behind(model.optimizer, end).params) if model.optimizer.ends_averaged else {},
    )


def _slots(state: Any) -> dict[str, dict[str, HostArray]]:
    """What is remembered of each weight: the rule's slots, and sums and averages kept beside them."""
    slots, around = getattr(state, "slots", None), getattr(state, "around", None)
    found = (
        {path: dict(held) for path, held in slots.items() if isinstance(held, dict)} if isinstance(slots, dict) else {}
    )
    for name, held in (around or {}).items():
        for path, value in held.items() if isinstance(held, dict) else ():
            found.setdefault(path, {})[f"{name} beside"] = value
    return found
