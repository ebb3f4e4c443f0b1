"""Words for messages: near names, short lists, counts."""

from collections.abc import Collection, Iterable
from typing import Any


def near(name: str, known: Iterable[str]) -> str:
    """``"; did you mean 'age'?"`` for the nearest of the known names, or nothing when none is near.

    Example:
        >>> near("agee", ["age", "sex"])
        "; did you mean 'age'?"
    """
    # Imported when something is wrong, not before: the registry brings in JAX, which takes longer than reading a table.
    from glassnet.foundation.registry import did_you_mean

    return did_you_mean(name, list(known))


def some(items: Collection[Any], limit: int = 8) -> str:
    """The first few items as text, and how many more there are.

    Example:
        >>> some(["a", "b", "c"], limit=2)
        'a, b and 1 more'
    """
    shown = ", ".join(str(item) for item in list(items)[:limit])
    return shown if len(items) <= limit else f"{shown} and {len(items) - limit} more"


def quoted(value: Any, longest: int = 40) -> str:
    """`value` in quotes as Python writes it, shortened when it is long.

    Example:
        >>> quoted("abcdefgh", longest=5)
        "'abcde…'"
    """
    if isinstance(value, str) and len(value) > longest:
        value = value[:longest] + "…"
    return repr(value)


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    Example:
        >>> counted(1, "row"), counted(3, "row")
        ('1 row', '3 rows')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
