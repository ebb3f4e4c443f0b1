"""Operations that are not defined where they were used, however small the numbers: logarithms, roots, divisions."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.readable import short
from glassnet.inspection.equations import Broken
from glassnet.inspection.first_broken import Place

_ZERO = 1e-37
"""Below this a number is 0 to a division in float32."""
_ZERO_SLOPE = 1e-18
"""Below this the slope of a division, 1 / b², is one by 0."""

_RANGES = {
    "acos": "from -1 to 1",
    "asin": "from -1 to 1",
    "atanh": "between -1 and 1",
    "acosh": "above 1",
    "erf_inv": "between -1 and 1",
    "lgamma": "above 0",
    "digamma": "above 0",
    "atan2": "anywhere but at (0, 0), where it has no slope",
}


@dataclass(frozen=True)
class Cause:
    """Why, in a word and in words, and what to do."""

    kind: str
    why: str
    remedy: str


def not_defined(place: Place) -> Cause | None:
    """The cause where an operation was used outside of where it is defined; None for any other."""
    broken, name = place.broken, place.broken.operation
    if name in ("log", "log1p"):
        return _logarithm(broken)
    if name in ("div", "rem", "rsqrt") or (name == "integer_pow" and _spoilt(broken).size):
        return _division(place)
    if name in ("sqrt", "cbrt", "pow"):
        return _root(broken)
    if name == "sub":
        return _masked(broken)
    if name in _RANGES:
        values = _spoilt(broken)
        return Cause(
            "out_of_domain",
            f"{name} of {short(float(values[np.abs(values).argmax()]) if values.size else 0.0)}; it is defined {_RANGES[name]}.",
            "clip its argument a little inside of that range first.",
        )
    return None


def _logarithm(broken: Broken) -> Cause | None:
    edge = -1.0 if broken.operation == "log1p" else 0.0
    values = _spoilt(broken)
    if not values.size or values.min() > edge + _ZERO:
        return None
    least = float(values.min())
    shown = "0" if least - edge == 0 else short(least - edge)
    kind = "log_of_zero" if least >= edge else "log_of_negative"
    return Cause(kind, f"log of {shown}.", "add a small number first: log(x + 1e-7), or clip x.")


def _division(place: Place) -> Cause | None:
    broken = place.broken
    by = _spoilt(broken, operand=-1)
    if broken.operation == "integer_pow" and broken.result.shape == broken.operands[0].shape:
        by = by if (np.abs(by) < 1).any() else by[:0]  # a power of large numbers overflows
    small = _ZERO if place.direction == "forward" else _ZERO_SLOPE
    if not (np.abs(by) <= small).any() and not (broken.operation == "rsqrt" and (by < 0).any()):
        return None
    if place.direction == "update":
        return Cause(
            "division_by_zero",
            "the optimizer divides by a running mean of squared gradients that is 0: so is the weight's gradient, and epsilon.",
            "give the optimizer an epsilon above 0, such as 1e-7.",
        )
    if broken.operation == "rsqrt" and (by < 0).any():
        return Cause("root_of_negative", f"a root of {short(float(by.min()))}.", "clip to 0 or more first.")
    if _is_deviation(broken):
        return Cause(
            "zero_deviation",
            "division by a standard deviation of 0: all numbers that it was taken of are equal.",
            "give the normalization an epsilon above 0, such as 1e-3, or drop what is constant.",
        )
    if broken.operation == "integer_pow":
        return Cause(
            "division_by_zero",
            "a negative power of 0 is a division by 0.",
            "add a small number first: (x + 1e-7) ** p.",
        )
    what = "0 divided by 0" if broken.operation == "div" and (_spoilt(broken) == 0).any() else "division by 0"
    slope = " in the slope, though where() hides the value" if place.direction == "backward" else ""
    return Cause(
        "division_by_zero",
        f"{what}{slope}.",
        "add a small number to the divisor: a / (b + 1e-7), or replace it before dividing: where(b == 0, 1, b).",
    )


def _is_deviation(broken: Broken) -> bool:
    """Whether the divisor comes from differences (from a mean), squared: not the length of a vector, nor a sum."""
    names = [name.strip("_") for name in broken.behind]
    if any(name in ("std", "var", "nanstd", "nanvar", "variance") for name in names):
        return True
    squares = next((i for i, name in enumerate(names) if name in ("square", "integer_pow", "mul")), None)
    return squares is not None and "sub" in names[squares : squares + 3] and ("reduce_sum" in names[:squares])


def _root(broken: Broken) -> Cause | None:
    name, values = broken.operation, _spoilt(broken)
    if (values < 0).any() and name != "cbrt":
        return Cause(
            "root_of_negative", f"a root or power of {short(float(values.min()))}.", "clip to 0 or more first."
        )
    if not (np.abs(values) <= _ZERO).any():
        return None
    if name == "pow" and broken.direction == "forward":
        return Cause(
            "division_by_zero",
            "a negative power of 0 is a division by 0.",
            "add a small number first: (x + 1e-7) ** p.",
        )
    return Cause(
        "root_at_zero",
        "the slope of a root, or of a power below 1, is infinite at 0.",
        "add a small number under the root: sqrt(x + 1e-7).",
    )


def _masked(broken: Broken) -> Cause | None:
    if broken.direction != "forward" or len(broken.operands) < 2:
        return None
    first, second = (np.broadcast_to(plain(o), broken.result.shape) for o in broken.operands[:2])
    both = np.isinf(first) & (first == second)
    if not both.any():
        return None
    return Cause(
        "fully_masked",
        "a difference of two infinities: all scores of one row are masked with -inf, so that its softmax has nothing to share.",
        "leave each row at least one position that counts, or mask with a large finite number such as -1e9.",
    )


def _spoilt(broken: Broken, operand: int = 0) -> np.ndarray:
    """The values of an operand at the places where the result is not finite; all of them where shapes differ."""
    if not broken.operands:
        return np.zeros(0)
    values, bad = plain(broken.operands[operand]), ~np.isfinite(plain(broken.result))
    if values.shape == bad.shape:
        return values[bad]
    return np.broadcast_to(values, bad.shape)[bad] if values.ndim == 0 else values.ravel()


def plain(array: Any) -> np.ndarray:
    """Any array as float64."""
    return np.asarray(array).astype(np.float64)
