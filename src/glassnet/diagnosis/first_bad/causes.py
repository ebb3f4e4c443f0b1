"""Why a number broke: rules over what is known of the step, the surest first. Several try the step again under a change."""

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from glassnet.inspection.first_broken import Place
from glassnet.plots.readable import short
from glassnet.training.replay import BadStep, one_step

_LARGE = 1e4
"""Beyond this a number is far from what inputs, weights and outputs of a network are as a rule."""


@dataclass(frozen=True)
class Cause:
    """Why, in a word and in words, and what to do."""

    kind: str
    why: str
    remedy: str


def cause_of(step: BadStep, place: Place | None, rows: list[int]) -> Cause:
    """The cause of a broken step.

    Args:
        step: the step.
        place: where it broke.
        rows: the places in the batch of the rows to blame.
    """
    rules = (_half_precision, _data, _sample_weight, _domain, _recurrence, _initial_weights, _schedule, _growth, _rate)
    for rule in rules:
        found = rule(step, place, rows)
        if found is not None:
            return found
    return _overflow(place)


def _half_precision(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    if place is None or str(place.broken.result.dtype) != "float16" or not np.isinf(_plain(place.broken.result)).any():
        return None
    largest = max((_largest(operand) for operand in place.broken.operands), default=0.0)
    return Cause(
        "half_precision",
        f"float16 ends at 65,504; {place.broken.operation} of numbers up to {short(largest)} went beyond it.",
        "compute this layer in float32 (dtype='float32') or bfloat16, which reaches as far as float32.",
    )


def _data(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    parts = (("x", "input", step.batch.x), ("y", "target", step.batch.y))
    for name, what, leaf in ((n, w, leaf) for n, w, nest in parts for leaf in jax.tree.leaves(nest)):
        table = _plain(leaf).reshape(len(leaf), -1)[np.asarray(step.batch.real) > 0]
        if not table.size or not np.issubdtype(np.asarray(leaf).dtype, np.floating):
            continue
        row, column = np.unravel_index(np.abs(table).argmax(), table.shape)
        value, usual = table[row, column], float(np.quantile(np.abs(table), 0.5))
        if abs(value) < _LARGE:
            continue
        number = int(row if step.rows is None else step.rows[row])
        return Cause(
            "data",
            f"{name} holds {value:g} in row {number}, column {column}; half of the batch's numbers are below {short(usual)}.",
            f"correct or drop that row where it is a mistake; else scale the {what}s to about one (StandardScaler).",
        )
    return None


def _sample_weight(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    largest = max(_largest(leaf) for leaf in jax.tree.leaves(step.batch.weights))
    if largest < _LARGE:
        return None
    return Cause(
        "sample_weight",
        f"a row of this batch counts {short(largest)} times, by sample_weight or class_weight.",
        "scale the weights so that their mean is 1.",
    )


def _domain(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    """Operations that are not defined where they were used, however small the numbers."""
    if place is None or place.direction == "update":
        return None
    broken, name = place.broken, place.broken.operation
    first = _plain(broken.operands[0]) if broken.operands else np.zeros(1)
    if name in ("log", "log1p"):
        edge = 0.0 if name == "log" else -1.0
        kind, of = (
            ("log_of_zero", f"{edge:g}") if (first == edge).any() else ("log_of_negative", short(float(first.min())))
        )
        return Cause(
            kind,
            f"log of {of if name == 'log' else f'1 + {of}'}.",
            "add a small number first: log(x + 1e-7), or clip x.",
        )
    if name in ("div", "rem") and len(broken.operands) > 1 and (_plain(broken.operands[1]) == 0).any():
        return _division(place, first)
    if name == "rsqrt" and (first <= 0).any():
        return _division(place, first)
    if name in ("sqrt", "cbrt") or (name in ("pow", "integer_pow") and (first <= 0).any()):
        if (first < 0).any() and name != "integer_pow":
            return Cause(
                "root_of_negative", f"a root or power of {short(float(first.min()))}.", "clip to 0 or more first."
            )
        if name == "integer_pow" or (name == "pow" and place.direction == "forward"):
            return Cause(
                "division_by_zero",
                "a negative power of 0 is a division by 0.",
                "add a small number first: (x + 1e-7) ** p.",
            )
        return Cause(
            "root_at_zero",
            "the slope of a root, or of a power below 1, is infinite at 0.",
            "add a small number under the root: sqrt(x + 1e-7).",
        )
    return None


def _division(place: Place, first: Any) -> Cause:
    spread = place.broken.last_from.strip("_")
    if place.broken.operation == "rsqrt" or spread in ("std", "var", "nanstd", "sqrt"):
        return Cause(
            "zero_deviation",
            "division by a standard deviation of 0: all numbers that it was taken of are equal.",
            "give the normalization an epsilon above 0, such as 1e-3, or drop what is constant.",
        )
    if (first == 0).any():
        return Cause("division_by_zero", "0 divided by 0.", "add a small number to the divisor: a / (b + 1e-7).")
    return Cause("division_by_zero", "division by 0.", "add a small number to the divisor: a / (b + 1e-7).")


def _recurrence(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    sizes: tuple[float, ...] = place.broken.carried if place is not None else ()
    started = next((size for size in sizes if size > 0), 0.0)
    if not sizes or not started or sizes[-1] < 1e3 * started:
        return None
    return Cause(
        "exploding_recurrence",
        f"the state grew from {short(started)} to {short(sizes[-1])} over {len(sizes)} time steps: each multiplies it again.",
        "use an activation that squashes (tanh), an LSTM or GRU, an orthogonal recurrent_initializer, or clipnorm=1.0.",
    )


def _initial_weights(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    if int(step.start.step):
        return None
    for path, w in step.start.params.items():
        size = float(np.sqrt(np.mean(np.square(_plain(w)))))
        usual = np.sqrt(2.0 / max(np.prod(np.shape(w)[:-1]), 1)) if np.ndim(w) > 1 else 1.0
        if size > 20 * usual:
            return Cause(
                "initial_weights",
                f"{path} starts at a root mean square of {short(size)}; {short(float(usual))} keeps a signal's size.",
                "use kernel_initializer='glorot_uniform' or 'he_normal'.",
            )
    return None


def _schedule(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    optimizer = step.recipe.optimizer
    if step.rate is not None or optimizer is None:
        return None
    now, first = float(optimizer.rate_at(step.state.step)), float(optimizer.rate_at(np.int32(0)))
    if now < 10 * first:
        return None
    return Cause(
        "schedule",
        f"the schedule has raised the learning rate from {short(first)} to {short(now)} by this step.",
        "let the schedule fall, or end its rise earlier.",
    )


def _growth(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    """Outputs that grow from layer to layer before the first update: what the architecture does by itself."""
    if place is None or not place.sizes or int(step.start.step):  # later, large weights may be the updates' doing
        return None
    names = list(place.sizes)
    sizes = np.array([place.sizes[name] for name in names])
    seen = max(float(np.sqrt(np.mean(np.square(_plain(leaf))))) for leaf in jax.tree.leaves(step.batch.x))
    worst = int(np.argmax(np.where(np.isfinite(sizes), sizes, np.inf)))
    if np.isfinite(sizes[worst]) and sizes[worst] < 1e3 * max(seen, 1e-3):
        return None
    if place.broken.operation in ("exp", "exp2", "expm1"):
        return _overflow(place)
    return Cause(
        "architecture",
        f"outputs grow from layer to layer before any update: from {short(seen)} in the inputs to {short(sizes[worst])} in "
        f"{names[worst]!r}.",
        "put BatchNormalization or LayerNormalization between the layers, an activation that does not grow, or smaller "
        "initial weights.",
    )


def _rate(step: BadStep, place: Place | None, rows: list[int]) -> Cause | None:
    """Would the step have been finite had the steps before it been smaller?"""
    optimizer = step.recipe.optimizer
    if optimizer is None:
        return None
    by_itself = int(step.start.step) == 0 and step.breaks(state=step.start)
    if by_itself and (place is None or place.direction != "update"):
        return None
    rate = float(step.rate if step.rate is not None else optimizer.rate_at(step.state.step))
    moved = _moved(step)
    if moved < 0.01 and int(step.start.step):
        return None
    share = 0.01 if not np.isfinite(moved) else min(0.1, 0.01 / max(moved, 0.1))
    grew = (
        f" after the loss went from {short(step.losses[0])} to {short(step.losses[-2])}" if len(step.losses) > 1 else ""
    )
    op = f"overflow in {place.broken.operation}" if place is not None else "overflow"
    times = f"; usual is 0.001, {short(moved / 1e-3)} times less" if np.isfinite(moved) else ""
    return Cause(
        "learning_rate",
        f"{op}{grew}: at a learning rate of {rate:g} a step changes the weights by {short(moved)} times their size{times}.",
        f"a learning rate of {rate * share:.1g} or less, or clipnorm=1.0.",
    )


def _moved(step: BadStep) -> float:
    """‖Δw‖ / ‖w‖ of the epoch's first step."""
    after, _, _ = one_step(step.recipe, step.start, step.seed, step.rate, step.batch)
    before = np.concatenate([_plain(w).ravel() for w in step.start.params.values()])
    moved = np.concatenate([_plain(w).ravel() for w in after.params.values()]) - before
    return float(np.linalg.norm(moved) / max(float(np.linalg.norm(before)), 1e-12))


def _overflow(place: Place | None) -> Cause:
    if place is None:
        return Cause(
            "unknown",
            "the step breaks as a whole, and no single operation does.",
            "try a learning rate 10 times smaller.",
        )
    broken = place.broken
    largest = max((_largest(operand) for operand in broken.operands), default=0.0)
    if broken.operation in ("exp", "exp2", "expm1", "sinh", "cosh"):
        return Cause(
            "overflow",
            f"exp of {short(largest)} overflows: float32 ends at exp(88.7).",
            "clip the exponent, subtract its largest value first, or use softplus or relu instead of exp.",
        )
    return Cause(
        "overflow",
        f"{broken.operation} of numbers up to {short(largest)} went beyond what {broken.result.dtype} holds.",
        "scale inputs and targets to about one, normalize between layers, or use clipnorm=1.0.",
    )


def _plain(array: Any) -> np.ndarray:
    return np.asarray(array).astype(np.float64)


def _largest(array: Any) -> float:
    return float(np.abs(_plain(array)).max(initial=0.0))
