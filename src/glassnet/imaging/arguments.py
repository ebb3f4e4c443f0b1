"""Arguments that augmentation takes everywhere, checked with one wording."""

import math
from collections.abc import Sequence
from typing import Any

from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.foundation.registry import did_you_mean

FILL_MODES = ("constant", "nearest", "reflect", "wrap")
WARP_INTERPOLATIONS = ("nearest", "bilinear")
RESIZE_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


def one_of(owner: str, name: str, value: Any, known: Sequence[str]) -> str:
    """`value` where it is one of the known words, or an `UnknownNameError` with the nearest."""
    if not isinstance(value, str) or value not in known:
        hint = did_you_mean(str(value), list(known)) or "."
        raise UnknownNameError(
            f"{owner} expected `{name}` as one of {', '.join(map(repr, known))}. Received {value!r}{hint} Pass one of these."
        )
    return value


def number(owner: str, name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """`value` as a float from `low` to `high`, or a `ConfigError` that says so."""
    try:
        found = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not low <= found <= high or math.isinf(found):
        bounds = f" from {low:g} to {high:g}" if math.isfinite(high) else f" from {low:g} up" if low > -math.inf else ""
        example = next(item for item in (0.2, low, high) if low <= item <= high and math.isfinite(item))
        raise ConfigError(
            f"{owner} expected `{name}` as a number{bounds}. Received {value!r}. Pass {example:g}, for example."
        )
    return found


def pair(owner: str, name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
    """`value` as two numbers from `low` to `high`, in the order given, or a `ConfigError` that says so."""
    items = value if isinstance(value, list | tuple) else ()
    if len(items) != 2:
        raise ConfigError(
            f"{owner} expected `{name}` as two numbers. Received {value!r}. Pass (0.1, 0.2), for example."
        )
    return number(owner, name, items[0], low, high), number(owner, name, items[1], low, high)


def interval(owner: str, name: str, value: Any, low: float, high: float) -> tuple[float, float]:
    """The ends of a range: two numbers as they are, lower first; one number a as (-a, a), cut off at `low`."""
    if isinstance(value, list | tuple):
        first, second = sorted(pair(owner, name, value, low, high))
        return first, second
    size = abs(number(owner, name, value, low, high))
    return max(-size, low), size


def value_range_for(owner: str, value: Any) -> tuple[float, float]:
    """The lowest and the highest value of a pixel, or a `ConfigError` that says so."""
    low, high = pair(owner, "value_range", value)
    if low >= high:
        raise ConfigError(
            f"{owner} expected `value_range` with the lower value first. Received {value!r}. Pass (0, 255), or (0, 1) for "
            f"images that were rescaled."
        )
    return low, high
