"""Counting right and wrong answers at thresholds: true and false positives, true and false negatives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike, Shape
from glassnet.losses.pairing import EPSILON, pair
from glassnet.losses.reduction import aligned
from glassnet.metrics.base import Metric, State

LOWEST = -1e10
"""Below every score: the threshold that all of the k likeliest pass, and the score given to the others."""


@dataclass(frozen=True)
class Thresholds:
    """Numbers that a score must exceed to count as a yes.

    Args:
        values: the thresholds, from low to high where they are many.
        open_ends: whether the first stands just below 0, so that every score passes it, and the last just above 1.
    """

    values: tuple[float, ...]
    open_ends: bool = False

    @classmethod
    def given(cls, owner: str, values: float | Sequence[float] | None, default: float) -> "Thresholds":
        """Thresholds from an argument: a number from 0 to 1, several, or None for `default`."""
        if values is None:
            return cls((default,))
        listed = tuple(values) if isinstance(values, Sequence | np.ndarray) else (values,)
        if not listed or any(value is None or not 0 <= value <= 1 for value in listed):
            raise ConfigError(
                f"Metric {owner} expected `thresholds` from 0 to 1. Received {values!r}. Pass a probability such as 0.5."
            )
        return cls(tuple(float(value) for value in listed))

    @classmethod
    def spread(cls, owner: str, number: int, *, least: int = 1) -> "Thresholds":
        """`number` thresholds spread evenly from 0 to 1."""
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise ConfigError(
                f"Metric {owner} expected `num_thresholds` as a whole number from {least} up. Received {number!r}. Pass 200."
            )
        return cls((0.5,) if number == 1 else tuple(step / (number - 1) for step in range(number)))

    @property
    def even(self) -> bool:
        """Whether they are spread evenly from 0 to 1."""
        number = len(self.values)
        return number > 2 and np.allclose(self.values, np.arange(number) / (number - 1), atol=EPSILON)

    def passed(self, scores: Array) -> Array:
        """Which thresholds each score exceeds, (number of thresholds, *shape of the scores)."""
        number, column = len(self.values), (-1,) + (1,) * scores.ndim
        if self.even:
            # Rounded as Keras rounds, so that a score on a threshold falls on the same side.
            last = jnp.ceil(jnp.clip(scores, 0.0, 1.0) * (number - 1)) - 1
            last = jnp.maximum(last, 0) if self.open_ends else last
            return last >= jnp.arange(number, dtype=scores.dtype).reshape(column)
        values = np.array(self.values)
        if self.open_ends:
            values[0], values[-1] = -EPSILON, 1 + EPSILON
        return scores > jnp.asarray(values, scores.dtype).reshape(column)


@dataclass(frozen=True)
class Answers:
    """Targets as truth values, scores and weights, all of one shape."""

    truth: Array
    scores: Array
    weights: Array

    @classmethod
    def read(
        cls,
        owner: str,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        weights: ArrayLike | None,
        *,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> "Answers":
        """What a batch says, of the `top_k` likeliest only and of one class only where told."""
        y_true, y_pred = pair(y_true, y_pred, f"Metric {owner}")
        _, factors = aligned(y_pred, weights)
        scores = y_pred if top_k is None else _only_top(y_pred, top_k)
        if class_id is None:
            return cls(y_true != 0, scores, factors)
        if y_pred.ndim < 2 or not 0 <= class_id < y_pred.shape[-1]:
            raise ShapeError(
                f"Metric {owner} expected outputs with a class {class_id} on their last axis. Received outputs of shape "
                f"{show(y_pred.shape)}. Leave `class_id` out, or pass one-hot targets and an output for every class."
            )
        return cls(y_true[..., class_id] != 0, scores[..., class_id], factors[..., class_id])

    def flat(self) -> "Answers":
        """All of them in one row."""
        return Answers(self.truth.reshape(-1), self.scores.reshape(-1), self.weights.reshape(-1))


def tally(answers: Answers, thresholds: Thresholds) -> dict[str, Array]:
    """The four counts at each threshold, weighted, (number of thresholds, *shape of the answers less its first axis)."""
    yes = thresholds.passed(answers.scores)
    positive = jnp.where(answers.truth, answers.weights, 0.0)
    negative = jnp.where(answers.truth, 0.0, answers.weights)
    return {
        "true_positives": jnp.sum(jnp.where(yes, positive, 0.0), 1),
        "false_positives": jnp.sum(jnp.where(yes, negative, 0.0), 1),
        "true_negatives": jnp.sum(jnp.where(yes, 0.0, negative), 1),
        "false_negatives": jnp.sum(jnp.where(yes, 0.0, positive), 1),
    }


class CountingMetric(Metric):
    """A metric computed from some of the four counts at thresholds; a subclass says which and what becomes of them."""

    #: The counts it needs.
    needs: ClassVar[tuple[str, ...]]
    top_k: int | None = None
    class_id: int | None = None

    def grid(self) -> Thresholds:
        """The thresholds counted at."""
        return Thresholds.given(self.name, getattr(self, "thresholds", None), 0.5 if self.top_k is None else LOWEST)

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """Nothing counted."""
        return {name: self.zeros(len(self.grid().values)) for name in self.needs}

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Count a batch: targets 0 or 1 and scores from 0 to 1, both (B, ...)."""
        answers = Answers.read(
            self.name, y_true, y_pred, sample_weight, top_k=self.top_k, class_id=self.class_id
        ).flat()
        counts = tally(answers, self.grid())
        return {name: state[name] + counts[name].astype(self.dtype) for name in self.needs}


def first_or_all(values: Array) -> Array:
    """The only value as a scalar, or all values."""
    return values[0] if values.shape[0] == 1 else values


def class_number(owner: str, class_id: Any) -> int | None:
    """`class_id` as a whole number from 0 up or None, or a `ConfigError`."""
    if class_id is not None and (isinstance(class_id, bool) or not isinstance(class_id, int) or class_id < 0):
        raise ConfigError(
            f"Metric {owner} expected `class_id` from 0 up, or None. Received {class_id!r}. Pass a class number."
        )
    return class_id


def _only_top(scores: Array, k: int) -> Array:
    """The k highest of each row; the others become `LOWEST`."""
    _, places = jax.lax.top_k(scores, min(k, scores.shape[-1]))
    chosen = jnp.any(places[..., None] == jnp.arange(scores.shape[-1]), -2)
    return jnp.where(chosen, scores, LOWEST)
