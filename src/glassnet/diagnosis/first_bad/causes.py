"""Why a number broke: rules over what is known of the step, the surest first. Several try the step again under a change."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from glassnet.diagnosis.first_bad.domains import Cause, not_defined, plain
from glassnet.diagnosis.first_bad.words import spoken
from glassnet.foundation.readable import short
from glassnet.inspection.first_broken import PENALTY, Place
from glassnet.training.replay import BadStep, one_step

_LARGE = 1e4
"""Beyond this a number is far from what inputs, weights and outputs of a network are as a rule."""
_GROWTH = 1e3
_MOVED = 0.01
"""‖Δw‖ / ‖w‖ of a step; a healthy one is about 0.001."""
_EXPONENTIALS = ("exp", "exp2", "expm1", "sinh", "cosh")


def cause_of(step: BadStep, place: Place | None, rows: list[int]) -> Cause:
    """The cause of a broken step.

    Args:
        step: the step.
        place: where it broke.
        rows: the places in the batch of the rows to blame.
    """
    for rule in (_half_precision, _data, _sample_weight, _domain, _recurrence, _initial_weights, _schedule, _growth):
        found = rule(step, place)
        if found is not None:
            return found
    return _penalty(step, place) or _rate(step, place) or _overflow(place)


def _half_precision(step: BadStep, place: Place | None) -> Cause | None:
    if place is None or str(place.broken.result.dtype) != "float16" or not np.isinf(plain(place.broken.result)).any():
        return None
    largest = max((_largest(operand) for operand in place.broken.operands), default=0.0)
    return Cause(
        "half_precision",
        f"float16 ends at 65,504; {spoken(place.broken.operation)} of numbers up to {short(largest)} went beyond it.",
        "compute this layer in float32 (dtype='float32') or bfloat16, which reaches as far as float32.",
    )


def _data(step: BadStep, place: Place | None) -> Cause | None:
    """A cell that is not finite, or very large ones without which the step would not break."""
    worst = max(_worst_cells(step), key=lambda cell: cell[0], default=None)
    if worst is None or worst[0] < _LARGE:
        return None
    size, name, row, column, value, usual = worst
    if np.isfinite(size) and not _breaks_by_size(step):
        return None
    number = int(row if step.rows is None else step.rows[row])
    of = " of the batch" if step.rows is None else " of the validation rows" if step.held_out else ""
    return Cause(
        "data",
        f"{name} holds {value:g} in row {number}{of}, column {column}; half of the batch's numbers are below {short(usual)}.",
        f"correct or drop that row where it is a mistake; else scale the {'input' if name == 'x' else 'target'}s to about one "
        f"(StandardScaler).",
    )


def _breaks_by_size(step: BadStep) -> bool:
    """Whether the step would not break, or the steps before it would have been small, were the numbers of about one."""
    tamed = step.batch._replace(x=_tamed(step.batch.x), y=_tamed(step.batch.y))
    if not step.breaks(tamed):
        return True
    return not _by_itself(step) and _moved(replace(step, batch=tamed)) < min(10.0, 0.1 * _moved(step))


def _worst_cells(step: BadStep) -> Iterator[tuple[float, str, int, int, float, float]]:
    """(size, array, row, column, value, the usual size) of the largest cell of each array; infinite in size for NaN."""
    for name, nest in (("x", step.batch.x), ("y", step.batch.y)):
        for leaf in jax.tree.leaves(nest):
            if not jax.numpy.issubdtype(leaf.dtype, np.floating) or not np.size(leaf):
                continue
            table = plain(leaf).reshape(len(leaf), -1)
            sizes = np.nan_to_num(np.abs(table), nan=np.inf)
            sizes[np.asarray(step.batch.real) <= 0] = 0.0
            row, column = map(int, np.unravel_index(sizes.argmax(), sizes.shape))
            usual = float(np.quantile(sizes, 0.5))
            yield float(sizes[row, column]), name, row, column, float(table[row, column]), usual


def _tamed(nest: Any) -> Any:
    """Numbers of about one in the place of very large ones."""

    def tame(leaf: Any) -> Any:
        leaf = np.asarray(leaf)
        if not np.issubdtype(leaf.dtype, np.floating) or _largest(leaf) < _LARGE:
            return leaf
        usual = max(float(np.quantile(np.abs(plain(leaf)), 0.5)), 1e-30)
        return np.clip(plain(leaf) / usual, -10, 10).astype(leaf.dtype)

    return jax.tree.map(tame, nest)


def _sample_weight(step: BadStep, place: Place | None) -> Cause | None:
    weights = step.batch.weights
    largest = max(_largest(leaf) for leaf in jax.tree.leaves(weights))
    if largest < _LARGE or step.breaks(step.batch._replace(weights=jax.tree.map(np.ones_like, weights))):
        return None
    return Cause(
        "sample_weight",
        f"a row of this batch counts {short(largest)} times, by sample_weight or class_weight.",
        "scale the weights so that their mean is 1.",
    )


def _domain(step: BadStep, place: Place | None) -> Cause | None:
    return None if place is None else not_defined(place)


def _recurrence(step: BadStep, place: Place | None) -> Cause | None:
    sizes = place.broken.carried if place is not None else ()
    started = next((size for size in sizes if size > 0), 0.0)
    if place is None or not started or max(sizes) < _GROWTH * started:
        return None
    if not _by_itself(step) and _moved(step) >= _MOVED:
        return None
    return Cause(
        "exploding_recurrence",
        f"the state of {place.recurrence!r} grew from {short(started)} to {short(max(sizes))} over {len(sizes)} time steps: each "
        f"multiplies it again.",
        "use an activation that squashes (tanh), an LSTM or GRU, an orthogonal recurrent_initializer, or clipnorm=1.0.",
    )


def _initial_weights(step: BadStep, place: Place | None) -> Cause | None:
    """Weights that start far larger than their layers need, where the step is finite with smaller ones."""
    if not _by_itself(step):
        return None
    large = {path: size for path, w in step.start.params.items() if (size := _root_mean_square(w) / _usual(w)) > 20}
    if not large:
        return None
    smaller = {path: _scaled(w) if path in large else w for path, w in step.start.params.items()}
    if step.breaks(state=step.start._replace(params=smaller)):
        return None
    path = max(large, key=lambda path: large[path])
    w = step.start.params[path]
    return Cause(
        "initial_weights",
        f"{path} starts at a root mean square of {short(_root_mean_square(w))}; {short(_usual(w))} keeps a signal's size.",
        "use kernel_initializer='glorot_uniform' or 'he_normal'.",
    )


def _scaled(w: Any) -> Any:
    """Weights of the usual size with the signs of these, which may be infinite."""
    return np.asarray(np.nan_to_num(np.sign(plain(w))) * _usual(w), np.asarray(w).dtype)


def _usual(w: Any) -> float:
    return float(np.sqrt(2.0 / max(np.prod(np.shape(w)[:-1]), 1))) if np.ndim(w) > 1 else 1.0


def _root_mean_square(array: Any) -> float:
    return float(np.sqrt(np.mean(np.square(plain(array))))) if np.size(array) else 0.0


def _schedule(step: BadStep, place: Place | None) -> Cause | None:
    optimizer = step.recipe.optimizer
    if optimizer is None or _by_itself(step):
        return None
    if step.rate is None:
        now, first, who = (
            float(optimizer.rate_at(step.state.step)),
            float(optimizer.rate_at(np.int32(0))),
            "the schedule",
        )
    else:
        now, who = float(step.rate), "a callback"
        first = now if step.first_rate is None else float(step.first_rate)
    if now < 10 * first:
        return None
    return Cause(
        "schedule",
        f"{who} has raised the learning rate from {short(first)} to {short(now)} by this step.",
        "let the learning rate fall, or end its rise earlier.",
    )


def _growth(step: BadStep, place: Place | None) -> Cause | None:
    """Outputs that grow from layer to layer before the first update: what the architecture does by itself."""
    if place is None or not place.sizes or not _by_itself(step) or place.broken.operation in _EXPONENTIALS:
        return None
    names = list(place.sizes)
    before = names[: names.index(place.layer)] if place.layer in names else names
    sizes = {name: place.sizes[name] for name in before if np.isfinite(place.sizes[name])}
    seen = max(_root_mean_square(leaf) for leaf in jax.tree.leaves(step.batch.x))
    largest = max(sizes, key=lambda name: sizes[name], default=None)
    if largest is None or sizes[largest] < _GROWTH * max(seen, 1e-3):
        return None
    return Cause(
        "architecture",
        f"outputs grow from layer to layer before any update: from {short(seen)} in the inputs to {short(sizes[largest])} in "
        f"{largest!r}.",
        "put BatchNormalization or LayerNormalization between the layers, an activation that does not grow, or smaller "
        "initial weights.",
    )


def _penalty(step: BadStep, place: Place | None) -> Cause | None:
    if place is None or place.layer != PENALTY or not _by_itself(step):
        return None
    return Cause(
        "regularizer",
        f"the penalty on the weights went beyond float32 before any update: {spoken(place.broken.operation)} of numbers up to "
        f"{short(max(map(_largest, place.broken.operands), default=0.0))}.",
        "use a regularizer of 0.01 or less.",
    )


def _by_itself(step: BadStep) -> bool:
    """Whether the step breaks with the weights that training began with, before any update."""
    if step.held_out:
        return step.breaks(state=step.start)
    return not int(step.start.step) and (step.number == 0 or step.breaks(state=step.start))


def _rate(step: BadStep, place: Place | None) -> Cause | None:
    """Would the step have been finite had the steps before it been smaller?"""
    optimizer = step.recipe.optimizer
    if optimizer is None:
        return None
    if _by_itself(step) and (place is None or place.direction != "update"):
        return None
    rate = float(step.rate if step.rate is not None else optimizer.rate_at(step.state.step))
    moved = _moved(step)
    if moved < _MOVED and int(step.start.step):
        return None
    share = 0.01 if not np.isfinite(moved) else min(0.1, 0.01 / max(moved, 0.1))
    grew = (
        f" after the loss went from {short(step.losses[0])} to {short(step.losses[-2])}" if len(step.losses) > 1 else ""
    )
    op = f"overflow in {spoken(place.broken.operation)}" if place is not None and place.broken.operation else "overflow"
    times = f"; usual is 0.001, {short(moved / 1e-3)} times less" if np.isfinite(moved) else ""
    return Cause(
        "learning_rate",
        f"{op}{grew}: at a learning rate of {rate:g} a step changes the weights by {short(moved)} times their size{times}.",
        f"a learning rate of {rate * share:.1g} or less, or clipnorm=1.0.",
    )


def _moved(step: BadStep) -> float:
    """‖Δw‖ / ‖w‖ of the epoch's first step; of the whole epoch where validation rows broke after it."""
    if step.held_out:
        after = step.state
    else:
        after, _, _ = one_step(step.recipe, step.start, step.seed, step.rate, step.batch)
    before = np.concatenate([plain(w).ravel() for w in step.start.params.values()])
    moved = np.concatenate([plain(w).ravel() for w in after.params.values()]) - before
    return float(np.linalg.norm(moved) / max(float(np.linalg.norm(before)), 1e-12))


def _overflow(place: Place | None) -> Cause:
    if place is None or not place.broken.operation:
        return Cause(
            "unknown",
            "the step breaks, and which operation does cannot be told.",
            "try a learning rate 10 times smaller.",
        )
    broken = place.broken
    largest = max((_largest(operand) for operand in broken.operands), default=0.0)
    if broken.operation in _EXPONENTIALS:
        return Cause(
            "overflow",
            f"exp of {short(largest)} overflows: float32 ends at exp(88.7).",
            "clip the exponent, subtract its largest value first, or use softplus or relu instead of exp.",
        )
    return Cause(
        "overflow",
        f"{spoken(broken.operation)} of numbers up to {short(largest)} went beyond what {broken.result.dtype} holds.",
        "scale inputs and targets to about one, normalize between layers, or use clipnorm=1.0.",
    )


def _largest(array: Any) -> float:
    return float(np.abs(plain(array)).max(initial=0.0))
