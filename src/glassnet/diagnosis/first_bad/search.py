"""From a training that broke to its first bad number: replay, look closely at the one step, and say why."""

from dataclasses import replace
from typing import Any

import jax
import numpy as np

from glassnet.diagnosis.first_bad.causes import Cause, cause_of
from glassnet.diagnosis.first_bad.finding import FirstBadNumber
from glassnet.diagnosis.first_bad.words import spoken
from glassnet.inspection.first_broken import Place, place_of
from glassnet.training.replay import BadStep, first_bad_step, first_bad_validation
from glassnet.training.step import Batch, TrainState

_MOST_TRIALS = 64


def first_bad_number(
    way: Any,
    state: TrainState,
    epoch: int,
    rate: Any,
    kept: str = "",
    *,
    first_rate: Any = None,
    after: TrainState | None = None,
) -> FirstBadNumber:
    """The first number of an epoch that is not finite, and why.

    Args:
        way: how the epoch was run.
        state: the state it started from.
        epoch: its number, from 0.
        rate: its learning rate; None where the optimizer has a schedule.
        kept: which weights the model has back, in words.
        first_rate: the learning rate that training began with.
        after: the state it ended with, where it is the loss of the validation rows that broke.

    Returns:
        What was found. Where the batches cannot be had again, as large ones of a generator, the epoch alone is known.

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
    if after is not None:
        step = first_bad_validation(way, state, after, epoch, rate, first_rate)
    else:
        step = first_bad_step(way, state, epoch, rate, first_rate)
    if step is not None:
        return replace(look_at_step(step), kept=kept)
    return FirstBadNumber(
        epoch + 1,
        kept=kept,
        held_out=after is not None,
        why="the place is not known: the epoch's batches were too large to be kept from a generator, or came out "
        "otherwise the second time, or no single step of them breaks but their losses add up beyond float32.",
        remedy="try a learning rate 10 times smaller and inputs scaled to about one; arrays instead of a generator "
        "let the place be found.",
    )


def look_at_step(step: BadStep) -> FirstBadNumber:
    """The first number of a step that is not finite, and why.

    Args:
        step: the step, with the state before it.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.foundation.errors import DivergedError
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1)], seed=0)
        >>> model.compile("sgd", "mse")
        >>> try:
        ...     model.train_on_batch(np.ones((4, 1)), np.full((4, 1), 1e30))
        ... except DivergedError as error:
        ...     print(error.finding.cause)
        data
    """
    place = place_of(step)
    rows = bad_rows(step)
    return _finding(step, place, rows, cause_of(step, place, rows))


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


def _finding(step: BadStep, place: Place | None, rows: list[int], cause: Cause) -> FirstBadNumber:
    numbers = rows if step.rows is None else [int(step.rows[place]) for place in rows]
    found: dict[str, Any] = {}
    if place is not None:
        broken = place.broken
        named = spoken(broken.operation)
        found = {
            "layer": place.layer,
            "direction": place.direction,
            "operation": f"gradient of {named}" if place.direction == "backward" and named else named,
            "line": broken.line,
            "time_step": None if broken.time_step is None else broken.time_step + 1,
        }
    return FirstBadNumber(
        None if step.epoch is None else step.epoch + 1,
        step.number + 1,
        rows=tuple(sorted(numbers)),
        all_rows=len(rows) == int(np.sum(np.asarray(step.batch.real) > 0)) > 1,
        cause=cause.kind,
        why=cause.why,
        remedy=cause.remedy,
        held_out=step.held_out,
        in_batch=step.rows is None,
        **found,
    )
