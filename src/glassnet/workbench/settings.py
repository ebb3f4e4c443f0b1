"""What a user may choose for training on a table."""

import math
from collections.abc import Callable, Mapping
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
        activation: the name of the hidden layers' activation.
        dropout: the share of units dropped after each hidden layer in training, 0 up to below 1.
        optimizer: the optimizer's name.
        learning_rate: its learning rate, above 0; None for the optimizer's own default (0.001 for Adam), ``"auto"`` to have
            one found by a range test and short trainings on the training rows.
        seed: fixes split, initial weights, order of rows and dropout; 0 to 4294967295.
        task: ``"auto"``, ``"classification"`` or ``"regression"``.

    Raises:
        ConfigError: a value out of its range. Names are looked up by `train`.

    Example:
        >>> Settings(hidden=(32, 16)).batch_size
        32
        >>> Settings(epochs=0)
        Traceback (most recent call last):
        ...
        glassnet.foundation.errors.ConfigError: `epochs` expected a whole number of 1 or more. Received 0. ...

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 5.3.
    """

    test: float = 0.2
    validation: float = 0.2
    epochs: int = 50
    batch_size: int = 32
    hidden: tuple[int, ...] = (16, 8)
    activation: str = "relu"
    dropout: float = 0.0
    optimizer: str = "adam"
    learning_rate: float | str | None = None
    seed: int = 0
    task: str = "auto"

    def __post_init__(self) -> None:
        if isinstance(self.hidden, list):
            object.__setattr__(self, "hidden", tuple(self.hidden))
        for name, (holds, expected) in _RANGES.items():
            if not holds(getattr(self, name)):
                raise ConfigError(
                    f"`{name}` expected {expected}. Received {getattr(self, name)!r}. Pass a value in that range."
                )

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "hidden": list(self.hidden)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Settings":
        """Settings from plain data; unknown names are an error that says which was meant."""
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise ConfigError(
                    f"Expected settings among {', '.join(known)}; received {name!r}{did_you_mean(name, known) or '.'} "
                    f"Correct or remove it."
                )
        return cls(**given)

    def chosen(self) -> dict[str, Any]:
        """The settings that are not at their default."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _share(value: Any) -> bool:
    return _number(value) and 0 < value < 1


def _count(value: Any) -> bool:
    return _whole(value) and value >= 1


_RANGES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "test": (_share, "a share above 0 and below 1, such as 0.2"),
    "validation": (_share, "a share above 0 and below 1, such as 0.2"),
    "epochs": (_count, "a whole number of 1 or more"),
    "batch_size": (_count, "a whole number of 1 or more"),
    "hidden": (
        lambda value: isinstance(value, tuple) and all(_count(units) for units in value),
        "numbers of units of 1 or more, such as (16, 8)",
    ),
    "activation": (lambda value: isinstance(value, str), "a name, such as 'relu'"),
    "dropout": (lambda value: _number(value) and 0 <= value < 1, "a share of 0 or more and below 1"),
    "optimizer": (lambda value: isinstance(value, str), "a name, such as 'adam'"),
    "learning_rate": (
        lambda value: value is None or value == "auto" or (_number(value) and value > 0),
        "a number above 0, such as 0.001, or 'auto', or None",
    ),
    "seed": (lambda value: _whole(value) and 0 <= value < 2**32, "a whole number from 0 to 4294967295"),
    "task": (
        lambda value: value in ("auto", "classification", "regression"),
        "'auto', 'classification' or 'regression'",
    ),
}
