"""Checks of an optimizer's arguments, with one wording."""

import math
from typing import Any

from glassnet.foundation.errors import ConfigError


def number(name: str, value: Any, *, owner: str, above_zero: bool = False) -> float:
    """`value` as a finite float of at least 0 (above 0 when told), or a `ConfigError` that says so.

    Example:
        >>> number("epsilon", 1e-7, owner="Adam")
        1e-07
    """
    try:
        result = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not math.isfinite(result) or result < 0 or (above_zero and result == 0):
        wanted = "above 0" if above_zero else "of at least 0"
        raise ConfigError(
            f"{owner} expected `{name}` as a finite number {wanted}. Received {value!r}. Leave it out for the default."
        )
    return result


def rate_or_schedule(value: Any, *, owner: str) -> Any:
    """A learning rate: a callable of the step as it is, else a finite float of at least 0, or a `ConfigError`."""
    if callable(value):
        return value
    try:
        return number("learning_rate", value, owner=owner)
    except ConfigError:
        raise ConfigError(
            f"{owner} expected `learning_rate` as a finite number of at least 0, or as a schedule (a callable that "
            f"turns the number of steps done into a rate). Received {value!r}. Pass a number such as 0.001."
        ) from None
