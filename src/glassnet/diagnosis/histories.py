"""What a history that `fit` returned says of its training."""

import math
from typing import Any

from glassnet.diagnosis.judge import judge_curves
from glassnet.diagnosis.verdict import Verdict


def verdict(
    history: Any, *, baseline_loss: float | None = None, metric: str | None = None, baseline_metric: float | None = None
) -> Verdict:
    """`judge_curves` with what the history itself knows: the validation's rows, the weights put back, the epoch that broke.

    Args:
        history: what `fit` returned.
        baseline_loss: validation loss of a constant answer.
        metric: the name of a metric to weigh too, such as ``"accuracy"``.
        baseline_metric: that metric's value for a constant answer.

    Example:
        >>> from glassnet.callbacks import History
        >>> history = History()
        >>> for epoch, loss in enumerate([0.9, 0.8, float("nan")]):
        ...     history.on_epoch_end(epoch, {"loss": loss})
        >>> verdict(history).kind
        'diverged'

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 11.4.
    """
    curves = {name: list(values) for name, values in history.history.items()}
    if history.diverged_epoch is not None and all(map(math.isfinite, curves.get("loss", []))):
        curves["loss"] = [*curves.get("loss", []), math.nan]  # the epoch that broke was not accepted
    judged = history.trained.validation if history.trained is not None else None
    return judge_curves(
        curves,
        validation_rows=None if judged is None else judged.count,
        baseline_loss=baseline_loss,
        metric=metric,
        baseline_metric=baseline_metric,
        restored_epoch=history.restored_epoch,
    )
