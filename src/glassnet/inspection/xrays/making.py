"""How an x-ray is made: look at the pass, make the real step on copies, and check the gradients by differences."""

from dataclasses import replace
from itertools import takewhile
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation import engine
from glassnet.inspection.looking import LayerCall, Look, look
from glassnet.inspection.xrays.differences import Checker
from glassnet.inspection.xrays.given import as_batch
from glassnet.inspection.xrays.gradients import gradients
from glassnet.inspection.xrays.lines import formula_of
from glassnet.inspection.xrays.record import LayerXRay, XRay
from glassnet.inspection.xrays.replaying import Replay
from glassnet.inspection.xrays.stepping import real_step
from glassnet.inspection.xrays.working import Working
from glassnet.models import Model, readiness
from glassnet.training.head import picked, picked_weights
from glassnet.training.rows import collect

#: Of how many numbers of each weight the gradient is checked, and of how many of all.
CHECKED = 12
_ALL_CHECKED = 240


def xray(model: Model, x: Any, y: Any = None, *, sample_weight: Any = None, class_weight: Any = None) -> XRay:
    """w ← optimizer(w, dL/dw), with every number on the way: one training step on a row of your own, seen through.

    Without a target there is no loss and no step: what is seen is the pass forwards, as in `predict`.

    The model, its optimizer and its count of steps stay as they are. The new weights are those that training stores, to the
    bit: they come from the program that training runs.

    Args:
        model: a model; compiled where a target is given.
        x: one row, with or without the batch's axis, or a few rows (B, ...).
        y: its target; None for the pass forwards alone.
        sample_weight: a weight for each row.
        class_weight: a weight for each class number, as in `fit`.

    Returns:
        An `XRay`: printed, it is text; in a notebook it is a page; `to_dict` has all the numbers.

    Raises:
        ConfigError: there is a target, and the model is not compiled.
        DataError: something in the row is no finite number.
        ShapeError: the row has another shape than the model's input.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
        >>> model.compile("sgd", "mse")
        >>> seen = xray(model, [3.0], [1.0])
        >>> seen.loss, seen.weight("dense/kernel", 0, 0).gradient
        (4.0, 12.0)

    Reference:
        Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors.
    """
    engine.start()
    x, y, sample_weight = as_batch(model, x, y, sample_weight)
    rows = collect(x, y, sample_weight, class_weight if y is not None else None)
    if y is None:
        seen = look(model, rows.x)
        replay = Replay(model.blueprint(), seen.weights, (model.seed, 0), training=False)
        return XRay(model.name, None, seen, None, _layers(seen, replay, None), {}, (), None)
    seen = look(model, rows.x, rows.y, sample_weight=rows.weights, training=True)
    step = real_step(model, rows)
    objective = readiness.ready(model, rows.x, rows.y).objective
    moment = (model.seed, step.number - 1)
    batch = (rows.x, rows.y, rows.as_batch().weights)
    given = (model.blueprint(), objective, model.arrays(), moment, batch)
    seen = replace(seen, gradients=gradients(*given))
    checker = Checker(*given, seen.gradients, float(seen.loss or 0.0))
    checks = checker.some(max(1, min(CHECKED, _ALL_CHECKED // max(1, len(seen.gradients)))))
    layers = _layers(seen, Replay(model.blueprint(), seen.weights, moment), checker)
    return XRay(model.name, model.optimizer, seen, step, layers, checks, tuple(_losses(objective, seen, rows)), checker)


def _layers(seen: Look, replay: Replay, checker: Checker | None) -> tuple[LayerXRay, ...]:
    found = []
    for number, call in enumerate(seen.calls):
        if call.depth > 0 and call.layer is not None:
            working = Working(call, seen.weights, replay, _inside(seen.calls, number), checker)
            found.append(LayerXRay(call, formula_of(call.layer), working))
    return tuple(found)


def _inside(calls: tuple[LayerCall, ...], number: int) -> frozenset[str]:
    """The paths of the layers called inside of a call."""
    depth = calls[number].depth
    return frozenset(call.path for call in takewhile(lambda call: call.depth > depth, calls[number + 1 :]))


def _losses(objective: Any, seen: Look, rows: Any) -> list[dict[str, Any]]:
    found = []
    for head in objective.heads:
        if head.loss is None:
            continue
        target, output = picked(rows.y, head.target), picked(seen.outputs, head.output)
        values = np.asarray(head.loss.values(jnp.asarray(target), jnp.asarray(output)))
        weights = picked_weights(rows.weights, head.target)
        found.append(
            {
                "output": head.name,
                "loss": head.loss.name,
                "formula": formula_of(head.loss),
                "target": np.asarray(target),
                "prediction": np.asarray(output),
                "values": values,
                "weights": np.asarray(weights) if not isinstance(weights, dict | list) else None,
                "share": head.share,
                "value": seen.parts[head.name],
            }
        )
    return found
