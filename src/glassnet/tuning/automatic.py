"""``learning_rate="auto"``: a learning rate found before a training begins, at a price that the training can bear."""

from dataclasses import replace
from typing import Any

import numpy as np

from glassnet.foundation import engine
from glassnet.models import readiness
from glassnet.training.rows import Rows, collect
from glassnet.tuning.learning_rate import LEAST_ROWS, LearningRate, find_learning_rate
from glassnet.tuning.members import checked_model, fresh_copy

_NETWORKS = 72  # nine rates with eight seeds each: the least that the trial trainings take
_MOST_WORK = 1.5e11  # multiplications in all of them: some ten seconds
_ROW = 5_000  # what a row costs besides its multiplications, in multiplications
_SEEDS = 5


def automatic_learning_rate(
    model: Any, x: Any, y: Any, *, epochs: int, batch_size: int = 32, sample_weight: Any = None
) -> LearningRate:
    """`find_learning_rate` for the training that is about to begin; what ``learning_rate="auto"`` calls.

    A network that was trained before goes on from its weights here too. Where trial trainings would take much longer than
    some seconds (large networks, many rows, convolutions on the CPU), the range test alone decides, and the reason says so.

    Args:
        model: a compiled network; it is left as it was, to the bit.
        x: the rows to train on, (n, ...).
        y: their targets, (n, ...).
        epochs: how long the training will be.
        batch_size: rows a step.
        sample_weight: a weight for each row, (n,).

    Returns:
        A `LearningRate`; its `rate` is None where the data does not tell, and `reason` says why.

    Raises:
        ConfigError: the model is not compiled.
        DataError: as `fit`.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)], seed=0)
        >>> model.compile("sgd", "mse")
        >>> automatic_learning_rate(model, np.ones((8, 2)), np.ones((8, 1)), epochs=3).rate is None
        True

    Reference:
        L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3.
    """
    engine.start()
    checked_model(model, "learning_rate='auto'")
    rows = collect(x, y, sample_weight)
    keeps = _is_trained(model, rows)
    known = {"epochs": epochs, "batch_size": batch_size, "sample_weight": rows.weights, "keep_weights": keeps}
    if rows.count < LEAST_ROWS or _affordable(model, rows, epochs):
        return find_learning_rate(model, rows.x, rows.y, **known)
    found = find_learning_rate(model, rows.x, rows.y, trials=0, seeds=_SEEDS, **known)
    if found.rate is None:
        return found
    words = " An eighth of that is taken: to try several rates for whole trainings would take too long here."
    return replace(found, reason=found.reason + words)


def _affordable(model: Any, rows: Rows, epochs: int) -> bool:
    """Whether dozens of trainings like the one to come take seconds rather than minutes."""
    copy = fresh_copy(model, 0, x=rows.x)
    if readiness.prefers_steps(copy):
        return False
    parameters = sum(int(np.size(w)) for w in copy.trainable_weights)
    return _NETWORKS * epochs * rows.count * (6 * parameters + _ROW) < _MOST_WORK


def _is_trained(model: Any, rows: Rows) -> bool:
    """Whether the weights are others than those that the model's seed draws."""
    if not model.built:
        return False
    drawn = fresh_copy(model, model.seed, x=rows.x).get_weights()
    return any(not np.array_equal(a, b) for a, b in zip(drawn, model.get_weights(), strict=True))
