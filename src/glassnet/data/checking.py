"""Checks for plain data from a file that anyone may have written: types, ranges and sizes before anything uses it."""

import math
import reprlib
from collections.abc import Callable, Mapping
from typing import Any

from glassnet.foundation.errors import DataError

MOST_COLUMNS = 100_000
MOST_LEVELS = 10_000
LONGEST_TEXT = 100_000

Check = Callable[[str, Any], Any]
"""From the name of a field and what the file holds for it to the checked value."""


def damaged(what: str, expected: str, received: Any) -> DataError:
    """The error for a saved preparation that does not hold what it should."""
    return DataError(
        f"Expected {what} in the saved preparation to be {expected}. Received {reprlib.repr(received)}. The file is "
        f"damaged or was altered: take it from its source again, or train the model again."
    )


def text(what: str, value: Any) -> str:
    """A string of bounded length."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise damaged(what, f"text of at most {LONGEST_TEXT} characters", value)
    return value


def number(what: str, value: Any) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise damaged(what, "a finite number", value)
    return float(value)


def positive(what: str, value: Any) -> float:
    """A finite number above zero."""
    if number(what, value) <= 0:
        raise damaged(what, "a number above 0", value)
    return float(value)


def count(what: str, value: Any) -> int:
    """A whole number from zero on."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise damaged(what, "a whole number from 0 on", value)
    return value


def truth(what: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise damaged(what, "true or false", value)
    return value


def items(most: int) -> Check:
    """A check for a list of at most `most` entries."""

    def check(what: str, value: Any) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) > most:
            raise damaged(what, f"a list of at most {most} entries", value)
        return list(value)

    return check


def texts(what: str, value: Any) -> tuple[str, ...]:
    """A list of different strings, as a tuple."""
    found = tuple(text(what, item) for item in items(MOST_LEVELS)(what, value))
    if len(set(found)) < len(found):
        raise damaged(what, "a list of different texts", value)
    return found


def one_of(*allowed: str) -> Check:
    """A check for one of a few words."""

    def check(what: str, value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise damaged(what, "one of " + ", ".join(allowed), value)
        return value

    return check


def fields(what: str, value: Any, checks: Mapping[str, Check]) -> dict[str, Any]:
    """The checked fields of a mapping that must hold these and no others."""
    if not isinstance(value, dict):
        raise damaged(what, "a mapping", value)
    if set(value) != set(checks):
        raise damaged(f"the fields of {what}", ", ".join(checks), sorted(map(str, value))[:20])
    return {key: check(f"{key!r} of {what}", value[key]) for key, check in checks.items()}


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number too large for a float
        return False
