"""Watching one of the numbers that training reports."""

import math
import warnings
from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean

_HIGHER = (
    "acc",
    "accuracy",
    "auc",
    "precision",
    "recall",
    "score",
    "kappa",
    "correlation",
    "specificity",
    "iou",
    "similarity",
)


def better_when_higher(name: str) -> bool:
    """Whether a larger value of the metric called `name` is better: True for accuracies and scores, False for errors.

    Example:
        >>> better_when_higher("val_accuracy"), better_when_higher("val_loss")
        (True, False)
    """
    return name.endswith(_HIGHER)


class Monitor:
    """One number to watch, and which way is better.

    Args:
        owner: the callback that watches, as it is called in messages.
        name: the number, such as ``"val_loss"``.
        mode: ``"min"``, ``"max"``, or ``"auto"``: max for accuracies and scores, min for losses and errors.
        min_delta: the least change that counts as an improvement.

    Raises:
        ConfigError: another mode.

    Example:
        >>> Monitor("EarlyStopping", "val_loss", "auto").improves(0.4, 0.5)
        True
    """

    def __init__(self, owner: str, name: str, mode: str, min_delta: float = 0.0) -> None:
        if mode not in ("auto", "min", "max"):
            raise ConfigError(f"{owner} expected mode 'auto', 'min' or 'max'. Received {mode!r}. Leave it at 'auto'.")
        self.owner = owner
        self.name = name
        self.min_delta = abs(min_delta)
        self.higher = mode == "max" or (mode == "auto" and better_when_higher(name))

    def improves(self, value: float, reference: float | None) -> bool:
        """Whether `value` is better than `reference` by more than the least change; anything is better than none."""
        if reference is None or math.isnan(reference):
            return True
        return value - self.min_delta > reference if self.higher else value + self.min_delta < reference

    def read(self, logs: dict[str, Any], instead: str = "It does nothing this epoch") -> float | None:
        """The number among an epoch's, or None with a warning, which says what happens instead, where it is not."""
        if self.name in logs:
            return float(logs[self.name])
        warnings.warn(
            f"{self.owner} expected to find {self.name!r} among {', '.join(logs) or 'nothing'}"
            f"{did_you_mean(self.name, list(logs)) or '.'} {instead}; name one of these, or pass "
            f"validation data.",
            stacklevel=3,
        )
        return None
