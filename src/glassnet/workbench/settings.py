"""What a user may choose for training on a table."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean


@dataclass(frozen=True)
class Settings:
    """Everything that, with the data, determines a run.

    Args:
        test: the share of rows kept for the one final judgement, above 0 and below 1.
        validation: the share of the other rows watched while training, above 0 and below 1.
        epochs: passes over the training rows, 1 or more.
        batch_size: rows a step, 1 or more.
        hidden: units of each hidden layer; empty for a linear network.
        activation: the hidden layers' activation.
        dropout: the share of units dropped after each hidden layer in training, 0 up to below 1.
        optimizer: the optimizer's name.
        learning_rate: its learning rate, above 0.
        seed: fixes split, initial weights, order of rows and dropout.
        task: ``"auto"``, ``"classification"`` or ``"regression"``.

    Example:
        >>> Settings(hidden=(32, 16)).batch_size
        32
    """

    test: float = 0.2
    validation: float = 0.2
    epochs: int = 50
    batch_size: int = 32
    hidden: tuple[int, ...] = (16, 8)
    activation: str = "relu"
    dropout: float = 0.0
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    seed: int = 0
    task: str = "auto"

    def __post_init__(self) -> None:
        for name in ("test", "validation"):
            if not 0 < getattr(self, name) < 1:
                self._refuse(name, "a share above 0 and below 1, such as 0.2")
        for name in ("epochs", "batch_size"):
            if not _whole(getattr(self, name)) or getattr(self, name) < 1:
                self._refuse(name, "a whole number of 1 or more")
        if not all(_whole(units) and units > 0 for units in self.hidden):
            self._refuse("hidden", "numbers of units above 0, such as 16,8")
        if not 0 <= self.dropout < 1:
            self._refuse("dropout", "a share of 0 or more and below 1")
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            self._refuse("learning_rate", "a number above 0, such as 0.001")
        if not _whole(self.seed) or not 0 <= self.seed < 2**32:
            self._refuse("seed", "a whole number from 0 to 4294967295")
        if self.task not in ("auto", "classification", "regression"):
            self._refuse("task", "'auto', 'classification' or 'regression'")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "hidden": list(self.hidden)}

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> "Settings":
        """Settings from plain data; unknown names are an error that says which was meant."""
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise ConfigError(
                    f"Expected settings among {', '.join(known)}; received {name!r}{did_you_mean(name, known) or '.'} "
                    f"Correct or remove it."
                )
        return cls(**{**given, "hidden": tuple(given.get("hidden", cls.hidden))})

    def _refuse(self, name: str, expected: str) -> None:
        raise ConfigError(
            f"`{name}` expected {expected}. Received {getattr(self, name)!r}. Pass a value in that range."
        )


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
