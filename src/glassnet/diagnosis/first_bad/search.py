"""From a training that broke to its first bad number: replay, look closely at the one step, and say why."""

from typing import Any

import jax
import numpy as np

from glassnet.diagnosis.first_bad.causes import Cause, cause_of
from glassnet.diagnosis.first_bad.finding import Finding
from glassnet.inspection.first_broken import Place, place_of
from glassnet.training.replay import BadStep, first_bad_step
from glassnet.training.step import Batch, TrainState

_MOST_TRIALS = 64

_WORDS = {
    "div": "division",
    "dot_general": "matrix product",
    "conv_general_dilated": "convolution",
    "mul": "product",
    "add": "sum",
    "add_any": "sum",
    "sub": "difference",
    "integer_pow": "power",
    "pow": "power",
    "reduce_sum": "sum",
    "rsqrt": "1 / square root",
    "sqrt": "square root",
    "convert_element_type": "conversion",
}


def first_bad_number(way: Any, state: TrainState, epoch: int, rate: Any, kept: str = "") -> Finding:
    """The first number of an epoch that is not finite, and why.

    Args:
        way: how the epoch was run.
        state: the state it started from.
        epoch: its number, from 0.
        rate: its learning rate; None where the optimizer has a schedule.
        kept: which weights the model has back, in words.

    Returns:
        What was found. Where the batches cannot be had again, as from a generator, the epoch alone is known.

    Example:
        >>> import jax.numpy as jnp
        >>> from glassnet import Input, Sequential
        >>> from glassnet.foundation.errors import DivergedError
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1)], seed=0)
        >>> model.compile("sgd", lambda y, p: jnp.log(y - y) + p)
        >>> try:
        ...     model.fit(np.ones((4, 1)), np.ones((4, 1)), verbose=0)
        ... except DivergedError as error:
        ...     print(error.finding.epoch, error.finding.step)
        1 1

    Reference:
        Griewank & Walther (2008), Evaluating derivatives, chapter 3.
    """
    step = first_bad_step(way, state, epoch, rate)
    if step is None:
        return Finding(
            epoch + 1,
            kept=kept,
            why="the epoch's batches could not be run again to find the place.",
            remedy="try a learning rate 10 times smaller and inputs scaled to about one; arrays instead of a generator "
            "let the place be found.",
        )
    place = place_of(step)
    rows = bad_rows(step)
    cause = cause_of(step, place, rows)
    return _finding(step, place, rows, cause, kept)


def bad_rows(step: BadStep) -> list[int]:
    """The places in the batch of rows which break the step alone: a batch of copies of each is tried.

    Of a large batch only so many are tried; all real rows where none breaks it alone.
    """
    real = np.flatnonzero(np.asarray(step.batch.real) > 0)
    tried = real[:: max(1, -(-len(real) // _MOST_TRIALS))]
    alone = [int(place) for place in tried if step.breaks(_copies(step.batch, int(place)))]
    return alone if alone and len(alone) < len(tried) else [int(place) for place in real]


def _copies(batch: Batch, place: int) -> Batch:
    x, y, weights = jax.tree.map(
        lambda a: np.repeat(np.asarray(a)[place : place + 1], len(a), 0), (batch.x, batch.y, batch.weights)
    )
    return Batch(x, y, weights, batch.real)


def _finding(step: BadStep, place: Place | None, rows: list[int], cause: Cause, kept: str) -> Finding:
    numbers = rows if step.rows is None else [int(step.rows[place]) for place in rows]
    found: dict[str, Any] = {}
    if place is not None:
        broken = place.broken
        named = _WORDS.get(broken.operation, broken.operation.replace("_", " "))
        found = {
            "layer": place.layer,
            "direction": place.direction,
            "operation": f"gradient of {named}" if place.direction == "backward" else named,
            "line": broken.line,
            "time_step": None if broken.time_step is None else broken.time_step + 1,
        }
    return Finding(
        step.epoch + 1,
        step.number + 1,
        rows=tuple(sorted(numbers)),
        all_rows=len(rows) == int(np.sum(np.asarray(step.batch.real) > 0)) > 1,
        cause=cause.kind,
        why=cause.why,
        remedy=cause.remedy,
        kept=kept,
        **found,
    )
