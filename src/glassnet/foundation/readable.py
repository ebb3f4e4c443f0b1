"""Numbers for readers: short decimals, nice ticks, and data made safe to draw."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

LARGEST = 1e300
"""Beyond this a float64 difference could overflow; drawings stop here."""

SMALLEST = 1e-280
"""A range below this cannot be cut into round steps; it is drawn as a point."""


def short(value: float | None, digits: int = 3) -> str:
    """`value` with `digits` significant digits, as a person would write it.

    Args:
        value: any number; None and NaN read ``"not known"``.
        digits: significant digits, 1 or more; whole numbers keep all of theirs up to a million.

    Example:
        >>> [short(v) for v in (0.041234, 12345.6, 50, 2.5e-7, float("inf"), None)]
        ['0.0412', '12,346', '50', '2.5e-7', 'infinite', 'not known']
    """
    if value is None or math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "infinite" if value > 0 else "minus infinite"
    size = abs(value)
    if value == 0:
        return "0"
    if size >= 1e6 or size < 1e-4:
        return _scientific(value, digits)
    if size >= 10 ** (digits - 1) or float(value).is_integer():
        return f"{value:,.0f}"
    decimals = digits - 1 - math.floor(math.log10(size))
    return _trimmed(f"{value:.{decimals}f}")


def _trimmed(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{_trimmed(mantissa)}e{int(exponent)}"


def percent(share: float | None, decimals: int = 1) -> str:
    """A share between 0 and 1 in percent; a bare 100 or 0 only where it is exact.

    Example:
        >>> percent(0.97368), percent(0.9999), percent(1.0)
        ('97.4 %', '99.9 %', '100 %')
    """
    if share is None or not math.isfinite(share):
        return "not known"
    written = f"{100 * share:.{decimals}f}"
    step = 10**-decimals
    if float(written) >= 100 and share < 1:
        written = f"{100 - step:.{decimals}f}"
    if float(written) <= 0 and share > 0:
        return f"under {step:g} %"
    return f"{written.removesuffix('.0') if share in (0, 1) else written} %"


def numbers(values: Any) -> np.ndarray:
    """`values` as a flat float64 array; whatever is no number becomes NaN, and size is bounded so that sums are safe.

    Example:
        >>> numbers([1, None, "a", 1e308]).tolist()
        [1.0, nan, nan, 1e+300]
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        array = values.astype(np.float64).reshape(-1)
    else:
        array = np.array([_number(item) for item in _flat(values)], dtype=np.float64)
    finite = np.isfinite(array)
    array[finite] = np.clip(array[finite], -LARGEST, LARGEST)
    return array


def _flat(values: Any) -> Iterable[Any]:
    if values is None:
        return []
    if isinstance(values, np.ndarray):
        return values.reshape(-1).tolist()
    return values


def _number(item: Any) -> float:
    try:
        return float(item)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def nice_step(span: float, count: int) -> float:
    """The 1, 2 or 5 times a power of ten that cuts `span` into about `count` parts."""
    rough = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 5):
        if rough <= factor * power * 1.0001:
            return factor * power
    return 10 * power


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from at or under `low` to at or over `high`, about `count` steps apart.

    Args:
        low: smallest value to cover, finite.
        high: largest value to cover, finite; when it equals `low` the ticks open a range around it.
        count: about how many steps are wanted, at least 1.

    Example:
        >>> nice_ticks(0.03, 0.71)
        [0.0, 0.2, 0.4, 0.6, 0.8]
    """
    if high < low:
        low, high = high, low
    if high - low <= max(1e-12 * max(abs(low), abs(high)), SMALLEST):
        room = abs(low) * 0.1
        room = room if room > SMALLEST else 0.5
        low, high = low - room, high + room
    step = nice_step(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [_round(index * step, step) for index in range(first, last + 1)]


def _round(value: float, step: float) -> float:
    decimals = max(0, min(300, 1 - math.floor(math.log10(step))))
    return round(value, decimals) + 0.0


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten that cover `low` to `high`, both above 0, thinned to at most seven.

    Example:
        >>> log_ticks(0.02, 5)
        [0.01, 0.1, 1.0, 10.0]
    """
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    last = max(last, first + 1)
    step = math.ceil((last - first) / 6)
    return [10.0**power for power in range(first, last + step, step) if -307 <= power <= 307]


def tick_labels(ticks: Sequence[float]) -> list[str]:
    """The ticks written alike: the same decimals for all, or powers of ten where they are huge or tiny.

    Example:
        >>> tick_labels([0.0, 0.5, 1.0])
        ['0.0', '0.5', '1.0']
    """
    largest = max((abs(tick) for tick in ticks), default=0.0)
    if largest >= 1e6 or 0 < largest < 1e-3:
        return [short(tick, 2) for tick in ticks]
    decimals = max((_decimals(tick) for tick in ticks), default=0)
    return [f"{tick:,.{decimals}f}" for tick in ticks]


def _decimals(tick: float) -> int:
    written = f"{tick:.8f}".rstrip("0")
    return len(written.split(".")[1])
