"""``learning_rate="auto"``: `fit` finds a rate before it begins, and says which and why."""

import inspect
from typing import Any

from glassnet.callbacks import History
from glassnet.foundation.upward import upward
from glassnet.optimizers.checks import AUTO
from glassnet.training.rows import Rows


def is_automatic(optimizer: Any) -> bool:
    """Whether the optimizer's learning rate is still to be found.

    Example:
        >>> from glassnet.optimizers import Adam
        >>> is_automatic(Adam("auto")), is_automatic(Adam(0.1))
        (True, False)
    """
    rate = getattr(optimizer, "learning_rate", None)
    return isinstance(rate, str) and rate == AUTO


def own_rate(optimizer: Any) -> float:
    """The learning rate that an optimizer of this kind has where none is given.

    Example:
        >>> from glassnet.optimizers import SGD
        >>> own_rate(SGD("auto"))
        0.01
    """
    return float(inspect.signature(type(optimizer)).parameters["learning_rate"].default)


def settle_rate(model: Any, rows: Rows | None, epochs: int, batch_size: int, history: History) -> None:
    """Turn the optimizer's ``"auto"`` into a number, and note in `history` which and why.

    Args:
        model: a compiled model whose optimizer's rate is to be found.
        rows: what it will be trained on; None for batches from an iterator.
        epochs: for how long.
        batch_size: in batches of how many rows.
        history: told in a sentence; it keeps what was found as `learning_rate_found`.
    """
    own, kind = own_rate(model.optimizer), type(model.optimizer).__name__
    if rows is None:
        reason = "rows that come from an iterator cannot be gone through many times beforehand."
    else:
        find = upward("automatic_learning_rate")
        found = find(model, rows.x, rows.y, epochs=epochs, batch_size=batch_size, sample_weight=rows.weights)
        history.learning_rate_found = found
        if found.rate is not None:
            model.optimizer.learning_rate = found.rate
            history.rate_note = (
                f"learning rate {found.rate:g}, found between {found.low:g} and {found.high:g}: {found.reason}"
            )
            history.notes.append(history.rate_note)
            return
        reason = found.reason[:1].lower() + found.reason[1:]
    model.optimizer.learning_rate = own
    history.rate_note = f"learning rate {own:g}, {kind}'s own, since none was found: {reason}"
    history.notes.append(history.rate_note)
