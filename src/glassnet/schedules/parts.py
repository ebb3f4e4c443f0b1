"""What the schedules share: checked arguments, and a division that whole numbers survive."""

import math
from typing import Any

from glassnet.foundation.errors import ConfigError


def keep(schedule: Any, /, **values: Any) -> None:
    """Put checked arguments into a frozen schedule while it is being made."""
    for name, value in values.items():
        object.__setattr__(schedule, name, value)


def checked_number(name: str, value: Any, *, owner: Any, above: float = -math.inf, least: float = -math.inf) -> float:
    """`value` as a finite float, at least `least` and above `above`, or a `ConfigError` that says so.

    Example:
        >>> checked_number("decay_rate", 1, owner="ExponentialDecay", least=0)
        1.0
    """
    try:
        result = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not (math.isfinite(result) and result >= least and result > above):
        bound = f" above {above:g}" if above > least else f" of at least {least:g}" if least > above else ""
        raise ConfigError(
            f"{owner_name(owner)} expected `{name}` as a finite number{bound}. Received {value!r}. Pass a number, such as 0.1 "
            f"for a rate or 1000 for a count of steps."
        )
    return result


def checked_rate(name: str, value: Any, *, owner: Any) -> float:
    """`value` as a learning rate: a finite float of at least 0."""
    return checked_number(name, value, owner=owner, least=0)


def checked_steps(name: str, value: Any, *, owner: Any, least: float | None = None) -> int | float:
    """`value` as a count of steps above 0 (or of at least `least`), an int where it is whole: whole numbers divide exactly.

    Example:
        >>> checked_steps("decay_steps", 10.0, owner="CosineDecay")
        10
    """
    bound = {"above": 0.0} if least is None else {"least": least}
    result = checked_number(name, value, owner=owner, **bound)
    return int(result) if result.is_integer() else result


def periods(t: Any, length: float, *, whole: bool = False) -> Any:
    """t / length; rounded down when told.

    Compiled, a division by a constant is a multiplication by its rounded inverse: 41 / 41 may come out below 1. So whole
    periods are counted by a division of whole numbers.
    """
    return t // length if whole else t / length


def owner_name(owner: Any) -> str:
    """The class's name, for messages."""
    return owner if isinstance(owner, str) else type(owner).__name__
